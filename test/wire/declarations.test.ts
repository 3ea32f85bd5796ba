/** What holds of every declaration: records survive the bytes, no bytes make a decoder throw, lies are found or harmless. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCoalesced } from '../../src/wire/coalesced.ts';
import { PACKETS } from '../../src/wire/declarations.ts';
import { decoder } from '../../src/wire/decode.ts';
import { encoder } from '../../src/wire/encode.ts';
import { hostileVariants } from '../../src/wire/hostile.ts';
import { listDatagram, listMessage, listSerialFrame } from '../../src/wire/listing.ts';
import { listingText } from '../../src/wire/listing-text.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { conditionOf, fixedSize } from '../../src/wire/packet.ts';
import { decodeSessionPacket } from '../../src/wire/session-packet.ts';
import { decodePayload } from '../../src/wire/session-payload.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { arbitraryOf } from './arbitraries.ts';

const seed = 20_261_121;

describe.each(PACKETS.map((packet) => ({ name: packet.name, packet })))('$name', ({ packet }) => {
  const decode = decoder(packet);
  const encode = encoder(packet);

  it('gives back any record from its own bytes, and the same bytes again', () => {
    fc.assert(
      fc.property(arbitraryOf(packet), (record) => {
        const bytes = encode(record);
        const decoded = decode(bytes);
        expect(decoded).toEqual(record);
        expect(encode(decoded as typeof record)).toEqual(bytes);
      }),
      { seed, numRuns: 60 },
    );
  });

  it('is malformed when cut anywhere inside its fixed part', () => {
    const always = Object.entries(packet.fields).filter(
      ([, { layout }]) => conditionOf(layout) === undefined,
    );
    const fixed = fixedSize(Object.fromEntries(always));
    for (const record of fc.sample(arbitraryOf(packet), { seed, numRuns: 5 })) {
      const bytes = encode(record);
      for (let size = 0; size < fixed; size++) {
        const result = decode(bytes.subarray(0, size));
        expect(isMalformed(result), `${size} of ${fixed} bytes`).toBe(true);
        if (isMalformed(result)) expect(result.offset).toBeLessThanOrEqual(size);
      }
    }
  });

  it('answers every systematic lie with a record or with the field that lies, without throwing', () => {
    for (const record of fc.sample(arbitraryOf(packet), { seed, numRuns: 4 })) {
      for (const { bytes, lie } of hostileVariants(encode(record), decode)) {
        const result = decode(bytes);
        if (!isMalformed(result)) continue;
        expect(result.packet, lie).toBe(packet.name);
        expect(result.field, lie).not.toBe('');
        expect(result.offset, lie).toBeGreaterThanOrEqual(0);
        expect(result.offset, lie).toBeLessThanOrEqual(bytes.length);
      }
    }
  });

  it('decodes arbitrary bytes to a record or a malformed value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const result = decode(bytes);
        expect(result.name === 'malformed' || result.name === packet.name).toBe(true);
      }),
      { seed, numRuns: 60 },
    );
  });
});

describe('dispatchers', () => {
  it('decode arbitrary bytes of every beginning without throwing', () => {
    const lead = fc.constantFrom(0x00, 0x01, 0x3f, 0x7f, 0x80, 0x88, 0xc1, 0xc2, 0xcc, 0xd0, 0xcc);
    fc.assert(
      fc.property(lead, fc.uint8Array({ maxLength: 400 }), (first, rest) => {
        const bytes = Uint8Array.of(first, ...rest);
        for (const decode of [decodeTransport, decodePayload, decodeSessionPacket, decodeCoalesced]) {
          expect(decode(bytes)).toBeDefined();
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it('list arbitrary bytes as text and as JSON without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), (body, identifier) => {
        const listings = [
          listDatagram(body),
          listSerialFrame(body),
          listMessage({ kind: 'transport', identifier, body }),
          listMessage({ kind: 'enumerationQuery', identifier, body }),
          listMessage({ kind: 'enumerationResponse', identifier, body }),
        ];
        for (const listed of listings) {
          expect(listingText(listed).length).toBeGreaterThan(0);
          expect(JSON.parse(JSON.stringify(listed))).toEqual(listed);
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});
