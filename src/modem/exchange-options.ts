/** What an emulated exchange is like: its modems, its lines, its delays, what happens to which call. Types and defaults. */
import { type Duration, MILLISECOND, SECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { EmulatedModemOptions } from './emulated-modem-options.ts';

/** What may become of an attempt to call, instead of what would. */
export const CALL_OUTCOMES = [
  'no-dial-tone',
  'line-in-use',
  'busy',
  'no-answer',
  'reject',
  'voice',
  'fax',
  'unobtainable',
  'no-carrier',
] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** A modem and where it is plugged. */
export interface ExchangeModem extends EmulatedModemOptions {
  /** Its telephone number: digits, * and #. */
  readonly number: string;
  /** As caller identification shows it; default none. */
  readonly name?: string;
}

/** What all telephone lines of an exchange are like. */
export interface TelephoneLine {
  /** The highest rate that modems agree on over it, bits per second. */
  readonly rateMax: number;
  /** From one modem to the other. */
  readonly latency: Duration;
  /** Probability that a bit is received wrong, 0..1. */
  readonly bitErrorRatio: number;
  /** Whether modems may agree on error correction. */
  readonly errorCorrection: boolean;
}

/** How long things take. */
export interface ExchangeTimings {
  /** From off hook to the dial tone. */
  readonly dialTone: Duration;
  /** From the last digit to the first ring, or to the busy tone. */
  readonly routing: Duration;
  /** From ring to ring, and how long each sounds. */
  readonly ringEvery: Duration;
  readonly ringOn: Duration;
  /** From the answer to the moment when the modems hear each other. */
  readonly answer: Duration;
  /** How long training takes; by the modulation when left out. */
  readonly training?: Duration;
}

/** What happens to a call that is on, so long after CONNECT. */
export type CallChange = {
  /** Which attempt, from 1; every one when left out. */
  readonly call?: number;
  readonly at: Duration;
} & (
  | { readonly kind: 'carrierLost'; readonly for?: Duration }
  | { readonly kind: 'retrain'; readonly for: Duration; readonly rate?: number }
  | { readonly kind: 'noise'; readonly bitErrorRatio: number; readonly for?: Duration }
  | { readonly kind: 'hangUp'; readonly by: 'caller' | 'called' }
);

/** What becomes of one attempt. */
export interface ScriptedOutcome {
  /** Which attempt, from 1. */
  readonly call: number;
  readonly outcome: CallOutcome;
}

/** What is wrong with the wire of one modem for a while, counted from the making of the exchange. */
export interface LineTrouble {
  readonly number: string;
  readonly at: Duration;
  /** For good when left out. */
  readonly for?: Duration;
  readonly kind: 'no-dial-tone' | 'line-in-use';
}

/** Everything about an exchange; what is left out is {@link DEFAULT_LINE}, {@link DEFAULT_TIMINGS}, or nothing. */
export interface ExchangeOptions {
  readonly modems: readonly ExchangeModem[];
  /** All chance comes from here. */
  readonly random: Random;
  readonly line?: Partial<TelephoneLine>;
  readonly timings?: Partial<ExchangeTimings>;
  /** Numbers without a modem, and what happens when they are called. All others are unobtainable. */
  readonly numbers?: Readonly<Record<string, CallOutcome>>;
  readonly outcomes?: readonly ScriptedOutcome[];
  /** How likely an attempt comes to each of these, by the seed and the attempt's number; together at most 1. */
  readonly chances?: Readonly<Partial<Record<CallOutcome, number>>>;
  readonly changes?: readonly CallChange[];
  readonly troubles?: readonly LineTrouble[];
  /** When formatted caller identification comes; default behind the first ring. */
  readonly callerId?: 'before-ring' | 'after-first-ring' | 'never';
  /** The date (month and day, four digits) and minute of the day at the beginning, for caller identification. */
  readonly began?: { readonly date: string; readonly minute: number };
}

/** A quiet line of today. */
export const DEFAULT_LINE: TelephoneLine = {
  rateMax: 33_600,
  latency: 20 * MILLISECOND,
  bitErrorRatio: 0,
  errorCorrection: true,
};

/** A public network of the nineties. */
export const DEFAULT_TIMINGS: ExchangeTimings = {
  dialTone: 300 * MILLISECOND,
  routing: SECOND,
  ringEvery: 6 * SECOND,
  ringOn: 2 * SECOND,
  answer: 2 * SECOND,
};

/** Everything but the modems' own dialling in about a second, for tests. */
export const QUICK_TIMINGS: ExchangeTimings = {
  dialTone: 50 * MILLISECOND,
  routing: 100 * MILLISECOND,
  ringEvery: SECOND,
  ringOn: 400 * MILLISECOND,
  answer: 100 * MILLISECOND,
  training: 300 * MILLISECOND,
};
