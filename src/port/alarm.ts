/** One timer that is kept at or before the next moment of interest. Does not know what it wakes. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';
import type { Clock } from './clock.ts';

/** The longest that one timer sleeps: within what setTimeout can count. */
const SLEEP_MAX: Duration = 60_000 * MILLISECOND;

/** A timer that may ring early, never much too late: whoever is woken looks at the time, and sets it again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: (lateness: Duration) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer should fire; meaningless without one. */
  #due: Instant = 0;

  /** `ring` is told how late the timer fired, in microseconds. */
  constructor(clock: Clock, ring: (lateness: Duration) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at `wanted` (a minute after `now` at the latest). A timer that is early anyway stays. */
  set(now: Instant, wanted: Instant): void {
    const ms = Math.max(1, Math.ceil(Math.min(wanted - now, SLEEP_MAX) / MILLISECOND));
    const due = now + ms * MILLISECOND;
    if (this.#timer !== undefined) {
      if (this.#due <= due) return;
      clearTimeout(this.#timer);
    }
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ring(this.#clock.now() - due);
    }, ms);
  }

  /** Does not ring until it is set again. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
