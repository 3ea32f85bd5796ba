/** What a series of calls comes to: outcomes counted, stages and rates as histograms. Keeps no single call. */
import { Histogram, type HistogramSnapshot } from '../base/histogram.ts';
import type { Attempt } from './call-cycle.ts';
import type { AttemptOutcome } from './call-plan.ts';

/** Figures of all attempts; histograms in microseconds but that of the rate, which is in bits per second. */
export interface CallStatistics {
  readonly attempts: number;
  readonly outcomes: Readonly<Partial<Record<AttemptOutcome, number>>>;
  /** From the dial command until the far end rang, where the modem tells. */
  readonly ringing: HistogramSnapshot;
  /** From the dial command to CONNECT. */
  readonly connected: HistogramSnapshot;
  /** From the dial command to the result, of calls that did not come to be. */
  readonly failed: HistogramSnapshot;
  /** From CONNECT to the first frame of the far end. */
  readonly firstFrame: HistogramSnapshot;
  readonly hangUp: HistogramSnapshot;
  readonly lineRate: HistogramSnapshot;
}

const ONLINE: readonly AttemptOutcome[] = ['passed', 'trafficFailed', 'lost', 'hangUpFailed'];

/** Counts attempts. */
export class CallTally {
  #attempts = 0;
  readonly #outcomes: Partial<Record<AttemptOutcome, number>> = {};
  readonly #ringing = new Histogram();
  readonly #connected = new Histogram();
  readonly #failed = new Histogram();
  readonly #firstFrame = new Histogram();
  readonly #hangUp = new Histogram();
  readonly #lineRate = new Histogram();

  add(attempt: Attempt): void {
    const { outcome, ringing, firstFrame, hangUp, lineRate, report } = attempt;
    // A call that was given up, or lost its port, may have come as far as CONNECT.
    const isOnline = report !== undefined || ONLINE.includes(outcome);
    this.#attempts++;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    (isOnline ? this.#connected : this.#failed).add(attempt.dialled);
    if (ringing !== undefined) this.#ringing.add(ringing);
    if (firstFrame !== undefined) this.#firstFrame.add(firstFrame);
    if (hangUp !== undefined) this.#hangUp.add(hangUp);
    if (lineRate !== undefined) this.#lineRate.add(lineRate);
  }

  get statistics(): CallStatistics {
    return {
      attempts: this.#attempts,
      outcomes: { ...this.#outcomes },
      ringing: this.#ringing.snapshot(),
      connected: this.#connected.snapshot(),
      failed: this.#failed.snapshot(),
      firstFrame: this.#firstFrame.snapshot(),
      hangUp: this.#hangUp.snapshot(),
      lineRate: this.#lineRate.snapshot(),
    };
  }
}
