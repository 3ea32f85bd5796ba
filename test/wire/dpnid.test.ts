import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantError } from '../../src/base/failure.ts';
import { INDEX_MAX, makeDpnid, NO_DPNID, splitDpnid } from '../../src/wire/dpnid.ts';
import { decodeGuid } from '../../src/wire/guid.ts';

/** A GUID whose first 32 bits are `word`. */
const guidOf = (word: number): string =>
  decodeGuid(Uint8Array.from([word, word >>> 8, word >>> 16, word >>> 24, ...new Array(12).fill(7)]));

/** The instance GUID of the published session. */
const PUBLISHED = decodeGuid(Buffer.from('2381BE94ABA1FB48A2E723859E658936', 'hex'));

test('[2.2.1-03, 2.2.1-04, 2.2.1-05] index 5 at version 10 under 0xA1B2C3D4 is 0xA112C3D1', () => {
  expect(makeDpnid(5, 0x0a, guidOf(0))).toBe(0x00a00005);
  expect(makeDpnid(5, 0x0a, guidOf(0xa1b2c3d4))).toBe(0xa112c3d1);
});

test('the DPNIDs of the published session are entries 2 and 3', () => {
  expect(splitDpnid(0x949e8121, PUBLISHED)).toEqual({ index: 2, version: 2 });
  expect(splitDpnid(0x948e8120, PUBLISHED)).toEqual({ index: 3, version: 3 });
  expect(makeDpnid(3, 3, PUBLISHED)).toBe(0x948e8120);
});

test('[2.2.1-06] undoing the XOR gives the index back, whatever the version', () => {
  fc.assert(
    fc.property(fc.nat(INDEX_MAX), fc.nat(), fc.nat(0xffffffff), (index, version, word) => {
      const id = makeDpnid(index, version, guidOf(word));
      expect(splitDpnid(id, guidOf(word))).toEqual({ index, version: version & 0xfff });
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('[2.2.1-01] a DPNID is an unsigned number of 32 bits', () => {
  expect(makeDpnid(INDEX_MAX, 0xfff, guidOf(0))).toBe(0xffffffff);
  expect(makeDpnid(0, 0x800, guidOf(0))).toBe(0x80000000);
});

test('two live entries never share a DPNID, even 4096 versions apart', () => {
  const ids = new Set(Array.from({ length: 500 }, (_, i) => makeDpnid(i, i * 4096, PUBLISHED)));
  expect(ids.size).toBe(500);
});

test('an entry that equals the GUID word would have the DPNID of nobody', () => {
  expect(makeDpnid(0x12345, 0x678, guidOf(0x67812345))).toBe(NO_DPNID);
});

test('an index beyond 20 bits is our own fault', () => {
  expect(() => makeDpnid(INDEX_MAX + 1, 0, PUBLISHED)).toThrow(InvariantError);
  expect(() => makeDpnid(-1, 0, PUBLISHED)).toThrow(InvariantError);
});
