import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../src/base/histogram.ts';

const values = fc.array(fc.oneof(fc.nat(40), fc.nat(5000), fc.nat(100_000_000), fc.maxSafeNat()), {
  minLength: 1,
  maxLength: 200,
});

function filled(samples: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const sample of samples) histogram.add(sample);
  return histogram;
}

/** The smallest sample at or below which `ratio` of all lie. */
function exact(samples: readonly number[], ratio: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(sorted.length * ratio)) - 1]!;
}

test('an empty histogram is all zeros', () => {
  const { count, min, max, mean } = new Histogram();
  expect([count, min, max, mean, new Histogram().percentile(0.5)]).toEqual([0, 0, 0, 0, 0]);
});

test('percentiles lie at the exact one or above it by less than a thirty-second, within the range', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0, 0.01, 0.5, 0.9, 0.99, 1), (samples, ratio) => {
      const histogram = filled(samples);
      const right = exact(samples, ratio);
      const given = histogram.percentile(ratio);
      expect(given).toBeGreaterThanOrEqual(right);
      expect(given).toBeLessThanOrEqual(right + Math.floor(right / 32));
      expect(given).toBeGreaterThanOrEqual(histogram.min);
      expect(given).toBeLessThanOrEqual(histogram.max);
    }),
    { seed: 8, numRuns: 500 },
  );
});

test('count, minimum, maximum and mean are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000), { minLength: 1 }), (samples) => {
      const histogram = filled(samples);
      expect(histogram.count).toBe(samples.length);
      expect(histogram.min).toBe(Math.min(...samples));
      expect(histogram.max).toBe(Math.max(...samples));
      expect(histogram.mean).toBe(samples.reduce((sum, value) => sum + value, 0) / samples.length);
    }),
    { seed: 9, numRuns: 200 },
  );
});

test('fractions are cut off and negatives count as 0', () => {
  const histogram = filled([3.9, -7]);
  expect([histogram.min, histogram.max, histogram.count]).toEqual([0, 3, 2]);
});

test('merged histograms are the histogram of all samples', () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const merged = filled(some);
      merged.merge(filled(others).snapshot());
      merged.merge(new Histogram().snapshot());
      expect(merged.snapshot().buckets).toEqual(filled([...some, ...others]).snapshot().buckets);
      expect(merged.count).toBe(some.length + others.length);
      expect(merged.max).toBe(Math.max(...some, ...others));
      expect(merged.min).toBe(Math.min(...some, ...others));
    }),
    { seed: 10, numRuns: 200 },
  );
});

test('memory grows with the spread of the samples, not with their number', () => {
  const histogram = new Histogram();
  for (let i = 0; i < 100_000; i++) histogram.add(i % 1000);
  expect(histogram.snapshot().buckets.length).toBeLessThan(200);
});
