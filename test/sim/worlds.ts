/** Runs worlds by the thousand: `npx tsx test/sim/worlds.ts --from SEED --count N --kind line|session`. Ends with 1 when one of them fails. */
import { parseArgs } from 'node:util';
import { runTrial, type WorldKind } from '../../src/sim/trial.ts';

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '100' },
    kind: { type: 'string', default: 'line' },
  },
});
const count = Number(values.count);
const { from } = values;
const kind: WorldKind = values.kind === 'session' ? 'session' : 'line';
// A number counts on; any other text is the first part of each seed.
const seedOf = (n: number) =>
  /^\d+$/.test(from) ? `${kind === 'line' ? 'world' : kind} ${Number(from) + n}` : `${from} ${n}`;

const total: Record<string, number> = {};
const add = (what: string, amount: number) => {
  total[what] = (total[what] ?? 0) + amount;
};
const failed: string[] = [];
const began = performance.now();
console.log(`${count} worlds from seed ${JSON.stringify(seedOf(0))}, each run twice`);
for (let n = 0; n < count; n++) {
  const seed = seedOf(n);
  const finding = runTrial(seed, kind);
  add('virtual hours', finding.seconds / 3600);
  add('megabytes delivered', finding.bytes / 1e6);
  add('messages delivered', finding.delivered);
  add('connections', finding.connections);
  add('worlds with a frame that passed its CRCs by chance', finding.forged > 0 ? 1 : 0);
  for (const [what, amount] of Object.entries(finding.happened)) add(what, amount);
  if (finding.complaints.length === 0) continue;
  failed.push(seed);
  console.log(`seed ${JSON.stringify(seed)}: ${finding.complaints.join('\n  ')}`);
}
for (const [what, amount] of Object.entries(total).sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`  ${what}: ${Number.isInteger(amount) ? amount : amount.toFixed(1)}`);
}
console.log(
  `${count - failed.length} of ${count} worlds passed in ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
if (failed.length > 0) {
  console.log(`failed seeds: ${failed.map((seed) => JSON.stringify(seed)).join(', ')}`);
  process.exitCode = 1;
}
