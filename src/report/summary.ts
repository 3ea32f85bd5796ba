/** The last page of a run: a result as lines for a terminal or a log. Pure; the verdict stands first. */
import {
  clockText,
  countText,
  millisecondsText,
  percentText,
  scaledText,
  UNKNOWN,
} from '../base/quantity.ts';
import {
  barSpans,
  fitLine,
  type Glyphs,
  lineWidth,
  type Span,
  type StyledLine,
  span,
  type Tone,
} from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from '../soak/limits.ts';
import type { DirectionResult, EndResult, LimitResult, Result, StreamResult } from '../soak/result.ts';
import { callSections } from './call-summary.ts';
import { isSentKnown } from './known.ts';
import { streamNames } from './stream-name.ts';
import { wrapText } from './wrap-text.ts';

/** Columns below which nothing is laid out any narrower; lines are cut. */
const WIDTH_MIN = 40;

/** Columns above which nothing is laid out any wider. */
const WIDTH_MAX = 110;

/** Columns of the names of figures. */
const LABEL_WIDTH = 20;

/** Columns of one figure: at most, and at least. */
const COLUMN_WIDTH_MAX = 15;
const COLUMN_WIDTH_MIN = 10;

/** How a summary is laid out. */
export interface SummaryOptions {
  /** Columns of the terminal; 80 is a good value where there is none. */
  readonly width: number;
  readonly glyphs: Glyphs;
  /** Where the run is kept, if it is. */
  readonly runDirectory?: string | undefined;
}

const VERDICTS: Readonly<Record<Result['verdict'], { text: string; tone: Tone }>> = {
  pass: { text: 'PASS', tone: 'badge-good' },
  fail: { text: 'FAIL', tone: 'badge-bad' },
  incomplete: { text: 'INCOMPLETE', tone: 'badge-warn' },
};

/** The `name` of a rig or profile document. */
function nameOf(document: unknown): string {
  if (typeof document !== 'object' || document === null || !('name' in document)) return '';
  return typeof document.name === 'string' ? document.name : '';
}

/** Reasons or warnings that are listed, and characters of each. */
const REASONS_MAX = 50;
const REASON_MAX = 2000;

/** The first of them, and how many there are besides. */
function shortened(texts: readonly string[]): readonly string[] {
  if (texts.length <= REASONS_MAX) return texts;
  return [...texts.slice(0, REASONS_MAX), `and ${countText(texts.length - REASONS_MAX)} more`];
}

function verdictLines(result: Result, width: number, glyphs: Glyphs): StyledLine[] {
  const { text, tone } = VERDICTS[result.verdict];
  const duration =
    result.durationSeconds < 100
      ? `${result.durationSeconds.toFixed(1)} s`
      : clockText(result.durationSeconds);
  const parts = [nameOf(result.profile), nameOf(result.rig), duration, `seed ${result.seed}`];
  const names = parts.filter((part) => part !== '').join(` ${glyphs.dot} `);
  const listed = (said: string, saidTone: Tone): StyledLine[] =>
    wrapText(span(said.slice(0, REASON_MAX)).text, width - 4).map((line, place) => [
      span(place === 0 ? `  ${glyphs.dot} ` : '    ', 'quiet'),
      span(line, saidTone),
    ]);
  const reasonTone = result.verdict === 'pass' ? 'plain' : result.verdict === 'fail' ? 'bad' : 'warn';
  return [
    [span(` ${text} `, tone), span('  '), span(names, 'quiet')],
    ...shortened(result.reasons).flatMap((reason) => listed(reason, reasonTone)),
    ...shortened(result.warnings ?? []).flatMap((warning) => listed(`note: ${warning}`, 'warn')),
  ];
}

/** One direction: what it carried, how much of the line that is, how long it took. */
interface Direction {
  readonly from: string;
  readonly to: string;
  readonly goodput: number;
  readonly utilisation: number;
  readonly streams: readonly (StreamResult & { readonly label: string })[];
  /** What the ends' counters say that the line did, compared with each other. */
  readonly passage: DirectionResult['passage'];
}

function directionsOf(result: Result): Direction[] {
  const { directions = [] } = result;
  const labels = streamNames(result);
  const streams = result.streams.map((stream, index) => ({
    ...stream,
    label: labels[index] ?? stream.category,
  }));
  const keys = [...new Set(streams.map(({ from, to }) => JSON.stringify([from, to])))];
  return keys.map((key) => {
    const own = streams.filter(({ from, to }) => JSON.stringify([from, to]) === key);
    const sum = (figure: (stream: StreamResult) => number): number =>
      own.reduce((total, stream) => total + figure(stream), 0);
    return {
      from: own[0]?.from ?? '',
      to: own[0]?.to ?? '',
      goodput: sum((stream) => stream.goodputBytesPerSecond),
      utilisation: sum((stream) => stream.lineUtilisation),
      streams: own,
      passage: directions.find(({ from, to }) => JSON.stringify([from, to]) === key)?.passage ?? null,
    };
  });
}

function directionLine(direction: Direction, width: number, glyphs: Glyphs): StyledLine {
  const { from, to, goodput, utilisation, streams } = direction;
  const names: StyledLine = [span(`  ${from} ${glyphs.arrow} ${to}  `, 'strong')];
  if (!streams.some(({ measured }) => measured)) {
    return [...names, span('not known: the receiving end gave no figures', 'warn')];
  }
  const rate = span(fitText(scaledText(goodput, 'B/s'), 11, 'right', glyphs.ellipsis));
  const share = span(fitText(percentText(utilisation), 8, 'right', glyphs.ellipsis), 'strong');
  const after = span(' of the line', 'quiet');
  const room = Math.min(50, width - lineWidth([...names, rate, share, after]) - 2);
  const bar = room >= 8 ? [span('  '), ...barSpans(utilisation, room, glyphs, 'good')] : [];
  return [...names, rate, ...bar, share, ...(room >= 0 ? [after] : [])];
}

function countSpan(count: number, what: string, tone: Tone): Span[] {
  return count === 0 ? [] : [span(`, ${countText(count)} ${what}`, tone)];
}

/** What became of one stream's messages. */
function streamLines(stream: Direction['streams'][number], sentKnown: boolean, glyphs: Glyphs): StyledLine[] {
  const indent = span('    ');
  const { category, label, sent, delivered, latencyMs, latencyUncertaintyMs } = stream;
  if (!stream.measured) return [[indent, span(`${label}: ${countText(sent)} sent`, 'quiet')]];
  const reliable = category.startsWith('reliable');
  const faults = [
    ...countSpan(sentKnown ? stream.lost : 0, 'lost', reliable ? 'bad' : 'warn'),
    ...countSpan(stream.duplicated, 'duplicated', 'bad'),
    ...countSpan(stream.misordered, 'misordered', 'bad'),
    ...countSpan(stream.corrupted, 'corrupted', 'bad'),
    ...countSpan(stream.truncated, 'cut short', 'bad'),
  ];
  const whole = faults.length === 0 ? [span(', each once and unaltered', 'quiet')] : faults;
  const margin =
    latencyUncertaintyMs === null
      ? ''
      : ` (${glyphs.unicode ? '±' : '+-'} ${millisecondsText(latencyUncertaintyMs)})`;
  const { p50, p99, max } = latencyMs;
  const figures = `p50 ${millisecondsText(p50)}, p99 ${millisecondsText(p99)}, max ${millisecondsText(max)}`;
  return [
    [
      indent,
      span(`${label}: `, 'quiet'),
      span(`${countText(delivered)}${sentKnown ? ` of ${countText(sent)}` : ''} delivered`),
      ...whole,
    ],
    ...(sentKnown ? [] : [[indent, span('how many were sent is not known', 'warn')]]),
    // Delays are never 0: a run that was cut short does not know them.
    ...(delivered === 0 || max === 0 ? [] : [[indent, span(`one-way delay ${figures}${margin}`, 'quiet')]]),
  ];
}

/** What became of the frames and bytes of a direction: what went in at one end less what came out at the other. */
function passageLines({ passage }: Direction): StyledLine[] {
  if (passage === null) return [];
  const { frames, framesLost, bytesLost, bytesInserted } = passage;
  const lost = framesLost + bytesLost + bytesInserted;
  return [
    [
      span('    the line: ', 'quiet'),
      span(`${countText(framesLost)} of ${countText(frames)} frames lost`, framesLost > 0 ? 'warn' : 'quiet'),
      ...(lost === 0
        ? []
        : [span(`, ${countText(bytesLost)} bytes lost, ${countText(bytesInserted)} inserted`, 'warn')]),
    ],
  ];
}

type Row = readonly [
  label: string,
  cell: (end: EndResult) => string,
  tone?: (end: EndResult) => Tone | undefined,
];

/** Rows that are there only where an end has something to tell. */
const RARE_ROWS: readonly (readonly [label: string, count: (end: EndResult) => number])[] = [
  ['times port was away', ({ outages }) => outages?.count ?? 0],
  ['entered again', ({ session }) => session?.reconnects ?? 0],
];

const warnIf = (faulty: boolean): Tone => (faulty ? 'warn' : 'plain');

const ROWS: readonly Row[] = [
  ['line', ({ line }) => `${line.baud} 8${line.parity[0]}${line.stopbits}`],
  ['bytes sent', ({ bytes }) => countText(bytes.sent)],
  ['bytes received', ({ bytes }) => countText(bytes.received)],
  ['frames sent', ({ frames }) => countText(frames.sent)],
  ['frames received', ({ frames }) => countText(frames.received)],
  [
    'header CRC errors',
    ({ frames }) => countText(frames.headerCrcErrors),
    ({ frames }) => warnIf(frames.headerCrcErrors > 0),
  ],
  [
    'message CRC errors',
    ({ frames }) => countText(frames.messageCrcErrors),
    ({ frames }) => warnIf(frames.messageCrcErrors > 0),
  ],
  [
    'truncated frames',
    ({ frames }) => countText(frames.truncated),
    ({ frames }) => warnIf(frames.truncated > 0),
  ],
  ['bytes skipped', ({ bytes }) => countText(bytes.skipped), ({ bytes }) => warnIf(bytes.skipped > 0)],
  ['resyncs', ({ frames }) => countText(frames.resyncs), ({ frames }) => warnIf(frames.resyncs > 0)],
  [
    'frames sent again',
    ({ connection }) => countText(connection.retries),
    ({ connection }) => warnIf(connection.retries > 0),
  ],
  ['frames got again', ({ connection }) => countText(connection.duplicates)],
  ['most in flight', ({ connection }) => countText(connection.windowMax)],
  ['round trip p50', ({ connection: { rttMs } }) => roundTripText(rttMs.p50, rttMs.max)],
  ['round trip p99', ({ connection: { rttMs } }) => roundTripText(rttMs.p99, rttMs.max)],
  ['violations', ({ violations }) => countText(violations), ({ violations }) => warnIf(violations > 0)],
];

/** A spread whose highest value is 0 was never measured. */
function roundTripText(milliseconds: number, max: number): string {
  return max === 0 ? UNKNOWN : millisecondsText(milliseconds);
}

/** The UART's counters in a line per end: they either are absent, or all 0, or worth reading. */
function uartLines(ends: readonly EndResult[]): StyledLine[] {
  return ends.map(({ name, uart }) => {
    const label = span(`  ${fitText(`UART at ${span(name).text}`, LABEL_WIDTH)}`, 'quiet');
    if (uart === null) return [label, span('no UART counters on this port', 'quiet')];
    const { framing, parity, overrun } = uart;
    const text = `framing ${framing}, parity ${parity}, overrun ${overrun}, break ${uart.break}`;
    return [label, span(text, framing + parity + overrun + uart.break > 0 ? 'bad' : 'plain')];
  });
}

function endLines(ends: readonly EndResult[], column: number, glyphs: Glyphs): StyledLine[] {
  const cell = (text: string): string => fitText(span(text).text, column, 'right', glyphs.ellipsis);
  const head: StyledLine = [
    span(`  ${' '.repeat(LABEL_WIDTH)}`),
    ...ends.map(({ name }) => span(cell(name), 'strong')),
  ];
  const rows = ROWS.map(
    ([label, text, tone]): StyledLine => [
      span(`  ${fitText(label, LABEL_WIDTH)}`, 'quiet'),
      ...ends.map((end) => span(cell(text(end)), tone?.(end) ?? 'plain')),
    ],
  );
  const rare = RARE_ROWS.filter(([, count]) => ends.some((end) => count(end) > 0)).map(
    ([label, count]): StyledLine => [
      span(`  ${fitText(label, LABEL_WIDTH)}`, 'quiet'),
      ...ends.map((end) => span(cell(countText(count(end))), warnIf(count(end) > 0))),
    ],
  );
  return [head, ...rows, ...rare, ...uartLines(ends)];
}

/** A figure of a limit: a count, or a share or length of time with its digits. */
function figureText(value: number): string {
  return Number.isInteger(value) ? countText(value) : String(Number(value.toPrecision(4)));
}

/** Which way a limit bounds its measure; a name of another version bounds from above. */
function isLeast(name: string): boolean {
  return LIMIT_NAMES.some((known) => known === name && LIMITS[name as LimitName].bound === 'min');
}

function limitLine({ name, limit, actual, pass }: LimitResult, column: number, glyphs: Glyphs): StyledLine {
  const sign = span(`  ${fitText(pass ? glyphs.pass : glyphs.fail, 3)}`, pass ? 'good' : 'bad');
  return [
    sign,
    span(fitText(span(name).text, LABEL_WIDTH - 3, 'left', glyphs.ellipsis)),
    span(fitText(figureText(actual), column, 'right', glyphs.ellipsis), pass ? 'plain' : 'bad'),
    span(`   ${isLeast(name) ? 'at least' : 'at most'} ${figureText(limit)}`, 'quiet'),
  ];
}

/** `result` as lines of at most `width` columns: verdict and reasons, directions, ends, limits, where it is kept. */
export function summaryLines(result: Result, options: SummaryOptions): StyledLine[] {
  const { glyphs, runDirectory } = options;
  const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, options.width));
  const blank: StyledLine = [];
  const columns = Math.max(2, result.ends.length);
  const room = Math.floor((width - 2 - LABEL_WIDTH) / columns);
  const column = Math.min(COLUMN_WIDTH_MAX, Math.max(COLUMN_WIDTH_MIN, room));
  const directions = directionsOf(result).flatMap((direction) => [
    directionLine(direction, width, glyphs),
    ...direction.streams.flatMap((stream) => streamLines(stream, isSentKnown(result, stream), glyphs)),
    ...passageLines(direction),
  ]);
  const { calls } = result;
  const sections: StyledLine[][] = [
    verdictLines(result, width, glyphs),
    ...(calls === undefined ? [] : callSections(calls, result.profile, width, glyphs)),
    calls === undefined || directions.length === 0
      ? []
      : [[span('  the last call that carried traffic', 'strong')]],
    directions,
    result.ends.length === 0 ? [] : endLines(result.ends, column, glyphs),
    result.limits.map((limit) => limitLine(limit, column, glyphs)),
    runDirectory === undefined ? [] : [[span('  kept in ', 'quiet'), span(runDirectory)]],
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section) => [...section, blank])
    .map((line) => (lineWidth(line) > options.width ? fitLine(line, options.width, glyphs) : line))
    .map((line) => (glyphs.unicode ? line : fitLine(line, lineWidth(line), glyphs)));
}
