/** Whether data can end a call: the patterns that find it out, and what to set when it can. Sends nothing itself. */
import { type Duration, MILLISECOND } from '../base/instant.ts';
import type { EscapeSetting } from './dialer-options.ts';

/** The patterns, from what every modem must let pass to what a guarded one takes for an escape by right. */
export const ESCAPE_PATTERNS = [
  'inside',
  'command',
  'silenceBefore',
  'silenceAfter',
  'spread',
  'alone',
] as const;
export type EscapePatternName = (typeof ESCAPE_PATTERNS)[number];

/** Something that is sent over a call: pieces with silence before each. */
export interface EscapePattern {
  readonly name: EscapePatternName;
  /** What it is, in words. */
  readonly title: string;
  readonly pieces: readonly { readonly silence: Duration; readonly text: string }[];
  /** Silence after the last piece. */
  readonly silence: Duration;
}

/** Data before and after the pattern itself, so that no silence stands there by chance. */
const BEFORE = 'data before';
const AFTER = 'data after';

/** Silence that is longer than the guard time by what buffers and clocks may eat of it. */
function longerThan(guardTime: number): Duration {
  return guardTime * 20 * MILLISECOND + 500 * MILLISECOND;
}

/** The patterns to send, one after the other, in this order; `guardTime` in fiftieths of a second (S12). */
export function escapePatterns(guardTime: number): readonly EscapePattern[] {
  const long = longerThan(guardTime);
  const piece = (text: string, silence: Duration = 0) => ({ silence, text });
  return [
    {
      name: 'inside',
      title: '+++ between data, without pause',
      pieces: [piece(`${BEFORE}+++${AFTER}`)],
      silence: 0,
    },
    {
      name: 'command',
      title: '+++ATH and a carriage return between data, without pause',
      pieces: [piece(`${BEFORE}+++ATH\r${AFTER}`)],
      silence: 0,
    },
    {
      name: 'silenceBefore',
      title: 'silence, +++ and data at once',
      pieces: [piece(BEFORE), piece(`+++${AFTER}`, long)],
      silence: 0,
    },
    {
      name: 'silenceAfter',
      title: 'data and +++ at once, silence',
      pieces: [piece(`${BEFORE}+++`)],
      silence: long,
    },
    {
      name: 'spread',
      title: 'three + with silence between them',
      pieces: [piece(BEFORE), piece('+', long), piece('+', long), piece('+', long)],
      silence: long,
    },
    {
      name: 'alone',
      title: '+++ with silence around it',
      pieces: [piece(BEFORE), piece('+++', long)],
      silence: long,
    },
  ];
}

/** What one pattern did: the call goes on, or how it was seen that it does not. */
export interface EscapeFinding {
  readonly pattern: EscapePatternName;
  readonly effect: 'none' | 'commandState' | 'lost';
}

/** What the findings come to. */
export interface EscapeAdvice {
  /** Whether no data can end the call; `silence` when only a silent line with +++ alone on it can. */
  readonly safe: 'yes' | 'silence' | 'no';
  readonly text: string;
  /** What to set, as commands; empty when all is well. */
  readonly settings: readonly string[];
}

/** What is wrong and what to change, from what happened; patterns that were not tried say nothing. */
export function escapeAdvice(setting: EscapeSetting, findings: readonly EscapeFinding[]): EscapeAdvice {
  const ended = new Set(findings.filter(({ effect }) => effect !== 'none').map(({ pattern }) => pattern));
  const any = (...names: EscapePatternName[]): boolean => names.some((name) => ended.has(name));
  if (ended.size === 0) return { safe: 'yes', text: 'no +++ in the data ended the call', settings: [] };
  if (setting === 'off') {
    return {
      safe: 'no',
      text: 'the modem escapes although S2=255 was set: it knows no such value, or the far end’s modem escaped',
      settings: ['ATS2=128', 'ATS2=255 at the far end'],
    };
  }
  if (any('inside')) {
    return {
      safe: 'no',
      text: '+++ ends the call without any silence around it: the modem keeps no guard time',
      settings: ['ATS12=50', 'ATS2=255 where that does not help'],
    };
  }
  if (any('command')) {
    return {
      safe: 'no',
      text: '+++ with a command behind it ends the call: a time-independent escape, which heeds no guard time',
      settings: ['ATS2=255'],
    };
  }
  if (any('silenceBefore', 'silenceAfter')) {
    const side = any('silenceBefore') ? 'before' : 'after';
    return {
      safe: 'no',
      text: `+++ ends the call with silence only ${side} it: half a guard time`,
      settings: ['ATS2=255'],
    };
  }
  if (any('spread')) {
    return {
      safe: 'no',
      text: 'three + far apart end the call: the modem does not want them together',
      settings: ['ATS2=255'],
    };
  }
  return {
    safe: 'silence',
    text: 'only +++ alone, with silence before and after, ends the call: the guard time works',
    settings: ['ATS2=255 where a message may be just +++ on a silent line'],
  };
}
