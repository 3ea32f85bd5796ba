/** How many bytes a wire could have carried by now: the pace of one direction of an emulated port. Moves none of them. */
import type { Duration, Instant } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';

/** What a wire may carry early after a rest, so that a timer's ticks do not slow it down. */
const EARLY: Duration = 2_000;

/** Told the time; a late look loses nothing while the wire was busy. */
export class PortPace {
  /** When the wire is free; fractions of a microsecond are kept. */
  #free = 0;
  /** Whether bytes were known to wait when last looked. */
  #busy = false;

  /** Bytes that may pass at `now`. */
  allowance(now: Instant, settings: LineSettings): number {
    if (!this.#busy) this.#free = Math.max(this.#free, now - EARLY);
    return Math.max(0, Math.floor((now - this.#free) / lineTime(settings, 1)));
  }

  /** `count` bytes passed; `more` says whether others wait. */
  pass(count: number, more: boolean, settings: LineSettings): void {
    this.#free += lineTime(settings, count);
    this.#busy = more;
  }
}
