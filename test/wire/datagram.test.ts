/** Datagrams are the packets themselves; what a serial header would say is read off their first four bytes. */
import { describe, expect, it } from 'vitest';
import { decodeDatagram, encodeDatagram, isMessage } from '../../src/wire/datagram.ts';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  encodeSessionPacket,
  type SessionPacket,
} from '../../src/wire/session-packet.ts';
import { bytesOf, hexOf } from './hex.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const PACKETS: readonly SessionPacket[] = [
  { name: 'EnumQuery', EnumPayload: 0x8234, ApplicationGUID: DXDIAG },
  {
    name: 'EnumResponse',
    EnumPayload: 0xfffe,
    ApplicationDescFlags: 4,
    MaxPlayers: 0,
    CurrentPlayers: 1,
    ApplicationInstanceGUID: '94BE8123-A1AB-48FB-A2E7-23859E658936',
    ApplicationGUID: DXDIAG,
    SessionName: 'Test',
  },
  { name: 'SESS_PATH_TEST', wMsgID: 0x0102, Key: bytesOf('01 02 03 04 05 06 07 08') },
];

describe('a datagram', () => {
  it('begins with LeadByte or bCommand, without a header of its own [2.1-03]', () => {
    for (const packet of PACKETS) {
      const bytes = encodeDatagram(encodeSessionMessage(packet));
      expect(hexOf(bytes)).toBe(hexOf(encodeSessionPacket(packet)));
    }
    const body = bytesOf('88 01 00 00 00 00 01 00 01 02 03 04 05 06 07 08');
    expect(encodeDatagram({ kind: 'transport', identifier: 0, body })).toEqual(body);
  });

  it('of a session packet keeps all 16 bits of its identifier both ways [2.2.4-09]', () => {
    for (const packet of PACKETS) {
      const message = decodeDatagram(encodeSessionPacket(packet));
      if (!isMessage(message)) throw new Error(message.reason);
      expect(message).toEqual(encodeSessionMessage(packet));
      expect(decodeSessionMessage(message)).toEqual(packet);
    }
  });

  it('whose first byte is not zero is passed on whole for the transport, whatever it holds [2.2.4-06, 2.2.4-07]', () => {
    const body = bytesOf('01 02 34 12 01');
    expect(decodeDatagram(body)).toEqual({ kind: 'transport', identifier: 0, body });
    const connect = bytesOf('88 01 00 00 00 00 01 00 01 02 03 04 05 06 07 08');
    expect(decodeDatagram(connect)).toEqual({ kind: 'transport', identifier: 0, body: connect });
  });

  it('whose first byte is zero asks for sessions, answers, or tests a path, and is never for the transport [2.2.3-01]', () => {
    const kinds = ['00 02 01 00 02', '00 03 01 00', '00 05 01 00 01 02 03 04 05 06 07 08'].map((text) => {
      const message = decodeDatagram(bytesOf(text));
      return isMessage(message) ? message.kind : message.name;
    });
    expect(kinds).toEqual(['enumerationQuery', 'enumerationResponse', 'pathTest']);
  });

  it('of no known command, cut short or empty is malformed, and never throws [3.1.5.1-02, 3.1.5.1-08]', () => {
    for (const text of [
      '00 07 00 00 01',
      '00 08 00 00',
      '00 00 00 00',
      '00 04 00 00',
      '00',
      '00 02 01',
      '',
    ]) {
      expect(decodeDatagram(bytesOf(text))).toMatchObject({ name: 'malformed' });
    }
  });

  it('malformed behind its first four bytes is found when the packet is read, offsets counted from there', () => {
    const message = decodeDatagram(bytesOf('00 02 01 00 09'));
    if (!isMessage(message)) throw new Error(message.reason);
    expect(decodeSessionMessage(message)).toMatchObject({ field: 'QueryType', offset: 0 });
    const transport = { kind: 'transport', identifier: 0, body: bytesOf('00 02') } as const;
    expect(decodeSessionMessage(transport)).toMatchObject({ name: 'malformed' });
  });
});
