/** A series of calls: says when to dial and when to stop, and counts what came of it. Dials nothing itself. */
import type { Duration, Instant } from '../base/instant.ts';
import type { AttemptOutcome, CallPlan } from './call-plan.ts';
import { type CallStatistics, CallTally } from './call-statistics.ts';
import type { CallReport } from './connect-report.ts';
import type { LossSign } from './dialer-event.ts';

/** What a call carried in one direction while nothing else was sent that way. */
export interface CallThroughput {
  /** `random` bytes cannot be compressed, `zeros` can. */
  readonly payload: 'random' | 'zeros';
  readonly from: string;
  readonly to: string;
  /** Whether the same was sent the other way at the time. */
  readonly bothWays: boolean;
  /** Bytes of messages delivered per second; absent where the figures of the far end never came. */
  readonly bytesPerSecond?: number;
}

/** What is known of one attempt; lengths of time in microseconds, absent where there was no such stage. */
export interface Attempt {
  /** 1 for the first call of the series, and 1 for its first attempt. */
  readonly call: number;
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
  /** What the modem said, or what went wrong, in words. */
  readonly text: string;
  /** When the modem lets the number be dialled again: `never`, or microseconds to wait. */
  readonly retry: 'now' | 'never' | Duration;
  /** From the dial command to RINGING, to CONNECT or the failure; from CONNECT to the first frame; of the hang-up. */
  readonly ringing?: Duration;
  readonly dialled: Duration;
  readonly firstFrame?: Duration;
  readonly hangUp?: Duration;
  /** How the call was ended from here, or that it could not be; absent where there was nothing to end. */
  readonly hangUpBy?: 'dtr' | 'escape' | 'farEnd' | 'failed';
  /** Bits per second of the telephone line, where the modem told. */
  readonly lineRate?: number;
  /** What the modem said of the call: rates, modulation, error correction, compression; absent without CONNECT. */
  readonly report?: CallReport;
  /** What the call carried at most, where the profile asks for it; empty where its traffic did not come to its end. */
  readonly throughput?: readonly CallThroughput[];
  /** How it was noticed that the carrier was gone, and how long after CONNECT; absent where it was not lost. */
  readonly carrierLost?: { readonly sign: LossSign; readonly after: Duration };
  /** From the loss of the carrier in the attempt before to the first frame of this one: how long the session was away. */
  readonly outage?: Duration;
}

/** What is to be done next. */
export type CycleStep =
  | { readonly is: 'dial'; readonly call: number; readonly attempt: number }
  /** Nothing before `until`. */
  | { readonly is: 'wait'; readonly until: Instant }
  | { readonly is: 'over'; readonly reason: string | undefined };

/** See the head of the file: `next`, and when an attempt is over, `ended`. */
export class CallCycle {
  readonly #plan: CallPlan;
  readonly #tally = new CallTally();
  #call = 1;
  #attempt = 1;
  /** Attempts at the present call that were followed by another one, by what they came to. */
  #repeated = new Map<AttemptOutcome, number>();
  #notBefore: Instant | undefined;
  #passed = 0;
  #stopped: string | undefined;

  constructor(plan: CallPlan) {
    this.#plan = plan;
  }

  /** What is to be done at `now`. */
  next(now: Instant): CycleStep {
    if (this.#stopped !== undefined || this.#call > this.#plan.count) {
      return { is: 'over', reason: this.#stopped };
    }
    if (this.#notBefore !== undefined && now < this.#notBefore) return { is: 'wait', until: this.#notBefore };
    return { is: 'dial', call: this.#call, attempt: this.#attempt };
  }

  /** An attempt is over at `now`: true when the call gets another one. */
  ended(now: Instant, attempt: Attempt): boolean {
    this.#tally.add(attempt);
    const { pause, retry } = this.#plan;
    const rule = retry[attempt.outcome];
    if (attempt.retry === 'never') {
      this.#notBefore = undefined;
      this.#stopped = `the modem forbids the number: ${attempt.text}`;
      return false;
    }
    const forbidden = attempt.retry === 'now' ? 0 : attempt.retry;
    const repeated = this.#repeated.get(attempt.outcome) ?? 0;
    const again = rule !== undefined && repeated < rule.times;
    // Stopped before it came to its end, the call was not made.
    if (this.#stopped !== undefined && (again || attempt.outcome === 'aborted')) return false;
    this.#notBefore = now + Math.max(again ? rule.pause : pause, forbidden);
    if (again) {
      this.#attempt++;
      this.#repeated.set(attempt.outcome, repeated + 1);
      return true;
    }
    if (attempt.outcome === 'passed') this.#passed++;
    this.#call++;
    this.#attempt = 1;
    this.#repeated = new Map();
    return false;
  }

  /** Whether every call has been made. */
  get isComplete(): boolean {
    return this.#call > this.#plan.count;
  }

  /** Calls that passed. */
  get passed(): number {
    return this.#passed;
  }

  /** Whether enough calls passed. */
  get pass(): boolean {
    return this.#passed >= this.#plan.pass;
  }

  /** What was counted so far. */
  get statistics(): CallStatistics {
    return this.#tally.statistics;
  }

  /** Stops the series: `reason` in words. */
  stop(reason: string): void {
    this.#stopped ??= reason;
  }
}
