import npmCrc16 from 'crc/crc16';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc16 } from '../../src/base/crc16.ts';

/** As the text has it: polynomial 0xA001, one bit at a time. [MS-DPDX] 2.2.2 */
function bitwise(bytes: Uint8Array, seed = 0): number {
  let crc = seed;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

test('[2.2.2-15, 2.2.2-16] the check value of CRC-16-IBM is 0xBB3D', () => {
  expect(crc16(new TextEncoder().encode('123456789'))).toBe(0xbb3d);
  expect(crc16(new Uint8Array(0))).toBe(0);
});

test('of every length up to 400 it is what one bit at a time gives, and what npm crc gives', () => {
  for (let length = 0; length <= 400; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 17) & 0xff);
    expect(crc16(bytes)).toBe(bitwise(bytes));
    expect(crc16(bytes)).toBe(npmCrc16(Buffer.from(bytes)));
  }
});

test('of any part of any bytes, from any seed, it is what one bit at a time gives', () => {
  const bytes = fc.uint8Array({ maxLength: 700 });
  fc.assert(
    fc.property(bytes, fc.nat(700), fc.nat(700), fc.nat(0xffff), (all, a, b, seed) => {
      const start = Math.min(a, b, all.length);
      const end = Math.min(Math.max(a, b), all.length);
      expect(crc16(all, start, end, seed)).toBe(bitwise(all.subarray(start, end), seed));
    }),
    { seed: 16, numRuns: 500 },
  );
});

test('in two parts, the first giving the seed of the second, it is the same as in one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      const middle = Math.min(cut, bytes.length);
      expect(crc16(bytes, middle, bytes.length, crc16(bytes, 0, middle))).toBe(crc16(bytes));
    }),
    { seed: 17, numRuns: 300 },
  );
});
