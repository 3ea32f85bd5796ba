/** How often a number is called, what is tried again after which outcome, and how many calls must succeed. Data only. */
import { type Duration, SECOND } from '../base/instant.ts';
import type { CallFailure } from './dialer-event.ts';

/** What came of one attempt: it carried what it should, or it did not, or the carrier went, or it never came to be. */
export type AttemptOutcome = 'passed' | 'trafficFailed' | 'lost' | CallFailure;

/** How an outcome is followed by another attempt of the same call. */
export interface RetryRule {
  /** Attempts after the first, 1..100. */
  readonly times: number;
  /** Microseconds on hook before each. */
  readonly pause: Duration;
}

/** A series of calls. */
export interface CallPlan {
  /** Calls, 1..100000. */
  readonly count: number;
  /** Microseconds on hook between two calls. */
  readonly pause: Duration;
  /** Outcomes without a rule end their call. */
  readonly retry: Readonly<Partial<Record<AttemptOutcome, RetryRule>>>;
  /** Calls that must pass for the series to pass, 1..count. */
  readonly pass: number;
  /** Whether a call after the series is tried with `+++` in the data. */
  readonly escape: boolean;
}

/** Modems need a moment on hook before the exchange gives them a tone again. */
export const CALL_PAUSE: Duration = 5 * SECOND;
