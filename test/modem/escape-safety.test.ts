import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import type { DialerOptions, EscapeSetting } from '../../src/modem/dialer-options.ts';
import type { EmulatedModemOptions } from '../../src/modem/emulated-modem-options.ts';
import { EscapeProbe } from '../../src/modem/escape-probe.ts';
import {
  ESCAPE_PATTERNS,
  type EscapeFinding,
  type EscapePatternName,
  escapeAdvice,
  escapePatterns,
} from '../../src/modem/escape-safety.ts';
import type { CallChange } from '../../src/modem/exchange-options.ts';
import { Switchboard } from './switchboard.ts';

/** A call between emulated modems, with what became of it. */
interface Probed {
  readonly findings: readonly EscapeFinding[];
  readonly board: Switchboard;
}

/** Tries all patterns over one call, in virtual time. `modem` is what the calling one is like. */
function probe(
  modem: EmulatedModemOptions,
  dialer: Partial<DialerOptions>,
  lines: boolean,
  changes: readonly CallChange[] = [],
): Probed {
  const modems = [{ number: '100', ...modem }, { number: '200' }];
  const board = new Switchboard({ lines, dialers: [dialer, {}], exchange: { modems, changes } });
  board.ready();
  board.dialers[1]!.listen();
  board.dialers[0]!.dial(board.now, '200');
  board.until(0, ['connected']);
  const tried = new EscapeProbe(board.now, 50);
  const findings: EscapeFinding[] = [];
  for (let seen = board.events.length; !tried.isOver; board.run(10)) {
    for (; seen < board.events.length; seen++) {
      const [at, place, event] = board.events[seen]!;
      if (place !== 0) continue;
      if (event.type === 'data') tried.receive(at, event.bytes);
      if (event.type === 'lost') tried.lost(at);
    }
    if ((tried.deadline ?? Infinity) <= board.now) tried.expire(board.now);
    const said = tried.poll(board.now);
    if (said) board.send(0, Buffer.from(said).toString('latin1'));
    for (let finding = tried.next(); finding; finding = tried.next()) findings.push(finding);
  }
  return { findings, board };
}

/** All findings at once: what the named patterns did, and none for those before the last of them. */
function only(effect: EscapeFinding['effect'], ...patterns: EscapePatternName[]): EscapeFinding[] {
  return ESCAPE_PATTERNS.map((pattern) => ({
    pattern,
    effect: patterns.includes(pattern) ? effect : 'none',
  }));
}

describe.each([true, false])('whether data can end a call (modem lines: %s)', (lines) => {
  test('with a guard time only +++ alone on a silent line does, and ATO leads back to the same call', () => {
    const { findings, board } = probe({}, {}, lines);
    expect(findings).toEqual(only('commandState', 'alone'));
    expect(escapeAdvice('guarded', findings)).toEqual({
      safe: 'silence',
      text: 'only +++ alone, with silence before and after, interrupts the call (ATO leads back): the guard time works',
      settings: ['ATS2=255 (escape: off) where a message may be just +++ on a silent line'],
    });
    // Nobody hung up, and the data goes on.
    expect(board.dialers.map(({ state }) => state)).toEqual(['online', 'online']);
    board.send(0, 'and more');
    board.run(1_000);
    expect(board.data(1)).toMatch(
      /^escape probe\+\+\+goes on\rAT\rescape probe\+\+\+ATH\rgoes on[\s\S]*and more$/,
    );
  });

  test('with S2=255 nothing does', () => {
    const { findings, board } = probe({}, { escape: 'off' }, lines);
    expect(findings).toEqual(only('none'));
    expect(escapeAdvice('off', findings)).toEqual({
      safe: 'yes',
      text: 'no +++ in the data ended or interrupted the call',
      settings: [],
    });
    expect(board.dialers.map(({ state }) => state)).toEqual(['online', 'online']);
  });

  test('without a guard time every +++ does; where the rig never asked for one, that is the setting', () => {
    const { findings, board } = probe({ profile: 'S12=0' }, { escape: 'asIs' }, lines);
    expect(findings).toEqual([
      { pattern: 'inside', effect: 'commandState' },
      { pattern: 'command', effect: 'lost' },
    ]);
    expect(escapeAdvice('asIs', findings)).toEqual({
      safe: 'no',
      text: '+++ interrupts the call (ATO leads back) without any silence around it: the modem keeps no guard time',
      settings: ['ATS12=50 (escape: guarded)', 'ATS2=255 (escape: off) where that does not help'],
    });
    board.run(5_000);
    expect(board.exchange.modem(0).isOnline).toBe(false);
  });

  test('+++ATH at once hangs up a modem with the time-independent escape: a guard time does not help', () => {
    const { findings } = probe({ escape: 'command' }, {}, lines);
    expect(findings).toEqual([
      { pattern: 'inside', effect: 'none' },
      { pattern: 'command', effect: 'lost' },
    ]);
    expect(escapeAdvice('guarded', findings)).toEqual({
      safe: 'no',
      text: '+++ ends the call with a command behind it: a time-independent escape, which heeds no guard time',
      settings: ['ATS2=255 (escape: off)'],
    });
    expect(probe({ escape: 'command' }, { escape: 'off' }, lines).findings).toEqual(only('none'));
  });

  test.each([
    ['silence-before', ['silenceBefore', 'alone'], 'with silence only before it: half a guard time'],
    ['silence-after', ['silenceAfter', 'alone'], 'with silence only after it: half a guard time'],
    ['apart', ['spread', 'alone'], 'its three characters come far apart'],
  ] as const)('a modem that heeds %s is found out', (rule, patterns, text) => {
    const { findings, board } = probe({ escape: rule }, {}, lines);
    expect(findings).toEqual(only('commandState', ...patterns));
    expect(escapeAdvice('guarded', findings)).toMatchObject({
      safe: 'no',
      text: expect.stringContaining(text),
      settings: ['ATS2=255 (escape: off)'],
    });
    expect(board.dialers[0]!.state).toBe('online');
  });

  test('a carrier that goes while +++ is tried is a lost call, and nothing more is tried', () => {
    const { findings } = probe({}, {}, lines, [{ call: 1, at: 7 * SECOND, kind: 'carrierLost' }]);
    expect(findings).toEqual([
      { pattern: 'inside', effect: 'none' },
      { pattern: 'command', effect: 'lost' },
    ]);
  });
});

test('a modem that goes back to the data without a word is asked whether it did', () => {
  const words = (back: string[]): EscapeFinding | undefined => {
    const tried = new EscapeProbe(0, 50);
    const answers = ['OK', ...back];
    let now = 0;
    for (let turns = 0; turns < 20; turns++) {
      const said = Buffer.from(tried.poll(now) ?? []).toString('latin1');
      const answer = /AT[\rO]/.test(said) ? answers.shift() : undefined;
      if (answer) tried.receive(now, Buffer.from(`\r\n${answer}\r\n`));
      const finding = tried.next();
      if (finding) return finding;
      if (answer) continue;
      now = tried.deadline ?? now;
      tried.expire(now);
    }
    return undefined;
  };
  expect(words(['', ''])).toMatchObject({ effect: 'commandState' });
  expect(words(['', 'OK'])).toMatchObject({ effect: 'lost' });
  expect(words(['ERROR'])).toMatchObject({ effect: 'lost' });
});

describe('what the findings come to', () => {
  test.each([
    ['inside', 'guarded', 'ATS2=255 (escape: off)', 'keeps no guard time'],
    ['inside', 'asIs', 'ATS12=50 (escape: guarded)', 'keeps no guard time'],
    ['command', 'asIs', 'ATS2=255 (escape: off)', 'time-independent'],
    ['silenceBefore', 'guarded', 'ATS2=255 (escape: off)', 'only before'],
    ['silenceAfter', 'asIs', 'ATS2=255 (escape: off)', 'only after'],
    ['spread', 'guarded', 'ATS2=255 (escape: off)', 'far apart'],
    ['inside', 'off', 'ATS2=128', 'although S2=255'],
    ['alone', 'off', 'ATS2=128', 'although S2=255'],
  ] as const)('%s with the escape %s: set %s', (pattern, setting: EscapeSetting, command, text) => {
    for (const effect of ['lost', 'commandState'] as const) {
      const advice = escapeAdvice(setting, only(effect, pattern, 'alone'));
      expect(advice).toMatchObject({ safe: 'no', text: expect.stringContaining(text) });
      expect(advice.text).toContain(effect === 'lost' ? 'ends the call' : 'interrupts the call');
      expect(advice.settings[0]).toBe(command);
    }
  });

  test('every pattern has its words, holds three +, and only its own silences', () => {
    const patterns = escapePatterns(50);
    expect(patterns.map(({ name }) => name)).toEqual([...ESCAPE_PATTERNS]);
    for (const { pieces } of patterns) {
      const sent = pieces.map(({ text }) => text).join('');
      expect(sent.match(/\+/g)).toHaveLength(3);
      // What a modem out of the data would take for a command.
      expect(sent.replace('+++ATH\r', '')).not.toMatch(/at|a\//i);
      for (const { silence } of pieces) expect([0, 1_500 * MILLISECOND]).toContain(silence);
    }
  });
});
