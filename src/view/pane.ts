/** What every pane is: a pure function from state and room to lines; and the rule with a title that each begins with. */
import { percentText, scaledText, UNKNOWN } from '../base/quantity.ts';
import {
  cutSpan,
  fitLine,
  type Glyphs,
  lineWidth,
  type StyledLine,
  span,
  spreadLine,
  type Tone,
} from '../base/styled-text.ts';
import type { EndName } from '../soak/result.ts';
import type { ViewState } from './state.ts';

/** What rates are shown in, in the order in which the key switches them. */
export const UNITS = ['bytes', 'bits', 'share'] as const;
export type Unit = (typeof UNITS)[number];

/** How the operator wants things shown. */
export interface PaneOptions {
  readonly glyphs: Glyphs;
  readonly unit: Unit;
  /** Time scale of the charts: an index of SECONDS_PER_POINT. */
  readonly scale: number;
  /** Drawing is held: the state shown is an old one. */
  readonly paused: boolean;
  /** What came of the last key, in the place of the keys; empty for nothing. */
  readonly note: string;
}

/** The options a dashboard begins with. */
export function firstOptions(glyphs: Glyphs): PaneOptions {
  return { glyphs, unit: 'bytes', scale: 0, paused: false, note: '' };
}

/** Draws `state` into at most `height` lines of any width; the caller cuts and fills them to its columns. */
export type Pane = (state: ViewState, width: number, height: number, options: PaneOptions) => StyledLine[];

/** The tone of an end: the first is near, the second far, further ones are plain. */
export function endTone(state: ViewState, name: EndName): Tone {
  const place = state.ends.findIndex((each) => each.end.name === name);
  return place === 0 ? 'near' : place === 1 ? 'far' : 'plain';
}

/** A rule across `width` columns with `left` set into its beginning and `right` into its end. */
export function titleRule(left: StyledLine, right: StyledLine, width: number, glyphs: Glyphs): StyledLine {
  const begin = [{ text: glyphs.rule, tone: 'quiet' as const }, span(' '), ...left, span(' ')];
  const end = right.length === 0 ? [] : [span(' '), ...right];
  const room = width - lineWidth(begin) - lineWidth(end);
  if (room < 1) return spreadLine(begin, end, width, glyphs);
  return [...begin, { text: glyphs.rule.repeat(room), tone: 'quiet' }, ...end];
}

/** `bytesPerSecond` in the unit asked for; a share needs the line's `ceiling`. */
export function rateText(bytesPerSecond: number | null, ceiling: number | null, unit: Unit): string {
  if (bytesPerSecond === null) return UNKNOWN;
  if (unit === 'bits') return scaledText(bytesPerSecond * 8, 'bit/s');
  if (unit === 'bytes' || ceiling === null) return scaledText(bytesPerSecond, 'B/s');
  return percentText(bytesPerSecond / ceiling);
}

/** `lines` cut or filled to exactly `width` columns and `height` lines. */
export function fitBlock(
  lines: readonly StyledLine[],
  width: number,
  height: number,
  glyphs: Glyphs,
): StyledLine[] {
  const block: StyledLine[] = [];
  for (let row = 0; row < height; row++) block.push(fitLine(lines[row] ?? [], width, glyphs));
  return block;
}

/** `text` in at most `width` columns, as a title. */
export function title(text: string, glyphs: Glyphs, width: number, tone: Tone = 'strong'): StyledLine {
  return [cutSpan(text, width, glyphs, tone)];
}
