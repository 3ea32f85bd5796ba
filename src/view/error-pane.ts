/** CRC errors per second at each end as charts, header and message in numbers. */
import { countText, scaledText } from '../base/quantity.ts';
import { type StyledLine, span, spreadLine } from '../base/styled-text.ts';
import { chartLines, chartPoints, roundTop, stretched, stretchFor } from './chart.ts';
import { endTone, type Pane, type PaneOptions, title, titleRule } from './pane.ts';
import { newestPoints } from './series.ts';
import type { EndState, ViewState } from './state.ts';

/** Header and message errors together, point by point. */
function errorPoints(end: EndState, scale: number, count: number): number[] {
  const message = newestPoints(end.messageCrcErrors, scale, count);
  return newestPoints(end.headerCrcErrors, scale, count).map((value, place) => value + (message[place] ?? 0));
}

function legend(
  state: ViewState,
  each: EndState,
  top: number,
  width: number,
  options: PaneOptions,
): StyledLine {
  const { end, sample, rates } = each;
  const header = sample?.frames.headerCrcErrors ?? 0;
  const message = sample?.frames.messageCrcErrors ?? 0;
  const now = (rates?.headerCrcErrors ?? 0) + (rates?.messageCrcErrors ?? 0);
  const name = span(`at ${end.name}`, endTone(state, end.name));
  if (sample === null) return [name, span('  not known here', 'quiet')];
  if (header + message === 0) return [name, span('  none', 'good')];
  const totals = span(`  header ${countText(header)} message ${countText(message)}`, 'warn');
  const right = [
    span(`  ${scaledText(now, '/s')}`, now > 0 ? 'bad' : 'quiet'),
    ...(width >= 54 ? [span(`  top ${scaledText(top, '/s')}`, 'quiet')] : []),
  ];
  return spreadLine([name, totals], right, width, options.glyphs);
}

function block(
  state: ViewState,
  each: EndState,
  width: number,
  height: number,
  options: PaneOptions,
): StyledLine[] {
  const { glyphs, scale } = options;
  const room = chartPoints(width, glyphs);
  const stretch = stretchFor(state.plan.durationSeconds, room, scale);
  const points = stretched(errorPoints(each, scale, Math.ceil(room / stretch)), stretch);
  const top = roundTop(points.reduce((high, value) => Math.max(high, value), 0));
  const first = legend(state, each, top, width, options);
  if (height < 2) return [first];
  return [first, ...chartLines(points, { width, height: height - 1, top, tone: 'bad', glyphs })];
}

/** One block per end, one under the other; as many as have a line each. */
export const errorPane: Pane = (state, width, height, options) => {
  const first = titleRule(
    title('CRC errors per second', options.glyphs, width - 4),
    [],
    width,
    options.glyphs,
  );
  const ends = state.ends.slice(0, Math.max(0, Math.min(4, height - 1)));
  const lines: StyledLine[] = [first];
  let room = height - 1;
  ends.forEach((each, place) => {
    const share = Math.floor(room / (ends.length - place));
    lines.push(...block(state, each, width, share, options));
    room -= share;
  });
  return lines;
};
