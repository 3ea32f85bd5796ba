/** What one direction carries, as a chart under the line's ceiling. */
import { clockText, percentText, UNKNOWN } from '../base/quantity.ts';
import { fitLine, lineWidth, type StyledLine, span } from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import { chartLines, chartPoints, roundTop, stretched, stretchFor } from './chart.ts';
import type { DirectionState } from './direction.ts';
import { endTone, type PaneOptions, rateText, titleRule } from './pane.ts';
import { newestPoints, SECONDS_PER_POINT } from './series.ts';
import type { ViewState } from './state.ts';

/** Columns of the scale at the left. */
const SCALE_WIDTH = 8;

/** From how many rows on the chart has a line below it that tells the time. */
const TIME_ROWS_MIN = 8;

/** How far above the ceiling a rate may be before the scale follows it. */
const CLIPPED_ABOVE = 1.25;

/** A rate for the scale: its number and prefix alone, as `11.52k`; the unit stands in the heading. */
function scaleText(value: number, ceiling: number | null, { unit }: PaneOptions): string {
  return rateText(value, ceiling, unit)
    .replace(' ', '')
    .replace(/(bit|B)\/s$/, '')
    .replace('.0%', '%');
}

/** The line below a chart of `points` points: how long ago its left edge is, and now. */
function timeLine(width: number, points: number, scale: number): StyledLine {
  const seconds = points * (SECONDS_PER_POINT[scale] ?? 1);
  const left = `-${clockText(seconds)}`;
  return [span(left, 'quiet'), span(fitText('now', Math.max(0, width - left.length), 'right'), 'quiet')];
}

/** The value at the upper edge: the ceiling is drawn just above a line that is used to the full. */
function topOf(points: readonly number[], ceiling: number | null, height: number): number {
  const highest = points.reduce((high, value) => Math.max(high, value), 0);
  if (ceiling === null) return roundTop(highest);
  const above = height > 2 ? (ceiling * height) / (height - 1) : ceiling;
  // Messages count when they are whole: a little above the ceiling is no reason to shrink the rest.
  return highest > ceiling * CLIPPED_ABOVE ? roundTop(highest) : above;
}

function heading(
  state: ViewState,
  direction: DirectionState,
  width: number,
  options: PaneOptions,
): StyledLine {
  const { rate, ceiling, from, to, measuredBy } = direction;
  const { glyphs, unit } = options;
  const names: StyledLine = [
    span(from, endTone(state, from)),
    span(` ${glyphs.arrow} `, 'quiet'),
    span(to, endTone(state, to)),
    ...(measuredBy === 'sender' && rate !== null ? [span(' sent', 'quiet')] : []),
  ];
  const share = rate === null || ceiling === null ? UNKNOWN : percentText(rate / ceiling);
  const figure = span(rateText(rate, ceiling, unit === 'share' ? 'bytes' : unit), 'strong');
  const both: StyledLine = [figure, span(`  ${share}`, 'quiet')];
  // The rule, its blanks and a piece of it between names and figures.
  const fits = lineWidth(names) + lineWidth(both) + 6 <= width;
  const figures = fits ? both : [unit === 'share' ? span(share, 'strong') : figure];
  return titleRule(names, figures, width, glyphs);
}

/** The chart of `direction` with its heading in `height` lines of `width` columns. */
export function throughputPane(
  state: ViewState,
  direction: DirectionState,
  width: number,
  height: number,
  options: PaneOptions,
): StyledLine[] {
  const { glyphs, scale } = options;
  const first = heading(state, direction, width, options);
  const timed = height - 1 >= TIME_ROWS_MIN;
  const rows = height - 1 - (timed ? 1 : 0);
  if (rows < 1) return [first];
  const chartWidth = width - SCALE_WIDTH;
  if (chartWidth < 1) return [first];
  const room = chartPoints(chartWidth, glyphs);
  const stretch = stretchFor(state.plan.durationSeconds, room, scale);
  const points = stretched(newestPoints(direction.series, scale, Math.ceil(room / stretch)), stretch);
  const top = topOf(points, direction.ceiling, rows);
  const ceilingRow =
    direction.ceiling === null
      ? 0
      : rows - 1 - Math.min(rows - 1, Math.floor((direction.ceiling / top) * rows));
  const chart = chartLines(points, {
    width: chartWidth,
    height: rows,
    top,
    ...(direction.ceiling === null ? {} : { ceiling: direction.ceiling }),
    tone: endTone(state, direction.from),
    glyphs,
  });
  const lines = chart.map((line, row): StyledLine => {
    const value = row === ceilingRow ? (direction.ceiling ?? top) : row === rows - 1 ? 0 : undefined;
    const label = value === undefined ? '' : value === 0 ? '0' : scaleText(value, direction.ceiling, options);
    return [span(`${fitText(label, SCALE_WIDTH - 1, 'right', glyphs.ellipsis)} `, 'quiet'), ...line];
  });
  const below: StyledLine[] = timed
    ? [[span(' '.repeat(SCALE_WIDTH)), ...timeLine(chartWidth, Math.floor(room / stretch), scale)]]
    : [];
  return [first, ...lines, ...below].map((line) => fitLine(line, width, glyphs));
}
