/**
 * What became of the frames that one end sent, by the partner's word: now and then it names the last intact frame it had and
 * how much had come by then, which is set against how much had gone by the same frame here. Sends nothing.
 */
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { fingerprint } from './fingerprint.ts';

/** Frames that can still be named: seconds of the fastest line with the smallest frames. */
const KEPT = 16_384;

/** One intact frame, and what an end had received from the line up to its end. */
export interface Census {
  /** Of the frame's message, and its bytes. */
  readonly fingerprint: number;
  readonly length: number;
  /** Intact frames, and bytes of any kind. */
  readonly frames: number;
  readonly bytes: number;
}

/** One direction of the line from the first census to the last. */
export interface Passage {
  /** Frames and bytes sent. */
  readonly frames: number;
  readonly bytes: number;
  /** Frames that did not arrive intact. */
  readonly framesLost: number;
  /** Bytes that are missing, or that nobody sent. Within one span between two censuses the two make up for each other. */
  readonly bytesLost: number;
  readonly bytesInserted: number;
}

/** A ring of what was sent, and the sums of what the censuses showed. */
export class FrameLedger {
  readonly #marks = new Uint32Array(KEPT);
  readonly #lengths = new Uint16Array(KEPT);
  readonly #bytesAt = new Float64Array(KEPT);
  #frames = 0;
  #bytes = 0;
  /** The first census and the last, as both ends counted. */
  #first: { readonly frames: number; readonly bytes: number; readonly framesBehind: number } | undefined;
  #last = { frames: 0, bytes: 0, bytesBehind: 0, framesBehind: 0 };
  #lost = 0;
  #inserted = 0;

  /** The message `body` goes out in a frame of its own. */
  sent(body: Uint8Array): void {
    const place = this.#frames % KEPT;
    this.#frames++;
    this.#bytes += MESSAGE_HEADER_SIZE + body.length;
    this.#marks[place] = fingerprint(body);
    this.#lengths[place] = body.length;
    this.#bytesAt[place] = this.#bytes;
  }

  /**
   * Takes the partner's census. One that names a frame of which there were several alike, or that is too old, says nothing;
   * the next then speaks for the longer span.
   */
  take(census: Census): void {
    const number = this.#find(census);
    if (number === undefined || number + 1 < this.#last.frames) return;
    const frames = number + 1;
    const bytes = this.#bytesAt[number % KEPT]!;
    const framesBehind = frames - census.frames;
    const bytesBehind = bytes - census.bytes;
    if (this.#first === undefined) this.#first = { frames, bytes, framesBehind };
    else {
      const grown = bytesBehind - this.#last.bytesBehind;
      if (grown > 0) this.#lost += grown;
      else this.#inserted -= grown;
    }
    this.#last = { frames, bytes, bytesBehind, framesBehind };
  }

  /** What became of the direction; `undefined` before the second census. */
  get passage(): Passage | undefined {
    const first = this.#first;
    if (first === undefined || this.#last.frames === first.frames) return undefined;
    return {
      frames: this.#last.frames - first.frames,
      bytes: this.#last.bytes - first.bytes,
      // A hostile partner may count as it likes.
      framesLost: Math.max(0, this.#last.framesBehind - first.framesBehind),
      bytesLost: this.#lost,
      bytesInserted: this.#inserted,
    };
  }

  /** The number of the one frame that the census can mean. */
  #find({ fingerprint: mark, length }: Census): number | undefined {
    let found: number | undefined;
    for (let number = this.#frames - 1; number >= Math.max(0, this.#frames - KEPT); number--) {
      if (this.#marks[number % KEPT] !== mark || this.#lengths[number % KEPT] !== length) continue;
      if (found !== undefined) return undefined;
      found = number;
    }
    return found;
  }
}
