/** Enumeration over UDP and serial, and what is no session packet. [MS-DPDX] 2.2.4, 2.2.5 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeSessionMessage,
  decodeSessionPacket,
  type EnumResponsePacket,
  encodeSessionMessage,
  encodeSessionPacket,
} from '../../src/wire/session-packet.ts';
import { bytesOf, hexOf, withWord, wordAt } from './hex.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const DXDIAG_BYTES = 'da 80 ef 61 1b 69 47 42 9a dd 1c 7b ed 2b c1 3e';
const QUERY = { name: 'EnumQuery', EnumPayload: 0x1234, ApplicationGUID: DXDIAG } as const;
const RESPONSE: EnumResponsePacket = {
  name: 'EnumResponse',
  EnumPayload: 0x1234,
  ApplicationDescFlags: 4,
  MaxPlayers: 8,
  CurrentPlayers: 2,
  ApplicationInstanceGUID: '94BE8123-A1AB-48FB-A2E7-23859E658936',
  ApplicationGUID: DXDIAG,
  SessionName: 'Test Session',
};

describe('EnumQuery', () => {
  it('is 00 02, payload, 01 and the GUID: 21 bytes [2.2.4-01, 2.2.4-05, 2.2.4-08, 2.2.4-12, 2.2.4-18, 2.2.4-19]', () => {
    expect(hexOf(encodeSessionPacket(QUERY))).toBe(`00 02 34 12 01 ${DXDIAG_BYTES}`);
    expect(decodeSessionPacket(encodeSessionPacket(QUERY))).toEqual(QUERY);
  });

  it('without a GUID is type 02 and 5 bytes [2.2.4-16]', () => {
    const query = { name: 'EnumQuery', EnumPayload: 7 } as const;
    expect(hexOf(encodeSessionPacket(query))).toBe('00 02 07 00 02');
    expect(decodeSessionPacket(bytesOf('00 02 07 00 02'))).toEqual(query);
  });

  it('of any other QueryType is malformed [2.2.4-11]', () => {
    for (const type of [0x00, 0x03, 0xff]) {
      const bytes = encodeSessionPacket(QUERY);
      bytes[4] = type;
      expect(decodeSessionPacket(bytes)).toMatchObject({ name: 'malformed', field: 'QueryType', offset: 4 });
    }
  });

  it('begins with zero, or is none [2.2.4-06]', () => {
    const bytes = encodeSessionPacket(QUERY);
    bytes[0] = 1;
    expect(decodeSessionPacket(bytes)).toMatchObject({ name: 'malformed', field: 'LeadByte' });
  });

  it('may be followed by an application payload that nobody looks at, but not cut short', () => {
    const bytes = Uint8Array.of(...encodeSessionPacket(QUERY), 1, 2, 3);
    expect(decodeSessionPacket(bytes)).toEqual(QUERY);
    expect(decodeSessionPacket(bytes.subarray(0, 20))).toMatchObject({ field: 'ApplicationGUID', offset: 5 });
  });

  it('on serial begins with QueryType, its payload in the identifier [2.2.4-04]', () => {
    const message = encodeSessionMessage({ ...QUERY, EnumPayload: 2 });
    expect(message).toMatchObject({ kind: 'enumerationQuery', identifier: 2 });
    expect(hexOf(message.body)).toBe(`01 ${DXDIAG_BYTES}`);
    expect(decodeSessionMessage(message)).toEqual({ ...QUERY, EnumPayload: 2 });
    const cut = { ...message, body: message.body.subarray(0, 5) };
    expect(decodeSessionMessage(cut)).toMatchObject({ field: 'ApplicationGUID', offset: 1 });
  });
});

describe('EnumResponse', () => {
  const bytes = encodeSessionPacket(RESPONSE);

  it('is 92 fixed bytes, then the name [2.2.5-01, 2.2.5-02, 2.2.5-05, 2.2.5-06, 2.2.5-11, 2.2.5-19, 2.2.5-20, 2.2.5-28, 2.2.5-29]', () => {
    const { SessionName: _, ...nameless } = RESPONSE;
    expect(encodeSessionPacket(nameless).length).toBe(92);
    expect(hexOf(bytes.subarray(0, 4))).toBe('00 03 34 12');
    expect([12, 16, 20, 24, 28, 32].map((at) => wordAt(bytes, at))).toEqual([0x50, 4, 8, 2, 0x58, 26]);
    expect(hexOf(bytes.subarray(60, 64))).toBe('23 81 be 94');
    expect(hexOf(bytes.subarray(76, 92))).toBe(DXDIAG_BYTES);
    expect(Buffer.from(bytes.subarray(92)).toString('utf16le')).toBe('Test Session\0');
    expect(decodeSessionPacket(bytes)).toEqual(RESPONSE);
  });

  it('has no reply, password or reserved data [2.2.5-10, 2.2.5-21, 2.2.5-22, 2.2.5-23, 2.2.5-24, 2.2.5-25, 2.2.5-26, 2.2.5-30, 2.2.5-31, 2.2.5-32, 2.2.5-33]', () => {
    for (const at of [4, 8, 36, 40, 44, 48, 52, 56]) expect(wordAt(bytes, at)).toBe(0);
    expect(bytes.length).toBe(92 + 26);
  });

  it('with reply data reads like one without [2.2.5-09, 2.2.5-34]', () => {
    const more = withWord(withWord(Uint8Array.of(...bytes, 1, 2, 3), 4, 114), 8, 3);
    expect(decodeSessionPacket(more)).toEqual(RESPONSE);
  });

  it('with another description size is accepted', () => {
    expect(decodeSessionPacket(withWord(bytes, 12, 0x60))).toEqual(RESPONSE);
  });

  it('on serial begins with ReplyOffset, all offsets as on UDP [2.2.5-04]', () => {
    const derived = readFileSync(new URL('../vectors/serial-frames-derived.json', import.meta.url), 'utf8');
    const frame = bytesOf(JSON.parse(derived).frames['serial:enumresponse tag1']);
    const message = { kind: 'enumerationResponse', identifier: 1, body: frame.subarray(8) } as const;
    const packet = decodeSessionMessage(message) as EnumResponsePacket;
    expect(packet).toEqual({ ...RESPONSE, EnumPayload: 1, MaxPlayers: 0 });
    expect(encodeSessionMessage(packet)).toEqual(message);
    expect(wordAt(message.body, 24)).toBe(0x58);
  });
});

describe('session packets', () => {
  it('of unknown commands or no command are malformed', () => {
    for (const text of ['', '00', '00 04 00 00', '00 01 02 03']) {
      expect(decodeSessionPacket(bytesOf(text))).toMatchObject({
        name: 'malformed',
        packet: 'session packet',
      });
    }
  });
});
