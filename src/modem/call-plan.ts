/** How often a number is called, what is tried again after which outcome, and how many calls must succeed. Data only. */
import { type Duration, SECOND } from '../base/instant.ts';
import type { CallFailure } from './dialer-event.ts';

/** What came of an attempt beyond CONNECT, or of one that the modem left without a word. */
export const ONLINE_OUTCOMES = [
  /** It carried what it should, and was ended. */
  'passed',
  /** Its traffic does not pass the profile's limits. */
  'trafficFailed',
  /** The carrier went before the end of the traffic. */
  'lost',
  /** Its traffic passed, and then the modem could not be brought out of the call. */
  'hangUpFailed',
  /** The modem did not do as told, or its port was lost. */
  'modemFailed',
] as const;

/** What came of one attempt: one of {@link ONLINE_OUTCOMES}, or why there was no call. */
export type AttemptOutcome = (typeof ONLINE_OUTCOMES)[number] | CallFailure;

/** How an outcome is followed by another attempt of the same call. */
export interface RetryRule {
  /** How often a call is tried again after this outcome, 1..100; other outcomes count for themselves. */
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
  /** Microseconds of each measure of what a call carries, behind its traffic; absent, none is taken. */
  readonly throughput?: Duration;
  /** Whether a call after the series is tried with `+++` in the data. */
  readonly escape: boolean;
}

/** Modems need a moment on hook before the exchange gives them a tone again. */
export const CALL_PAUSE: Duration = 5 * SECOND;
