/** What a modem remembers of its last call, and how it tells: for I6, I11 and #UD. Measures nothing itself. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import type { LineTerms } from './line-terms.ts';

/** Why a call ended. */
export type CallEnd = 'command' | 'dtr' | 'carrier' | 'none';

const END_TEXT: Readonly<Record<CallEnd, string>> = {
  command: 'ATH',
  dtr: 'DTR dropped',
  carrier: 'loss of carrier',
  none: 'still on',
};

/** Codes of V.250's unified diagnostics for ends and modulations would say no more than these words. */
const MODULATION_TEXT: Readonly<Record<string, string>> = {
  V21: 'V.21',
  V22: 'V.22',
  V22B: 'V.22bis',
  V32: 'V.32',
  V32B: 'V.32bis',
  V34: 'V.34',
};

/** One call; what is counted is added as it happens. */
export class CallRecord {
  readonly #began: Instant;
  readonly #first: LineTerms;
  #terms: LineTerms;
  #ended: Instant | undefined;
  #end: CallEnd = 'none';
  /** Bytes that the port gave to be sent, and that were given to it. */
  sent = 0;
  received = 0;
  /** Bytes lost because the modem's buffers were full. */
  lost = 0;
  retrains = 0;

  constructor(now: Instant, terms: LineTerms) {
    this.#began = now;
    this.#first = terms;
    this.#terms = terms;
  }

  /** What it runs with now. */
  get terms(): LineTerms {
    return this.#terms;
  }

  retrained(terms: LineTerms): void {
    this.#terms = terms;
    this.retrains++;
  }

  finish(now: Instant, end: CallEnd): void {
    this.#ended ??= now;
    if (this.#end === 'none') this.#end = end;
  }

  /** Lines for people. */
  lines(now: Instant): string[] {
    const { corrected, compressed, rate } = this.#terms;
    const lasted: Duration = (this.#ended ?? now) - this.#began;
    return [
      'LINK DIAGNOSTICS',
      `Modulation            ${MODULATION_TEXT[this.#first.modulation] ?? this.#first.modulation}`,
      `Carrier rate, first   ${this.#first.rate}`,
      `Carrier rate, last    ${rate}`,
      `Error correction      ${corrected ? 'LAPM' : 'none'}`,
      `Compression           ${compressed ? 'V.42bis' : 'none'}`,
      `Characters sent       ${this.sent}`,
      `Characters received   ${this.received}`,
      `Characters lost       ${this.lost}`,
      `Retrains              ${this.retrains}`,
      `Seconds               ${Math.floor(lasted / SECOND)}`,
      `Ended by              ${END_TEXT[this.#end]}`,
    ];
  }

  /** Pairs for programs. */
  pairs(now: Instant): string[] {
    const { corrected, compressed, rate, modulation } = this.#terms;
    const lasted: Duration = (this.#ended ?? now) - this.#began;
    return [
      `MODULATION=${modulation}`,
      `RATE=${this.#first.rate},${rate}`,
      `PROTOCOL=${corrected ? 'LAPM' : 'NONE'}`,
      `COMPRESSION=${compressed ? 'V42BIS' : 'NONE'}`,
      `BYTES=${this.sent},${this.received},${this.lost}`,
      `RETRAINS=${this.retrains}`,
      `SECONDS=${Math.floor(lasted / SECOND)}`,
      `END=${this.#end}`,
    ];
  }
}
