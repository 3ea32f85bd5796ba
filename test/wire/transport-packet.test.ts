/** Transport packets: published bytes, the layouts of 2.2.7 to 2.2.9, 2.2.16, 2.2.17, 2.2.22, and the dispatch of BYT-3. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoder } from '../../src/wire/decode.ts';
import { encoder } from '../../src/wire/encode.ts';
import { decodeKeepAlive, encodeKeepAlive } from '../../src/wire/session-payload.ts';
import { TRANS_USERDATA_END_OF_STREAM } from '../../src/wire/transport-layout.ts';
import {
  type DataPacket,
  decodeTransport,
  encodeTransport,
  type SackPacket,
} from '../../src/wire/transport-packet.ts';
import { bytesOf, hexOf } from './hex.ts';

const CONNECT = {
  name: 'TRANS_COMMAND_CONNECT',
  bCommand: 0x88,
  bMsgID: 5,
  dwCurrentProtocolVersion: 0x00010004,
  dwSessID: 0x11223344,
  tTimestamp: 0x55667788,
} as const;
const ACCEPT = { ...CONNECT, name: 'TRANS_COMMAND_CONNECT_ACCEPT', bRspId: 9 } as const;
const SACK: SackPacket = {
  name: 'TRANS_COMMAND_SACK',
  bCommand: 0x80,
  bRetry: 1,
  bNSeq: 3,
  bNRcv: 6,
  tTimestamp: 0x01020304,
};
const DATA: DataPacket = {
  name: 'TRANS_USERDATA_HEADER',
  bCommand: 0x3f,
  bControl: 0,
  bSeq: 7,
  bNRcv: 8,
  payload: bytesOf('aa bb cc'),
};

function vector(name: string): Uint8Array {
  return bytesOf(readFileSync(new URL(`../vectors/${name}.hex`, import.meta.url), 'utf8'));
}

describe('published examples', () => {
  it.each([
    ['dpl8r-4-1-connect', { name: 'TRANS_COMMAND_CONNECT', bCommand: 0x88, dwSessID: 0x79c9aec6 }],
    ['dpl8r-4-2-connected-listener', { name: 'TRANS_COMMAND_CONNECT_ACCEPT', bCommand: 0x88, bRspId: 0 }],
    ['dpl8r-4-3-connected-connector', { name: 'TRANS_COMMAND_CONNECT_ACCEPT', bCommand: 0x80, bMsgID: 1 }],
    ['dpl8r-4-4-keepalive-connector', { name: 'TRANS_USERDATA_HEADER', bControl: 0x02, bSeq: 0, bNRcv: 0 }],
    ['dpl8r-4-5-keepalive-listener', { name: 'TRANS_USERDATA_HEADER', bControl: 0x02, bSeq: 0, bNRcv: 0 }],
    ['dpl8r-4-6-dframe-abcde', { name: 'TRANS_USERDATA_HEADER', bCommand: 0x3d, bSeq: 5, bNRcv: 3 }],
    ['dpl8r-4-7-sack', { name: 'TRANS_COMMAND_SACK', bRetry: 0, bNSeq: 3, bNRcv: 6 }],
  ])('%s has its published meaning and encodes to its published bytes', (name, meaning) => {
    const bytes = vector(name);
    const packet = decodeTransport(bytes);
    expect(packet).toMatchObject(meaning);
    if (packet.name !== 'malformed') expect(encodeTransport(packet)).toEqual(bytes);
  });
});

describe('command frames', () => {
  it('a CONNECT is 16 bytes in the order of its figure, words little-endian [2.2.7-01, 2.2.7-06, 2.2.7-10, 2.2.7-12]', () => {
    expect(hexOf(encodeTransport(CONNECT))).toBe('88 01 05 00 04 00 01 00 44 33 22 11 88 77 66 55');
  });

  it('a CONNECT with any other bCommand is not ours [2.2.7-05]', () => {
    for (const first of [0x90, 0x82, 0xc0, 0x98, 0x84]) {
      const bytes = encodeTransport(CONNECT);
      bytes[0] = first;
      expect(decodeTransport(bytes)).toMatchObject({ name: 'malformed', field: 'bCommand', offset: 0 });
    }
  });

  it('bRspId of a CONNECT is disregarded on receipt [2.2.7-11]', () => {
    const bytes = encodeTransport(CONNECT);
    bytes[3] = 0x7f;
    expect(decodeTransport(bytes)).toEqual(CONNECT);
  });

  it('an accept is 16 bytes in the order of its figure [2.2.8-01, 2.2.8-06, 2.2.8-10]', () => {
    expect(hexOf(encodeTransport(ACCEPT))).toBe('88 02 05 09 04 00 01 00 44 33 22 11 88 77 66 55');
    expect(decodeTransport(encodeTransport(ACCEPT))).toEqual(ACCEPT);
  });

  it('an accept with any other bCommand is not ours [2.2.8-05]', () => {
    const bytes = encodeTransport(ACCEPT);
    bytes[0] = 0x98;
    expect(decodeTransport(bytes)).toMatchObject({ name: 'malformed', field: 'bCommand' });
  });

  it('a HARD_DISCONNECT is laid out like a CONNECT, without POLL and with operation 4', () => {
    const packet = { ...CONNECT, name: 'HARD_DISCONNECT' } as const;
    const { bCommand: _, ...record } = packet;
    expect(hexOf(encodeTransport(record))).toBe('80 04 05 00 04 00 01 00 44 33 22 11 88 77 66 55');
  });

  it('a signed accept and unknown operations are disregarded', () => {
    for (const operation of [0x00, 0x03, 0x05, 0x07, 0xff]) {
      const bytes = encodeTransport(CONNECT);
      bytes[1] = operation;
      expect(decodeTransport(bytes)).toMatchObject({ name: 'malformed', field: 'bExtOpCode', offset: 1 });
    }
  });

  it('a CONNECT cut short is malformed where it ends', () => {
    const cut = encodeTransport(CONNECT).subarray(0, 14);
    expect(decodeTransport(cut)).toMatchObject({
      packet: 'TRANS_COMMAND_CONNECT',
      field: 'tTimestamp',
      offset: 12,
    });
  });
});

describe('SACK', () => {
  it('is 12 bytes without masks and 4 more with each, in fixed order [2.2.9-05, 2.2.9-10, 2.2.9-25]', () => {
    expect(hexOf(encodeTransport(SACK))).toBe('80 06 01 01 03 06 00 00 04 03 02 01');
    const full = { ...SACK, dwSACKMask1: 1, dwSACKMask2: 2, dwSendMask1: 3, dwSendMask2: 4 };
    expect(hexOf(encodeTransport(full))).toBe(
      '80 06 1f 01 03 06 00 00 04 03 02 01 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00',
    );
  });

  it.each([
    ['dwSACKMask1', 0x02],
    ['dwSACKMask2', 0x04],
    ['dwSendMask1', 0x08],
    ['dwSendMask2', 0x10],
  ])(
    '%s is little-endian, directly behind tTimestamp when alone, exactly when bFlags has its bit [2.2.9-13, 2.2.9-14, 2.2.9-15, 2.2.9-16, 2.2.9-30, 2.2.9-31, 2.2.9-32, 2.2.9-33]',
    (mask, flag) => {
      const packet = { ...SACK, [mask]: 0x80000001 };
      const bytes = encodeTransport(packet);
      expect(bytes[2]).toBe(0x01 | flag);
      expect(hexOf(bytes.subarray(12))).toBe('01 00 00 80');
      expect(decodeTransport(bytes)).toEqual(packet);
      bytes[2] = 0x01;
      expect(decodeTransport(bytes)).toEqual(SACK);
    },
  );

  it('with a mask flag whose word is missing is malformed [2.2.9-17]', () => {
    for (const flag of [0x02, 0x04, 0x08, 0x10]) {
      const bytes = encodeTransport(SACK);
      bytes[2] = 0x01 | flag;
      expect(decodeTransport(bytes)).toMatchObject({
        name: 'malformed',
        packet: 'TRANS_COMMAND_SACK',
        offset: 12,
      });
    }
  });

  it('says nothing of retries unless RESPONSE is set [2.2.9-12, 2.2.9-18]', () => {
    const bytes = encodeTransport({ ...SACK, dwSACKMask1: 1 });
    bytes[3] = 0xff;
    expect(decodeTransport(bytes)).toHaveProperty('bRetry', 0xff);
    bytes[2] = 0x02;
    expect(decodeTransport(bytes)).not.toHaveProperty('bRetry');
  });

  it('may have any padding and any undefined flag bits [2.2.9-26]', () => {
    const bytes = encodeTransport(SACK);
    bytes.set([0xff, 0xff], 6);
    bytes[2] = 0xe1;
    expect(decodeTransport(bytes)).toEqual(SACK);
  });

  it('with POLL reads like one without [2.2.9-08]', () => {
    expect(decodeTransport(encodeTransport({ ...SACK, bCommand: 0x88 }))).toEqual({
      ...SACK,
      bCommand: 0x88,
    });
  });

  it('with any other bCommand is not ours [2.2.9-09]', () => {
    for (const first of [0xc0, 0xa0, 0x90, 0x84, 0x82, 0x08, 0x40]) {
      const bytes = encodeTransport(SACK);
      bytes[0] = first;
      expect(decodeTransport(bytes)).toMatchObject({ name: 'malformed', field: 'bCommand' });
    }
  });
});

describe('data frames', () => {
  it('begin with four bytes, then the masks in fixed order, then the payload to the end [2.2.17-01, 2.2.17-32]', () => {
    expect(hexOf(encodeTransport(DATA))).toBe('3f 00 07 08 aa bb cc');
    const full = { ...DATA, dwSACKMask1: 1, dwSACKMask2: 2, dwSendMask1: 3, dwSendMask2: 4 };
    expect(hexOf(encodeTransport(full))).toBe(
      '3f f0 07 08 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00 aa bb cc',
    );
    const frame = new Uint8Array(30).fill(1);
    frame[1] = 0;
    expect((decodeTransport(frame) as DataPacket).payload.length).toBe(26);
  });

  it.each([
    ['dwSACKMask1', 0x10],
    ['dwSACKMask2', 0x20],
    ['dwSendMask1', 0x40],
    ['dwSendMask2', 0x80],
  ])(
    '%s makes the header 4 bytes longer, follows bNRcv when alone and is little-endian [2.2.17-20, 2.2.17-21, 2.2.17-22, 2.2.17-23, 2.2.17-28, 2.2.17-29, 2.2.17-30, 2.2.17-31]',
    (mask, bit) => {
      const packet = { ...DATA, [mask]: 1 };
      expect(hexOf(encodeTransport(packet))).toBe(`3f ${bit.toString(16)} 07 08 01 00 00 00 aa bb cc`);
      expect(decodeTransport(encodeTransport(packet))).toEqual(packet);
    },
  );

  it('with 0xF0 in bControl have their payload at 20 [2.2.17-24]', () => {
    const bytes = new Uint8Array(22);
    bytes.set([0x01, 0xf0]);
    expect((decodeTransport(bytes) as DataPacket).payload.byteOffset).toBe(20);
  });

  it('lacking a mask word that bControl promises are malformed [3.1.5.9-05]', () => {
    for (const bit of [0x10, 0x20, 0x40, 0x80]) {
      const result = decodeTransport(Uint8Array.of(0x3f, bit, 0, 0, 1, 2, 3));
      expect(result).toMatchObject({ name: 'malformed', packet: 'TRANS_USERDATA_HEADER', offset: 4 });
    }
  });

  it('are told from command frames by bit 0x01 alone, USER_2 set or not [2.2.17-04, 2.2.17-12]', () => {
    expect(decodeTransport(bytesOf('81 06 00 00'))).toMatchObject({
      name: 'TRANS_USERDATA_HEADER',
      bCommand: 0x81,
    });
    expect(decodeTransport(bytesOf('89 01 00 00 06 00 01 00 c6 ae c9 79 9d 36 67 23')).name).toBe(
      'TRANS_USERDATA_HEADER',
    );
  });

  it('keep every combination of flags [2.2.17-25]', () => {
    const packet = { ...DATA, bCommand: 0x7f, bControl: 0x01, dwSACKMask1: 1, dwSACKMask2: 2 };
    const bytes = encodeTransport(packet);
    expect(hexOf(bytes.subarray(0, 2))).toBe('7f 31');
    expect(decodeTransport(bytes)).toEqual(packet);
  });

  it('carry a payload that is a view, not a copy', () => {
    const bytes = encodeTransport(DATA);
    expect((decodeTransport(bytes) as DataPacket).payload.buffer).toBe(bytes.buffer);
  });

  it('never come from anything shorter than 4 bytes, a zero byte, or nothing', () => {
    for (const text of ['', '3f', '3f 00 00', '00 02 00 00 02', '80 06 01 00']) {
      expect(decodeTransport(bytesOf(text)).name).toBe('malformed');
    }
  });
});

describe('frames without a message', () => {
  it('END_OF_STREAM is four bytes with 0x08 in bControl, in any combination of bCommand [2.2.16-01, 2.2.16-03, 2.2.16-07]', () => {
    const encode = encoder(TRANS_USERDATA_END_OF_STREAM);
    const decode = decoder(TRANS_USERDATA_END_OF_STREAM);
    const record = {
      name: 'TRANS_USERDATA_END_OF_STREAM',
      bCommand: 0x3f,
      bControl: 0,
      bSeq: 1,
      bNRcv: 2,
    } as const;
    expect(hexOf(encode(record))).toBe('3f 08 01 02');
    for (let bCommand = 1; bCommand < 256; bCommand += 2) {
      expect(decode(Uint8Array.of(bCommand, 0x09, 1, 2))).toMatchObject({ bCommand, bControl: 0x09 });
    }
    expect(decode(bytesOf('3f 01 01 02'))).toMatchObject({ name: 'malformed', field: 'bControl' });
  });

  it('a keep-alive is a header with dwSessID or with nothing behind [2.2.22-01]', () => {
    const empty = encodeKeepAlive({ name: 'TRANS_USERDATA_KEEPALIVE' });
    expect(hexOf(encodeTransport({ ...DATA, bControl: 0x02, payload: empty }))).toBe('3f 02 07 08');
    const named = encodeKeepAlive({ name: 'TRANS_USERDATA_KEEPALIVE', dwSessID: 0x79c9aec6 });
    expect(hexOf(encodeTransport({ ...DATA, bControl: 0x02, payload: named }))).toBe(
      '3f 02 07 08 c6 ae c9 79',
    );
    expect(decodeKeepAlive(named)).toHaveProperty('dwSessID', 0x79c9aec6);
    expect(decodeKeepAlive(empty)).not.toHaveProperty('dwSessID');
  });
});
