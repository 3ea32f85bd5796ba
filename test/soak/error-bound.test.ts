import { describe, expect, test } from 'vitest';
import { errorRatioBelow } from '../../src/soak/error-bound.ts';

describe('the bound of an error ratio', () => {
  test('is 3/N where there was no error, never 0, and 1 where nothing was tried', () => {
    expect(errorRatioBelow(0, 1e9)).toBe(3e-9);
    expect(errorRatioBelow(0, 1e15)).toBeGreaterThan(0);
    expect(errorRatioBelow(0, 0)).toBe(1);
    expect(errorRatioBelow(5, 5)).toBe(1);
  });

  // Clopper and Pearson's table, 95 % one-sided; Poisson's as in any table of the chi-squared distribution.
  test.each([
    [0, 100, 0.029513],
    [1, 100, 0.04656],
    [3, 10, 0.606624],
    [9, 10, 0.994884],
    [1, 1e9, 4.743865e-9],
    [10, 1e9, 16.962219e-9],
    [500, 1000, 0.526482],
  ])('for %d errors in %d is that of the tables', (errors, trials, below) => {
    expect(errorRatioBelow(errors, trials) / below).toBeCloseTo(1, 4);
  });

  test('is above the ratio counted, grows with every error, and without a step where the closed form begins', () => {
    for (const trials of [260, 5_000, 1e6, 1e9]) {
      let before = errorRatioBelow(190, trials);
      for (let errors = 191; errors <= 210; errors++) {
        const below = errorRatioBelow(errors, trials);
        expect(below).toBeGreaterThan(errors / trials);
        const step = (below - before) * trials;
        expect(step).toBeGreaterThan(0.5);
        expect(step).toBeLessThan(1.1);
        before = below;
      }
    }
  });
});
