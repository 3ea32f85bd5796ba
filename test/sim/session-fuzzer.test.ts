import { expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { type Battlefield, type FuzzFinding, FuzzWorld } from '../../src/sim/fuzz-world.ts';
import { ACTS } from '../../src/sim/session-fuzzer.ts';
import { readSpecification } from '../conformance/specification.ts';

/** Each attack lasts as long as this. */
const ATTACK = 600 * SECOND;
const SEEDS = { cable: 3, triangle: 3, udp: 1 } as const;

const specification = readSpecification();
const attack = (field: Battlefield, seed: string, duration = ATTACK): FuzzFinding =>
  new FuzzWorld(new Random(seed), field).run(duration);

it.each([
  ['a cable to the host', 'cable', 80],
  ['cables to both', 'triangle', 40],
  ['three addresses', 'udp', 100],
] as const)(
  'ten minutes of a hostile joiner over %s stop nobody: both talk on, hold little, and every violation cites its section',
  { timeout: 120_000 },
  (_, field, admissionsMin) => {
    const acts = new Set<string>();
    for (let n = 0; n < SEEDS[field]; n++) {
      const finding = attack(field, `${field} ${n}`);
      expect(finding.complaints, `seed ${field} ${n}`).toEqual([]);
      // Four messages a second each way, a chat every other second.
      expect(finding.heard).toBeGreaterThan((2 * ATTACK) / (250 * MILLISECOND));
      expect(finding.chats).toBeGreaterThan((2 * ATTACK) / SECOND - 4);
      for (const section of Object.keys(finding.sections)) {
        expect(section in specification.sections || section in specification.ambiguities, section).toBe(true);
      }
      // The attack was one: it got in, again and again, and broke rules of many kinds.
      expect(finding.admissions).toBeGreaterThan(admissionsMin);
      expect(Object.keys(finding.sections).length).toBeGreaterThan(10);
      for (const act of Object.keys(finding.acts)) acts.add(act);
    }
    expect([...acts].sort()).toEqual([...ACTS].sort());
  },
);

it('an attack is the same twice', () => {
  expect(attack('triangle', 'twice', 60 * SECOND)).toEqual(attack('triangle', 'twice', 60 * SECOND));
});
