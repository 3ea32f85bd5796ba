/** Inverts bits of a stream of bytes by chance, to try what noise does. Knows no line. */
import type { Random } from '../base/random.ts';

/** Draws the distance to the next bit, never a number per bit. */
export class BitInverter {
  readonly #random: Random;
  #ratio = 0;
  /** Bits that still pass unharmed. */
  #gap = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** `bytes` with the share `ratio` (0..1) of their bits inverted: themselves where that is none, else a copy. */
  pass(bytes: Uint8Array, ratio: number): Uint8Array {
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.#gap = this.#random.gap(ratio);
    }
    const bits = 8 * bytes.length;
    if (ratio === 0) return bytes;
    if (this.#gap >= bits) {
      this.#gap -= bits;
      return bytes;
    }
    const changed = bytes.slice();
    let at = this.#gap;
    for (; at < bits; at += 1 + this.#random.gap(ratio)) changed[at >> 3]! ^= 1 << (at & 7);
    this.#gap = at - bits;
    return changed;
  }
}
