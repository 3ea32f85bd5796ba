/** Every time and count of the transport in one place, with its source, and the deadlines that run on them. Keeps no clock. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';

/** The adjustable times and counts of a connection; "can be modified according to application and network requirements". */
export interface Timing {
  /** First retry of an unanswered CONNECT or CONNECT_ACCEPT; doubles. [MS-DPDX] 3.1.2.1 */
  readonly connectRetry: Duration;
  /** The longest interval between two connect retries. [MS-DPDX] 3.1.2.1 */
  readonly connectRetryMax: Duration;
  /** How often CONNECT or CONNECT_ACCEPT is repeated before the attempt has failed (TIM-5). [MS-DPDX] 3.1.2.1 */
  readonly connectRetries: number;
  /** Added to 2.5 round trips for the first retry: the acknowledgment may be delayed that long. [MS-DPDX] 3.1.2.3 */
  readonly retryMargin: Duration;
  /** The longest interval between two retries, not counting what the line itself takes (TIM-2). [MS-DPDX] 3.1.2.3 */
  readonly retryMax: Duration;
  /** How often a frame is repeated by timer before the connection is lost (TIM-2). [MS-DPDX] 3.1.2.3 */
  readonly retries: number;
  /** What is left of the retry time of a frame that a SACK mask shows to be missing (TIM-7). [MS-DPDX] 3.1.5.12 */
  readonly gapRetry: Duration;
  /**
   * Whether the last frame of a burst is repeated early, 1.5 round trips after it left, when nothing behind
   * it could show its loss. Our own addition: the partner need not know. `false` keeps to the schedule of 3.1.2.3.
   */
  readonly tailProbe: boolean;
  /** Acknowledgment of frames that arrived in order (DFR-9). [MC-DPL8R] 3.1.6.5 */
  readonly acknowledge: Duration;
  /** Acknowledgment of frames out of order, duplicate or out of range (DFR-9). [MS-DPDX] 3.1.2.6, 3.1.5.10 */
  readonly acknowledgeSoon: Duration;
  /** A send mask that no outgoing frame carried by then goes out in a SACK (DFR-11). [MC-DPL8R] 3.1.5.2 */
  readonly sendMask: Duration;
  /** Silence after which a keep-alive is sent (KEP-7, KEP-8). [MS-DPDX] 3.1.2.4 */
  readonly keepAlive: Duration;
  /** Silence after our END_OF_STREAM was acknowledged, at which the partner's is no longer waited for (DIS-2). */
  readonly closing: Duration;
  /** How long after the end a repeated END_OF_STREAM is still answered (DIS-2). */
  readonly linger: Duration;
}

/** The recommended values. */
export const DEFAULT_TIMING: Timing = {
  connectRetry: 200 * MILLISECOND,
  connectRetryMax: 5 * SECOND,
  connectRetries: 14,
  retryMargin: 100 * MILLISECOND,
  retryMax: 5 * SECOND,
  retries: 10,
  gapRetry: 10 * MILLISECOND,
  tailProbe: true,
  acknowledge: 100 * MILLISECOND,
  acknowledgeSoon: 20 * MILLISECOND,
  sendMask: 40 * MILLISECOND,
  keepAlive: 25 * SECOND,
  closing: 30 * SECOND,
  linger: 6 * SECOND,
};

/** The intervals before retries 1 to 10 in units of B, and the one after the last: steps of B, doubling, the last value (TIM-1). */
const RETRY_STEPS = [1, 2, 3, 6, 12, 24, 48, 96, 96, 96, 96] as const;

/** The interval that follows transmission number `attempt` (0 is the first), given B = 2.5 RTT + margin. [MS-DPDX] 3.1.6.3 */
export function retryInterval(timing: Timing, roundTrip: Duration, attempt: number): Duration {
  const base = Math.floor(2.5 * roundTrip) + timing.retryMargin;
  const step = RETRY_STEPS[Math.min(attempt, RETRY_STEPS.length - 1)]!;
  return Math.min(base * step, timing.retryMax);
}

/** The interval that follows connect packet number `attempt` (0 is the first). [MS-DPDX] 3.1.6.1 */
export function connectInterval(timing: Timing, attempt: number): Duration {
  return Math.min(timing.connectRetry * 2 ** Math.min(attempt, 30), timing.connectRetryMax);
}

/** The timers of a connection that are set one at a time; each frame's retry time is kept with the frame. */
export const TIMER = {
  /** CONNECT or CONNECT_ACCEPT is to be sent again. [MS-DPDX] 3.1.6.1 */
  connect: 0,
  /** A dedicated SACK is due for what was received. [MS-DPDX] 3.1.6.6 */
  acknowledge: 1,
  /** A dedicated SACK is due for send mask bits that nothing carried. [MC-DPL8R] 3.1.5.2 */
  sendMask: 2,
  /** Nothing was received for long: a keep-alive is due. [MS-DPDX] 3.1.6.4 */
  keepAlive: 3,
  /** The partner acknowledged our END_OF_STREAM and fell silent without one of its own (DIS-2). */
  closing: 4,
  /** The next copy of HARD_DISCONNECT. [MC-DPL8R] 3.1.4.3 */
  hardDisconnect: 5,
  /** A repeated END_OF_STREAM is answered no longer (DIS-2). */
  linger: 6,
  /** The partner was asked to prove that it is alive, and has not. */
  probe: 7,
} as const;

/** One of {@link TIMER}. */
export type Timer = (typeof TIMER)[keyof typeof TIMER];

/** One deadline per {@link TIMER}. */
export class Timers {
  /** Those that are not set never run out. */
  readonly #deadlines = new Float64Array(Object.keys(TIMER).length).fill(Number.POSITIVE_INFINITY);

  set(timer: Timer, deadline: Instant): void {
    this.#deadlines[timer] = deadline;
  }

  /** Sets the timer unless it already runs out earlier. */
  setEarlier(timer: Timer, deadline: Instant): void {
    if (deadline < this.#deadlines[timer]!) this.#deadlines[timer] = deadline;
  }

  cancel(timer: Timer): void {
    this.#deadlines[timer] = Number.POSITIVE_INFINITY;
  }

  cancelAll(): void {
    this.#deadlines.fill(Number.POSITIVE_INFINITY);
  }

  isSet(timer: Timer): boolean {
    return this.#deadlines[timer] !== Number.POSITIVE_INFINITY;
  }

  /** Whether the timer has run out; it is cancelled then. */
  expired(timer: Timer, now: Instant): boolean {
    if (now < this.#deadlines[timer]!) return false;
    this.#deadlines[timer] = Number.POSITIVE_INFINITY;
    return true;
  }

  /** The earliest deadline of all. */
  get deadline(): Instant | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (let n = 0; n < this.#deadlines.length; n++) first = Math.min(first, this.#deadlines[n]!);
    return first === Number.POSITIVE_INFINITY ? undefined : first;
  }
}
