/** CRC-16-IBM as catalogues list it (CRC-16/ARC): reflected 0xA001, initial value 0, no final XOR. [MS-DPDX] 2.2.2, SER-2 */

/**
 * Long messages are folded first (see {@link folded}). Then slices of sixteen, then eight bytes are taken at once with a
 * table of 256 entries for each place ("slicing-by-8", Kounavis and Berry 2008). What depends on the CRC so far comes
 * last, so that the rest need not wait for it.
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

/** Bytes that {@link folded} takes at a time: fifteen words of 32 bits. */
const FOLD = 60;
/** From here on folding is faster than slicing, what it leaves included. */
const FOLD_FROM = 2 * FOLD + 16;
/** Where {@link folded} leaves what it did not fold. */
const REST = new DataView(new ArrayBuffer(FOLD));
const REST_BYTES = new Uint8Array(REST.buffer);
/** x^15 + x + 1, the other factor of the polynomial, bits reflected. */
const TRINOMIAL = 0xc001;

/**
 * {@link crc16} of whole groups of {@link FOLD} bytes, at least one. The polynomial is (x + 1)(x^15 + x + 1). Squaring a
 * trinomial spreads it, so x^480 = x^32 + 1 modulo (x^15 + x + 1)^32: a word of 32 bits can be folded into those 14 and
 * 15 words later by exclusive or alone. The words that are left have the right remainder modulo x^15 + x + 1; modulo
 * x + 1 it is the parity of what was folded that is missing, since each fold puts a word in two places.
 */
function folded(view: DataView, start: number, groups: number, seed: number): number {
  let at = start;
  let folded = 0;
  let a = view.getInt32(at + 0, true) ^ seed;
  let b = view.getInt32(at + 4, true);
  let c = view.getInt32(at + 8, true);
  let d = view.getInt32(at + 12, true);
  let e = view.getInt32(at + 16, true);
  let f = view.getInt32(at + 20, true);
  let g = view.getInt32(at + 24, true);
  let h = view.getInt32(at + 28, true);
  let i = view.getInt32(at + 32, true);
  let j = view.getInt32(at + 36, true);
  let k = view.getInt32(at + 40, true);
  let l = view.getInt32(at + 44, true);
  let m = view.getInt32(at + 48, true);
  let n = view.getInt32(at + 52, true);
  let o = view.getInt32(at + 56, true);
  for (let group = 1; group < groups; group++) {
    at += FOLD;
    o ^= a;
    folded ^= a;
    a = view.getInt32(at + 0, true) ^ a ^ b;
    folded ^= b;
    b = view.getInt32(at + 4, true) ^ b ^ c;
    folded ^= c;
    c = view.getInt32(at + 8, true) ^ c ^ d;
    folded ^= d;
    d = view.getInt32(at + 12, true) ^ d ^ e;
    folded ^= e;
    e = view.getInt32(at + 16, true) ^ e ^ f;
    folded ^= f;
    f = view.getInt32(at + 20, true) ^ f ^ g;
    folded ^= g;
    g = view.getInt32(at + 24, true) ^ g ^ h;
    folded ^= h;
    h = view.getInt32(at + 28, true) ^ h ^ i;
    folded ^= i;
    i = view.getInt32(at + 32, true) ^ i ^ j;
    folded ^= j;
    j = view.getInt32(at + 36, true) ^ j ^ k;
    folded ^= k;
    k = view.getInt32(at + 40, true) ^ k ^ l;
    folded ^= l;
    l = view.getInt32(at + 44, true) ^ l ^ m;
    folded ^= m;
    m = view.getInt32(at + 48, true) ^ m ^ n;
    folded ^= n;
    n = view.getInt32(at + 52, true) ^ n ^ o;
    folded ^= o;
    o = view.getInt32(at + 56, true) ^ o;
  }
  REST.setInt32(0, a, true);
  REST.setInt32(4, b, true);
  REST.setInt32(8, c, true);
  REST.setInt32(12, d, true);
  REST.setInt32(16, e, true);
  REST.setInt32(20, f, true);
  REST.setInt32(24, g, true);
  REST.setInt32(28, h, true);
  REST.setInt32(32, i, true);
  REST.setInt32(36, j, true);
  REST.setInt32(40, k, true);
  REST.setInt32(44, l, true);
  REST.setInt32(48, m, true);
  REST.setInt32(52, n, true);
  REST.setInt32(56, o, true);
  folded ^= folded >>> 16;
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  const odd = (0x6996 >>> (folded & 15)) & 1;
  return crc16(REST_BYTES, 0, FOLD, 0) ^ (odd * TRINOMIAL);
}

/**
 * The CRC-16-IBM of `bytes[start..end)`, continuing from `seed` (the CRC of what came before, 0 at first).
 * Returns 0..0xFFFF. Check value over "123456789": 0xBB3D.
 */
export function crc16(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  // `| 0` spares every addition its test for leaving the 32-bit range: a third of the time.
  let crc = seed | 0;
  let at = start | 0;
  if (end - at >= FOLD_FROM) {
    const groups = Math.floor((end - at) / FOLD);
    crc = folded(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, groups, crc);
    at = (at + groups * FOLD) | 0;
  }
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
