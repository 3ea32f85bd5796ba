/** DTR as a modem heeds it: off only after it was off for S25. Decides nothing about what that means. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';

/** Told the line as it is; `fell` is true once for each fall that lasted. */
export class DtrWatch {
  #on = true;
  #due: Instant | undefined;

  /** The line as it is now, whether or not a fall counts yet. */
  get isOn(): boolean {
    return this.#on;
  }

  /** When a fall will count. */
  get deadline(): Instant | undefined {
    return this.#due;
  }

  /** The line is on or off at `now`; a fall counts after `delay`. */
  set(now: Instant, on: boolean, delay: Duration): void {
    if (on === this.#on) return;
    this.#on = on;
    this.#due = on ? undefined : now + delay;
  }

  /** Whether a fall has come to count by `now`; true once. */
  fell(now: Instant): boolean {
    if (this.#due === undefined || now < this.#due) return false;
    this.#due = undefined;
    return true;
  }
}

/** S25 counts hundredths of a second. */
export const DTR_UNIT: Duration = 10 * MILLISECOND;
