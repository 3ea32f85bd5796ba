/** How many bits V.42bis would need for a stream: its dictionary, without the codewords themselves. Encodes nothing. */

/** Codewords of the dictionary (N2) and the longest string in it (N7), as +DS has them at the factory. */
const CODEWORDS_MAX = 2_048;
const STRING_MAX = 32;
/** Three control codewords stand before the 256 of single bytes. */
const FIRST_FREE = 259;

/**
 * Strings of bytes grow by one byte each time they are met, as in Lempel-Ziv-Welch. Where the codewords of a block would
 * take more than the block itself, V.42bis goes transparent.
 */
export class CompressionEstimate {
  /** (codeword, byte) -> codeword of the string that is one byte longer. */
  readonly #longer = new Map<number, number>();
  #free = FIRST_FREE;
  #match = -1;
  #length = 0;

  /** Bits for `bytes`, which follow what was given before; never more than 8 for each, and 8 at least. */
  bits(bytes: Uint8Array): number {
    let sent = 0;
    for (const byte of bytes) sent += this.#take(byte);
    // What is still being matched goes out at the end of a block: flushed.
    if (this.#match >= 0) sent++;
    this.#match = -1;
    this.#length = 0;
    return Math.max(8, Math.min(bytes.length * 8, sent * this.#codewordBits));
  }

  /** Nine bits for the first 512 codewords, ten for 1,024, and so on. */
  get #codewordBits(): number {
    return this.#free <= 512 ? 9 : this.#free <= 1_024 ? 10 : 11;
  }

  /** Codewords that one more byte sends: 0 or 1. */
  #take(byte: number): number {
    if (this.#match < 0) return this.#restart(byte, 0);
    const key = this.#match * 256 + byte;
    const longer = this.#longer.get(key);
    if (longer !== undefined && this.#length < STRING_MAX) {
      this.#match = longer;
      this.#length++;
      return 0;
    }
    if (longer === undefined && this.#length < STRING_MAX) this.#learn(key);
    return this.#restart(byte, 1);
  }

  #restart(byte: number, sent: number): number {
    this.#match = byte + 3;
    this.#length = 1;
    return sent;
  }

  /** The real one forgets its oldest leaf when full; starting over estimates the same on the whole. */
  #learn(key: number): void {
    if (this.#free >= CODEWORDS_MAX) {
      this.#longer.clear();
      this.#free = FIRST_FREE;
    }
    this.#longer.set(key, this.#free++);
  }
}
