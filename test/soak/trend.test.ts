import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { ClockOffset } from '../../src/soak/clock-offset.ts';
import { Trend } from '../../src/soak/trend.ts';

describe('a trend', () => {
  test('is the slope of the line that fits best, known to within what the scatter allows', () => {
    const trend = new Trend();
    const random = new Random('trend');
    for (let second = 0; second < 1_000; second++) {
      trend.add(5e9 + second * SECOND, 7_000 + 3 * second + random.below(1_001) - 500);
    }
    const { growth, uncertainty } = trend.perSecond!;
    expect(Math.abs(growth - 3)).toBeLessThan(uncertainty);
    expect(uncertainty).toBeLessThan(0.1);
  });

  test('is not told for few figures, for a short time, or for figures of one moment', () => {
    const trend = new Trend();
    for (let i = 0; i < 9; i++) trend.add(i * 60 * SECOND, i);
    expect(trend.perSecond).toBeUndefined();
    trend.add(540 * SECOND, 9);
    expect(trend.perSecond!.growth).toBeCloseTo(1 / 60, 9);
    expect(trend.perSecond!.uncertainty).toBeCloseTo(0, 6);
    const short = new Trend();
    for (let i = 0; i < 1_000; i++) short.add(i * 1_000, i);
    expect(short.perSecond).toBeUndefined();
  });
});

describe('the drift of the partner’s clock', () => {
  /** Exchanges over a line that takes `way` microseconds, by a clock that runs `ppm` fast. */
  function exchanged(ppm: number, way: number, hours: number): ClockOffset {
    const offset = new ClockOffset();
    for (let at = 0; at <= hours * 3600; at += 10) {
      const now = at * SECOND;
      const there = Math.round((now + way) * (1 + ppm / 1e6)) + 123_456;
      offset.take(now + 2 * way, now, there, there);
    }
    return offset;
  }

  test('is told once it is known well, with how well', () => {
    const { ppm, uncertaintyPpm } = exchanged(40, 5_000, 1).drift!;
    expect(Math.abs(ppm - 40)).toBeLessThan(uncertaintyPpm);
    expect(uncertaintyPpm).toBeLessThan(5);
  });

  test('is not told of a slow line after a short time', () => {
    expect(exchanged(40, 100_000, 0.2).drift).toBeUndefined();
  });
});
