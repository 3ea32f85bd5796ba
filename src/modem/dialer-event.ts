/** What a dialer reports. Types and words only. */
import type { Duration } from '../base/instant.ts';
import type { CallReport } from './connect-report.ts';
import type { CallerIdKey } from './result-code.ts';

/** Why a call did not come to be. */
export const CALL_FAILURES = [
  'busy',
  'noCarrier',
  'noDialTone',
  'noAnswer',
  'error',
  'delayed',
  'blacklisted',
  'voice',
  'fax',
  'lineInUse',
  'noResult',
  'aborted',
] as const;
export type CallFailure = (typeof CALL_FAILURES)[number];

/** Whether the call was made here or came in. */
export type CallDirection = 'dial' | 'answer';

/** What took how long, in microseconds. */
export interface CallTimings {
  /** From the dial command (or the first ring) to the end of this stage: CONNECT, or the result that was none. */
  readonly total: Duration;
  /** From the dial command until the far end rang, where the modem tells (RINGING). */
  readonly ringing?: Duration;
  /** From the first RING of a call that comes in to the answer. */
  readonly answered?: Duration;
}

/** What formatted caller identification said of a call that came in. */
export type CallerId = Readonly<Partial<Record<CallerIdKey, string>>>;

/** Where the machine could not go on. */
export type DialerStep = 'synchronise' | 'initialise' | 'abort' | 'hangUp' | 'diagnose';

/** How it was noticed that the carrier is gone. */
export type LossSign = 'dcd' | 'text';

/** One question to the modem after a call, with its answer. */
export interface Diagnosis {
  readonly command: string;
  /** Lines as they came, joined by line feeds. */
  readonly text: string;
  /** `cut` when the answer was longer than what is kept, `silent` when it did not end in time. */
  readonly ending: 'ok' | 'error' | 'cut' | 'silent';
}

/** What a dialer has to say, in the order in which it happened. */
export type DialerEvent =
  /** A command was sent to the modem. */
  | { readonly type: 'command'; readonly text: string }
  /** A line came from the modem. */
  | { readonly type: 'heard'; readonly text: string }
  /** DTR is to be set. */
  | { readonly type: 'dtr'; readonly on: boolean }
  /** The modem is set up. `skipped` are optional settings that it refused. */
  | { readonly type: 'ready'; readonly skipped: readonly string[] }
  /** The modem cannot be used: `text` says which step failed, on what, and what came instead. */
  | { readonly type: 'failed'; readonly step: DialerStep; readonly text: string }
  /** A call comes in. `whileDialling` when one was being made at the time. */
  | {
      readonly type: 'ring';
      readonly count: number;
      readonly callerId: CallerId;
      readonly whileDialling: boolean;
    }
  /** The rings stopped before the call was answered. */
  | { readonly type: 'ringsStopped'; readonly count: number }
  /** The far end rings. */
  | { readonly type: 'ringing' }
  | {
      readonly type: 'connected';
      readonly direction: CallDirection;
      readonly report: CallReport;
      readonly timings: CallTimings;
      readonly callerId: CallerId;
    }
  | {
      readonly type: 'callFailed';
      readonly direction: CallDirection;
      readonly failure: CallFailure;
      /** What the modem said or did not, in words. */
      readonly text: string;
      /** `never` for a number that the modem has blacklisted; microseconds to wait for where it said how long. */
      readonly retry: 'now' | 'never' | Duration;
      readonly timings: CallTimings;
    }
  /** Bytes of the call. */
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  /** The carrier is gone without our doing; the modem is being brought back. */
  | { readonly type: 'lost'; readonly sign: LossSign; readonly text: string; readonly lasted: Duration }
  /** The call was ended from here. */
  | {
      readonly type: 'hungUp';
      readonly by: 'dtr' | 'escape' | 'farEnd';
      readonly took: Duration;
      readonly lasted: Duration;
    }
  | { readonly type: 'diagnosed'; readonly answers: readonly Diagnosis[] };
