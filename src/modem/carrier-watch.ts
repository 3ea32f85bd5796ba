/** Notices during a call that the carrier is gone: by DCD where it follows the carrier, else by the modem's own words. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';
import type { CallLines } from './activity.ts';
import type { LossSign } from './dialer-event.ts';

/** The words must be followed by so much silence: in data they would not be. */
const SILENCE: Duration = 1_000 * MILLISECOND;
/** DCD must be off for so long: it falls for a moment while some modems retrain. */
const FALLEN: Duration = 300 * MILLISECOND;
/** Enough of the end of the data to hold the words, what stands around them, and some answers behind. */
const TAIL_MAX = 64;
/**
 * The words, and what a modem that is back in command state says to what we go on sending: frames are no commands, but
 * one in a hundred holds an AT and a carriage return behind it.
 */
const WORDS = /[\r\n]NO ?CARRIER[\r\n]+(?:(?:OK|ERROR|NO ?CARRIER)[\r\n]+)*$/i;
const NUMBERS = /(^|[\r\n])3\r(?:[034]\r)*$/;

/** See the head of the file. */
export class CarrierWatch {
  /** How the loss was noticed; `undefined` while there is none. */
  lost: LossSign | undefined;
  /** Whether DCD was seen to rise with this call: only then its fall means anything. */
  #followsCarrier = false;
  readonly #wasOff: boolean;
  readonly #words: RegExp;
  #tail = '';
  #silentAt: Instant | undefined;
  #fallenAt: Instant | undefined;

  /** `wasOff`: DCD was seen to be off before the call. Numeric codes say `3` for NO CARRIER. */
  constructor(wasOff: boolean, numeric: boolean) {
    this.#wasOff = wasOff;
    this.#words = numeric ? NUMBERS : WORDS;
  }

  /** Whether DCD is known to follow the carrier. */
  get followsCarrier(): boolean {
    return this.#followsCarrier;
  }

  get deadline(): Instant | undefined {
    if (this.lost) return undefined;
    return this.#followsCarrier ? this.#fallenAt : this.#silentAt;
  }

  /** Bytes of the call. */
  receive(now: Instant, bytes: Uint8Array): void {
    if (this.#followsCarrier) return;
    const end = bytes.subarray(Math.max(0, bytes.length - TAIL_MAX));
    let text = '';
    for (const byte of end) text += String.fromCharCode(byte & 0x7f);
    this.#tail = (this.#tail + text).slice(-TAIL_MAX);
    this.#silentAt = this.#words.test(this.#tail) ? (this.#silentAt ?? now + SILENCE) : undefined;
  }

  lines(now: Instant, lines: CallLines): void {
    if (lines.dcd && this.#wasOff) this.#followsCarrier = true;
    if (lines.dcd) this.#fallenAt = undefined;
    else this.#fallenAt ??= now + FALLEN;
  }

  expire(now: Instant): void {
    const deadline = this.deadline;
    if (deadline === undefined || now < deadline) return;
    this.lost = this.#followsCarrier ? 'dcd' : 'text';
  }
}
