/** The clock that machines are told the time from: monotonic, whole microseconds. Never wall time. */
import type { Instant } from '../base/instant.ts';

/** Whatever can say what time it is; a test gives one of its own. */
export interface Clock {
  /** Whole microseconds since an origin of the clock's choosing; never goes backwards. */
  now(): Instant;
}

/** The machine's monotonic clock (what `process.hrtime` reads), counted from the start of this process. */
export const monotonicClock: Clock = {
  now: () => Math.floor(performance.now() * 1_000),
};
