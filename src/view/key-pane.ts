/** The keys: as one line at the bottom, and as a page with the words that the dashboard uses. */
import { fitLine, lineWidth, type Span, type StyledLine, span } from '../base/styled-text.ts';
import { cleanText, fitText } from '../base/text-width.ts';
import { KEYS } from './keys.ts';
import { type Pane, titleRule } from './pane.ts';

/** One line: as many keys as fit, or for a moment what came of the last one. */
export const keyPane: Pane = (_state, width, _height, { glyphs, note }) => {
  if (note !== '') return [fitLine([span(` ${cleanText(note, glyphs.unicode)}`, 'strong')], width, glyphs)];
  const line: Span[] = [];
  for (const { shown, short } of KEYS) {
    const next = [span(` ${shown}`, 'key'), span(` ${short} `, 'quiet')];
    if (lineWidth(line) + lineWidth(next) > width) break;
    line.push(...next);
  }
  return [fitLine(line, width, glyphs)];
};

/** The words that are not plain at sight. */
const WORDS: readonly (readonly [string, string])[] = [
  ['percent', 'delivered payload over what the line can carry at its settings'],
  ['header CRC', 'damaged frames whose header did not hold'],
  ['message CRC', 'damaged frames whose header held and whose body did not'],
  ['skipped', 'received bytes that belong to no intact frame'],
  ['resyncs', 'how often the search for the next frame began'],
  ['sent again', 'frames that were not acknowledged in time or seen missing'],
  ['got again', 'frames that had been received before'],
  ['UART', 'F framing, P parity, O overrun, B break, as the driver counts'],
];

/** A page of help; what does not fit is left out from the end. */
export const helpPane: Pane = (state, width, height, { glyphs }) => {
  const entry = ([name, about]: readonly [string, string]): StyledLine => [
    span(`  ${fitText(name, 13, 'left', glyphs.ellipsis)}`, 'key'),
    span(about),
  ];
  const { runDirectory, seed } = state.plan;
  const lines: StyledLine[] = [
    titleRule([span('keys', 'strong')], [], width, glyphs),
    ...KEYS.map(({ shown, about }) => entry([shown, about])),
    titleRule([span('words', 'strong')], [], width, glyphs),
    ...WORDS.map(entry),
    titleRule([span('this run', 'strong')], [], width, glyphs),
    entry(['seed', seed]),
    entry(['kept in', runDirectory ?? 'nowhere']),
  ];
  return lines.slice(0, height).map((line) => fitLine(line, width, glyphs));
};
