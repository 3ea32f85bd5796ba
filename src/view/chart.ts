/** A figure over time as a filled area: braille dots, or ASCII where there are none. Knows nothing of what it shows. */
import type { Glyphs, Span, StyledLine, Tone } from '../base/styled-text.ts';

/** Dots of one character cell, from the lowest up: left and right column. U+2800 and the Braille Patterns block. */
const LEFT_DOTS = [0x40, 0x04, 0x02, 0x01] as const;
const RIGHT_DOTS = [0x80, 0x20, 0x10, 0x08] as const;

/** How full an ASCII cell is, in quarters. */
const ASCII_FILL = [' ', '.', ':', '|', '#'] as const;

/** Steps that one row of either kind resolves. */
const STEPS_PER_ROW = 4;

/** What a chart is drawn with. */
export interface ChartOptions {
  /** Columns and rows, 1 or more each. */
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge, above 0. */
  readonly top: number;
  /** A value marked by a broken line where nothing is drawn over it. */
  readonly ceiling?: number;
  /** Tone of the area. */
  readonly tone: Tone;
  readonly glyphs: Glyphs;
}

/** Points that a chart of `width` columns shows. */
export function chartPoints(width: number, glyphs: Glyphs): number {
  return glyphs.unicode ? width * 2 : width;
}

/** Steps of `value`: any at all is at least one, and only the full value reaches the top. */
function stepsOf(value: number, top: number, steps: number): number {
  if (!(value > 0)) return 0;
  return Math.min(steps, Math.max(1, Math.floor((value / top) * steps)));
}

/** How many of the steps of row `row` (from the bottom) are filled when `steps` are filled altogether. */
function fillOf(steps: number, row: number): number {
  return Math.min(STEPS_PER_ROW, Math.max(0, steps - row * STEPS_PER_ROW));
}

interface Cell {
  readonly sign: string;
  readonly tone: Tone;
}

/** A cell in which at most the ceiling or the ground is drawn. `undefined` stands for a point that is not known. */
function bareCell(known: boolean, row: number, column: number, ceilingStep: number, glyphs: Glyphs): Cell {
  const step = ceilingStep - row * STEPS_PER_ROW;
  if (step >= 0 && step < STEPS_PER_ROW && column % 2 === 0) {
    const dots = (LEFT_DOTS[step] ?? 0) | (RIGHT_DOTS[step] ?? 0);
    return { sign: glyphs.unicode ? String.fromCharCode(0x2800 + dots) : '-', tone: 'quiet' };
  }
  if (row === 0 && known) return { sign: glyphs.unicode ? '⣀' : '_', tone: 'quiet' };
  return { sign: ' ', tone: 'plain' };
}

function filledCell(left: number, right: number, tone: Tone, glyphs: Glyphs): Cell {
  if (!glyphs.unicode) return { sign: ASCII_FILL[left] ?? '#', tone };
  let dots = 0;
  for (let step = 0; step < STEPS_PER_ROW; step++) {
    if (step < left) dots |= LEFT_DOTS[step] ?? 0;
    if (step < right) dots |= RIGHT_DOTS[step] ?? 0;
  }
  return { sign: String.fromCharCode(0x2800 + dots), tone };
}

/** Neighbouring cells of one tone as one span. */
function spansOf(cells: readonly Cell[]): StyledLine {
  const spans: Span[] = [];
  for (const { sign, tone } of cells) {
    const last = spans.at(-1);
    if (last?.tone === tone) spans[spans.length - 1] = { text: last.text + sign, tone };
    else spans.push({ text: sign, tone });
  }
  return spans;
}

/** `points` (oldest first, the newest at the right edge) as `height` lines of `width` columns, the upper first. */
export function chartLines(points: readonly number[], options: ChartOptions): StyledLine[] {
  const { width, height, glyphs, tone } = options;
  const perColumn = glyphs.unicode ? 2 : 1;
  const shown = points.slice(-width * perColumn);
  const steps = height * STEPS_PER_ROW;
  const top = options.top > 0 ? options.top : 1;
  const ceilingStep =
    options.ceiling === undefined ? -1 : Math.min(steps - 1, Math.round((options.ceiling / top) * steps));
  // The newest point stands in the right half of the last column.
  const first = width * perColumn - shown.length;
  const lines: StyledLine[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const cells: Cell[] = [];
    for (let column = 0; column < width; column++) {
      const place = column * perColumn - first;
      const values = [shown[place], shown[place + perColumn - 1]];
      const [left = 0, right = 0] = values.map((value) => fillOf(stepsOf(value ?? 0, top, steps), row));
      const known = values.some((value) => value !== undefined);
      cells.push(
        left + right > 0
          ? filledCell(left, right, tone, glyphs)
          : bareCell(known, row, column, ceilingStep, glyphs),
      );
    }
    lines.push(spansOf(cells));
  }
  return lines;
}

/** The most points that one second of a short run is drawn as. */
const STRETCH_MAX = 8;

/** Seconds besides the traffic that a short run's chart has room for. */
const STRETCH_SPARE = 5;

/** How many points one second is drawn as, so that a run of `seconds` fills a chart of `room` points; only at the finest scale. */
export function stretchFor(seconds: number | null, room: number, scale: number): number {
  if (seconds === null || scale !== 0) return 1;
  return Math.min(STRETCH_MAX, Math.max(1, Math.floor(room / (seconds + STRETCH_SPARE))));
}

/** Every point `times` times. */
export function stretched(points: readonly number[], times: number): readonly number[] {
  return times <= 1 ? points : points.flatMap((point) => Array<number>(times).fill(point));
}

/** The next round number (1, 2 or 5 times a power of ten) that is not below `value`; at least 1, and 1 for no number. */
export function roundTop(value: number): number {
  if (!(value > 1) || value > Number.MAX_SAFE_INTEGER) return 1;
  let power = 1;
  while (power * 10 <= value) power *= 10;
  for (const factor of [1, 2, 5]) if (power * factor >= value) return power * factor;
  return power * 10;
}
