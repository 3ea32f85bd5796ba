/** A series of calls as lines for a terminal: outcomes, stages, rates, and the calls themselves, of a long series the odd ones. Pure. */
import { countText } from '../base/quantity.ts';
import { type Glyphs, type StyledLine, span, type Tone } from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import type { AttemptResult, CallsResult } from '../soak/result.ts';
import {
  attemptName,
  type CallSpread,
  type Counted,
  callDirections,
  callThroughput,
  outcomeCounts,
  outcomeText,
  rateCounts,
  seriesText,
  spreadText,
  stageSpreads,
  stageText,
  termsCounts,
  throughputSpreads,
} from './call-figures.ts';
import { wrapText } from './wrap-text.ts';

/** Attempts up to which each has its line; of more only those that did not pass. */
const ALL_MAX = 24;

/** Lines of attempts that did not pass, of a long series. */
const ODD_MAX = 16;

/** Columns of a figure's name, of a count, of a figure. */
const LABEL_WIDTH = 24;
const COUNT_WIDTH = 7;
const FIGURE_WIDTH = 11;

/** Columns of an attempt's name, of its outcome, of a length of time or a line's rate. */
const NAME_WIDTH = 8;
const OUTCOME_WIDTH = 15;
const TIME_WIDTH = 8;

/** Columns of what a call carried in one direction, and directions that have some. */
const RATE_WIDTH = 11;
const DIRECTIONS_MAX = 2;

/** A name, and what is to be said of it, in as many lines as that takes. */
function toldLines(label: string, text: string, width: number, tone: Tone = 'plain'): StyledLine[] {
  return wrapText(span(text).text, width - LABEL_WIDTH - 2).map((line, place) => [
    span(`  ${fitText(place === 0 ? label : '', LABEL_WIDTH)}`, 'quiet'),
    span(line.replaceAll('\u00a0', ' '), tone),
  ]);
}

function countsLines(label: string, counts: readonly Counted[], width: number): StyledLine[] {
  const text = counts
    .filter(({ count }) => count > 0)
    // A name and its count stay on one line.
    .map(({ name, count }) => `${name} ${countText(count)}`.replaceAll(' ', '\u00a0'))
    .join(', ');
  return toldLines(label, text, width);
}

function spreadLines(spreads: readonly CallSpread[], { ellipsis }: Glyphs): StyledLine[] {
  if (spreads.length === 0) return [];
  const cell = (text: string): string => fitText(text, FIGURE_WIDTH, 'right', ellipsis);
  const heads = ['median', 'p99', 'lowest', 'highest'].map(cell).join('');
  return [
    [span(`  ${' '.repeat(LABEL_WIDTH)}${fitText('calls', COUNT_WIDTH, 'right')}${heads}`, 'strong')],
    ...spreads.map(({ label, unit, count, p50, p99, min, max }): StyledLine => {
      const figures = [p50, p99, min, max].map((value) => cell(spreadText(value, unit))).join('');
      return [
        span(`  ${fitText(span(label).text, LABEL_WIDTH, 'left', ellipsis)}`, 'quiet'),
        span(`${fitText(countText(count), COUNT_WIDTH, 'right')}${figures}`),
      ];
    }),
  ];
}

const OUTCOME_TONES: Readonly<Record<string, Tone>> = { passed: 'good', aborted: 'warn' };

/** What an attempt that came to CONNECT ran at and carried, in columns. */
function carriedText(attempt: AttemptResult, directions: readonly string[], { ellipsis }: Glyphs): string {
  const { lineRate } = attempt;
  const rates = callThroughput(attempt);
  const cells = directions.map((name) => {
    const rate = rates.find(({ direction }) => direction === name)?.rate;
    return fitText(rate === undefined ? '' : spreadText(rate, 'B/s'), RATE_WIDTH, 'right', ellipsis);
  });
  const line = lineRate === undefined ? '' : countText(lineRate);
  return `${fitText(line, TIME_WIDTH, 'right', ellipsis)}${cells.join('')}`;
}

function attemptText(
  attempt: AttemptResult,
  directions: readonly string[],
  width: number,
  glyphs: Glyphs,
): StyledLine[] {
  const { outcome, text, dialled, firstFrame, hangUp, lineRate, retried } = attempt;
  const { ellipsis } = glyphs;
  const times = [dialled, firstFrame, hangUp].map((value) =>
    fitText(stageText(value), TIME_WIDTH, 'right', ellipsis),
  );
  const said = `${text}${retried ? `${text === '' ? '' : ', '}tried again` : ''}`;
  const online = lineRate !== undefined || attempt.streams.length > 0;
  const named: StyledLine = [
    span(`  ${fitText(attemptName(attempt), NAME_WIDTH, 'left', ellipsis)}`, 'quiet'),
    span(
      fitText(span(outcomeText(outcome)).text, OUTCOME_WIDTH, 'left', ellipsis),
      OUTCOME_TONES[outcome] ?? (retried ? 'warn' : 'bad'),
    ),
    span(times.join('')),
  ];
  if (!online) return [[...named, span(`  ${said}`, 'quiet')]];
  const below = wrapText(span(said).text, width - NAME_WIDTH - 2);
  return [
    [...named, span(carriedText(attempt, directions, glyphs))],
    ...below.map((line): StyledLine => [span(`  ${' '.repeat(NAME_WIDTH)}`), span(line, 'quiet')]),
  ];
}

function headLine(directions: readonly string[], { arrow, ellipsis }: Glyphs): StyledLine {
  const heads = ['dialled', 'frame', 'hang-up', 'bit/s'].map((head) => fitText(head, TIME_WIDTH, 'right'));
  const ways = directions.map((name) =>
    fitText(span(name.replace(' to ', ` ${arrow} `)).text, RATE_WIDTH, 'right', ellipsis),
  );
  return [
    span(
      `  ${fitText('call', NAME_WIDTH)}${fitText('', OUTCOME_WIDTH)}${[...heads, ...ways].join('')}`,
      'strong',
    ),
  ];
}

function attemptLines(calls: CallsResult, width: number, glyphs: Glyphs): StyledLine[] {
  const { attempts, statistics } = calls;
  if (attempts.length === 0) return [];
  const long = attempts.length > ALL_MAX;
  const odd = attempts.filter(({ outcome }) => outcome !== 'passed');
  const shown = long ? odd.slice(0, ODD_MAX) : attempts;
  const earlier = statistics.attempts - attempts.length;
  const directions = callDirections(calls).slice(0, DIRECTIONS_MAX);
  const notes = [
    ...(long && odd.length > shown.length
      ? [`and ${countText(odd.length - shown.length)} more that did not pass`]
      : []),
    ...(long && odd.length > 0
      ? [`${countText(attempts.length - odd.length)} that passed are not listed`]
      : []),
    ...(earlier > 0 ? [`the first ${countText(earlier)} attempts stand in the journal alone`] : []),
  ];
  return [
    ...(shown.length === 0 ? [] : [headLine(directions, glyphs)]),
    ...shown.flatMap((attempt) => attemptText(attempt, directions, width, glyphs)),
    ...notes.map((note): StyledLine => [span(`  ${note}`, 'quiet')]),
  ];
}

function escapeLines({ escape: escaping }: CallsResult, width: number): StyledLine[] {
  if (escaping === undefined) return [];
  const { safe, text, settings } = escaping.advice;
  const set = settings.length === 0 ? '' : `; set ${settings.join(', ')}`;
  return toldLines('+++ in the data', `${text}${set}`, width, safe === 'no' ? 'bad' : 'plain');
}

/** The sections of a summary that tell of a series of calls. `profile` names what the streams of a call are made of. */
export function callSections(
  calls: CallsResult,
  profile: unknown,
  width: number,
  glyphs: Glyphs,
): StyledLine[][] {
  const { statistics, passed, needed } = calls;
  const attempts = statistics.attempts === calls.wanted ? '' : `; ${countText(statistics.attempts)} attempts`;
  const head: StyledLine = [
    span('  calls  ', 'strong'),
    span(`${seriesText(calls)}${attempts}`, passed >= needed ? 'good' : 'bad'),
  ];
  return [
    [
      head,
      ...countsLines('attempts by outcome', outcomeCounts(calls), width),
      ...countsLines('line rates', rateCounts(calls), width),
      ...countsLines('agreed on', termsCounts(calls), width),
      ...escapeLines(calls, width),
    ],
    spreadLines([...stageSpreads(calls), ...throughputSpreads(calls, profile)], glyphs),
    attemptLines(calls, width, glyphs),
  ];
}
