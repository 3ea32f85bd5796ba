/** How late the host's own timers fired during a run: what the event loop adds to every delay, and what a stall of the host looks like. */
import { Histogram, type HistogramSnapshot } from '../base/histogram.ts';
import { type Duration, MILLISECOND } from '../base/instant.ts';
import type { HostFigures } from './result.ts';

/** A timer that is so late is a stall: longer than any timer's own coarseness, and as long as a frame at 115200. */
const STALL: Duration = 50 * MILLISECOND;

/** What was added to a histogram between two snapshots; its minimum and maximum to within 1/32. */
function added(after: HistogramSnapshot, before: HistogramSnapshot): Histogram {
  const held = new Map(before.buckets);
  const buckets = after.buckets.flatMap(([bucket, count]) => {
    const more = count - (held.get(bucket) ?? 0);
    return more > 0 ? [[bucket, more] as const] : [];
  });
  const histogram = new Histogram();
  const count = buckets.reduce((sum, [, more]) => sum + more, 0);
  histogram.merge({ ...after, count, sum: after.sum - before.sum, buckets });
  return histogram;
}

/** The figures of the timers that fired between two snapshots (microseconds of lateness). */
export function hostFigures(after: HistogramSnapshot, before: HistogramSnapshot): HostFigures {
  const lag = added(after, before);
  const milliseconds = (ratio: number): number => lag.percentile(ratio) / MILLISECOND;
  return {
    timers: lag.count,
    stalls: lag.countAbove(STALL),
    lagMs: { p50: milliseconds(0.5), p99: milliseconds(0.99), max: milliseconds(1) },
  };
}
