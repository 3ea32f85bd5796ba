/** The latest events, the newest last. */
import { clockText, countText } from '../base/quantity.ts';
import { fitLine, type StyledLine, span, spreadLine } from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import { WEIGHT_TONES } from './event-text.ts';
import { endTone, type Pane, titleRule } from './pane.ts';

/** Columns of the time and of the end's name. */
const TIME_WIDTH = 9;
const NAME_WIDTH = 5;

/** One line per event: time, end, what happened, how often in a row; only the newest that fit. */
export const eventPane: Pane = (state, width, height, { glyphs }) => {
  const newest = height > 1 ? state.log.slice(1 - height) : [];
  const lines: StyledLine[] = [titleRule([span('events', 'strong')], [], width, glyphs)];
  for (const { at, end, weight, text, count } of newest) {
    const times = count > 1 ? [span(`  ${glyphs.unicode ? '×' : 'x'} ${countText(count)}`, 'quiet')] : [];
    const time = fitText(clockText(at), TIME_WIDTH, 'right', glyphs.ellipsis);
    const name = fitText(span(end).text, NAME_WIDTH, 'left', glyphs.ellipsis);
    const line: StyledLine = [
      span(time, 'quiet'),
      span(`  ${name} `, endTone(state, end)),
      span(text, WEIGHT_TONES[weight]),
    ];
    lines.push(spreadLine(line, times, width, glyphs));
  }
  if (newest.length === 0) lines.push(fitLine([span('  nothing yet', 'quiet')], width, glyphs));
  return lines;
};
