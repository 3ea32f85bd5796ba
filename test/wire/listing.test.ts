/** Listings: what people read of a frame, damage included. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listDatagram, listMessage, listSerialFrame } from '../../src/wire/listing.ts';
import { listingText } from '../../src/wire/listing-text.ts';
import { bytesOf } from './hex.ts';

const derived: Record<string, string> = JSON.parse(
  readFileSync(new URL('../vectors/serial-frames-derived.json', import.meta.url), 'utf8'),
).frames;

function frame(name: string): Uint8Array {
  return bytesOf(derived[name]!);
}

describe('listings', () => {
  it('show a good frame field by field, flags by name', () => {
    expect(listingText(listSerialFrame(frame('serial:dpl8r-4-7-sack')))).toEqual([
      '_MESSAGE_HEADER, 20 bytes (2.2.2)',
      '  0000  Signature                  0xcc (204)',
      '  0001  MessageType                0x40 (64)',
      '  0002  wMessageSize               0x000c (12)',
      '  0004  wMessageCRC                0xd0f7 (53495)',
      '  0006  wHeaderCRC                 0xff54 (65364)',
      '  message: TRANS_COMMAND_SACK, 12 bytes (2.2.9)',
      '    0008  bCommand                   0x80 (128)  CFRAME',
      '    0009  bExtOpCode                 0x06',
      '    000a  bFlags                     0x01  RESPONSE',
      '    000b  bRetry                     0x00',
      '    000c  bNSeq                      0x03',
      '    000d  bNRcv                      0x06',
      '    000e  wPadding                   0x0000',
      '    0010  tTimestamp                 0x00115d07 (1137927)',
    ]);
  });

  it.each(Object.keys(derived))('find nothing wrong with %s', (name) => {
    expect(listingText(listSerialFrame(frame(name))).join('\n')).not.toContain('!!');
  });

  it('mark a damaged header and list no further', () => {
    const bytes = frame('serial:dpl8r-4-7-sack');
    bytes[2] = 0xff;
    const lines = listingText(listSerialFrame(bytes));
    expect(lines.at(-1)).toMatch(/^ {2}0006 {2}!! wHeaderCRC is 0xff54, computed 0x/);
    expect(lines.join('\n')).not.toContain('bCommand');
  });

  it('mark a damaged body and list it all the same', () => {
    const bytes = frame('serial:dpl8r-4-7-sack');
    bytes[13] = 0x07;
    const text = listingText(listSerialFrame(bytes)).join('\n');
    expect(text).toContain('!! wMessageCRC');
    expect(text).toMatch(/bNRcv +0x07/);
  });

  it('list a truncated packet as far as it goes', () => {
    const body = frame('serial:dpl8r-4-1-connect').subarray(8, 21);
    const lines = listingText(listMessage({ kind: 'transport', identifier: 0, body }));
    expect(lines.at(-2)).toMatch(/dwSessID +0x79c9aec6/);
    expect(lines.at(-1)).toBe('  000c  !! tTimestamp needs 4 bytes, 1 remain');
  });

  it('look into session messages, coalesced ones and keep-alives', () => {
    const coalesced = '7f 04 00 00 04 40 04 41 c3 00 00 00 ce 00 00 00';
    expect(listingText(listDatagram(bytesOf(coalesced))).join('\n')).toMatch(
      /payload\[0\]: TRANS_USERDATA_ACK_SESSION_INFO[\s\S]*payload\[1\]: TRANS_USERDATA_HOST_MIGRATE_COMPLETE/,
    );
    expect(listDatagram(bytesOf('3f 02 00 00 c6 ae c9 79')).items.at(-1)).toMatchObject({
      packet: 'TRANS_USERDATA_KEEPALIVE',
      field: 'payload',
    });
    expect(listDatagram(bytesOf('3f 08 00 00'))).toMatchObject({ packet: 'TRANS_USERDATA_END_OF_STREAM' });
    expect(listDatagram(bytesOf('00 02 34 12 02'))).toMatchObject({ packet: 'EnumQuery', section: '2.2.4' });
  });

  it('never let control characters reach a terminal', () => {
    const name = [...'\u001b[2J\u0007\ud800x'].flatMap((c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]);
    const body = Uint8Array.of(...new Uint8Array(88), ...name, 0, 0);
    const view = new DataView(body.buffer);
    view.setUint32(24, 88, true);
    view.setUint32(28, name.length + 2, true);
    const text = listingText(listMessage({ kind: 'enumerationResponse', identifier: 0, body })).join('\n');
    expect(text).toContain('\ufffd[2J\ufffd\ufffdx');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  it('of a data frame that is not whole show its payload as bytes', () => {
    expect(listDatagram(bytesOf('4f 00 00 00 c3 00 00 00')).items.at(-1)).toMatchObject({
      field: 'payload',
      value: 'c3000000',
    });
  });
});
