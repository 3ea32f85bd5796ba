import { expect, test } from 'vitest';
import { advance, distance } from '../../src/base/sequence.ts';

test('sequence numbers run from 255 to 0, and back', () => {
  expect(advance(255)).toBe(0);
  expect(advance(0, -1)).toBe(255);
  expect(advance(200, 100)).toBe(44);
  expect(advance(7, 0)).toBe(7);
});

test('distance and advance undo each other for every pair', () => {
  for (let from = 0; from < 256; from++) {
    for (let to = 0; to < 256; to++) {
      const steps = distance(from, to);
      expect(steps).toBeGreaterThanOrEqual(0);
      expect(steps).toBeLessThan(256);
      if (advance(from, steps) !== to) throw new Error(`${from} ${to}`);
    }
  }
});
