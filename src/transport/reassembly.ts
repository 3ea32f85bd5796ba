/** Puts messages together from frames that come in the order of sending, whatever they claim to begin or end. Knows no sequence numbers. */
import { PACKET_COMMAND_END_MSG, PACKET_COMMAND_NEW_MSG } from '../wire/flags.ts';
import { copyOf } from '../wire/slab.ts';

/** The buffer that is kept between messages; a larger one is let go, so that one large message does not cost for ever. */
const KEPT_BYTES = 16 * 1024;

/** A whole message: the bCommand of its last frame, and its bytes, the receiver's own. */
export type Indicate = (command: number, payload: Uint8Array) => void;

/** The nearest sensible meaning of NEW_MSG and END_MSG (DFR-16), within a limit (DFR-15). [MS-DPDX] 2.2.17 */
export class Reassembly {
  readonly #indicate: Indicate;
  readonly #sizeMax: number;
  #buffer = new Uint8Array(0);
  #length = 0;
  #isOpen = false;
  /** The frames of a message of which a part was dropped go the same way, up to its end. */
  #isDropping = false;
  #command = 0;
  #isBeyondLimit = false;

  constructor(sizeMax: number, indicate: Indicate) {
    this.#sizeMax = sizeMax;
    this.#indicate = indicate;
  }

  /** Whether a message has outgrown the limit: the connection is to be ended. */
  get isBeyondLimit(): boolean {
    return this.#isBeyondLimit;
  }

  /** Bytes of the message under assembly. */
  get bytes(): number {
    return this.#length;
  }

  /** Whether so many bytes more are within the limit; once something is not, {@link isBeyondLimit} says so. */
  accepts(bytes: number): boolean {
    if (this.#length + bytes > this.#sizeMax) this.#isBeyondLimit = true;
    return !this.#isBeyondLimit;
  }

  /** Takes the next frame; the payload is copied. */
  add(command: number, payload: Uint8Array): void {
    const isNew = (command & PACKET_COMMAND_NEW_MSG) !== 0;
    const isEnd = (command & PACKET_COMMAND_END_MSG) !== 0;
    if (isNew) this.interrupt();
    else if (this.#isDropping) {
      if (isEnd) this.#isDropping = false;
      return;
    }
    if (!this.accepts(payload.length)) {
      this.drop();
      return;
    }
    if (!this.#isOpen && isEnd) {
      this.#indicate(command, copyOf(payload));
      return;
    }
    this.#isOpen = true;
    this.#command = command;
    this.#append(payload);
    if (isEnd) this.#finish();
  }

  /** Something that begins anew follows: an open message ends as if its last frame had said so (DFR-16). */
  interrupt(): void {
    if (this.#isOpen) this.#finish();
    this.#isDropping = false;
  }

  /** A frame was released without having arrived: what there is of its message is worthless, and so is the rest. [MC-DPL8R] 3.1.5.2 */
  drop(): void {
    this.#reset();
    this.#isDropping = true;
  }

  #append(payload: Uint8Array): void {
    const length = this.#length + payload.length;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(Math.max(length, this.#buffer.length * 2, 4096), this.#sizeMax));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(payload, this.#length);
    this.#length = length;
  }

  #finish(): void {
    const payload = copyOf(this.#buffer, 0, this.#length);
    this.#reset();
    this.#indicate(this.#command, payload);
  }

  #reset(): void {
    this.#isOpen = false;
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(0);
  }
}
