/** CRC-16-IBM as catalogues list it (CRC-16/ARC): reflected 0xA001, initial value 0, no final XOR. [MS-DPDX] 2.2.2, SER-2 */

/** Slices of eight bytes are folded at once with eight tables of 256 entries ("slicing-by-8", Kounavis and Berry 2008). */
const SLICES = 8;
const TABLE = new Uint16Array(SLICES * 256);

for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  TABLE[byte] = crc;
}
for (let slice = 1; slice < SLICES; slice++) {
  for (let byte = 0; byte < 256; byte++) {
    const previous = TABLE[(slice - 1) * 256 + byte]!;
    TABLE[slice * 256 + byte] = (previous >>> 8) ^ TABLE[previous & 0xff]!;
  }
}

/**
 * The CRC-16-IBM of `bytes[start..end)`, continuing from `seed` (the CRC of what came before, 0 at first).
 * Returns 0..0xFFFF. Check value over "123456789": 0xBB3D.
 */
export function crc16(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  let crc = seed;
  let at = start;
  const last = end - SLICES;
  for (; at <= last; at += SLICES) {
    crc =
      TABLE[1792 + ((crc ^ bytes[at]!) & 0xff)]! ^
      TABLE[1536 + ((crc >>> 8) ^ bytes[at + 1]!)]! ^
      TABLE[1280 + bytes[at + 2]!]! ^
      TABLE[1024 + bytes[at + 3]!]! ^
      TABLE[768 + bytes[at + 4]!]! ^
      TABLE[512 + bytes[at + 5]!]! ^
      TABLE[256 + bytes[at + 6]!]! ^
      TABLE[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return crc;
}
