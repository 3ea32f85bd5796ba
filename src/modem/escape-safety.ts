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

/**
 * Data before and after the pattern itself, so that no silence stands there by chance. Without A and T side by side, as
 * a modem that fell out of the data would take them for the beginning of a command.
 */
const BEFORE = 'escape probe';
const AFTER = 'goes on';

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

/** What one pattern did. */
export interface EscapeFinding {
  readonly pattern: EscapePatternName;
  /** The call goes on; the modem took commands and ATO led back; the call is over. */
  readonly effect: 'none' | 'commandState' | 'lost';
}

/** What the findings come to. */
export interface EscapeAdvice {
  /** Whether no data can end the call; `silence` when only a silent line with +++ alone on it can. */
  readonly safe: 'yes' | 'silence' | 'no';
  readonly text: string;
  /** What to set, as commands, with the rig's key for it; empty when all is well. */
  readonly settings: readonly string[];
}

/** The two remedies, as command and as what a rig says. */
const GUARD = 'ATS12=50 (escape: guarded)';
const NO_ESCAPE = 'ATS2=255 (escape: off)';

/** What is wrong, in the order in which it counts: the pattern that shows it, and what it shows. */
const FLAWS: readonly (readonly [pattern: EscapePatternName, what: string])[] = [
  ['inside', 'without any silence around it: the modem keeps no guard time'],
  ['command', 'with a command behind it: a time-independent escape, which heeds no guard time'],
  ['silenceBefore', 'with silence only before it: half a guard time'],
  ['silenceAfter', 'with silence only after it: half a guard time'],
  ['spread', 'though its three characters come far apart: the modem does not want them together'],
];

/** What is wrong and what to change, from what happened; patterns that were not tried say nothing. */
export function escapeAdvice(setting: EscapeSetting, findings: readonly EscapeFinding[]): EscapeAdvice {
  const effects = new Map(findings.map(({ pattern, effect }) => [pattern, effect]));
  const does = (pattern: EscapePatternName): string | undefined => {
    const effect = effects.get(pattern) ?? 'none';
    if (effect === 'none') return undefined;
    return effect === 'lost' ? 'ends the call' : 'interrupts the call (ATO leads back)';
  };
  const flaw = FLAWS.find(([pattern]) => does(pattern) !== undefined);
  const worst = flaw ? does(flaw[0]) : does('alone');
  if (worst === undefined)
    return { safe: 'yes', text: 'no +++ in the data ended or interrupted the call', settings: [] };
  if (setting === 'off') {
    return {
      safe: 'no',
      text: `+++ ${worst} although S2=255 was set: the modem knows no such value, or the far end’s modem escaped`,
      settings: ['ATS2=128', 'ATS2=255 at the far end'],
    };
  }
  if (flaw === undefined) {
    return {
      safe: 'silence',
      text: `only +++ alone, with silence before and after, ${worst}: the guard time works`,
      settings: [`${NO_ESCAPE} where a message may be just +++ on a silent line`],
    };
  }
  // Where the rig asks for a guard time, the modem was told already.
  const guardHelps = flaw[0] === 'inside' && setting === 'asIs';
  return {
    safe: 'no',
    text: `+++ ${worst} ${flaw[1]}`,
    settings: guardHelps ? [GUARD, `${NO_ESCAPE} where that does not help`] : [NO_ESCAPE],
  };
}
