import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { ESCAPE_RULES, EscapeDetector, type EscapeRule } from '../../src/modem/escape-detector.ts';

/** Pieces a second and a half apart, but where `-` stands for none: what is found in them, whole or byte by byte. */
function found(rule: EscapeRule, pieces: readonly string[], guard = 50, isWhole = true): string | undefined {
  const detector = new EscapeDetector(0, rule);
  const hit = () => detector.found;
  const registers = { character: 43, guard, end: 13 };
  let now = 0;
  for (const piece of pieces) {
    now += 1.5 * SECOND;
    detector.expire(now);
    const bytes = Uint8Array.from(Buffer.from(piece));
    const parts = isWhole ? [bytes] : Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    for (const [at, part] of parts.entries()) {
      const taken = detector.see(now, part, registers);
      if (detector.found)
        return `${piece.slice(0, isWhole ? taken : at + 1)}|${detector.found.command ?? ''}`;
    }
    if (hit()) break;
  }
  detector.expire(now + 1.5 * SECOND);
  return hit() ? '|' : undefined;
}

const ALONE = ['data', '+++'];
const SPREAD = ['data', '+', '+', '+'];
const BEFORE = ['data', '+++data'];
const AFTER = ['data+++'];
const INSIDE = ['data+++data'];
const COMMAND = ['data+++ATH0\rdata'];
const ALL = { ALONE, SPREAD, BEFORE, AFTER, INSIDE, COMMAND };

/** What each rule finds; everything else is data. */
const FINDS: Readonly<Record<EscapeRule, Partial<Record<keyof typeof ALL, string>>>> = {
  guarded: { ALONE: '|' },
  'silence-before': { ALONE: '+++|', BEFORE: '+++|' },
  'silence-after': { ALONE: '|', AFTER: '|' },
  apart: { ALONE: '|', SPREAD: '|' },
  command: { COMMAND: 'data+++ATH0\r|H0' },
};

describe.each(ESCAPE_RULES)('the escape %s', (rule) => {
  test.each(Object.keys(ALL) as (keyof typeof ALL)[])('in %s, whole and byte by byte', (name) => {
    for (const isWhole of [true, false]) expect(found(rule, ALL[name], 50, isWhole)).toBe(FINDS[rule][name]);
  });
});

describe('an escape', () => {
  test('with a guard time of 0 needs no silence and takes effect at once', () => {
    for (const isWhole of [true, false]) expect(found('guarded', INSIDE, 0, isWhole)).toBe('data+++|');
  });

  test('takes a command to the end of its line, begins anew behind one that was none, and forgets one that is too long', () => {
    expect(found('command', ['+++ATX+++at&f\r'])).toBe('+++ATX+++at&f\r|X+++at&f');
    expect(found('command', ['+++BTX+++at&f\r'])).toBe('+++BTX+++at&f\r|&f');
    expect(found('command', [`+++AT${'X'.repeat(100)}\r`])).toBe(undefined);
  });
});
