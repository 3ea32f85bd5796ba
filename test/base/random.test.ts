import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';

const draw = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.uint32());

test('the same seed gives the same numbers, for ever', () => {
  expect(draw(new Random('seed'), 5)).toEqual(draw(new Random('seed'), 5));
  // Recorded once: a change here changes every committed seed.
  expect(draw(new Random('dplink'), 4)).toEqual([426964186, 1935136168, 3152999824, 1916867497]);
});

test('different seeds, and different labels of one seed, give different numbers', () => {
  const seeds = ['', 'a', 'b', 'ab', 'ba', 'a/b'].map((seed) => draw(new Random(seed), 4).join());
  const forks = ['x', 'y', 'xy'].map((label) => draw(new Random('a').fork(label), 4).join());
  expect(new Set([...seeds, ...forks]).size).toBe(9);
});

test('a fork does not depend on how many numbers were drawn before', () => {
  const random = new Random('seed');
  const early = draw(random.fork('label'), 3);
  draw(random, 1000);
  expect(draw(random.fork('label'), 3)).toEqual(early);
  expect(random.fork('label').seed).toBe('seed/label');
});

test('every bit is one in half of the draws', () => {
  const random = new Random('bits');
  const ones = new Array<number>(32).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const word = random.uint32();
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (word >>> bit) & 1;
  }
  // Five standard deviations of a fair coin thrown 20,000 times.
  for (const count of ones) expect(Math.abs(count - 10_000)).toBeLessThan(354);
});

test('below gives every number below its limit about equally often, and none beyond', () => {
  const random = new Random('below');
  for (const limit of [1, 2, 3, 10, 100]) {
    const counts = new Array<number>(limit).fill(0);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[random.below(limit)]!++;
    const expected = draws / limit;
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected) + 1);
  }
  expect(random.below(2 ** 32)).toBeLessThan(2 ** 32);
});

test('between includes both ends', () => {
  const random = new Random('between');
  const seen = new Set(Array.from({ length: 500 }, () => random.between(-2, 3)));
  expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
});

test('chance is true as often as it says, and never or always at the ends', () => {
  const random = new Random('chance');
  let hits = 0;
  for (let i = 0; i < 50_000; i++) if (random.chance(0.1)) hits++;
  expect(Math.abs(hits - 5000)).toBeLessThan(340);
  for (let i = 0; i < 1000; i++) {
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  }
});

test.each([0.5, 0.1, 1e-3])(
  'gaps at %d have the mean and the share of zeros of a geometric distribution',
  (ratio) => {
    const random = new Random(`gap ${ratio}`);
    const draws = 20_000;
    let sum = 0;
    let zeros = 0;
    for (let i = 0; i < draws; i++) {
      const gap = random.gap(ratio);
      expect(Number.isInteger(gap) && gap >= 0).toBe(true);
      sum += gap;
      if (gap === 0) zeros++;
    }
    const mean = (1 - ratio) / ratio;
    const deviation = Math.sqrt((1 - ratio) / ratio ** 2 / draws);
    expect(Math.abs(sum / draws - mean)).toBeLessThan(5 * deviation);
    expect(Math.abs(zeros - draws * ratio)).toBeLessThan(5 * Math.sqrt(draws * ratio * (1 - ratio)));
  },
);

test('a gap at 1e-9 has the right size, at 0 never ends, at 1 is none', () => {
  const random = new Random('rare');
  let sum = 0;
  for (let i = 0; i < 4000; i++) sum += random.gap(1e-9);
  expect(Math.abs(sum / 4000 / 1e9 - 1)).toBeLessThan(0.08);
  expect(random.gap(0)).toBe(Number.MAX_SAFE_INTEGER);
  expect(random.gap(-1)).toBe(Number.MAX_SAFE_INTEGER);
  expect(random.gap(1)).toBe(0);
});

test('fill fills every byte of any length, and pick picks from all', () => {
  const random = new Random('fill');
  for (let length = 0; length < 12; length++) {
    const seen = new Uint8Array(length);
    for (let i = 0; i < 40; i++) {
      const filled = random.fill(new Uint8Array(length));
      for (let at = 0; at < length; at++) seen[at]! |= filled[at]!;
    }
    expect(seen.every((byte) => byte === 0xff)).toBe(true);
  }
  expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(
    new Set(['a', 'b', 'c']),
  );
});

test('any text is a seed', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      expect(draw(new Random(seed), 3)).toEqual(draw(new Random(seed), 3));
      expect(new Set(draw(new Random(seed), 8)).size).toBeGreaterThan(1);
    }),
    { seed: 3, numRuns: 200 },
  );
});
