import { describe, expect, test } from 'vitest';
import {
  ceiling,
  conditionText,
  frameCeiling,
  payloadSize,
  utilisation,
} from '../../bench/line/condition.ts';

const line = (baud: number, bitErrorRatio: number, latencyMs = 0) => ({ baud, bitErrorRatio, latencyMs });

describe('the ceiling', () => {
  test('has the best payload sizes and shares that were worked out by hand', () => {
    const found = [1e-6, 1e-5, 3e-5, 1e-4, 3e-4].map((ratio) => ceiling(ratio));
    expect(found.map(({ payload }) => payload)).toEqual([1219, 381, 218, 117, 65]);
    const shares = [0.9805, 0.9395, 0.897, 0.818, 0.702];
    for (const [at, { share }] of found.entries()) expect(share).toBeCloseTo(shares[at]!, 3);
  });

  test('is no lower at any other payload size', () => {
    for (const ratio of [1e-5, 1e-4, 1e-2]) {
      const { share } = ceiling(ratio);
      for (let payload = 1; payload <= 2_000; payload++) {
        expect(frameCeiling(payload, ratio)).toBeLessThanOrEqual(share);
      }
    }
  });

  test('without errors is that of our largest frame', () => {
    expect(ceiling(0)).toEqual({ payload: 1400, share: 1400 / 1412 });
  });
});

describe('a line', () => {
  test('is full when its bytes take just their time', () => {
    expect(utilisation(line(115_200, 0), 11_520, 1)).toBe(1);
    expect(utilisation(line(33_600, 0), 3_360, 2)).toBe(0.5);
  });

  test('is given so much that even the ceiling takes the time asked for', () => {
    const noisy = line(115_200, 1e-4);
    const size = payloadSize(noisy, 12);
    expect(utilisation(noisy, size, 12)).toBeCloseTo(ceiling(1e-4).share, 4);
  });

  test('is told in words', () => {
    expect(conditionText(line(115_200, 0))).toBe('115200, 0');
    expect(conditionText(line(33_600, 1e-5, 100))).toBe('33600, 100 ms each way, 1e-5');
  });
});
