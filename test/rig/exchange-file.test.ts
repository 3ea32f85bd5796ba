/** Exchange files: what they mean, and what is said about those that mean nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { exchangeComplaint, exchangeOptions, parseExchange } from '../../src/rig/exchange-file.ts';

const PROVIDED = join(import.meta.dirname, '..', '..', 'exchanges');
const random = new Random('file');
const options = (text: string) => exchangeOptions(parseExchange('x.yaml', text), 2, random);

describe('an exchange file', () => {
  test('may be empty of everything but braces: two plain modems', () => {
    expect(options('{}').modems).toEqual([{ number: '5551001' }, { number: '5551002' }]);
  });

  test('says what becomes of which call', () => {
    const made = options(`
modems: [{ number: "1", rate: 14400, redial: { delay_after: 2, delay: 1m, blacklist_after: 3 } }, { number: "2" }]
line: { rate: 28800, latency: 40ms, error_correction: false }
timings: { ring_every: 3s, training: 1s }
numbers: { "9": busy }
chances: { voice: 0.5 }
caller_id: before-ring
calls:
  - { call: 3, outcome: fax }
  - { at: 30s, carrier: lost, for: 2s }
  - { call: 2, at: 1m, retrain: 4s, rate: 9600 }
  - { at: 0s, noise: 0.001 }
  - { at: 5m, hang_up: caller }
lines: [{ number: "1", at: 1h, line: line-in-use }]
`);
    expect(made).toEqual({
      random,
      modems: [
        { number: '1', rateMax: 14_400, redial: { delayAfter: 2, delay: 60 * SECOND, blacklistAfter: 3 } },
        { number: '2' },
      ],
      line: { rateMax: 28_800, latency: 40_000, errorCorrection: false },
      timings: { ringEvery: 3 * SECOND, training: SECOND },
      numbers: { 9: 'busy' },
      chances: { voice: 0.5 },
      callerId: 'before-ring',
      outcomes: [{ call: 3, outcome: 'fax' }],
      changes: [
        { at: 30 * SECOND, for: 2 * SECOND, kind: 'carrierLost' },
        { call: 2, at: 60 * SECOND, for: 4 * SECOND, rate: 9_600, kind: 'retrain' },
        { at: 0, kind: 'noise', bitErrorRatio: 0.001 },
        { at: 300 * SECOND, kind: 'hangUp', by: 'caller' },
      ],
      troubles: [{ number: '1', at: 3_600 * SECOND, kind: 'line-in-use' }],
    });
  });

  test.each([
    ['modem: []', 'x.yaml:1:1 modem: unknown key'],
    [
      'modems: [{ number: 5551001 }]',
      'expected a telephone number in quotes: digits, * and #, up to 32 of them',
    ],
    ['modems: [{ number: "55-51" }]', 'x.yaml:1:20 modems.0.number: expected a telephone number in quotes'],
    ['modems: [{ number: "1", profile: "DT9" }]', 'only settings, no numbers'],
    ['modems: [{ number: "1", profile: "E0~" }]', 'the modem does not know ~'],
    ['calls: [{ at: 30, carrier: lost }]', 'calls.0'],
    ['calls: [{ call: 1, outcome: bsy }]', 'did you mean busy?'],
    ['chances: { busy: 0.7, fax: 0.7 }', 'expected ratios that come to 1 or less together'],
    ['line: { rate: 100000 }', 'line.rate: expected 33600 or less, got 100000'],
  ])('%s: %s', (text, complaint) => {
    expect(() => options(text)).toThrow(complaint);
  });

  test('with a number twice, or with rings without end, is refused', () => {
    expect(exchangeComplaint(options('modems: [{ number: "1" }, { number: "1" }]'))).toBe(
      'two modems have the number 1',
    );
    expect(exchangeComplaint(options('timings: { ring_every: 1s }'))).toBe(
      'a ring lasts as long as the time to the next',
    );
    expect(exchangeComplaint(options('{}'))).toBeUndefined();
  });

  test('as the page shows it is sound', () => {
    const page = readFileSync(join(PROVIDED, '..', 'docs', 'modem-emulator.md'), 'utf8');
    const shown = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const made = options(shown);
    expect(made.modems[0]?.spelling).toEqual({ 'NO DIALTONE': 'NO DIAL TONE' });
    expect(made.changes).toHaveLength(4);
    expect(exchangeComplaint(made)).toBeUndefined();
  });

  test('provided is sound', () => {
    for (const file of readdirSync(PROVIDED)) {
      const text = readFileSync(join(PROVIDED, file), 'utf8');
      const made = exchangeOptions(parseExchange(file, text), 2, random);
      expect(exchangeComplaint(made), file).toBeUndefined();
      expect(made.modems.length).toBeGreaterThan(1);
    }
  });
});
