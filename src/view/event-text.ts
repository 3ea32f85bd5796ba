/** What a journal entry says in one line, and how much it matters. Decides nothing else. */
import { durationText } from '../base/duration-text.ts';
import { millisecondsText } from '../base/quantity.ts';
import type { Tone } from '../base/styled-text.ts';
import { cleanText, cutText } from '../base/text-width.ts';
import type { JournalEntry } from '../soak/sample.ts';

/** How much an entry matters: `detail` comes in numbers and is left out of plain lines, `note` and worse are not. */
export type Weight = 'detail' | 'note' | 'warning' | 'failure';

/** The tone that a weight is shown in. */
export const WEIGHT_TONES: Readonly<Record<Weight, Tone>> = {
  detail: 'quiet',
  note: 'plain',
  warning: 'warn',
  failure: 'bad',
};

/** Entries that are more or less than a note; everything not named here is a note. */
const WEIGHTS: Readonly<Record<string, Weight>> = {
  damage: 'detail',
  retried: 'detail',
  ignored: 'detail',
  connecting: 'detail',
  firstFrame: 'detail',
  phase: 'detail',
  planProposed: 'detail',
  clocksCompared: 'detail',
  streamBegan: 'detail',
  streamsEnded: 'detail',
  resultsReceived: 'detail',
  unanswered: 'warning',
  violation: 'warning',
  stopped: 'warning',
  journalDropped: 'warning',
  faultBegan: 'warning',
  faultRefused: 'warning',
  portLost: 'failure',
  refused: 'failure',
};

/** Members of an entry that stand elsewhere on its line. */
const PLACED = new Set(['at', 'end', 'event', 'text']);

/** The most columns that the details of one entry are given. */
const DETAILS_MAX = 200;

/** `messageCrc` as `message crc`. */
function words(name: string): string {
  return cleanText(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** Levels of lists and objects that are written out. */
const DEPTH_MAX = 3;

/** A value in words: lists and objects without their brackets. */
function valueText(value: unknown, depth = 0): string {
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toFixed(3)));
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth >= DEPTH_MAX) return '...';
  if (Array.isArray(value)) return value.map((each) => valueText(each, depth + 1)).join('; ');
  return Object.entries(value)
    .map(([name, each]) => `${words(name)} ${valueText(each, depth + 1)}`)
    .join(', ');
}

/** One member of an entry of `event`; empty where there is nothing to say. */
function detailText(event: string, name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? words(name) : `not ${words(name)}`;
  if (typeof value === 'number' && name.endsWith('Ms')) {
    return `${words(name.slice(0, -2))} ${millisecondsText(value)}`;
  }
  if (typeof value === 'number' && name === 'duration') return `${words(name)} ${durationText(value)}`;
  if (typeof value === 'number' && (name === 'version' || name === 'sessionId')) {
    return `${words(name)} 0x${value.toString(16)}`;
  }
  const text = valueText(value);
  if (text === '') return '';
  // `phase: phase planning` says it twice.
  return name === event ? text : `${words(name)} ${text}`;
}

/** Whether `entry` tells of the same thing as the one with `key`: used to count repetitions instead of showing each. */
export function entryKey(entry: JournalEntry): string {
  const { cause, section, text } = entry;
  return [entry.end, entry.event, cause, section, text].map(String).join('\u0000');
}

/** How many things `entry` stands for: its `count` where it is a sum, else 1. */
export function entryCount(entry: JournalEntry): number {
  const { count } = entry;
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 1;
}

/** How much `entry` matters. A connection that closed for any cause but being told to is a failure. */
export function entryWeight(entry: JournalEntry): Weight {
  if (entry.event === 'closed') {
    return entry.cause === 'local' || entry.cause === 'partner' ? 'note' : 'failure';
  }
  if (entry.event === 'finished') return entry.ending === 'failed' ? 'failure' : 'note';
  return Object.hasOwn(WEIGHTS, entry.event) ? (WEIGHTS[entry.event] ?? 'note') : 'note';
}

/** `entry` in words, without its time and end: `violation  section 3.1.5.11: a mask for frames never sent`. */
export function entryText(entry: JournalEntry): string {
  const details = Object.entries(entry)
    .filter(([name, value]) => !PLACED.has(name) && value !== undefined && value !== null)
    .filter(([name]) => name !== 'count')
    .map(([name, value]) => detailText(entry.event, name, value))
    .filter((detail) => detail !== '');
  const { text } = entry;
  const said = typeof text === 'string' ? `${details.length > 0 ? ': ' : ''}${text}` : '';
  const all = cleanText(`${details.join(', ')}${said}`);
  return all === '' ? words(entry.event) : cutText(`${words(entry.event)}  ${all}`, DETAILS_MAX);
}
