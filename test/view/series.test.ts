import { describe, expect, it } from 'vitest';
import { addSeconds, emptySeries, newestPoints, POINTS_MAX } from '../../src/view/series.ts';

describe('a series', () => {
  it('keeps the newest seconds singly and three days in its coarsest steps', () => {
    let series = emptySeries('mean');
    for (let second = 0; second < 72 * 3600; second += 60)
      series = addSeconds(series, second % 600 ? 1 : 11, 60);
    expect(newestPoints(series, 0, 10_000)).toHaveLength(POINTS_MAX);
    expect(newestPoints(series, 3, 10_000)).toEqual(Array(432).fill(2));
  });

  it('keeps a burst visible when its points are peaks', () => {
    let series = emptySeries('peak');
    for (let second = 0; second < 60; second++) series = addSeconds(series, second === 7 ? 90 : 0, 1);
    expect(newestPoints(series, 1, 9)).toEqual([90, 0, 0, 0, 0, 0]);
    expect(newestPoints(series, 2, 9)).toEqual([90]);
  });

  it('cuts a gap to what it can show', () => {
    const series = addSeconds(emptySeries('mean'), 1, 1e12);
    expect(newestPoints(series, 0, 10_000)).toHaveLength(POINTS_MAX);
    expect(newestPoints(series, 0, 0)).toEqual([]);
  });
});
