/** What a schema has against a value, in one plain sentence: what was expected and what was found. Knows no files. */
import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** The longest piece of a wrong value that is repeated to its author. */
const FOUND_LENGTH_MAX = 40;

/** What people call the types of a schema. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
};

/** What other programs call a choice of ours, in lower case: the nearest spelling would be another thing. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  off: 'NONE',
  no: 'NONE',
  n: 'NONE',
  e: 'EVEN',
  o: 'ODD',
  m: 'MARK',
  s: 'SPACE',
  rtscts: 'RTS',
  'rts/cts': 'RTS',
  crtscts: 'RTS',
  hardware: 'RTS',
  hard: 'RTS',
  software: 'XONXOFF',
  soft: 'XONXOFF',
  'xon/xoff': 'XONXOFF',
  dtrdsr: 'DTR',
  'dtr/dsr': 'DTR',
};

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** A wrong value as its author may have written it: quoted when it is text, short in any case. */
function foundText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX - 3)}..."` : text;
}

/** `expected NONE or EVEN, got "even"; did you mean EVEN?`: for a word that is none of the choices. */
export function choiceComplaint(given: unknown, choices: readonly unknown[]): string {
  const words = choices.map(String);
  const guess = typeof given === 'string' && words.length > 1 ? meantChoice(given, words) : undefined;
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
  return `expected ${oneOf(words)}, got ${foundText(given)}${hint}`;
}

/** The choice that was meant: by the name that others give it, or else the nearest. */
function meantChoice(given: string, words: readonly string[]): string | undefined {
  const other = OTHER_NAMES[given.toLowerCase()];
  if (other !== undefined && words.includes(other)) return other;
  return nearest(given, words);
}

function boundText(
  issue: { origin: string; exact?: boolean | undefined },
  bound: unknown,
  word: string,
): string {
  const things = { string: 'character', array: 'item' }[issue.origin];
  if (things === undefined) return `${bound} or ${word}`;
  const count = Number(bound) === 1 ? things : `${things}s`;
  return `${bound} ${count} or ${word}`;
}

/**
 * The sentence for a complaint of zod's that its schema has no words for; `undefined` leaves zod its own. To be given
 * as the `error` of a parse.
 */
export function plainComplaint(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      const expected = TYPES[issue.expected] ?? issue.expected;
      // What was no number when it was read: its text is gone.
      if (Number.isNaN(input)) return `expected ${expected}`;
      if (input === undefined) return `is missing: expected ${expected}`;
      // YAML takes a length of time without its unit, or a telephone number, for a number.
      const hint =
        issue.expected === 'string' && typeof input === 'number' ? ': a unit or quotes missing?' : '';
      return `expected ${expected}, got ${foundText(input)}${hint}`;
    }
    case 'invalid_value':
      return choiceComplaint(input, issue.values);
    case 'too_small':
      return `expected ${boundText(issue, issue.minimum, 'more')}, got ${foundText(input)}`;
    case 'too_big':
      return `expected ${boundText(issue, issue.maximum, 'less')}, got ${foundText(input)}`;
    default:
      return undefined;
  }
}
