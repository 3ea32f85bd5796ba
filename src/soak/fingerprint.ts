/** A short mark of some bytes by which two ends find out whether they hold the same: FNV-1a, 32 bits. Proof against chance, not against malice. */

/** FNV-1a's start and prime (draft-eastlake-fnv). */
const START = 0x811c9dc5;
const PRIME = 0x01000193;

/** The fingerprint of `bytes`, 0..2^32-1. */
export function fingerprint(bytes: Uint8Array): number {
  let mark = START;
  for (let i = 0; i < bytes.length; i++) mark = Math.imul(mark ^ bytes[i]!, PRIME);
  return mark >>> 0;
}
