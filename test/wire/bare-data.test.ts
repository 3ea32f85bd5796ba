import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBareData, encodeBareData } from '../../src/wire/bare-data.ts';
import { decoder } from '../../src/wire/decode.ts';
import { encoder } from '../../src/wire/encode.ts';
import { TRANS_USERDATA_HEADER } from '../../src/wire/transport-layout.ts';

const decode = decoder(TRANS_USERDATA_HEADER);
const encode = encoder(TRANS_USERDATA_HEADER);
const byte = fc.integer({ min: 0, max: 255 });

describe('a data frame without masks', () => {
  it('is read as the declaration says, whatever its bytes; one with a mask is left to the declaration', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 40 }), fc.nat(8), (bytes, offset) => {
        const padded = new Uint8Array(offset + bytes.length);
        padded.set(bytes, offset);
        const view = padded.subarray(offset);
        const hasMask = (view[1]! & 0xf0) !== 0;
        expect(decodeBareData(view)).toEqual(hasMask ? undefined : decode(view));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is written as the declaration says, whatever the record; one with a mask is left to the declaration', () => {
    const mask = fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined, freq: 3 });
    const frame = fc.record({
      name: fc.constant('TRANS_USERDATA_HEADER' as const),
      bCommand: byte,
      bControl: byte,
      bSeq: byte,
      bNRcv: byte,
      dwSACKMask1: mask,
      dwSACKMask2: mask,
      dwSendMask1: mask,
      dwSendMask2: mask,
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(frame, (record) => {
        const { dwSACKMask1, dwSACKMask2, dwSendMask1, dwSendMask2 } = record;
        const isBare = [dwSACKMask1, dwSACKMask2, dwSendMask1, dwSendMask2].every(
          (each) => each === undefined,
        );
        expect(encodeBareData(record)).toEqual(isBare ? encode(record) : undefined);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives a view of what was read, not a copy', () => {
    const bytes = Uint8Array.of(0x3f, 0, 1, 2, 3);
    const packet = decodeBareData(bytes)!;
    bytes[4] = 9;
    expect([...packet.payload]).toEqual([9]);
  });
});
