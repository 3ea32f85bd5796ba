/** Which single inverted bit explains a CRC that does not hold. For accounts of damage only: nothing is ever repaired with it. */

/** The period of CRC-16/ARC's polynomial (x + 1)(x^15 + x + 1): no two bits of a shorter code word have the same syndrome. */
const PERIOD = 32_767;
const NONE = 0xffff;

/** For each syndrome, how many bits lie behind the inverted one; filled when first needed. */
let distances: Uint16Array | undefined;

function fill(): Uint16Array {
  const table = new Uint16Array(0x10000).fill(NONE);
  // The last bit of a code word is the highest of the stored CRC; each bit before it is one shift further.
  for (let distance = 0, syndrome = 0x8000; distance < PERIOD; distance++) {
    table[syndrome] = distance;
    syndrome = syndrome & 1 ? (syndrome >>> 1) ^ 0xa001 : syndrome >>> 1;
  }
  return table;
}

/**
 * The bit (0 is the least significant of the first byte) whose inversion in a code word of `bits` bits (the CRC's own 16
 * included, at the end) gives `syndrome`, which is the CRC computed XOR the CRC stored; `undefined` when none does. An
 * even number of errors never looks like one (the polynomial is divisible by x + 1); three or more may. `bits` is at most
 * 32,767.
 */
export function invertedBit(syndrome: number, bits: number): number | undefined {
  distances ??= fill();
  const distance = distances[syndrome]!;
  return distance < bits && bits <= PERIOD ? bits - 1 - distance : undefined;
}
