import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { Arrivals, GAPS_MAX } from '../../src/soak/arrivals.ts';

describe('arrivals', () => {
  test('agree with a set of all numbers seen, whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (numbers) => {
        const arrivals = new Arrivals();
        const seen = new Set<number>();
        for (const number of numbers) {
          const expected = seen.has(number) ? 'repeated' : number > Math.max(-1, ...seen) ? 'next' : 'late';
          expect(arrivals.take(number)).toBe(expected);
          seen.add(number);
          expect(arrivals.distinct).toBe(seen.size);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('hold nothing for a stream in order, however long', () => {
    const arrivals = new Arrivals();
    for (let number = 0; number < 100_000; number++) arrivals.take(number);
    expect(arrivals.gaps).toBe(0);
    expect(arrivals.distinct).toBe(100_000);
    expect(arrivals.highest).toBe(99_999);
  });

  test('stay exact within the transport reordering while every third message is lost for ever', () => {
    const arrivals = new Arrivals();
    const random = new Random('reorder');
    let held: number[] = [];
    let repeats = 0;
    for (let number = 0; number < 60_000; number++) {
      if (number % 3 !== 0) held.push(number);
      if (held.length < 64) continue;
      held.sort(() => random.between(-1, 1));
      for (const one of held) {
        expect(arrivals.take(one)).not.toMatch(/repeated|stale/);
        if (random.chance(0.01)) {
          expect(arrivals.take(one)).toBe('repeated');
          repeats++;
        }
      }
      held = [];
    }
    expect(repeats).toBeGreaterThan(100);
    expect(arrivals.gaps).toBeLessThanOrEqual(GAPS_MAX);
  });

  test('give up the oldest gaps at the limit, and admit it when a number from there arrives', () => {
    const arrivals = new Arrivals();
    for (let number = 1; number <= 2 * (GAPS_MAX + 5); number += 2) arrivals.take(number);
    expect(arrivals.gaps).toBe(GAPS_MAX);
    expect(arrivals.take(0)).toBe('stale');
    expect(arrivals.take(20)).toBe('late');
    expect(arrivals.take(4_294_967_295)).toBe('next');
    expect(arrivals.gaps).toBeLessThanOrEqual(GAPS_MAX);
  });
});
