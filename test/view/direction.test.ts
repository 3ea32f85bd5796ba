import { describe, expect, it } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import type { Sample } from '../../src/soak/sample.ts';
import { type DirectionState, directionAfter, newDirection } from '../../src/view/direction.ts';
import { newestPoints } from '../../src/view/series.ts';
import { madeUpSamples } from './made-up-run.ts';

const [, template] = madeUpSamples(1);

/** The far end's sample at `at` seconds, when `bytesPerSecond` flow evenly in messages of `size` bytes. */
function sampleAt(at: number, bytesPerSecond: number, size: number): Sample {
  const delivered = Math.floor((Math.max(0, at) * bytesPerSecond) / size);
  const [out] = template!.streams;
  return { ...template!, at, streams: [{ ...out!, delivered, bytesDelivered: delivered * size }] };
}

function rates(seconds: number, bytesPerSecond: number, size: number, begin = 0): number[] {
  let direction: DirectionState = newDirection('near', 'far', DEFAULT_LINE_SETTINGS);
  const all: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const sample = sampleAt(second + 0.003 * (second % 5) - begin, bytesPerSecond, size);
    direction = directionAfter(direction, { ...sample, at: sample.at + begin });
    if (direction.rate !== null) all.push(direction.rate);
  }
  return all;
}

describe('the rate of a direction', () => {
  it('does not jump beyond the line because a few large messages a second count when they are whole', () => {
    for (const rate of rates(60, 11_200, 4096).slice(9))
      expect(Math.abs(rate / 11_200 - 1)).toBeLessThan(0.03);
  });

  it('is that of the last second where messages are small for the line', () => {
    const samples = [0, 1, 2, 3].map((at) => sampleAt(at, at < 3 ? 11_000 : 8000, 32));
    const direction = samples.reduce(directionAfter, newDirection('near', 'far', DEFAULT_LINE_SETTINGS));
    expect(direction.rate).toBe(24_000 - 21_984);
  });

  it('is not held down by the time before the first message', () => {
    expect(rates(20, 11_200, 1024, 12).at(-1)).toBeGreaterThan(10_900);
  });

  it('is 0 while nothing flows, and unknown before two samples', () => {
    expect(rates(1, 11_000, 32)).toEqual([]);
    expect(rates(5, 0, 32)).toEqual([0, 0, 0, 0]);
  });

  it('is known from samples half a minute apart, as a simulated day leaves them', () => {
    let direction = newDirection('near', 'far', DEFAULT_LINE_SETTINGS);
    for (const at of [0, 30, 60, 90]) direction = directionAfter(direction, sampleAt(at, 10_800, 4096));
    expect(direction.rate).toBeGreaterThan(10_500);
    expect(direction.rate).toBeLessThan(11_100);
  });

  it('begins anew when the counts do', () => {
    let direction = newDirection('near', 'far', DEFAULT_LINE_SETTINGS);
    for (const at of [0, 1, 2, 3, 0, 1, 2]) direction = directionAfter(direction, sampleAt(at, 11_008, 32));
    expect(direction.rate).toBeCloseTo(11_008, -1);
    expect(newestPoints(direction.series, 0, 9)).toHaveLength(5);
  });
});
