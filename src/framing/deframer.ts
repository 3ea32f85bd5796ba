/** Bytes to frames: finds every intact frame in a stream, whatever stands between them. Its losses are kept by the damage account. */
import { invariant } from '../base/failure.ts';
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { DamageAccount } from './damage-account.ts';
import { explainHeader } from './damaged-header.ts';
import { SIGNATURE } from './encoder.ts';
import type { DamageCause, FramingEvent } from './framing-event.ts';
import { messageKind } from './message-kind.ts';
import { HEADER_CHECK, type HeaderCheck } from './reading.ts';
import { invertedBit } from './syndrome.ts';

/** The longest message accepted unless told otherwise: any packet of an Ethernet-sized partner (SER-9, DFR-15). */
export const MESSAGE_SIZE_MAX = 1_500;
/** A frame under way is given up after this long without a byte (SER-9). */
export const SILENCE_MAX: Duration = SECOND;

/** How a deframer behaves; defaults in parentheses. */
export interface DeframerOptions {
  /** The longest message accepted, in bytes, 1..65535 ({@link MESSAGE_SIZE_MAX}); a header that says more is bad (SER-9). */
  readonly messageSizeMax?: number;
  /** How the header is read (the reading taken). */
  readonly check?: HeaderCheck;
}

/** Counts of a deframer; they only grow. */
export interface DeframerCounters {
  readonly bytesReceived: number;
  /** Received bytes that belong to no intact frame of a known kind, among those judged so far. */
  readonly bytesSkipped: number;
  readonly framesReceived: number;
  readonly resyncs: number;
  readonly losses: Readonly<Record<DamageCause, number>>;
}

/** Pieces up to this long are copied byte by byte: making a view of them takes longer. */
const COPY_SINGLY_MAX = 48;

/** What became of the bytes at one place, where it is not the size of a frame that was passed. */
const STEP = 0;
const WAIT = -1;

/**
 * A header is trusted only when its CRC holds, a frame only when both do. After every failure the search goes on one byte
 * behind the 0xCC, inside what the failed frame claimed too. So an intact frame is never lost to damage outside it, except
 * that a damaged header which passes its CRC by chance delays what stands behind it until its message fails.
 *
 * Events depend on the stream alone (and on when it was silent), not on the pieces it came in. Memory is bounded by
 * twice the longest frame, and the events of one `receive`.
 */
export class Deframer {
  readonly #account: DamageAccount;
  readonly #check: HeaderCheck;
  readonly #messageSizeMax: number;
  /** What could not be judged yet stands at `#from`..`#to`. */
  readonly #held: Uint8Array;
  readonly #heldFinder: Buffer;
  #from = 0;
  #to = 0;
  /** What is judged in place, and a view of it to search; the view is made when first needed. */
  #seen: Uint8Array = new Uint8Array(0);
  #finder: Buffer | undefined;
  /** What the last search in `#seen` came to: no stretch without a 0xCC is searched twice, however many losses end in it. */
  #found = -1;
  /** How many bytes from `#from` on it takes to judge the first of them. */
  #need = 0;
  #now: Instant = 0;
  #lastByteAt: Instant = 0;
  #bytesReceived = 0;
  #framesReceived = 0;

  constructor(options: DeframerOptions = {}) {
    this.#check = options.check ?? HEADER_CHECK;
    this.#messageSizeMax = options.messageSizeMax ?? MESSAGE_SIZE_MAX;
    invariant(this.#messageSizeMax >= 1 && this.#messageSizeMax <= 0xffff, 'messageSizeMax is 1..65535');
    const frameSizeMax = MESSAGE_HEADER_SIZE + this.#messageSizeMax;
    this.#account = new DamageAccount(frameSizeMax);
    // The most that judging one place takes is a frame and the header behind it; twice that makes moving rare.
    this.#held = new Uint8Array(2 * (frameSizeMax + MESSAGE_HEADER_SIZE));
    this.#heldFinder = Buffer.from(this.#held.buffer);
  }

  get counters(): DeframerCounters {
    return {
      bytesReceived: this.#bytesReceived,
      bytesSkipped: this.#account.skipped,
      framesReceived: this.#framesReceived,
      resyncs: this.#account.resyncs,
      losses: { ...this.#account.losses },
    };
  }

  /** When a frame under way is given up; `undefined` while none is. */
  get deadline(): Instant | undefined {
    const waiting = this.#to > this.#from || this.#account.unsettled;
    return waiting ? this.#lastByteAt + SILENCE_MAX : undefined;
  }

  /** The next frame or damage, or `undefined`. To be drained after every `receive`, `gap` and `expire`. */
  next(): FramingEvent | undefined {
    return this.#account.next();
  }

  /** Takes the next bytes of the stream, in pieces of any size. They must not change afterwards: frames are views into them. */
  receive(now: Instant, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#now = now;
    this.#lastByteAt = now;
    this.#bytesReceived += bytes.length;
    const at = this.#finishHeld(bytes);
    if (at === bytes.length) return;
    // A Buffer's views would be Buffers; plain ones are cheaper, and what is handed up does not depend on the port.
    const plain =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#seen = plain;
    this.#finder = undefined;
    this.#found = -1;
    const stopped = this.#scan(plain, at, bytes.length, false);
    this.#from = 0;
    this.#to = bytes.length - stopped;
    if (this.#to > 0) this.#held.set(plain.subarray(stopped), 0);
  }

  /** The line has been idle for so long that what was begun will not be completed. */
  gap(now: Instant): void {
    this.#now = now;
    if (this.#to > this.#from) this.#scan(this.#held, this.#from, this.#to, true);
    this.#from = this.#to = 0;
    this.#account.settle(now);
  }

  /** Gives up what was begun, once a second has passed without a byte; does nothing before the deadline. */
  expire(now: Instant): void {
    const { deadline } = this;
    if (deadline !== undefined && now >= deadline) this.gap(now);
  }

  /** Adds to what is held until it is judged; returns where in `bytes` judging goes on. */
  #finishHeld(bytes: Uint8Array): number {
    let at = 0;
    while (this.#to > this.#from) {
      if (this.#from + this.#need > this.#held.length) {
        this.#held.copyWithin(0, this.#from, this.#to);
        this.#to -= this.#from;
        this.#from = 0;
      }
      const end = Math.min(at + this.#need - (this.#to - this.#from), bytes.length);
      if (end - at > COPY_SINGLY_MAX) this.#held.set(bytes.subarray(at, end), this.#to);
      else for (let i = at; i < end; i++) this.#held[this.#to + i - at] = bytes[i]!;
      this.#to += end - at;
      at = end;
      if (this.#to - this.#from < this.#need) return at;
      this.#from = this.#scan(this.#held, this.#from, this.#to, false);
      if (this.#to - this.#from <= at) {
        // The rest of what is held stands in `bytes` too.
        at -= this.#to - this.#from;
        this.#from = this.#to = 0;
      }
    }
    return at;
  }

  /**
   * Judges `bytes[from..to)` and returns where it needs more to go on (`#need` bytes from there). With `final` nothing
   * more will come: it judges all.
   */
  #scan(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    let at = from;
    while (at < to) {
      const signed = bytes[at] === SIGNATURE;
      if (!signed && !this.#account.due) {
        at = this.#seek(bytes, at, at, to);
        continue;
      }
      let outcome: number;
      if (to - at < MESSAGE_HEADER_SIZE) {
        outcome = final ? this.#stub(bytes, at, to) : this.#wait(MESSAGE_HEADER_SIZE);
      } else {
        outcome = signed ? this.#attempt(bytes, at, to, final) : this.#headerless(bytes, at);
      }
      if (outcome === WAIT) return at;
      at = outcome === STEP ? this.#seek(bytes, at, at + 1, to) : at + outcome;
    }
    return to;
  }

  /** Passes over `bytes[at..]` up to the next 0xCC at or behind `from`, or the place where a frame is due. */
  #seek(bytes: Uint8Array, at: number, from: number, to: number): number {
    const left = this.#account.extentLeft;
    const end = left > 0 ? Math.min(to, at + left) : to;
    let next = from;
    if (next < end && bytes[next] !== SIGNATURE) {
      next = Math.min(this.#find(bytes, next), end);
    }
    this.#account.skip(this.#now, bytes, at, next);
    return next;
  }

  /** Where the next 0xCC at or behind `from` is, or Infinity. Buffer's search runs at the speed of memory, Uint8Array's does not. */
  #find(bytes: Uint8Array, from: number): number {
    if (bytes === this.#held) return placeOf(this.#heldFinder.indexOf(SIGNATURE, from));
    if (this.#found < from) {
      this.#finder ??= Buffer.from(this.#seen.buffer, this.#seen.byteOffset, this.#seen.length);
      this.#found = placeOf(this.#finder.indexOf(SIGNATURE, from));
    }
    return this.#found;
  }

  #wait(need: number): number {
    this.#need = need;
    return WAIT;
  }

  /** A 0xCC with a header's length of bytes: is it a frame? */
  #attempt(bytes: Uint8Array, at: number, to: number, final: boolean): number {
    const check = this.#check;
    const type = bytes[at + 1]!;
    const headerCrc = bytes[at + 6]! | (bytes[at + 7]! << 8);
    const size = check.bodySize(type, bytes[at + 2]! | (bytes[at + 3]! << 8));
    const sized = size > 0 && size <= this.#messageSizeMax;
    // Most bytes that only look like a signature are told from it by the size alone.
    if (!sized && !this.#account.due) return STEP;
    if (check.headerFirst) {
      if (check.headerCrc(bytes, at, at + MESSAGE_HEADER_SIZE) !== headerCrc)
        return this.#headerless(bytes, at);
      if (!sized) return this.#oversize(bytes, at, size);
    } else if (!sized || messageKind(type) === undefined) return this.#headerless(bytes, at);
    const frameSize = MESSAGE_HEADER_SIZE + size;
    const end = at + frameSize;
    if (end > to) return final ? this.#truncated(bytes, at, to, frameSize) : this.#wait(frameSize);
    if (!check.headerFirst && check.headerCrc(bytes, at, end) !== headerCrc)
      return this.#headerless(bytes, at);
    const messageCrc = bytes[at + 4]! | (bytes[at + 5]! << 8);
    const syndrome = check.messageCrc(bytes, at, end) ^ messageCrc;
    if (syndrome !== 0) return this.#damaged(bytes, at, to, frameSize, syndrome, final);
    return this.#frame(bytes, at, end, type);
  }

  /** Both CRCs hold. */
  #frame(bytes: Uint8Array, at: number, end: number, type: number): number {
    const now = this.#now;
    const account = this.#account;
    const kind = messageKind(type);
    if (kind === undefined) {
      const length = end - at;
      account.report(now, 'unknownType', length, length, undefined, bytes, at);
      account.skip(now, bytes, at, end);
      return length;
    }
    // What is held is overwritten later on; what was received is not.
    const start = at + MESSAGE_HEADER_SIZE;
    const body = bytes === this.#held ? bytes.slice(start, end) : bytes.subarray(start, end);
    const message = { kind, identifier: type & 3, body };
    account.frame({ type: 'frame', at: now, offset: account.position, message }, end - at);
    this.#framesReceived++;
    return end - at;
  }

  /** No header that holds: a loss, if a frame is due here. */
  #headerless(bytes: Uint8Array, at: number): number {
    if (!this.#account.due) return STEP;
    const header = explainHeader(bytes, at, this.#check, this.#messageSizeMax);
    if (header) {
      const { length, frameSize, bit } = header;
      this.#account.report(this.#now, 'headerCrc', length, frameSize, bit, bytes, at);
      return STEP;
    }
    // With at most one bit of the signature wrong it was rather a header (hit elsewhere too) than noise.
    const wrong = bytes[at]! ^ SIGNATURE;
    this.#account.open((wrong & (wrong - 1)) === 0 ? 'headerCrc' : 'noise');
    return STEP;
  }

  /** Where a frame is due, a header that holds and says a size that cannot be. */
  #oversize(bytes: Uint8Array, at: number, size: number): number {
    const frameSize = MESSAGE_HEADER_SIZE + Math.max(0, size);
    this.#account.report(this.#now, 'oversize', frameSize, frameSize, undefined, bytes, at);
    return STEP;
  }

  /** A header that holds, a message that does not. */
  #damaged(
    bytes: Uint8Array,
    at: number,
    to: number,
    frameSize: number,
    syndrome: number,
    final: boolean,
  ): number {
    const place = this.#place(bytes, at, to, frameSize);
    if (typeof place === 'number' && !final) return this.#wait(place);
    if (place !== 'own') return STEP;
    const bits = 8 * (frameSize - MESSAGE_HEADER_SIZE);
    const bit = this.#check.messageCorrectable ? invertedBit(syndrome, bits + 16) : undefined;
    const inFrame = bit !== undefined && bit < bits ? 8 * MESSAGE_HEADER_SIZE + bit : undefined;
    this.#account.report(this.#now, 'messageCrc', frameSize, frameSize, inFrame, bytes, at);
    return STEP;
  }

  /**
   * Whether a failed frame is a loss of its `own` or `inner` to the damaged frame that it stands in; or how many bytes
   * it takes to tell. One that reaches beyond the end of that frame is its data if a header holds where it ends; if
   * none does, that frame lost bytes, and this is the next.
   */
  #place(bytes: Uint8Array, at: number, to: number, frameSize: number): 'own' | 'inner' | number {
    const left = this.#account.extentLeft;
    if (left === 0 || this.#account.claimedOnly) return 'own';
    if (frameSize <= left) return 'inner';
    const outerEnd = at + left;
    if (to - outerEnd < MESSAGE_HEADER_SIZE) return left + MESSAGE_HEADER_SIZE;
    return this.#headerHolds(bytes, outerEnd) ? 'inner' : 'own';
  }

  #headerHolds(bytes: Uint8Array, at: number): boolean {
    const stored = bytes[at + 6]! | (bytes[at + 7]! << 8);
    return bytes[at] === SIGNATURE && this.#check.headerCrc(bytes, at, at + MESSAGE_HEADER_SIZE) === stored;
  }

  /** The line fell idle behind a header that holds, before its message was complete. */
  #truncated(bytes: Uint8Array, at: number, to: number, frameSize: number): number {
    if (this.#place(bytes, at, to, frameSize) !== 'own') return STEP;
    this.#account.report(this.#now, 'truncated', to - at, frameSize, undefined, bytes, at);
    return STEP;
  }

  /** The line fell idle with fewer bytes than a header has. */
  #stub(bytes: Uint8Array, at: number, to: number): number {
    if (!this.#account.due) return STEP;
    if (bytes[at] !== SIGNATURE) this.#account.open('noise');
    else this.#account.report(this.#now, 'truncated', to - at, undefined, undefined, bytes, at);
    return STEP;
  }
}

/** Where a search ended, beyond everything if it found nothing. */
function placeOf(index: number): number {
  return index < 0 ? Number.POSITIVE_INFINITY : index;
}
