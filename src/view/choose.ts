/** Which way of watching a run suits the terminal, and what that terminal can show. Opens nothing. */
import { UsageError } from '../base/failure.ts';
import { ASCII_GLYPHS, type Colouring, type Glyphs, UNICODE_GLYPHS } from '../base/styled-text.ts';

/** Values of `--ui`. */
export const UI_CHOICES = ['auto', 'dashboard', 'plain', 'none'] as const;
export type UiChoice = (typeof UI_CHOICES)[number];

/** What is known of the terminal. */
export interface TerminalFacts {
  /** Whether what the view is written to is a terminal. */
  readonly outputIsTerminal: boolean;
  /** Whether keys can be read. */
  readonly inputIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a screen can be drawn on: a terminal that knows how to move its cursor. */
function drawable({ outputIsTerminal, env }: TerminalFacts): boolean {
  const { TERM } = env;
  return outputIsTerminal && TERM !== 'dumb' && (TERM !== undefined || process.platform === 'win32');
}

/**
 * The view for `asked`: `auto` takes the dashboard where a terminal can be drawn on and has a keyboard, plain lines
 * elsewhere (a pipe, a CI, TERM=dumb). A dashboard asked for by name where none can be drawn is a UsageError.
 */
export function chooseView(asked: UiChoice, facts: TerminalFacts): Exclude<UiChoice, 'auto'> {
  if (asked === 'plain' || asked === 'none') return asked;
  const able = drawable(facts);
  if (asked === 'dashboard') {
    if (!able) throw new UsageError('--ui dashboard: expected a terminal (and TERM other than dumb)');
    return 'dashboard';
  }
  return able && facts.inputIsTerminal ? 'dashboard' : 'plain';
}

/** The signs that the terminal shows: UTF-8 by its locale; the Linux console has the encoding but no braille. */
export function glyphsFor(env: TerminalFacts['env'], platform: string = process.platform): Glyphs {
  if (env.TERM === 'linux' || env.TERM === 'vt100') return ASCII_GLYPHS;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale !== undefined && locale !== '') return /utf-?8/i.test(locale) ? UNICODE_GLYPHS : ASCII_GLYPHS;
  if (platform === 'win32') return env.WT_SESSION ? UNICODE_GLYPHS : ASCII_GLYPHS;
  // macOS terminals are UTF-8 even when nothing says so; the C locale elsewhere is ASCII.
  return platform === 'darwin' ? UNICODE_GLYPHS : ASCII_GLYPHS;
}

/** How colourful it may be: NO_COLOR (no-color.org) leaves bold and reverse, what is no terminal gets bare text. */
export function colouringFor({ outputIsTerminal, env }: TerminalFacts): Colouring {
  if (!outputIsTerminal || env.TERM === 'dumb') return 'bare';
  return env.NO_COLOR || env.TERM === 'vt100' ? 'monochrome' : 'colour';
}
