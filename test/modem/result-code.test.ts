import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callReport, readConnectReport } from '../../src/modem/connect-report.ts';
import { type ResultCode, type ResultReading, readResult } from '../../src/modem/result-code.ts';
import { ResultReader } from '../../src/modem/result-reader.ts';
import { MAKERS, type Maker, NUMERIC_RESULTS, PLAIN_RESULTS } from '../../src/modem/result-table.ts';

const READING: ResultReading = { maker: 'hayes', extra: { 'LINE BUSY': 'BUSY', 199: 'NO ANSWER' } };

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The lines in `pieces`, and what is left behind the last one that was asked for. */
function linesOf(pieces: readonly Uint8Array[]): string[] {
  const reader = new ResultReader();
  const lines: string[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const { line, next } = reader.take(piece, at);
      if (line !== undefined) lines.push(line);
      at = next;
    }
  }
  return lines;
}

function codes(pieces: readonly Uint8Array[], reading = READING, numeric = false): ResultCode[] {
  return linesOf(pieces).map((line) => readResult(line, reading, numeric));
}

/** Every way in which `text` can come: whole, byte by byte, and split once at every place. */
function everyWay(text: string): Uint8Array[][] {
  const bytes = latin(text);
  const ways = [[bytes], Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))];
  for (let at = 1; at < bytes.length; at++) ways.push([bytes.subarray(0, at), bytes.subarray(at)]);
  return ways;
}

/** Verbose lines with their meanings. */
const VERBOSE: readonly (readonly [string, object])[] = [
  ...Object.entries(PLAIN_RESULTS).map(([text, kind]) => [text, { kind }] as const),
  ['ring', { kind: 'ring' }],
  ['RING 2', { kind: 'ring' }],
  ['RING A', { kind: 'ring' }],
  ['+CRING: VOICE', { kind: 'ring' }],
  ['No Carrier', { kind: 'noCarrier' }],
  ['NO  CARRIER', { kind: 'noCarrier' }],
  ['LINE BUSY', { kind: 'busy' }],
  ['+CME ERROR: 10', { kind: 'error' }],
  ['DELAYED 00:01:30', { kind: 'delayed', seconds: 90 }],
  ['DELAYED 01:00:05', { kind: 'delayed', seconds: 3_605 }],
  ['DELAYED 45', { kind: 'delayed', seconds: 45 }],
  ['DELAYED', { kind: 'delayed', seconds: 0 }],
  ['DATE = 0321', { kind: 'callerId', key: 'date', value: '0321' }],
  ['TIME=1405', { kind: 'callerId', key: 'time', value: '1405' }],
  ['NMBR = 5551234', { kind: 'callerId', key: 'number', value: '5551234' }],
  ['NMBR = P', { kind: 'callerId', key: 'number', value: 'P' }],
  ['NAME = Smith J', { kind: 'callerId', key: 'name', value: 'Smith J' }],
  ['CARRIER 28800', { kind: 'report', key: 'carrier', value: '28800' }],
  ['CARRIER 1200TX/75RX', { kind: 'report', key: 'carrier', value: '1200TX/75RX' }],
  ['PROTOCOL: LAPM', { kind: 'report', key: 'protocol', value: 'LAPM' }],
  ['PROTOCOL:NONE', { kind: 'report', key: 'protocol', value: 'NONE' }],
  ['COMPRESSION: V.42BIS', { kind: 'report', key: 'compression', value: 'V.42BIS' }],
  ['+MCR: V34', { kind: 'report', key: 'modulation', value: 'V34' }],
  ['+MRR: 33600,31200', { kind: 'report', key: 'carrier', value: '33600,31200' }],
  ['+ER: LAPM', { kind: 'report', key: 'protocol', value: 'LAPM' }],
  ['+DR: V42B', { kind: 'report', key: 'compression', value: 'V42B' }],
  ['ATDT5551234', { kind: 'echo' }],
  ['at&f', { kind: 'echo' }],
  ['CONNECTED', { kind: 'text' }],
  ['CONSTRUCTOR: x', { kind: 'text' }],
  ['toString = x', { kind: 'text' }],
  ['OKAY', { kind: 'text' }],
  ['12', { kind: 'text' }],
  ['U.S. Robotics 56K', { kind: 'text' }],
];

/** CONNECT lines with what they report. */
const CONNECTS: readonly (readonly [string, object])[] = [
  ['CONNECT', {}],
  ['CONNECT 2400', { rate: 2_400 }],
  ['CONNECT 115200', { rate: 115_200 }],
  ['CONNECT/ARQ', { protocol: 'ARQ' }],
  ['CONNECT 9600/ARQ', { rate: 9_600, protocol: 'ARQ' }],
  ['CONNECT 14400/ARQ/HST', { rate: 14_400, protocol: 'ARQ', modulation: 'HST' }],
  [
    'CONNECT 33600/ARQ/V34/LAPM/V42BIS',
    { rate: 33_600, protocol: 'LAPM', modulation: 'V34', compression: 'V42BIS' },
  ],
  [
    'CONNECT 28800 V34 LAP-M V42BIS',
    { rate: 28_800, modulation: 'V34', protocol: 'LAP-M', compression: 'V42BIS' },
  ],
  ['CONNECT 9600/REL', { rate: 9_600, protocol: 'REL' }],
  ['CONNECT 2400/REL-MNP5', { rate: 2_400, protocol: 'REL', compression: 'MNP5' }],
  ['CONNECT 19200/LAPM/V.42 BIS', { rate: 19_200, protocol: 'LAPM', compression: 'V.42BIS' }],
  ['CONNECT 28800/NONE', { rate: 28_800, protocol: 'NONE' }],
  ['CONNECT 33600 NoEC', { rate: 33_600, protocol: 'NONE' }],
  ['CONNECT 1200/75', { rate: 1_200, transmitRate: 1_200, receiveRate: 75 }],
  ['CONNECT 75TX/1200RX', { transmitRate: 75, receiveRate: 1_200 }],
  [
    'CONNECT 115200/V34/LAPM/V42BIS/33600:TX/31200:RX',
    { rate: 115_200, transmitRate: 33_600, receiveRate: 31_200, compression: 'V42BIS' },
  ],
  ['CONNECT 50666/V90/V44', { rate: 50_666, modulation: 'V90', compression: 'V44' }],
  ['CONNECT 57600 bps', { rate: 57_600 }],
  ['CONNECT 2400 DSYN', { rate: 2_400, other: ['DSYN'] }],
  ['connect 1200', { rate: 1_200 }],
  ['CONNECT 99999999999', { other: ['99999999999'] }],
];

describe('result codes', () => {
  test.each(VERBOSE)('%s is read whole, byte by byte and split everywhere', (text, meaning) => {
    for (const way of everyWay(`\r\n${text}\r\n`)) {
      expect(codes(way)).toEqual([expect.objectContaining({ text, ...meaning })]);
    }
  });

  test.each(CONNECTS)('%s is read whole, byte by byte and split everywhere', (text, report) => {
    for (const way of everyWay(`\r\n${text}\r\n`)) {
      const [code, ...more] = codes(way);
      expect(more).toEqual([]);
      expect(code).toMatchObject({ kind: 'connect', text });
      expect(code?.kind === 'connect' && code.report).toEqual(expect.objectContaining(report));
    }
  });

  test.each(MAKERS)('the numbers of %s mean what their texts mean, however they come', (maker: Maker) => {
    const reading = { ...READING, maker };
    for (const [number, text] of Object.entries(NUMERIC_RESULTS[maker])) {
      const meaning = readResult(text, reading, false);
      expect(meaning.kind, text).not.toBe('text');
      for (const way of everyWay(`${number}\r`)) {
        expect(codes(way, reading, true)).toEqual([{ ...meaning, text: number }]);
      }
    }
  });

  test('makers differ in their numbers; a number that a maker does not know is text', () => {
    const kind = (maker: Maker, number: string) => readResult(number, { maker, extra: {} }, true);
    expect(kind('usrobotics', '12')).toMatchObject({ kind: 'voice' });
    expect(kind('rockwell', '12')).toMatchObject({ kind: 'connect', report: { rate: 9_600 } });
    expect(kind('rockwell', '58')).toMatchObject({ kind: 'report', value: '28800' });
    expect(kind('hayes', '58')).toMatchObject({ kind: 'text' });
  });

  test('a rig adds codes, as texts and as numbers, and they come before all others', () => {
    expect(readResult(' line  busy ', READING, false).kind).toBe('busy');
    expect(readResult('199', READING, true).kind).toBe('noAnswer');
    expect(readResult('NO ANSWER', { ...READING, extra: { 'no answer': 'BUSY' } }, false).kind).toBe('busy');
  });

  test('echo, line ends of every kind, parity bits and control characters are no obstacle', () => {
    for (const text of ['ATZ\r\r\nOK\r\n', 'ATZ\rOK\r', 'ATZ\nOK\n', '\r\n\r\nATZ\r\n\r\nOK\r\n\r\n']) {
      expect(linesOf([latin(text)])).toEqual(['ATZ', 'OK']);
    }
    expect(linesOf([latin('\r\nOK\r\n').map((byte) => byte | 0x80)])).toEqual(['OK']);
    expect(linesOf([latin('\0O\x07K\x7f\r')])).toEqual(['OK']);
    expect(linesOf([latin('NO CARRO\bIER\r')])).toEqual(['NO CARRIER']);
  });

  test('a line without end is cut and counted, and the next one is whole', () => {
    const reader = new ResultReader();
    reader.take(latin('x'.repeat(10_000)), 0);
    expect(reader.cut).toBe(10_000 - 256);
    expect(reader.take(latin('\r'), 0).line).toHaveLength(256);
    expect(reader.take(latin('OK\r'), 0).line).toBe('OK');
  });

  test('nothing behind the end of a line is touched', () => {
    const reader = new ResultReader();
    const bytes = latin('\r\nCONNECT\r\n\xcc\x80');
    expect(reader.take(bytes, 0)).toEqual({ line: 'CONNECT', next: 10 });
    expect(reader.take(bytes.subarray(0, 10), 0).line).toBe('CONNECT');
  });

  test('no bytes throw, whatever they are (seed 7)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }),
        fc.boolean(),
        (pieces, numeric) => {
          for (const line of linesOf(pieces)) readResult(line, READING, numeric);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('what is known of a call', () => {
  const of = (connect: string, lines = {}, reading: 'dte' | 'dce' | 'auto' = 'auto', baud = 115_200) =>
    callReport(`CONNECT ${connect}`, readConnectReport(connect), lines, reading, baud);

  test('a rate told apart is the line’s, and the number in CONNECT the port’s', () => {
    expect(of('115200', { carrier: '28800' })).toMatchObject({ lineRate: 28_800, portRate: 115_200 });
    expect(of('9600', { carrier: '33600,31200' })).toMatchObject({ lineRate: 31_200, portRate: 9_600 });
    expect(of('115200/33600:TX/31200:RX')).toMatchObject({ lineRate: 31_200, portRate: 115_200 });
  });

  test('without one, the number is told apart by what lines can carry, unless the rig says whose it is', () => {
    expect(of('33600')).toEqual({ text: 'CONNECT 33600', lineRate: 33_600 });
    expect(of('57600')).toEqual({ text: 'CONNECT 57600', portRate: 57_600 });
    expect(of('38400', {}, 'auto', 38_400)).toEqual({ text: 'CONNECT 38400', portRate: 38_400 });
    expect(of('9600', {}, 'dte', 9_600)).toEqual({ text: 'CONNECT 9600', portRate: 9_600 });
    expect(of('64000', {}, 'dce')).toEqual({ text: 'CONNECT 64000', lineRate: 64_000 });
    expect(of('')).toEqual({ text: 'CONNECT ' });
  });

  test('1200/75 tells the line’s two rates, and the slower one is its rate', () => {
    expect(of('1200/75')).toEqual({
      text: 'CONNECT 1200/75',
      lineRate: 75,
      transmitRate: 1_200,
      receiveRate: 75,
    });
  });
});
