/** When bytes that were handed to a port will have left it, reckoned from the line's settings. Asks no port and no clock. */
import type { Duration, Instant } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';

/**
 * How much line time may stand between us and the wire before the next frame is drawn: enough to keep the line
 * busy while a coarse timer fires late or the screen is drawn, little enough that what is sent is fresh.
 */
export const HORIZON: Duration = 20_000;

/**
 * The sender's own clock of a line. Kernels and adapters hide seconds of queue and a pty says that its queue is
 * empty, so the room on a line is reckoned: a byte takes its bits divided by the rate, whatever `write` says.
 */
export class LineClock {
  readonly #characterTime: number;
  readonly #horizon: Duration;
  /** When the last byte handed over leaves; fractions are kept, since thousands of them are added up. */
  #busyUntil = 0;

  /** `horizon` in microseconds of line time, above 0. */
  constructor(settings: LineSettings, horizon: Duration = HORIZON) {
    this.#characterTime = lineTime(settings, 1);
    this.#horizon = horizon;
  }

  /** Takes note that `bytes` bytes were handed over at `now`. */
  sent(now: Instant, bytes: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, now) + bytes * this.#characterTime;
  }

  /** Takes note that at `now` at least `bytes` bytes are known to be waiting: the line is slower than reckoned, or stopped. */
  waiting(now: Instant, bytes: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, now + bytes * this.#characterTime);
  }

  /** Line time between us and the wire at `now`, in microseconds; 0 when the line is idle. */
  ahead(now: Instant): Duration {
    return Math.max(0, this.#busyUntil - now);
  }

  /** Whether the next frame may be drawn at `now`. */
  hasRoom(now: Instant): boolean {
    return this.ahead(now) < this.#horizon;
  }

  /** When there will be room again (not before `now`), in whole microseconds. */
  roomAt(now: Instant): Instant {
    return Math.max(now, Math.floor(this.#busyUntil - this.#horizon) + 1);
  }
}
