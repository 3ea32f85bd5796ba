import { describe, expect, test } from 'vitest';
import { type Instant, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import type { ScriptedFault } from '../../src/line/noise.ts';
import { SoakWorld } from '../../src/sim/soak-world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import { planFrom } from './two-ends.ts';

const PROFILE = `name: injected
duration: 12s
streams:
  - { from: both, category: reliable-sequential, size: { min: 20, max: 4096 } }
  - { from: both, category: unreliable, size: 200, rate: { per_second: 4 } }
`;

/** Faults further apart than this never meet in one frame, nor does one fall into what another made the receiver skip. */
const APART = 3_200;

/** Bytes of the opening, which no census covers. */
const OPENING = 9_000;

/**
 * Drops first, stray bytes last, and between them more than the time from one census to the next (2.1 s at 115200): a lost
 * and a stray byte within one such span are, by the totals of both ends, none of either. Inverted bits anywhere.
 */
function script(random: Random): ScriptedFault[] {
  const places = Array.from({ length: 33 }, (_, slot) => OPENING + slot * APART);
  const faults: ScriptedFault[] = [];
  const draw = (from: number, to: number, count: number, make: (offset: number) => ScriptedFault): void => {
    for (let i = 0; i < count; i++) {
      const free = places
        .slice(from, to)
        .filter((place) => !faults.some(({ offset }) => near(offset, place)));
      if (free.length > 0) faults.push(make(random.pick(free) + random.below(60)));
    }
  };
  draw(0, 11, random.below(5), (offset) => ({ kind: 'drop', offset }));
  draw(24, 33, random.below(5), (offset) => ({ kind: 'insert', offset, byte: random.below(256) }));
  draw(0, 33, random.below(8), (offset) => ({ kind: 'bitError', offset, bit: random.below(8) }));
  return faults;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < APART;
}

/** Where frames of one direction ended, in bytes sent. */
class Ends {
  readonly #ends: number[] = [];
  #sent = 0;

  sent(_now: Instant, bytes: Uint8Array): void {
    this.#sent += bytes.length;
    this.#ends.push(this.#sent);
  }
  received(): void {}
  gap(): void {}

  /** Frames that a fault fell into; a stray byte between two frames falls into none. */
  hit(faults: readonly ScriptedFault[]): number {
    const inside = faults.filter(({ kind, offset }) => kind !== 'insert' || !this.#begins(offset));
    return new Set(inside.map(({ offset }) => this.#ends.findIndex((end) => offset < end))).size;
  }

  #begins(offset: number): boolean {
    return offset === 0 || this.#ends.includes(offset);
  }
}

function injected(seed: string) {
  const random = new Random(seed);
  const scripts = [script(random), script(random)] as const;
  const onlookers = [new Ends(), new Ends()] as const;
  const journal: JournalEntry[] = [];
  const world = new SoakWorld({
    plan: planFrom(PROFILE, seed),
    settings: [DEFAULT_LINE_SETTINGS, DEFAULT_LINE_SETTINGS],
    // Pieces that end anywhere, as ports deliver them.
    directions: [
      { script: scripts[0], batchBytes: 97 },
      { script: scripts[1], batchBytes: 41 },
    ],
    random: random.fork('world'),
    onlookers,
    onEntry: (entry) => void journal.push(entry),
  });
  world.run(120 * SECOND);
  const result = buildResult(world.near.end.outcome!, {
    seed,
    startedAt: '',
    rig: {},
    profile: {},
    limits: {},
  });
  return { world, scripts, onlookers, result, journal };
}

describe('what is injected on the line is counted', () => {
  const seeds = Array.from({ length: 100 }, (_, index) => `injected ${index}`);

  test.each(seeds)('exactly, per direction and kind, %s', { timeout: 30_000 }, (seed) => {
    const { world, scripts, onlookers, result, journal } = injected(seed);
    expect(result.reasons).toEqual([]);
    for (const index of [0, 1] as const) {
      const count = (kind: ScriptedFault['kind']) => scripts[index].filter((one) => one.kind === kind).length;
      const { bitErrors, drops, inserts } = world.wires[index].injected;
      expect({ bitErrors, drops, inserts }).toEqual({
        bitErrors: count('bitError'),
        drops: count('drop'),
        inserts: count('insert'),
      });
      const hit = onlookers[index].hit(scripts[index]);
      const receiver = result.ends[index === 0 ? 1 : 0]!;
      expect(result.directions?.[index]?.passage).toMatchObject({
        framesLost: hit,
        bytesLost: drops,
        bytesInserted: inserts,
      });
      expect(receiver.errors?.damaged).toBe(hit);
      const { bits, bitErrorRatio } = receiver.errors!;
      expect(Math.round(bitErrorRatio.counted * bits)).toBe(hit);
      const told = journal.filter(({ event, end }) => event === 'damage' && end === receiver.name);
      expect(told.filter(({ cause }) => cause !== 'noise')).toHaveLength(hit);
    }
  });

  test('a wrong byte is located where one inverted bit explains it', () => {
    const { journal, scripts } = injected('injected 3');
    const bits = scripts[0].filter(({ kind }) => kind === 'bitError');
    const told = journal.filter(
      ({ event, end, wrongByte }) => event === 'damage' && end === 'far' && wrongByte !== undefined,
    );
    // The receiver counts what it received.
    const shift = (place: number): number =>
      scripts[0]
        .filter(({ offset }) => offset < place)
        .reduce((sum, { kind }) => sum + (kind === 'insert' ? 1 : kind === 'drop' ? -1 : 0), 0);
    for (const { offset } of bits) {
      expect(told.map((one) => Number(one.offset) + Number(one.wrongByte))).toContain(offset + shift(offset));
    }
    expect(bits.length).toBeGreaterThan(0);
  });
});
