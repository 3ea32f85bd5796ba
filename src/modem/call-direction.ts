/** One direction of a call: bytes at the line's rate, late by its latency, with errors or with corrections. Knows no modem. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { LineTerms } from './line-terms.ts';
import { CompressionEstimate } from './v42bis.ts';

/** Where the bytes come from and go to. */
export interface DirectionEnds {
  /** Bytes that wait to be sent. */
  waiting(): number;
  /** Takes up to `max` of them. */
  take(max: number): Uint8Array;
  /** Bytes that the receiver has room for. */
  room(): number;
  /** Bytes that have arrived; what there is no room for is lost by the receiver. */
  give(now: Instant, bytes: Uint8Array): void;
}

/** What a {@link CallDirection} is like. */
export interface CallDirectionOptions {
  readonly terms: LineTerms;
  readonly latency: Duration;
  /** Probability that a bit is received wrong, 0..1. */
  readonly bitErrorRatio: number;
  readonly random: Random;
}

/** What passed, and what befell it. */
export interface DirectionCounts {
  readonly bytes: number;
  /** Bytes that arrived altered. */
  readonly damaged: number;
  /** Bytes that vanished while there was no carrier. */
  readonly vanished: number;
  /** LAPM frames sent again. */
  readonly resent: number;
}

/** Bytes in a LAPM frame at most (N401), and what else a frame has: flags, address, control, CRC. V.42 */
const FRAME_BYTES = 128;
const FRAME_OVERHEAD = 7;
/** Retransmissions of one frame before the modems give up (N400) and a turnaround at the far end. */
const RESENT_MAX = 12;
const TURNAROUND: Duration = 20 * MILLISECOND;
/** Without error correction bytes keep their start and stop bits and go on at once. */
const START_STOP_BITS = 10;
const PIECE_TIME: Duration = 10 * MILLISECOND;
/** Pieces that one look sends at most. */
const PIECES_MAX = 10_000;

interface Piece {
  readonly at: Instant;
  readonly bytes: Uint8Array;
}

/** Sends whenever the line is free and there is something to send; call `advance` at the latest at `deadline`. */
export class CallDirection {
  readonly #ends: DirectionEnds;
  readonly #latency: Duration;
  readonly #random: Random;
  readonly #compression: CompressionEstimate | undefined;
  readonly #flight: Piece[] = [];
  readonly #counts = { bytes: 0, damaged: 0, vanished: 0, resent: 0 };
  #terms: LineTerms;
  #ratio: number;
  /** Bits until the next wrong one. */
  #gap: number;
  /** When the line is free again; whole microseconds, and what is left over. */
  #free: Instant;
  #fraction = 0;
  /** Bytes that were waiting and allowed when last looked: the line went on with them, however late the next look is. */
  #backlog = 0;
  /** Bytes on their way. */
  #underway = 0;
  /** Until then nothing is understood at the far end. */
  #cutUntil: Instant = 0;
  #broken = false;

  constructor(now: Instant, ends: DirectionEnds, options: CallDirectionOptions) {
    this.#ends = ends;
    this.#terms = options.terms;
    this.#latency = options.latency;
    this.#random = options.random;
    this.#ratio = options.bitErrorRatio;
    this.#gap = this.#random.gap(this.#ratio);
    this.#compression = options.terms.compressed ? new CompressionEstimate() : undefined;
    this.#free = now;
  }

  get counts(): DirectionCounts {
    return this.#counts;
  }

  /** Whether one frame was sent in vain so often that the modems give up. */
  get broken(): boolean {
    return this.#broken;
  }

  /** When something arrives, or the line is free for what waits. */
  get deadline(): Instant | undefined {
    const arrival = this.#flight[0]?.at;
    const mayEver = this.#ends.waiting() > 0 && this.#mayUse > 0;
    if (!mayEver) return arrival;
    return arrival === undefined ? this.#free : Math.min(arrival, this.#free);
  }

  /** Does all that is due by `now`. */
  advance(now: Instant): void {
    for (let pieces = 0; pieces < PIECES_MAX; pieces++) {
      this.#arrive(Math.min(now, this.#free));
      if (this.#free > now || !this.#send(now)) break;
    }
    this.#arrive(now);
    this.#backlog = Math.max(0, Math.min(this.#ends.waiting(), this.#mayUse));
    // An idle line does not save up.
    if (this.#backlog === 0 && this.#free < now) this.#begin(now);
  }

  /** Nothing passes for `duration` from `now`; a retrain when the rate is given, bits per second. */
  stall(now: Instant, duration: Duration, rate?: number): void {
    this.#begin(Math.max(this.#free, now + duration));
    if (rate !== undefined) this.#terms = { ...this.#terms, rate };
  }

  /** The carrier is gone until then: without error correction what is sent meanwhile vanishes. */
  cut(until: Instant): void {
    this.#cutUntil = Math.max(this.#cutUntil, until);
    if (this.#terms.corrected) this.#begin(Math.max(this.#free, until));
  }

  /** Changes how noisy it is from now on. */
  setNoise(ratio: number): void {
    this.#ratio = ratio;
    this.#gap = this.#random.gap(ratio);
  }

  /** Room at the receiver for what is not yet under way. Without error correction nobody asks. */
  get #mayUse(): number {
    return this.#terms.corrected ? this.#ends.room() - this.#underway : Number.MAX_SAFE_INTEGER;
  }

  #begin(at: Instant): void {
    this.#free = at;
    this.#fraction = 0;
  }

  /** Sends one piece, from the moment the line was free if it was waiting then. False when there is none. */
  #send(now: Instant): boolean {
    const waiting = this.#ends.waiting();
    const late = this.#free < now;
    // What came since the last look cannot have been sent before it came.
    const ready = late && this.#backlog === 0 ? waiting : late ? Math.min(waiting, this.#backlog) : waiting;
    const size = Math.min(ready, this.#mayUse, this.#pieceBytes);
    if (size <= 0) return false;
    if (late && this.#backlog === 0) this.#begin(now);
    this.#backlog = Math.max(0, this.#backlog - size);
    const bytes = this.#ends.take(size);
    if (this.#terms.corrected) this.#sendFrame(bytes);
    else this.#sendPlain(bytes);
    return true;
  }

  get #pieceBytes(): number {
    if (this.#terms.corrected) return FRAME_BYTES;
    return Math.max(1, Math.floor((this.#terms.rate * PIECE_TIME) / (START_STOP_BITS * SECOND)));
  }

  /** Moves the line on by `bits`. */
  #spend(bits: number): void {
    const exact = this.#fraction + (bits * SECOND) / this.#terms.rate;
    this.#free += Math.floor(exact);
    this.#fraction = exact - Math.floor(exact);
  }

  #sendFrame(bytes: Uint8Array): void {
    const bits = (this.#compression?.bits(bytes) ?? bytes.length * 8) + FRAME_OVERHEAD * 8;
    for (let tries = 0; tries <= RESENT_MAX; tries++) {
      this.#spend(bits);
      if (!this.#hit(bits)) {
        this.#launch(bytes);
        return;
      }
      // The far end says what it missed, and all waits until it comes again.
      this.#counts.resent++;
      this.#free += 2 * this.#latency + TURNAROUND;
    }
    this.#broken = true;
  }

  #sendPlain(bytes: Uint8Array): void {
    const vanishes = this.#free < this.#cutUntil;
    this.#spend(bytes.length * START_STOP_BITS);
    if (vanishes) this.#counts.vanished += bytes.length;
    else this.#launch(this.#withErrors(bytes));
  }

  #launch(bytes: Uint8Array): void {
    this.#counts.bytes += bytes.length;
    this.#underway += bytes.length;
    this.#flight.push({ at: this.#free + this.#latency, bytes });
  }

  /** Whether any of the next `bits` is wrong; passes over them. */
  #hit(bits: number): boolean {
    if (this.#gap >= bits) {
      if (this.#gap < Number.MAX_SAFE_INTEGER) this.#gap -= bits;
      return false;
    }
    this.#gap = this.#random.gap(this.#ratio);
    return true;
  }

  #withErrors(bytes: Uint8Array): Uint8Array {
    const length = bytes.length * 8;
    if (this.#gap >= length) {
      if (this.#gap < Number.MAX_SAFE_INTEGER) this.#gap -= length;
      return bytes;
    }
    const altered = bytes.slice();
    let at = 0;
    while (this.#gap < length - at) {
      at += this.#gap;
      altered[at >> 3]! ^= 1 << (at & 7);
      at++;
      this.#gap = this.#random.gap(this.#ratio);
    }
    if (this.#gap < Number.MAX_SAFE_INTEGER) this.#gap -= length - at;
    for (const [index, byte] of altered.entries()) if (byte !== bytes[index]) this.#counts.damaged++;
    return altered;
  }

  #arrive(now: Instant): void {
    for (let first = this.#flight[0]; first !== undefined && first.at <= now; first = this.#flight[0]) {
      this.#flight.shift();
      this.#underway -= first.bytes.length;
      this.#ends.give(first.at, first.bytes);
    }
  }
}
