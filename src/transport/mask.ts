/** A mask of 64 bits in two words, as SACK masks and send masks are built and read. Knows no sequence numbers. [MS-DPDX] 3.1.5.12, 3.1.5.13 */

/** The number of bits in a mask. */
export const MASK_BITS = 64;

/** Two unsigned 32-bit words, the low one first; meant to be kept and refilled. */
export class Mask {
  low = 0;
  high = 0;

  get isEmpty(): boolean {
    return this.low === 0 && this.high === 0;
  }

  clear(): this {
    this.low = 0;
    this.high = 0;
    return this;
  }

  /** Takes the two words of a packet; an absent one counts as 0 (DFR-4). */
  fill(low: number | undefined, high: number | undefined): this {
    this.low = low ?? 0;
    this.high = high ?? 0;
    return this;
  }

  /** Sets bit 0..63. */
  set(bit: number): void {
    if (bit < 32) this.low = (this.low | (1 << bit)) >>> 0;
    else this.high = (this.high | (1 << (bit - 32))) >>> 0;
  }

  /** Whether bit 0..63 is set. */
  has(bit: number): boolean {
    return bit < 32 ? ((this.low >>> bit) & 1) === 1 : ((this.high >>> (bit - 32)) & 1) === 1;
  }
}
