/** When a dedicated SACK is due for what was received: at once, soon, later, or several times. Builds none. */
import type { Instant } from '../base/instant.ts';
import type { Arrival } from './receiver.ts';
import { TIMER, type Timers, type Timing } from './timing.ts';

/** Copies of the SACK that answers an END_OF_STREAM, since nothing acknowledges it (DIS-1). [MS-DPDX] 3.1.5.3 */
const END_OF_STREAM_COPIES = 4;

/** Every outgoing frame acknowledges; a SACK is needed only where none goes, or where the partner asks for one. [MS-DPDX] 2.2.9, 3.1.2.6 */
export class Acknowledgment {
  readonly #timing: Timing;
  readonly #timers: Timers;
  #isUrgent = false;
  #copies = 0;
  #wasRetry = false;

  constructor(timing: Timing, timers: Timers) {
    this.#timing = timing;
    this.#timers = timers;
  }

  /** Whether the data frame processed last was a retry: bRetry (DFR-13). [MS-DPDX] 2.2.9 */
  get wasRetry(): boolean {
    return this.#wasRetry;
  }

  /** Whether an acknowledgment is due now; a data frame that leaves at this moment serves as well (DFR-19). */
  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** Whether a SACK is due now that no data frame can stand for. */
  get isDedicated(): boolean {
    return this.#copies > 0;
  }

  /** A data frame was processed. [MS-DPDX] 3.1.5.10, DFR-9 */
  received(now: Instant, arrival: Arrival, isPolled: boolean, isRetry: boolean, hasGap: boolean): void {
    if (arrival !== 'outOfRange') this.#wasRetry = isRetry;
    if (isPolled) this.#isUrgent = true;
    else {
      const isClean = arrival === 'inOrder' && !hasGap;
      this.#timers.setEarlier(
        TIMER.acknowledge,
        now + (isClean ? this.#timing.acknowledge : this.#timing.acknowledgeSoon),
      );
    }
  }

  /** Send masks moved the expected number on: the sender is to know soon. */
  released(now: Instant): void {
    this.#timers.setEarlier(TIMER.acknowledge, now + this.#timing.acknowledgeSoon);
  }

  /** The partner asks for a dedicated SACK (KEP-4). [MS-DPDX] 2.2.17 */
  correlate(): void {
    this.#copies = Math.max(this.#copies, 1);
  }

  /** The partner ended its stream, or repeats that it did. */
  endOfStream(copies = END_OF_STREAM_COPIES): void {
    this.#copies = Math.max(this.#copies, copies);
  }

  /** Lets the delayed acknowledgment and the delayed send mask become due. [MS-DPDX] 3.1.6.6 */
  expire(now: Instant): void {
    const isDue = this.#timers.expired(TIMER.acknowledge, now);
    if (this.#timers.expired(TIMER.sendMask, now) || isDue) this.#isUrgent = true;
  }

  /** A packet went out that carries bNRcv and the masks. */
  sent(isDedicated: boolean): void {
    this.#isUrgent = false;
    if (isDedicated && this.#copies > 0) this.#copies--;
    this.#timers.cancel(TIMER.acknowledge);
    this.#timers.cancel(TIMER.sendMask);
  }

  /** Forgets everything that was due. */
  discard(): void {
    this.#isUrgent = false;
    this.#copies = 0;
  }
}
