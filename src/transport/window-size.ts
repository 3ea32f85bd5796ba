/** How many frames may be on their way at once: grows with acknowledgments, falls on loss, never on noise alone. */
import { WINDOW_FRAMES } from '../base/sequence.ts';

/**
 * Frames on their way at the beginning. More than the 2 of a network (DFR-7): what we send leaves at the line's own
 * pace, so it queues up nowhere, and a line with a long way would stand idle meanwhile. Fewer than there may be: the
 * size of these frames was chosen before anything was known of the line.
 */
export const WINDOW_START = 32;
/** The least there ever are (DFR-7). [MC-DPL8R] 3.1.4.4 */
export const WINDOW_MIN = 2;
/** The most there ever are: what the receiver accepts. [MS-DPDX] 3.1.5.10 */
export const WINDOW_MAX = WINDOW_FRAMES;

/** Frames over which the share of lost ones is judged. */
const JUDGED = 64;
/** Lost frames among them that a noisy line explains; a narrow place on the way loses far more once it is overrun. */
const TOLERATED = 32;
/** What is left of the window, in quarters, when more were lost. */
const LEFT_IN_QUARTERS = 3;

/**
 * The line pulls, so nothing queues up between us and it, and losses on a serial line are noise, which a smaller
 * window would not make fewer. Only losses beyond what noise explains (a modem narrower than its port) and silence
 * make it smaller.
 */
export class WindowSize {
  #size = WINDOW_START;
  #judged = 0;
  #lost = 0;
  /** Whether more were lost lately than noise explains. */
  #isOverrun = false;

  /** Frames that may be unacknowledged, 2..64. */
  get size(): number {
    return this.#size;
  }

  /** An acknowledgment for `frames` frames arrived; `clean` if it shows none missing. */
  acknowledged(frames: number, clean: boolean): void {
    if (clean || !this.#isOverrun) this.#size = Math.min(this.#size + frames, WINDOW_MAX);
    this.#judge(frames, 0);
  }

  /** A frame was shown to be lost. */
  lost(): void {
    this.#judge(1, 1);
  }

  /** A frame's timer ran out although nothing else explains it. */
  timedOut(): void {
    this.#shrink();
  }

  #judge(frames: number, lost: number): void {
    this.#judged += frames;
    this.#lost += lost;
    if (this.#judged < JUDGED) return;
    this.#isOverrun = this.#lost > TOLERATED;
    if (this.#isOverrun) this.#shrink();
    this.#judged = 0;
    this.#lost = 0;
  }

  #shrink(): void {
    this.#size = Math.max(WINDOW_MIN, Math.floor((this.#size * LEFT_IN_QUARTERS) / 4));
  }
}
