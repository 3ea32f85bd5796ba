import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crc16 } from '../../src/base/crc16.ts';
import { InvariantError } from '../../src/base/failure.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { deframed, isFrame } from './frames.ts';

const VECTORS: Record<string, string> = JSON.parse(
  readFileSync(new URL('../vectors/serial-frames-derived.json', import.meta.url), 'utf8'),
).frames;

const CONNECT = Buffer.from('8801000006000100c6aec9799d366723', 'hex');

test('[2.2.2-01, 2.2.2-02, 2.2.2-05, 2.2.2-08, 2.2.2-14, 2.1-04, 1.5-01] a CONNECT stands whole behind eight header bytes', () => {
  const frame = encodeFrame({ kind: 'transport', identifier: 0, body: CONNECT });
  expect(Buffer.from(frame).toString('hex')).toBe(VECTORS['serial:dpl8r-4-1-connect']);
  expect(frame[0]).toBe(0xcc);
  expect(frame[1]! & 0xf0).toBe(0x40);
  expect(frame[2]! | (frame[3]! << 8)).toBe(CONNECT.length);
  expect(Buffer.from(frame.subarray(8))).toEqual(CONNECT);
});

test('[2.2.2-15, 2.2.2-16] the CRC over the first six header bytes and the one over the message are stored little-endian', () => {
  const body = Uint8Array.from([0x3f, 0x02, 0, 0, 0xc6, 0xae, 0xc9, 0x79]);
  const frame = encodeFrame({ kind: 'transport', identifier: 0, body });
  expect(frame[4]! | (frame[5]! << 8)).toBe(crc16(body));
  expect(frame[6]! | (frame[7]! << 8)).toBe(crc16(frame, 0, 6));
  // With its own CRC behind it, a code word of this CRC gives 0 (SER-1).
  expect(crc16(frame, 0, 8)).toBe(0);
});

test('[2.2.2-07, 2.2.2-10] an enumeration query and its response carry the identifier in the two low bits', () => {
  const body = Uint8Array.of(1);
  expect(encodeFrame({ kind: 'enumerationQuery', identifier: 2, body })[1]).toBe(0x62);
  expect(encodeFrame({ kind: 'enumerationResponse', identifier: 2, body })[1]).toBe(0x22);
});

test.each(Object.entries(VECTORS))('%s is read and made again byte for byte', (_, hex) => {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  const [event, ...more] = deframed([bytes]);
  expect(more).toEqual([]);
  if (!event || !isFrame(event)) throw new Error('no frame');
  expect(Buffer.from(encodeFrame(event.message)).toString('hex')).toBe(hex);
});

test('a path test has no place on a serial line', () => {
  expect(() => encodeFrame({ kind: 'pathTest', identifier: 0, body: new Uint8Array(8) })).toThrow(
    InvariantError,
  );
});

test('a message without a byte, with too many, or with an impossible identifier is our own fault', () => {
  const make = (size: number, identifier: number) => () =>
    encodeFrame({ kind: 'transport', identifier, body: new Uint8Array(size) });
  expect(make(0, 0)).toThrow(InvariantError);
  expect(make(65_536, 0)).toThrow(InvariantError);
  expect(make(1, 4)).toThrow(InvariantError);
  expect(make(65_535, 3)).not.toThrow();
});
