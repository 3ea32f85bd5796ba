/** Lines of text whose parts say what they mean, and the terminal sequences for that. Nothing above decides a colour. */
import { cleanText, cutText, takeColumns, textWidth } from './text-width.ts';

/** What a piece of text means; how it looks is {@link ansiLine}'s business. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'quiet'
  | 'good'
  | 'warn'
  | 'bad'
  | 'near'
  | 'far'
  | 'badge-good'
  | 'badge-warn'
  | 'badge-bad'
  | 'key';

/** A run of text of one tone; free of control characters. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line on a terminal. */
export type StyledLine = readonly Span[];

/** How much a terminal can show: 16 colours, bold and reverse only, or bare text. */
export type Colouring = 'colour' | 'monochrome' | 'bare';

/** The signs drawn with; every sign takes the columns its name allows in both sets. */
export interface Glyphs {
  /** Whether text beyond ASCII may be shown at all. */
  readonly unicode: boolean;
  readonly arrow: string;
  /** One column: the end of text that was cut. */
  readonly ellipsis: string;
  /** One column: horizontal rule. */
  readonly rule: string;
  /** One column: part of a bar that is reached. */
  readonly bar: string;
  /** One column: part of a bar that is not reached. */
  readonly track: string;
  /** One column: between parts of a line. */
  readonly dot: string;
  readonly pass: string;
  readonly fail: string;
}

/** The signs of a UTF-8 terminal. */
export const UNICODE_GLYPHS: Glyphs = {
  unicode: true,
  arrow: '→',
  ellipsis: '…',
  rule: '─',
  bar: '━',
  track: '─',
  dot: '·',
  pass: '✓',
  fail: '✗',
};

/** The signs of a terminal that shows ASCII only. */
export const ASCII_GLYPHS: Glyphs = {
  unicode: false,
  arrow: '->',
  ellipsis: '~',
  rule: '-',
  bar: '=',
  track: '.',
  dot: '-',
  pass: 'ok',
  fail: 'XX',
};

/** The select graphic rendition parameters of each tone. Only the 16 colours that the terminal's own theme defines. */
const SGR: Readonly<Record<Tone, { readonly colour: string; readonly monochrome: string }>> = {
  plain: { colour: '', monochrome: '' },
  strong: { colour: '1', monochrome: '1' },
  quiet: { colour: '90', monochrome: '' },
  good: { colour: '32', monochrome: '' },
  warn: { colour: '33', monochrome: '1' },
  bad: { colour: '1;31', monochrome: '1' },
  near: { colour: '36', monochrome: '' },
  far: { colour: '35', monochrome: '' },
  'badge-good': { colour: '1;30;42', monochrome: '1;7' },
  'badge-warn': { colour: '1;30;43', monochrome: '1;7' },
  'badge-bad': { colour: '1;97;41', monochrome: '1;7' },
  key: { colour: '1', monochrome: '1' },
};

/** A span of `tone`; `text` is anything, what it could do to a terminal is taken out. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: cleanText(text), tone };
}

/** Columns that `line` takes. */
export function lineWidth(line: StyledLine): number {
  let width = 0;
  for (const { text } of line) width += textWidth(text);
  return width;
}

/** The text of `line` alone. */
export function lineText(line: StyledLine): string {
  return line.map((piece) => piece.text).join('');
}

/** `line` with the sequences for its tones; each span is closed again, so that lines can be joined freely. */
export function ansiLine(line: StyledLine, colouring: Colouring): string {
  if (colouring === 'bare') return lineText(line);
  let out = '';
  for (const { text, tone } of line) {
    const codes = SGR[tone][colouring];
    out += codes === '' || text === '' ? text : `\u001b[${codes}m${text}\u001b[m`;
  }
  return out;
}

/** `line` in exactly `width` columns: cut with the ellipsis of `glyphs`, or filled with spaces. */
export function fitLine(line: StyledLine, width: number, glyphs: Glyphs): StyledLine {
  const shown = glyphs.unicode
    ? line
    : line.map(({ text, tone }) => ({ text: cleanText(text, false), tone }));
  const whole = lineWidth(shown);
  if (whole === width) return shown;
  if (whole < width) return [...shown, { text: ' '.repeat(width - whole), tone: 'plain' }];
  if (width < 1) return [];
  const fitted: Span[] = [];
  let room = width - 1;
  for (const { text, tone } of shown) {
    const taken = takeColumns(text, room);
    if (taken !== '') fitted.push({ text: taken, tone });
    room -= textWidth(taken);
    if (taken !== text) break;
  }
  fitted.push({ text: glyphs.ellipsis, tone: 'quiet' });
  // A character of two columns may have left one free.
  if (room > 0) fitted.push({ text: ' '.repeat(room), tone: 'plain' });
  return fitted;
}

/** `left` at the beginning and `right` at the end of exactly `width` columns; where both do not fit, `left` is cut. */
export function spreadLine(left: StyledLine, right: StyledLine, width: number, glyphs: Glyphs): StyledLine {
  const rightWidth = lineWidth(right);
  if (rightWidth === 0 || rightWidth >= width) return fitLine(left, width, glyphs);
  return [...fitLine(left, width - rightWidth, glyphs), ...fitLine(right, rightWidth, glyphs)];
}

/** A bar of `width` columns of which `ratio` (0..1) is reached. */
export function barSpans(ratio: number, width: number, glyphs: Glyphs, tone: Tone): StyledLine {
  const sane = Number.isFinite(ratio) ? Math.min(1, Math.max(0, ratio)) : 0;
  const reached = sane > 0 ? Math.max(1, Math.floor(sane * width)) : 0;
  return [
    { text: glyphs.bar.repeat(reached), tone },
    { text: glyphs.track.repeat(Math.max(0, width - reached)), tone: 'quiet' },
  ];
}

/** `text` cut to `width` columns as a span. */
export function cutSpan(text: string, width: number, glyphs: Glyphs, tone: Tone = 'plain'): Span {
  return { text: cutText(cleanText(text, glyphs.unicode), width, glyphs.ellipsis), tone };
}
