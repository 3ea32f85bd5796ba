/** PLAYER_CONNECT_INFO and SEND_SESSION_INFO: the published packets, and parts that are located. [MS-DPDX] 2.2.26, 2.2.33, 2.2.35, 2.2.36 */
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';
import { bytesOf, hexOf, withWord, wordAt } from './hex.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const DXDIAG_BYTES = 'da 80 ef 61 1b 69 47 42 9a dd 1c 7b ed 2b c1 3e';
const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';
const URL_TEXT =
  'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=65.52.239.61;port=2302';

type Of<Name extends SessionPayload['name']> = Extract<SessionPayload, { name: Name }>;

const JOIN: Of<'TRANS_USERDATA_PLAYER_CONNECT_INFO'> = {
  name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
  dwFlags: 4,
  dwDNETVersion: 8,
  guidInstance: INSTANCE,
  guidApplication: DXDIAG,
  alternateAddressData: [{ name: 'DN_ALTERNATE_ADDRESS (IPv4)', wPort: 2302, dwAddrIn: '65.52.239.61' }],
  clientName: 'Test User',
};

/** [MC-DPL8CS] 4, as the appendix of ambiguities.md prints it, without the frame header. */
const JOIN_BYTES = bytesOf(`
  C1 00 00 00  04 00 00 00  08 00 00 00  60 00 00 00  14 00 00 00
  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00
  00 00 00 00  00 00 00 00
  23 81 BE 94 AB A1 FB 48 A2 E7 23 85 9E 65 89 36
  DA 80 EF 61 1B 69 47 42 9A DD 1C 7B ED 2B C1 3E
  58 00 00 00  08 00 00 00  07 02 08 FE 41 34 EF 3D
  54 00 65 00 73 00 74 00 20 00 55 00 73 00 65 00 72 00 00 00`);

const HOST = {
  dpnid: 0x949e8121,
  dpnidOwner: 0,
  dwFlags: 0x102,
  dwVersion: 2,
  dwDNETVersion: 7,
  name: 'Test User',
};
const CLIENT = {
  dpnid: 0x948e8120,
  dpnidOwner: 0,
  dwFlags: 0x100,
  dwVersion: 3,
  dwDNETVersion: 8,
  name: 'Test User',
  url: URL_TEXT,
};
const INFO: Of<'TRANS_USERDATA_SEND_SESSION_INFO'> = {
  name: 'TRANS_USERDATA_SEND_SESSION_INFO',
  dwFlags: 4,
  dwMaxPlayers: 0,
  dwCurrentPlayers: 2,
  guidInstance: INSTANCE,
  applicationGUID: DXDIAG,
  dpnid: 0x948e8120,
  dwVersion: 3,
  DN_NAMETABLE_ENTRY_INFO: [HOST, CLIENT],
  DN_NAMETABLE_MEMBERSHIP_INFO: [],
  SessionName: 'Test Session',
};

describe('PLAYER_CONNECT_INFO', () => {
  it('reads and writes the published packet [2.2.26-01, 2.2.26-04, 2.2.26-07, 2.2.26-09, 2.2.26-23, 2.2.26-25, 2.2.26-26, 2.2.26-28, 2.2.26-33, 2.2.35-01, 2.2.35-03, 2.2.35-04, 2.2.35-05, 2.2.35-06]', () => {
    expect(decodePayload(JOIN_BYTES)).toEqual(JOIN);
    expect(encodePayload(JOIN)).toEqual(JOIN_BYTES);
    expect(JOIN_BYTES.length).toBe(120);
  });

  it('packs its parts in the order of the figure and locates each [2.2.26-02, 2.2.26-11, 2.2.26-12, 2.2.26-13, 2.2.26-15, 2.2.26-17, 2.2.26-18, 2.2.26-19, 2.2.26-20, 2.2.26-29, 2.2.26-30, 2.2.26-31, 2.2.26-32]', () => {
    const full = { ...JOIN, url: 'u', connectData: bytesOf('01 02'), Password: 'abc', data: bytesOf('03') };
    const bytes = encodePayload(full);
    expect(decodePayload(bytes)).toEqual(full);
    const located = { url: 44, connectData: 36, Password: 28, data: 20, clientName: 12 };
    const offsets = Object.values(located).map((at) => wordAt(bytes, at));
    expect(offsets).toEqual([96, 98, 100, 108, 109]);
    expect(Object.values(located).map((at) => wordAt(bytes, at + 4))).toEqual([2, 2, 8, 1, 20]);
    expect(hexOf(bytes.subarray(104, 112))).toBe('61 00 62 00 63 00 00 00');
  });

  it('has zeros where it has no parts [2.2.26-14, 2.2.26-16]', () => {
    for (const at of [20, 24, 28, 32, 36, 40, 44, 48]) expect(wordAt(JOIN_BYTES, at)).toBe(0);
  });

  it('has always a name: a lone null when empty, malformed without [2.2.26-08, 2.2.26-10]', () => {
    const empty = encodePayload({ ...JOIN, clientName: '' });
    expect([wordAt(empty, 12), wordAt(empty, 16)]).toEqual([96, 2]);
    expect(decodePayload(empty)).toHaveProperty('clientName', '');
    expect(decodePayload(withWord(JOIN_BYTES, 12, 0))).toMatchObject({ field: 'dwNameOffset', offset: 12 });
    expect(decodePayload(withWord(JOIN_BYTES, 16, 0))).toMatchObject({ field: 'dwNameSize', offset: 16 });
  });

  it('has a name whose last character is the terminator, null or not, and ends at an earlier null [2.2.26-34]', () => {
    const bytes = encodePayload({ ...JOIN, clientName: 'ABC' });
    expect(decodePayload(withWord(bytes, 16, 6))).toHaveProperty('clientName', 'AB');
    expect(decodePayload(withWord(bytes, 16, 7))).toHaveProperty('clientName', 'AB');
    expect(decodePayload(withWord(bytes, 16, 1))).toHaveProperty('clientName', '');
    bytes.set([0, 0], 102);
    expect(decodePayload(bytes)).toHaveProperty('clientName', 'A');
  });

  it('is read with twelve alternate addresses at most (ADR-3)', () => {
    const address = JOIN.alternateAddressData![0]!;
    const many = { ...JOIN, alternateAddressData: Array.from({ length: 14 }, () => address) };
    expect(decodePayload(encodePayload(many))).toMatchObject({
      alternateAddressData: Array.from({ length: 12 }, () => address),
    });
  });

  it('has no alternate address words below DirectPlay 9, 84 fixed bytes then [2.2.26-27]', () => {
    const { alternateAddressData: _, ...old } = { ...JOIN, dwDNETVersion: 6 };
    const bytes = encodePayload(old);
    expect(wordAt(bytes, 12)).toBe(80);
    expect(bytes.length).toBe(104);
    expect(decodePayload(bytes)).toEqual(old);
    expect(encodePayload({ ...old, dwDNETVersion: 7 }).length).toBe(112);
  });

  it('is malformed where a part begins inside the fixed part or ends beyond the packet', () => {
    expect(decodePayload(withWord(JOIN_BYTES, 12, 87))).toMatchObject({ field: 'dwNameOffset', offset: 12 });
    expect(decodePayload(withWord(JOIN_BYTES, 12, 117))).toMatchObject({ field: 'dwNameOffset', offset: 12 });
    expect(decodePayload(withWord(JOIN_BYTES, 16, 21))).toMatchObject({ field: 'dwNameSize', offset: 16 });
    expect(decodePayload(withWord(JOIN_BYTES, 12, 0xfffffffc))).toMatchObject({ field: 'dwNameOffset' });
  });

  it('may have parts that overlap', () => {
    const shared = withWord(withWord(JOIN_BYTES, 20, 96), 24, 4);
    expect(decodePayload(shared)).toMatchObject({ data: bytesOf('54 00 65 00'), clientName: 'Test User' });
  });

  it('reads IPv6 addresses in network order and skips families it does not know [2.2.36-01, 2.2.36-02, 2.2.36-03, 2.2.36-04, 2.2.36-05, 2.2.36.1-01, 2.2.35.1-01]', () => {
    const dwAddrIn = '2001:db8:85a3:0:0:8a2e:370:7334';
    const both = {
      ...JOIN,
      alternateAddressData: [
        { name: 'DN_ALTERNATE_ADDRESS (IPv6)', wPort: 2302, dwAddrIn },
        { name: 'DN_ALTERNATE_ADDRESS (IPv4)', wPort: 2302, dwAddrIn: '192.168.239.61' },
      ] as const,
    };
    const bytes = encodePayload(both);
    expect(hexOf(bytes.subarray(92, 120))).toBe(
      '13 17 08 fe 20 01 0d b8 85 a3 00 00 00 00 8a 2e 03 70 73 34 07 02 08 fe c0 a8 ef 3d',
    );
    expect(decodePayload(bytes)).toEqual(both);
    bytes[93] = 0x0a;
    expect(decodePayload(bytes)).toHaveProperty('alternateAddressData', [both.alternateAddressData[1]]);
    bytes[112] = 8;
    expect(decodePayload(bytes)).toMatchObject({ field: 'alternateAddressData[1].bSize', offset: 112 });
  });
});

describe('SEND_SESSION_INFO', () => {
  const bytes = encodePayload(INFO);

  it('writes the published packet, and reads it back [2.2.33.1-01, 2.2.33-01, 2.2.33-05, 2.2.33-08, 2.2.33-12, 2.2.33-13, 2.2.33-23, 2.2.33-31, 2.2.33-33, 2.2.33-38, 2.2.33.1-12, 2.2.33.1-14, 2.2.33.1-18, 2.2.33.1-19]', () => {
    expect(decodePayload(bytes)).toEqual(INFO);
    expect(bytes.length + 4).toBe(376);
    expect(wordAt(bytes, 0)).toBe(0xc2);
    const fixed = [4, 8, 12, 16, 20, 24, 28, 32].map((at) => wordAt(bytes, at));
    expect(fixed).toEqual([0, 0, 0x50, 4, 0, 2, 0x156, 0x1a]);
    expect(hexOf(bytes.subarray(76, 92))).toBe(DXDIAG_BYTES);
    expect([92, 96, 100, 104, 108].map((at) => wordAt(bytes, at))).toEqual([0x948e8120, 3, 0, 2, 0]);
    const entry = (at: number): number[] => Array.from({ length: 12 }, (_, i) => wordAt(bytes, at + 4 * i));
    expect(entry(112)).toEqual([0x949e8121, 0, 0x102, 2, 0, 7, 0x142, 0x14, 0, 0, 0, 0]);
    expect(entry(160)).toEqual([0x948e8120, 0, 0x100, 3, 0, 8, 0x12e, 0x14, 0, 0, 0xcc, 0x62]);
    expect(Buffer.from(bytes.subarray(4 + 0xcc, 4 + 0x12d)).toString('latin1')).toBe(URL_TEXT);
    expect(Buffer.from(bytes.subarray(4 + 0x156)).toString('utf16le')).toBe('Test Session\0');
  });

  it('has entries of 48 bytes, then memberships of 16, then the parts [2.2.33-02, 2.2.33-29, 2.2.33-30, 2.2.33.1-02, 2.2.33.2-01, 2.2.33.2-02]', () => {
    const membership = { dpnidPlayer: 0x11223344, dpnidGroup: 2, dwVersion: 3 };
    const more = {
      ...INFO,
      DN_NAMETABLE_ENTRY_INFO: [HOST, CLIENT, HOST],
      DN_NAMETABLE_MEMBERSHIP_INFO: [membership],
    };
    const packed = encodePayload(more);
    expect([104, 108].map((at) => wordAt(packed, at))).toEqual([3, 1]);
    expect(hexOf(packed.subarray(256, 272))).toBe('44 33 22 11 02 00 00 00 03 00 00 00 00 00 00 00');
    expect(wordAt(packed, 160 + 40)).toBe(272 - 4);
    expect(decodePayload(packed)).toEqual(more);
  });

  it('packs its parts in the order of the figure [2.2.33-03]', () => {
    const data = bytesOf('01 02 03');
    const full = {
      ...INFO,
      DN_NAMETABLE_ENTRY_INFO: [{ ...HOST, data }, CLIENT],
      ApplicationReservedData: bytesOf('a1'),
      ReservedData: bytesOf('b1 b2'),
      Password: 'p',
      reply: bytesOf('c1 c2 c3'),
    };
    const packed = encodePayload(full);
    expect(decodePayload(packed)).toEqual(full);
    // URL, Data, name, ApplicationReservedData, ReservedData, Password, SessionName, reply.
    const order = [160 + 40, 112 + 32, 160 + 24, 112 + 24, 52, 44, 36, 28, 4].map((at) => wordAt(packed, at));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(9);
  });

  it('locates password, reserved data and reply, zero when absent [2.2.33-06, 2.2.33-07, 2.2.33-14, 2.2.33-15, 2.2.33-16, 2.2.33-17, 2.2.33-18, 2.2.33-19, 2.2.33-20, 2.2.33-21, 2.2.33-35, 2.2.33-36, 2.2.33-37, 2.2.33-41]', () => {
    for (const at of [4, 8, 36, 40, 44, 48, 52, 56]) expect(wordAt(bytes, at)).toBe(0);
    for (const part of ['Password', 'ReservedData', 'ApplicationReservedData', 'reply']) {
      expect(decodePayload(bytes)).not.toHaveProperty(part);
    }
    const lengths = {
      ApplicationReservedData: bytesOf('a1'),
      ReservedData: bytesOf('b1 b2'),
      Password: 'pw',
    };
    const packed = encodePayload({ ...INFO, ...lengths, reply: bytesOf('c1 c2 c3') });
    expect([8, 40, 48, 56].map((at) => wordAt(packed, at))).toEqual([3, 6, 2, 1]);
    expect(decodePayload(packed)).toMatchObject(lengths);
  });

  it('disregards its reserved words, which are sent as 0 [2.2.33-27, 2.2.33-28, 2.2.33.1-09, 2.2.33.1-10, 2.2.33.2-06, 2.2.33.2-07]', () => {
    const membership = { dpnidPlayer: 1, dpnidGroup: 2, dwVersion: 3 };
    const payload = { ...INFO, DN_NAMETABLE_MEMBERSHIP_INFO: [membership] };
    const packed = encodePayload(payload);
    for (const at of [100, 112 + 16, 160 + 16, 208 + 12]) {
      expect(wordAt(packed, at)).toBe(0);
      expect(decodePayload(withWord(packed, at, 0xffffffff))).toEqual(payload);
    }
  });

  it('sends a name for every entry, and takes an entry without one [2.2.33.1-13, 2.2.33.1-15]', () => {
    const nameless = encodePayload({ ...INFO, DN_NAMETABLE_ENTRY_INFO: [{ ...HOST, name: '' }] });
    expect(wordAt(nameless, 112 + 24)).not.toBe(0);
    expect(wordAt(nameless, 112 + 28)).toBe(2);
    expect(decodePayload(withWord(bytes, 112 + 24, 0))).toHaveProperty('DN_NAMETABLE_ENTRY_INFO[0].name', '');
  });

  it('takes the last character of a name as its terminator and disregards an odd byte [2.2.33-34, 2.2.33-39, 2.2.33-40]', () => {
    expect(decodePayload(withWord(bytes, 32, 6))).toHaveProperty('SessionName', 'Te');
    expect(decodePayload(withWord(bytes, 32, 7))).toHaveProperty('SessionName', 'Te');
    expect(decodePayload(withWord(bytes, 112 + 28, 6))).toHaveProperty(
      'DN_NAMETABLE_ENTRY_INFO[0].name',
      'Te',
    );
  });

  it('locates the data of each player from the end of dwPacketType [2.2.33-32, 2.2.33.1-16, 2.2.33.1-17]', () => {
    const packed = encodePayload({ ...INFO, DN_NAMETABLE_ENTRY_INFO: [{ ...HOST, data: bytesOf('01 02') }] });
    expect([wordAt(packed, 112 + 32), wordAt(packed, 112 + 36)]).toEqual([160 - 4, 2]);
    expect(hexOf(packed.subarray(160, 162))).toBe('01 02');
  });

  it('is malformed at the count that leaves no room', () => {
    expect(decodePayload(withWord(bytes, 104, 6))).toMatchObject({ field: 'dwEntryCount', offset: 104 });
    expect(decodePayload(withWord(bytes, 108, 0x10000000))).toMatchObject({
      field: 'dwMembershipCount',
      offset: 108,
    });
  });
});
