/** What is known of the round trip and of our own line: when a packet has left, how long its answer takes. */

import { Histogram } from '../base/histogram.ts';
import type { Duration, Instant } from '../base/instant.ts';

/** Taken until the first sample: the first connect retry assumes as much. [MS-DPDX] 3.1.2.1 */
const ROUND_TRIP_UNKNOWN: Duration = 200_000;

/** Part of a new sample in the smoothed round trip: one eighth (TIM-4). */
const SMOOTHING = 8;

/** Full frames of the partner that an acknowledgment may have to wait for: two on their way to the wire and its own. */
const FRAMES_IN_FRONT = 3;

/**
 * The round trip, measured from the moment a packet has left our line to the moment its answer has arrived. What the
 * line takes for our own packet is no part of it, so a slow line needs no special case; what the partner's line takes
 * for the answer is measured with it, and allowed for until it has been measured.
 */
export class RoundTrip {
  readonly histogram = new Histogram();
  readonly #lineTime: (bytes: number) => Duration;
  #smoothed: Duration | undefined;
  #lineFree: Instant = 0;
  #partnerFrame = 0;

  constructor(lineTime: (bytes: number) => Duration) {
    this.#lineTime = lineTime;
  }

  /** The smoothed round trip in microseconds; an assumption before the first sample. */
  get smoothed(): Duration {
    return this.#smoothed ?? ROUND_TRIP_UNKNOWN;
  }

  /** The shortest round trip there ever was; 0 before the first sample. */
  get least(): Duration {
    return this.histogram.min;
  }

  /** Whether anything was measured yet. */
  get isMeasured(): boolean {
    return this.#smoothed !== undefined;
  }

  /** Notes that a packet of `bytes` is handed to the line at `now`; returns when its last bit has left. */
  depart(now: Instant, bytes: number): Instant {
    const begin = this.#lineFree > now ? this.#lineFree : now;
    this.#lineFree = begin + Math.ceil(this.#lineTime(bytes));
    return this.#lineFree;
  }

  /** Takes one sample; the caller leaves out what was sent more than once (Karn). [MS-DPDX] 1.3.1 */
  sample(departed: Instant, now: Instant): void {
    const sample = Math.max(0, now - departed);
    this.histogram.add(sample);
    this.#smoothed =
      this.#smoothed === undefined
        ? sample
        : this.#smoothed + Math.round((sample - this.#smoothed) / SMOOTHING);
  }

  /** Notes the size of a data frame that the partner sent: an answer may stand behind such frames. */
  partnerSent(bytes: number): void {
    // Falls slowly and rises at once: what counts is the largest of the last few dozen frames.
    this.#partnerFrame = Math.max(bytes, this.#partnerFrame - (this.#partnerFrame >>> 5));
  }

  /** The most that the partner's line may hold back an answer, given that its frames are not larger than `frameSizeMax` or what it sent lately. */
  allowance(frameSizeMax: number): Duration {
    return Math.ceil(FRAMES_IN_FRONT * this.#lineTime(Math.max(frameSizeMax, this.#partnerFrame)));
  }
}
