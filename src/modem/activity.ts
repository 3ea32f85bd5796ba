/** What a dialer does at one time: a machine of result codes in and text out. The shape only. */
import type { Instant } from '../base/instant.ts';
import type { ResultCode } from './result-code.ts';

/** The modem's lines as far as calls need them. `null` where the port has none. */
export interface CallLines {
  /** Data Carrier Detect, from the modem. */
  readonly dcd: boolean;
}

/** One thing that a dialer does: it has a result once it is over, and is then asked nothing more. */
export interface Activity<Result> {
  readonly result: Result | undefined;
  /** When `expire` is next wanted. */
  readonly deadline: Instant | undefined;
  /** DTR as it should be; `undefined` leaves it as it is. */
  readonly dtr?: boolean | undefined;
  /** The modem said this. */
  heard(now: Instant, code: ResultCode): void;
  /** Bytes came, of whatever kind. */
  received?(now: Instant): void;
  /** Called once `now >= deadline`. */
  expire(now: Instant): void;
  /** What is to be sent now, ends included; `undefined` for nothing. */
  poll(now: Instant): string | undefined;
  /** The lines changed. */
  lines?(now: Instant, lines: CallLines): void;
}
