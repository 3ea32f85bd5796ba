/** Rows about the packets as a whole: which there are, what tells them apart, how one stands on a serial line. */
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { parseAddress } from '../../src/wire/addressing-url.ts';
import { frameContent } from '../../src/wire/frame-content.ts';
import { type Listed, listDatagram, listSerialFrame } from '../../src/wire/listing.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { encodeSessionPacket } from '../../src/wire/session-packet.ts';
import { decodePayload, encodePayload } from '../../src/wire/session-payload.ts';
import { type DataPacket, decodeTransport, encodeTransport } from '../../src/wire/transport-packet.ts';
import { goodSpecimens } from '../interop/specimens.ts';

/** The packet set of [MS-DPDX] 2.2.3 as far as it travels on serial links, typed in from the table. */
const ON_SERIAL = [
  'EnumQuery',
  'EnumResponse',
  'TRANS_COMMAND_CONNECT',
  'TRANS_COMMAND_CONNECT_ACCEPT',
  'TRANS_COMMAND_SACK',
  'TRANS_USERDATA_END_OF_STREAM',
  'TRANS_USERDATA_KEEPALIVE',
  'TRANS_USERDATA_SEND_MESSAGE',
];

/** The types of user data in the table of [MS-DPDX] 2.2.3. */
const TYPES = new Map([
  [0xc1, 'TRANS_USERDATA_PLAYER_CONNECT_INFO'],
  [0xc2, 'TRANS_USERDATA_SEND_SESSION_INFO'],
  [0xc3, 'TRANS_USERDATA_ACK_SESSION_INFO'],
  [0xc4, 'TRANS_USERDATA_SEND_PLAYER_DNID'],
  [0xc5, 'TRANS_USERDATA_CONNECT_FAILED'],
  [0xc6, 'TRANS_USERDATA_INSTRUCT_CONNECT'],
  [0xc7, 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED'],
  [0xc8, 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED'],
  [0xc9, 'TRANS_USERDATA_NAMETABLE_VERSION'],
  [0xca, 'TRANS_USERDATA_RESYNC_VERSION'],
  [0xcb, 'TRANS_USERDATA_REQ_NAMETABLE_OP'],
  [0xcc, 'TRANS_USERDATA_ACK_NAMETABLE_OP'],
  [0xcd, 'TRANS_USERDATA_HOST_MIGRATE'],
  [0xce, 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE'],
  [0xd0, 'TRANS_USERDATA_ADD_PLAYER'],
  [0xd1, 'TRANS_USERDATA_DESTROY_PLAYER'],
  [0xdf, 'TRANS_USERDATA_TERMINATE_SESSION'],
  [0xe2, 'TRANS_USERDATA_REQ_INTEGRITY_CHECK'],
  [0xe3, 'TRANS_USERDATA_INTEGRITY_CHECK'],
  [0xe4, 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE'],
]);

/** The names of a listed packet and of everything listed inside it. */
function namesIn(listed: Listed): string[] {
  return [listed.packet, ...listed.items.flatMap((item) => ('items' in item ? namesIn(item) : []))];
}

const nameOf = (bytes: Uint8Array): string => decodeTransport(bytes).name;

describe('the packet set', () => {
  test('one specimen of each packet reaches the decoder of its own name [2.2.3-05]', () => {
    const specimens = goodSpecimens(20_260, 1);
    for (const name of [...ON_SERIAL, ...TYPES.values()]) {
      const specimen = specimens.find(({ what }) => what === name);
      expect(specimen, name).toBeDefined();
      expect(namesIn(listSerialFrame(specimen!.bytes))).toContain(name);
    }
    const pathTest = encodeSessionPacket({ name: 'SESS_PATH_TEST', wMsgID: 1, Key: new Uint8Array(8) });
    expect(listDatagram(pathTest).packet).toBe('SESS_PATH_TEST');
  });

  test('a type of user data that the table does not hold reaches none [2.2.3-05]', () => {
    const bytes = new Uint8Array(512);
    for (let type = 0; type <= 0x1ff; type++) {
      bytes[0] = type;
      bytes[1] = type >>> 8;
      const packet = decodePayload(bytes);
      const name = isMalformed(packet) ? packet.packet : packet.name;
      expect(name, type.toString(16)).toBe(TYPES.get(type) ?? 'session message');
    }
    // The three bytes behind the first count too (BYT-1).
    for (const at of [1, 2, 3]) {
      const wrong = new Uint8Array(512);
      wrong[0] = 0xc3;
      wrong[at] = 1;
      expect(isMalformed(decodePayload(wrong))).toBe(true);
    }
  });
});

describe('what tells packets apart', () => {
  test('a first byte that is not zero belongs to the connection, as command, acknowledgment or user data [2.2.3-02]', () => {
    const size = (first: number, second = 0) => {
      const bytes = new Uint8Array(20);
      bytes[0] = first;
      bytes[1] = second;
      return bytes;
    };
    expect(nameOf(size(0x80, 0x01))).toBe('TRANS_COMMAND_CONNECT');
    expect(nameOf(size(0x88, 0x06))).toBe('TRANS_COMMAND_SACK');
    expect(nameOf(size(0x3f))).toBe('TRANS_USERDATA_HEADER');
    for (const bytes of [size(0x80, 0x01), size(0x88, 0x06), size(0x3f), size(0xff)]) {
      expect(listDatagram(bytes).packet).toBe(nameOf(bytes));
    }
    for (let first = 1; first <= 0xff; first++) {
      expect(listDatagram(size(first)).packet).not.toBe('EnumQuery');
      if ((first & 1) !== 0) expect(nameOf(size(first))).toBe('TRANS_USERDATA_HEADER');
    }
    expect(nameOf(size(0x00, 0x02))).toBe('malformed');
  });

  test('command, extended operation code and flags together say what a packet is for [2.2.3-03]', () => {
    const command = (code: number) => nameOf(Uint8Array.from([0x88, code, ...new Array(14).fill(0)]));
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(command)).toEqual([
      'malformed',
      'TRANS_COMMAND_CONNECT',
      'TRANS_COMMAND_CONNECT_ACCEPT',
      'malformed',
      'HARD_DISCONNECT',
      'malformed',
      'TRANS_COMMAND_SACK',
      'malformed',
    ]);
    const frame = (bCommand: number, bControl: number, payload: Uint8Array): DataPacket => ({
      name: 'TRANS_USERDATA_HEADER',
      bCommand,
      bControl,
      bSeq: 0,
      bNRcv: 0,
      payload,
    });
    const none = new Uint8Array(0);
    const chat = new Uint8Array(402);
    chat[0] = 1;
    expect(frameContent(frame(0x3f, 0x08, none))).toBe('endOfStream');
    expect(frameContent(frame(0x3f, 0x02, none))).toBe('keepAlive');
    expect(frameContent(frame(0x7f, 0x04, new Uint8Array(8)))).toBe('coalesced');
    expect(frameContent(frame(0x7f, 0x00, new Uint8Array(8)))).toBe('session');
    expect(frameContent(frame(0x3d, 0x00, chat))).toBe('chat');
    expect(frameContent(frame(0x1f, 0x00, chat))).toBe('plain');
  });
});

describe('on a serial link', () => {
  test('DESTROY_PLAYER is 8 bytes of _MESSAGE_HEADER, 4 of TRANS_USERDATA_HEADER, and its own 20 [2.2.2-04]', () => {
    const payload = encodePayload({
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: 0x11223344,
      dwVersion: 9,
      dwDestroyReason: 1,
    });
    const body = encodeTransport({
      name: 'TRANS_USERDATA_HEADER',
      bCommand: 0x7f,
      bControl: 0,
      bSeq: 5,
      bNRcv: 6,
      payload,
    });
    const frame = encodeFrame({ kind: 'transport', identifier: 0, body });
    expect(frame).toHaveLength(8 + 4 + 20);
    expect([...frame.subarray(0, 4)]).toEqual([0xcc, 0x40, 24, 0]);
    expect([...frame.subarray(8, 12)]).toEqual([0x7f, 0, 5, 6]);
    expect([...frame.subarray(12, 24)]).toEqual([0xd1, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, 9, 0, 0, 0]);
  });
});

describe('addresses inside packets', () => {
  /** The URL of the published SEND_SESSION_INFO. */
  const URL_TEXT =
    'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=65.52.239.61;port=2302';

  test('ADD_PLAYER carries a URL with its terminating null, which parses into address and port [2.2.11-17]', () => {
    const bytes = encodePayload({
      name: 'TRANS_USERDATA_ADD_PLAYER',
      dpnid: 1,
      dpnidOwner: 0,
      dwFlags: 0x100,
      dwVersion: 4,
      dwDNETClientVersion: 7,
      url: URL_TEXT,
    });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [offset, size] = [view.getUint32(44, true), view.getUint32(48, true)];
    expect(size).toBe(URL_TEXT.length + 1);
    const text = String.fromCharCode(...bytes.subarray(4 + offset, 4 + offset + size));
    expect(text).toBe(`${URL_TEXT}\0`);
    const packet = decodePayload(bytes);
    if (packet.name !== 'TRANS_USERDATA_ADD_PLAYER') throw new Error(packet.name);
    const address = parseAddress(packet.url ?? '');
    if (address.name !== 'address') throw new Error('no address');
    expect(address.values.hostname).toBe('65.52.239.61');
    expect(address.values.port).toBe(2302);
  });
});
