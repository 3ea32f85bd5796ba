/** Time as every floor below `port` sees it: whole microseconds, given from outside. Knows no clock. */

/** A moment in whole microseconds since an origin of the clock's choosing (monotonic, never wall time). */
export type Instant = number;

/** A length of time in whole microseconds. */
export type Duration = number;

/** One millisecond, in microseconds. */
export const MILLISECOND: Duration = 1_000;

/** One second, in microseconds. */
export const SECOND: Duration = 1_000_000;

/** The earlier of two deadlines, where `undefined` means "never". */
export function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}
