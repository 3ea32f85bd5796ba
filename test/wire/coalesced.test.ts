/** Coalesced payloads: headers, padding, limits. [MS-DPDX] 2.2.17.1 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CoalescedPart,
  coalescedSize,
  decodeCoalesced,
  encodeCoalesced,
} from '../../src/wire/coalesced.ts';
import { bytesOf, hexOf } from './hex.ts';

const seed = 20_261_121;

function part(size: number, bCommand = 0x40): CoalescedPart {
  return { bCommand, payload: new Uint8Array(size).fill(0xee) };
}

function sizes(bytes: Uint8Array): number[] {
  return (decodeCoalesced(bytes) as CoalescedPart[]).map(({ payload }) => payload.length);
}

describe('coalesced payloads', () => {
  it('have 2-byte headers first, then the messages in header order [2.2.17.1-03, 2.2.17.1-07]', () => {
    const bytes = encodeCoalesced([
      { bCommand: 0x46, payload: bytesOf('01 02 03 04') },
      { bCommand: 0x40, payload: bytesOf('05 06') },
    ]);
    expect(hexOf(bytes)).toBe('04 46 02 41 01 02 03 04 05 06');
    expect(decodeCoalesced(bytes)).toEqual([
      { bCommand: 0x46, payload: bytesOf('01 02 03 04') },
      { bCommand: 0x40, payload: bytesOf('05 06') },
    ]);
  });

  it('have two zero bytes behind an odd number of headers [2.2.17.1-05]', () => {
    expect(hexOf(encodeCoalesced([{ bCommand: 0x42, payload: bytesOf('aa bb cc') }]))).toBe(
      '03 43 00 00 aa bb cc',
    );
    expect(decodeCoalesced(bytesOf('03 03 00 00 aa bb cc'))).toEqual([
      { bCommand: 0x02, payload: bytesOf('aa bb cc') },
    ]);
  });

  it('pad all messages but the last to 4 bytes, outside their sizes [2.2.17.1-08, 2.2.17.1-09, 2.2.17.1-10, 2.2.17.1-11]', () => {
    const bytes = encodeCoalesced([part(5), part(4)]);
    expect(hexOf(bytes)).toBe('05 40 04 41 ee ee ee ee ee 00 00 00 ee ee ee ee');
    expect(sizes(bytes)).toEqual([5, 4]);
    expect((decodeCoalesced(bytes) as CoalescedPart[])[1]!.payload.byteOffset).toBe(12);
  });

  it('state sizes in 11 bits [2.2.17.1-12]', () => {
    expect(hexOf(encodeCoalesced([part(300)]).subarray(0, 2))).toBe('2c 49');
    expect(hexOf(encodeCoalesced([part(0x7ff, 0xc0)]).subarray(0, 2))).toBe('ff f9');
    expect(sizes(encodeCoalesced([part(300), part(0x7ff), part(0x400)]))).toEqual([300, 0x7ff, 0x400]);
  });

  it('end at the first header with the end mark, which must come within 32 [2.2.17.1-04, 2.2.17.1-06]', () => {
    const bytes = encodeCoalesced(Array.from({ length: 32 }, () => part(1)));
    expect(sizes(bytes).length).toBe(32);
    bytes[63] = 0x40;
    expect(decodeCoalesced(bytes)).toMatchObject({
      name: 'malformed',
      field: 'header[31].bCommand',
      offset: 63,
    });
    expect(() => encodeCoalesced(Array.from({ length: 33 }, () => part(1)))).toThrow();
    expect(() => encodeCoalesced([])).toThrow();
    expect(sizes(bytesOf('01 41 01 41 aa bb'))).toEqual([1]);
  });

  it('are malformed when a header states more than remains [2.2.17.1-13]', () => {
    expect(decodeCoalesced(bytesOf('05 41 00 00 aa bb cc dd'))).toMatchObject({
      name: 'malformed',
      field: 'header[0].bSize',
      offset: 0,
    });
    expect(decodeCoalesced(bytesOf('01 40'))).toMatchObject({ name: 'malformed', field: 'header[1].bSize' });
    expect(() => encodeCoalesced([part(0x800)])).toThrow();
  });

  it('accept any optional flags in a header [2.2.17.1-15]', () => {
    const parts = [part(4, 0x40), part(4, 0x46), part(4, 0x42)];
    expect(decodeCoalesced(encodeCoalesced(parts))).toEqual(parts);
  });

  it('give back whatever was fused, in the size foretold', () => {
    const parts = fc.array(
      fc.record({
        bCommand: fc.constantFrom(0x40, 0x42, 0x44, 0x46),
        payload: fc.uint8Array({ maxLength: 50 }),
      }),
      { minLength: 1, maxLength: 32 },
    );
    fc.assert(
      fc.property(parts, (fused) => {
        const bytes = encodeCoalesced(fused);
        expect(bytes.length).toBe(coalescedSize(fused.map(({ payload }) => payload.length)));
        expect(decodeCoalesced(bytes)).toEqual(fused);
      }),
      { seed, numRuns: 200 },
    );
  });
});
