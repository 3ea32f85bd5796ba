import { describe, expect, test } from 'vitest';
import { MILLISECOND } from '../../src/base/instant.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';
import {
  ESCAPE_PATTERNS,
  type EscapeFinding,
  type EscapePatternName,
  escapeAdvice,
  escapePatterns,
} from '../../src/modem/escape-safety.ts';
import { Switchboard } from './switchboard.ts';

/** Sends every pattern over a call of its own between emulated modems. */
function probe(dialer: Partial<DialerOptions>): EscapeFinding[] {
  return escapePatterns(50).map(({ name, pieces, silence }) => {
    const board = new Switchboard({ lines: true, dialers: [dialer, {}] });
    board.ready();
    board.dialers[1]!.listen();
    board.dialers[0]!.dial(board.now, '200');
    board.until(0, ['connected']);
    board.run(5_000);
    for (const { silence: before, text } of pieces) {
      board.run(before / MILLISECOND);
      board.send(0, text);
    }
    board.run(silence / MILLISECOND + 3_000);
    const isOnline = board.exchange.modem(0).isOnline && board.dialers[0]!.state === 'online';
    const sent = pieces.map(({ text }) => text).join('');
    // A modem that is back in command state keeps the call, and the next data from it.
    board.send(0, 'more');
    board.run(3_000);
    const arrived = board.data(1) === `${sent}more`;
    return { pattern: name, effect: isOnline && arrived ? 'none' : arrived ? 'lost' : 'commandState' };
  });
}

function ended(findings: readonly EscapeFinding[]): EscapePatternName[] {
  return findings.filter(({ effect }) => effect !== 'none').map(({ pattern }) => pattern);
}

describe('whether data can end a call', () => {
  test('with a guard time only +++ alone on a silent line does', () => {
    const findings = probe({});
    expect(ended(findings)).toEqual(['alone']);
    expect(escapeAdvice('guarded', findings)).toMatchObject({ safe: 'silence' });
  });

  test('with S2=255 nothing does', () => {
    const findings = probe({ escape: 'off' });
    expect(ended(findings)).toEqual([]);
    expect(escapeAdvice('off', findings)).toEqual({
      safe: 'yes',
      text: 'no +++ in the data ended the call',
      settings: [],
    });
  });

  const only = (...patterns: EscapePatternName[]): EscapeFinding[] =>
    ESCAPE_PATTERNS.map((pattern) => ({ pattern, effect: patterns.includes(pattern) ? 'lost' : 'none' }));

  test.each([
    ['inside', 'guarded', 'no', 'ATS12=50', 'keeps no guard time'],
    ['command', 'guarded', 'no', 'ATS2=255', 'time-independent'],
    ['silenceBefore', 'guarded', 'no', 'ATS2=255', 'only before'],
    ['silenceAfter', 'asIs', 'no', 'ATS2=255', 'only after'],
    ['spread', 'guarded', 'no', 'ATS2=255', 'far apart'],
    ['inside', 'off', 'no', 'ATS2=128', 'although S2=255'],
  ] as const)('%s with the escape %s: safe %s, set %s', (pattern, setting, safe, command, text) => {
    const advice = escapeAdvice(setting, only(pattern, 'alone'));
    expect(advice).toMatchObject({ safe, text: expect.stringContaining(text) });
    expect(advice.settings[0]).toBe(command);
  });

  test('every pattern has its words, holds three +, and only its own silences', () => {
    const patterns = escapePatterns(50);
    expect(patterns.map(({ name }) => name)).toEqual([...ESCAPE_PATTERNS]);
    for (const { pieces } of patterns) {
      expect(
        pieces
          .map(({ text }) => text)
          .join('')
          .match(/\+/g),
      ).toHaveLength(3);
      for (const { silence } of pieces) expect([0, 1_500 * MILLISECOND]).toContain(silence);
    }
  });
});
