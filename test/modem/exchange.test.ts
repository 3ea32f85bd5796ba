/** Calls through the exchange, in virtual time: every outcome, what is heard when, data, drops. */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { CALL_OUTCOMES, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { Desk } from './desk.ts';

const BYTES = new Random('data').fill(new Uint8Array(3_000));

describe('a call', () => {
  test('is dialled, rings, is answered by hand and connects at the port rate', () => {
    const desk = new Desk();
    desk.type(0, 'ATDT200\r');
    expect(desk.until(1, /\r\nRING\r\n/)).toBeCloseTo(0.3 + 0.2 + 3 * 0.19 + 1, 1);
    expect(desk.until(1, /\r\nRING\r\n/)).toBeCloseTo(6, 1);
    desk.type(1, 'ATA\r');
    expect(desk.until(1, /\r\nCONNECT 115200\r\n/)).toBeCloseTo(14, 1);
    expect(desk.heard(0)).toBe('ATDT200\r\r\nCONNECT 115200\r\n');
    expect(desk.story()).toEqual(['offHook', 'dialled', 'ringing', 'ringing', 'answered', 'connected']);
  });

  test('carries bytes both ways and ends for both when one hangs up', () => {
    const desk = new Desk();
    desk.connect();
    desk.type(0, BYTES);
    desk.type(1, BYTES);
    desk.wait(2_000);
    expect(desk.heardBytes(1).equals(BYTES)).toBe(true);
    expect(desk.heardBytes(0).equals(BYTES)).toBe(true);
    desk.wait(1_000);
    desk.type(0, '+++');
    desk.wait(1_100);
    expect(desk.heard(0)).toBe('\r\nOK\r\n');
    expect(desk.ask(0, 'ATH')).toBe('OK');
    expect(desk.heard(1)).toBe('+++\r\nNO CARRIER\r\n');
    expect(desk.exchange.outputs(1).dcd).toBe(false);
    expect(desk.events.at(-1)).toMatchObject({ modem: '200', event: { type: 'result', text: 'NO CARRIER' } });
    const cleared = desk.events.find((each) => each.event.type === 'cleared');
    expect(cleared?.event).toMatchObject({ by: 'caller', passed: [{ bytes: 3_003 }, { bytes: 3_000 }] });
  });

  test('can be made again and again, either way', () => {
    const desk = new Desk({ timings: QUICK_TIMINGS });
    for (let calls = 0; calls < 20; calls++) {
      const from = calls % 2;
      expect(desk.ask(1 - from, 'ATS0=2')).toBe('OK');
      expect(desk.ask(from, 'ATS0=0')).toBe('OK');
      desk.type(from, `ATDT${from === 0 ? 200 : 100}\r`);
      desk.until(from, /CONNECT/);
      desk.wait(1_000);
      desk.type(from, '+++');
      desk.wait(1_001);
      expect(desk.ask(from, 'ATH').endsWith('OK')).toBe(true);
      expect(desk.heard(1 - from)).toContain('NO CARRIER');
    }
    expect(desk.exchange.deadline).toBeUndefined();
  });
});

describe('what becomes of an attempt', () => {
  test.each([
    ['a number that nobody has', 'ATDT9', {}, 'NO CARRIER', 50],
    ['busy', 'ATDT9', { numbers: { 9: 'busy' } }, 'BUSY', 1],
    ['busy, not listened for', 'ATX2DT9', { numbers: { 9: 'busy' } }, 'NO CARRIER', 50],
    ['busy, and no level at all', 'ATX0DT9', { numbers: { 9: 'busy' } }, 'NO CARRIER', 52],
    ['rejected', 'ATDT9', { numbers: { 9: 'reject' } }, 'BUSY', 13],
    ['no answer', 'ATS7=20DT9', { numbers: { 9: 'no-answer' } }, 'NO CARRIER', 20],
    ['no answer, told apart', 'ATX5S7=20DT9', { numbers: { 9: 'no-answer' } }, 'NO ANSWER', 20],
    ['no answer, with @', 'ATS7=20DT9@', { numbers: { 9: 'no-answer' } }, 'NO ANSWER', 20],
    ['a person', 'ATX5DT9', { numbers: { 9: 'voice' } }, 'VOICE', 13],
    ['a fax', 'ATX5DT9', { numbers: { 9: 'fax' } }, 'FAX', 13],
    ['a fax, not told apart', 'ATDT9', { numbers: { 9: 'fax' } }, 'NO CARRIER', 50],
    ['itself', 'ATDT100', {}, 'BUSY', 1],
    ['no dial tone', 'ATDT9', { outcomes: [{ call: 1, outcome: 'no-dial-tone' }] }, 'NO DIALTONE', 5],
    [
      'no dial tone, blind',
      'ATX3DT9',
      { outcomes: [{ call: 1, outcome: 'no-dial-tone' }] },
      'NO CARRIER',
      52,
    ],
    ['a line in use', 'ATX5DT9', { outcomes: [{ call: 1, outcome: 'line-in-use' }] }, 'LINE IN USE', 0],
    [
      'a line in use, not told apart',
      'ATDT9',
      { outcomes: [{ call: 1, outcome: 'line-in-use' }] },
      'NO DIALTONE',
      5,
    ],
    [
      'a line without tone for a while',
      'ATDT9',
      { troubles: [{ number: '100', at: 0, for: 9 * SECOND, kind: 'no-dial-tone' }] },
      'NO DIALTONE',
      5,
    ],
  ] as const)('%s: %s', (_name, line, options, result, seconds) => {
    const desk = new Desk(options);
    desk.type(0, `${line}\r`);
    const took = desk.until(0, new RegExp(`\r\n${result}\r\n`));
    expect(Math.abs(took - seconds)).toBeLessThan(1.5);
    // And the line is free again.
    expect(desk.ask(0, 'AT')).toBe('OK');
    desk.wait(10_000);
    expect(desk.exchange.deadline).toBeUndefined();
  });

  test('RINGING is said at each ring where it is asked for', () => {
    const desk = new Desk();
    desk.type(0, 'ATX5DT200\r');
    desk.wait(15_000);
    expect(desk.heard(0).match(/RINGING/g)).toHaveLength(3);
  });

  test('training that fails is NO CARRIER for both', () => {
    const desk = new Desk({ outcomes: [{ call: 1, outcome: 'no-carrier' }], timings: QUICK_TIMINGS });
    desk.type(1, 'ATS0=1\r');
    desk.type(0, 'ATDT200\r');
    desk.until(0, /NO CARRIER/);
    expect(desk.heard(1)).toContain('NO CARRIER');
  });

  test('chance gives each outcome its share, and the same for the same seed', () => {
    const chances = Object.fromEntries(CALL_OUTCOMES.map((outcome) => [outcome, 0.1]));
    const results = (seed: string): string[] => {
      const desk = new Desk({ chances, timings: QUICK_TIMINGS, random: new Random(seed) });
      desk.type(1, 'ATS0=1\r');
      desk.type(0, 'ATX5S7=3\r');
      desk.wait(1);
      return Array.from({ length: 60 }, () => {
        desk.heard(0);
        desk.type(0, 'ATDT200\r');
        desk.wait(20_000);
        const result = desk
          .heard(0)
          .trim()
          .split(/[\r\n]+/)
          .at(-1)!;
        if (result.startsWith('CONNECT')) {
          desk.type(0, '+++');
          desk.wait(1_100);
          desk.type(0, 'ATH\r');
          desk.wait(100);
        }
        return result;
      });
    };
    const first = results('a');
    expect(new Set(first)).toEqual(
      new Set(
        [
          'NO DIALTONE',
          'LINE IN USE',
          'BUSY',
          'NO ANSWER',
          'VOICE',
          'FAX',
          'NO CARRIER',
          'CONNECT 115200',
        ].filter((each) => first.includes(each)),
      ),
    );
    expect(new Set(first).size).toBeGreaterThanOrEqual(7);
    expect(results('a')).toEqual(first);
    expect(results('b')).not.toEqual(first);
  });

  test('a character while dialling, ringing or training ends the attempt', () => {
    for (const seconds of [0.2, 1, 5, 15]) {
      const desk = new Desk();
      desk.type(1, 'ATS0=1\r');
      desk.type(0, 'ATDT200\r\n');
      desk.wait(seconds * 1_000);
      desk.heard(0);
      desk.type(0, 'x');
      expect(desk.heard(0)).toBe('\r\nNO CARRIER\r\n');
      desk.wait(60_000);
      expect(desk.ask(0, 'AT')).toBe('OK');
      expect(desk.ask(1, 'AT')).toBe('OK');
    }
  });
});
