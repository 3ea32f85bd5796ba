/** CRC-16-IBM as catalogues list it (CRC-16/ARC): reflected 0xA001, initial value 0, no final XOR. [MS-DPDX] 2.2.2, SER-2 */

/**
 * Slices of sixteen, then eight bytes are folded at once with a table of 256 entries for each place ("slicing-by-8",
 * Kounavis and Berry 2008). What depends on the CRC so far comes last, so that the rest need not wait for it.
 */
const SLICES = 16;
const TABLE = new Int32Array(SLICES * 256);

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
  // `| 0` spares every addition its test for leaving the 32-bit range: a third of the time.
  let crc = seed | 0;
  let at = start | 0;
  for (const last = (end - 16) | 0; at <= last; at = (at + 16) | 0) {
    crc =
      TABLE[3328 | bytes[(at + 2) | 0]!]! ^
      TABLE[3072 | bytes[(at + 3) | 0]!]! ^
      TABLE[2816 | bytes[(at + 4) | 0]!]! ^
      TABLE[2560 | bytes[(at + 5) | 0]!]! ^
      TABLE[2304 | bytes[(at + 6) | 0]!]! ^
      TABLE[2048 | bytes[(at + 7) | 0]!]! ^
      TABLE[1792 | bytes[(at + 8) | 0]!]! ^
      TABLE[1536 | bytes[(at + 9) | 0]!]! ^
      TABLE[1280 | bytes[(at + 10) | 0]!]! ^
      TABLE[1024 | bytes[(at + 11) | 0]!]! ^
      TABLE[768 | bytes[(at + 12) | 0]!]! ^
      TABLE[512 | bytes[(at + 13) | 0]!]! ^
      TABLE[256 | bytes[(at + 14) | 0]!]! ^
      TABLE[bytes[(at + 15) | 0]!]! ^
      (TABLE[3840 | ((crc ^ bytes[at]!) & 0xff)]! ^ TABLE[3584 | ((crc >>> 8) ^ bytes[(at + 1) | 0]!)]!);
  }
  for (const last = (end - 8) | 0; at <= last; at = (at + 8) | 0) {
    crc =
      TABLE[1280 | bytes[(at + 2) | 0]!]! ^
      TABLE[1024 | bytes[(at + 3) | 0]!]! ^
      TABLE[768 | bytes[(at + 4) | 0]!]! ^
      TABLE[512 | bytes[(at + 5) | 0]!]! ^
      TABLE[256 | bytes[(at + 6) | 0]!]! ^
      TABLE[bytes[(at + 7) | 0]!]! ^
      (TABLE[1792 | ((crc ^ bytes[at]!) & 0xff)]! ^ TABLE[1536 | ((crc >>> 8) ^ bytes[(at + 1) | 0]!)]!);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return crc;
}
