/** Arithmetic on the 8-bit sequence identifiers of [MS-DPDX] 2.2.17, modulo 256. */

/** How many frames a receiver accepts ahead: expected .. expected + 63. [MS-DPDX] 3.1.5.10 */
export const WINDOW_FRAMES = 64;

/** `sequence + count`, modulo 256. `count` may be negative. */
export function advance(sequence: number, count = 1): number {
  return (sequence + count) & 0xff;
}

/** How many steps lead forward from `from` to `to`, 0..255. */
export function distance(from: number, to: number): number {
  return (to - from) & 0xff;
}
