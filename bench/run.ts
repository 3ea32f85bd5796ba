/** The entry of `npm run bench [-- NAME...]`: runs the benches named, or all. Prints tables, writes nothing. */
import { crcBench } from './crc.ts';
import { framingBench } from './framing.ts';

const BENCHES = [crcBench, framingBench];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== '--help' && !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0 || wanted.includes('--help')) {
  console.error(`${unknown.length > 0 ? `no bench named ${unknown.join(', ')}; ` : ''}there are:`);
  for (const { name, about } of BENCHES) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const missed: string[] = [];
for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  console.log(`\n== ${bench.name}: ${bench.about}`);
  missed.push(...(await bench.run((text) => console.log(text))).map((text) => `${bench.name}: ${text}`));
}
for (const text of missed) console.log(`\nnot reached: ${text}`);
process.exitCode = missed.length > 0 ? 1 : 0;
