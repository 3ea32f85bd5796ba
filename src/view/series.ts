/** One figure per second over a whole run in bounded memory: the newest seconds singly, older ones in ever larger steps. Draws nothing. */

/** Seconds that one point stands for, by time scale: the finest shows minutes, the coarsest the three days of a long soak. */
export const SECONDS_PER_POINT = [1, 10, 60, 600] as const;

/** Points kept of each time scale: more than the widest chart shows. */
export const POINTS_MAX = 432;

/** How seconds become one point: their mean (rates), or their highest (errors, so that a burst stays visible). */
export type Summing = 'mean' | 'peak';

interface Level {
  /** Oldest first. */
  readonly points: readonly number[];
  /** Seconds gathered for the next point, and what they come to. */
  readonly seconds: number;
  readonly gathered: number;
}

/** A series of one figure; a value, changed only by {@link addSeconds}. */
export interface Series {
  readonly summing: Summing;
  readonly levels: readonly Level[];
}

/** A series without a point. */
export function emptySeries(summing: Summing): Series {
  return { summing, levels: SECONDS_PER_POINT.map(() => ({ points: [], seconds: 0, gathered: 0 })) };
}

/** One level with one more second of `value`. */
function addToLevel(level: Level, secondsPerPoint: number, value: number, summing: Summing): Level {
  const seconds = level.seconds + 1;
  const gathered = summing === 'mean' ? level.gathered + value : Math.max(level.gathered, value);
  if (seconds < secondsPerPoint) return { points: level.points, seconds, gathered };
  const point = summing === 'mean' ? gathered / seconds : gathered;
  const kept = level.points.length < POINTS_MAX ? level.points : level.points.slice(1);
  return { points: [...kept, point], seconds: 0, gathered: 0 };
}

/** `series` with `seconds` (1 or more) further seconds of `value` each; a gap longer than the finest scale is cut to it. */
export function addSeconds(series: Series, value: number, seconds: number): Series {
  let levels = series.levels;
  for (let second = Math.min(seconds, POINTS_MAX); second > 0; second--) {
    levels = levels.map((level, scale) =>
      addToLevel(level, SECONDS_PER_POINT[scale] ?? 1, value, series.summing),
    );
  }
  return { summing: series.summing, levels };
}

/** The newest `count` points at time scale `scale` (an index of {@link SECONDS_PER_POINT}), oldest first. */
export function newestPoints(series: Series, scale: number, count: number): readonly number[] {
  const points = series.levels[scale]?.points ?? [];
  return count > 0 ? points.slice(-count) : [];
}
