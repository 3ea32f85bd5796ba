/** Figures of the ends side by side: the connection, the line, or the most telling of both where room is short. */

import type { LineSettings } from '../base/line-settings.ts';
import type { ModemLines } from '../base/modem-lines.ts';
import { countText, millisecondsText, scaledText, UNKNOWN } from '../base/quantity.ts';
import { fitLine, type Glyphs, type Span, type StyledLine, span, type Tone } from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import type { Sample, StreamCounters } from '../soak/sample.ts';
import { endTone, type Pane, type PaneOptions, titleRule } from './pane.ts';
import type { EndState, ViewState } from './state.ts';

/** Columns of the names of figures. */
const LABEL_WIDTH = 13;

/** The fewest columns that one end's figures are shown in. */
const COLUMN_WIDTH_MIN = 10;

interface Figure {
  readonly label: string;
  /** Shown first when rows are short: 1 before 2 before 3. */
  readonly rank: 1 | 2 | 3;
  readonly show: (sample: Sample, end: EndState) => { text: string; tone?: Tone };
}

/** A count that ought to be 0. */
function fault(count: number, tone: Tone = 'warn'): { text: string; tone: Tone } {
  return { text: countText(count), tone: count > 0 ? tone : 'plain' };
}

function received(sample: Sample, count: (stream: StreamCounters) => number): number {
  return sample.streams
    .filter((stream) => stream.to === sample.end)
    .reduce((sum, stream) => sum + count(stream), 0);
}

/** `115200 8N1`; [MS-DPDX] 2.2.34 has always 8 data bits. */
export function settingsText(settings: LineSettings | null): string {
  if (settings === null) return UNKNOWN;
  return `${settings.baud} 8${settings.parity[0]}${settings.stopbits}`;
}

function uartText({ uart }: Sample): { text: string; tone?: Tone } {
  if (uart === null) return { text: 'no counters', tone: 'quiet' };
  const sum = uart.framing + uart.parity + uart.overrun + uart.break;
  if (sum === 0) return { text: '0' };
  return { text: `F${uart.framing} P${uart.parity} O${uart.overrun} B${uart.break}`, tone: 'bad' };
}

/** Control lines as lamps, in the order of the label. */
function lamps(...names: readonly (keyof ModemLines)[]): Figure['show'] {
  return ({ lines }) => {
    if (lines === undefined) return { text: UNKNOWN, tone: 'quiet' };
    if (lines === null) return { text: 'none', tone: 'quiet' };
    return { text: names.map((name) => LAMPS[String(lines[name])]).join(' ') };
  };
}

const LAMPS: Readonly<Record<string, string>> = { true: 'on', false: 'off', null: UNKNOWN };

const CONNECTION: readonly Figure[] = [
  {
    label: 'state',
    rank: 1,
    show: ({ connection: { state } }) => ({ text: state, tone: state === 'connected' ? 'good' : 'warn' }),
  },
  {
    label: 'players',
    rank: 3,
    show: ({ session }) => ({ text: session === undefined ? UNKNOWN : String(session.players) }),
  },
  {
    label: 'round trip',
    rank: 1,
    show: ({ connection: { rttMs } }) => ({ text: rttMs === null ? UNKNOWN : millisecondsText(rttMs) }),
  },
  {
    label: 'in flight',
    rank: 2,
    show: ({ connection: { outstanding, window } }) => ({ text: `${outstanding} of ${window}` }),
  },
  { label: 'sent again', rank: 1, show: ({ connection }) => fault(connection.retries) },
  {
    label: 'again per s',
    rank: 3,
    show: (_, { rates }) => ({
      text: rates === null ? UNKNOWN : scaledText(rates.retries, '').trim(),
      tone: rates !== null && rates.retries > 0 ? 'warn' : 'plain',
    }),
  },
  { label: 'got again', rank: 3, show: ({ connection }) => ({ text: countText(connection.duplicates) }) },
  {
    label: 'messages in',
    rank: 2,
    show: (sample) => ({ text: countText(received(sample, (stream) => stream.delivered)) }),
  },
  {
    label: 'corrupted',
    rank: 2,
    show: (sample) =>
      fault(
        received(sample, (stream) => stream.corrupted + stream.truncated),
        'bad',
      ),
  },
  {
    label: 'duplicated',
    rank: 3,
    show: (sample) =>
      fault(
        received(sample, (stream) => stream.duplicated),
        'bad',
      ),
  },
  {
    label: 'misordered',
    rank: 3,
    show: (sample) =>
      fault(
        received(sample, (stream) => stream.misordered),
        'bad',
      ),
  },
];

const LINE: readonly Figure[] = [
  { label: 'port', rank: 3, show: (_, { end }) => ({ text: end.port || UNKNOWN }) },
  { label: 'settings', rank: 2, show: (_, { end }) => ({ text: settingsText(end.settings) }) },
  {
    label: 'flow control',
    rank: 3,
    show: (_, { end }) => ({ text: end.settings?.flowcontrol.toLowerCase() ?? UNKNOWN }),
  },
  { label: 'sent', rank: 2, show: ({ bytes }) => ({ text: scaledText(bytes.sent, 'B') }) },
  { label: 'received', rank: 2, show: ({ bytes }) => ({ text: scaledText(bytes.received, 'B') }) },
  { label: 'frames in', rank: 3, show: ({ frames }) => ({ text: countText(frames.received) }) },
  { label: 'header CRC', rank: 1, show: ({ frames }) => fault(frames.headerCrcErrors) },
  { label: 'message CRC', rank: 1, show: ({ frames }) => fault(frames.messageCrcErrors) },
  { label: 'truncated', rank: 2, show: ({ frames }) => fault(frames.truncated) },
  { label: 'skipped', rank: 1, show: ({ bytes }) => fault(bytes.skipped) },
  { label: 'resyncs', rank: 1, show: ({ frames }) => fault(frames.resyncs) },
  { label: 'UART', rank: 2, show: uartText },
  { label: 'DTR RTS', rank: 3, show: lamps('dtr', 'rts') },
  { label: 'CTS DSR', rank: 3, show: lamps('cts', 'dsr') },
  { label: 'DCD RI', rank: 3, show: lamps('dcd', 'ri') },
];

/** The `count` figures that come first, in the order in which they stand. */
function foremost(figures: readonly Figure[], count: number): readonly Figure[] {
  const kept = new Set([...figures].sort((a, b) => a.rank - b.rank).slice(0, Math.max(0, count)));
  return figures.filter((figure) => kept.has(figure));
}

function cellSpan(figure: Figure, each: EndState, width: number, glyphs: Glyphs): Span {
  const settled = figure.label === 'port' || figure.label === 'settings' || figure.label === 'flow control';
  if (each.sample === null && !settled) {
    return { text: fitText(UNKNOWN, width, 'right', glyphs.ellipsis), tone: 'quiet' };
  }
  const { text, tone } = figure.show(each.sample ?? NO_SAMPLE, each);
  return span(` ${fitText(span(text).text, width - 1, 'right', glyphs.ellipsis)}`, tone ?? 'plain');
}

/** Stands in for the sample where a figure does not look at it. */
const NO_SAMPLE: Sample = {
  at: 0,
  end: '',
  phase: 'connecting',
  bytes: { sent: 0, received: 0, skipped: 0 },
  frames: { sent: 0, received: 0, headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 },
  uart: null,
  connection: { state: '', rttMs: null, window: 0, outstanding: 0, retries: 0, duplicates: 0 },
  streams: [],
};

function figurePane(name: string, figures: readonly Figure[]): Pane {
  return (state: ViewState, width: number, height: number, { glyphs }: PaneOptions) => {
    const room = Math.max(0, width - LABEL_WIDTH);
    const ends = state.ends.slice(0, Math.max(1, Math.floor(room / COLUMN_WIDTH_MIN)));
    const column = Math.floor(room / Math.max(1, ends.length));
    const heads = ends.map(({ end }) =>
      span(fitText(span(end.name).text, column, 'right', glyphs.ellipsis), endTone(state, end.name)),
    );
    const lines: StyledLine[] = [titleRule([span(name, 'strong')], trimmed(heads), width, glyphs)];
    for (const figure of foremost(figures, height - 1)) {
      const cells = ends.map((each) => cellSpan(figure, each, column, glyphs));
      const label = span(
        fitText(figure.label, width - column * ends.length, 'left', glyphs.ellipsis),
        'quiet',
      );
      lines.push(fitLine([label, ...cells], width, glyphs));
    }
    return lines;
  };
}

/** Spans without the blanks before the first word: the rule runs up to it. */
function trimmed(spans: readonly Span[]): StyledLine {
  return spans.map((each, place) => (place === 0 ? { ...each, text: each.text.trimStart() } : each));
}

/** State, round trip, window and what became of the messages. */
export const connectionPane: Pane = figurePane('connection', CONNECTION);

/** Port, settings, bytes and every way in which frames were lost. */
export const linePane: Pane = figurePane('line', LINE);

/** The most telling figures of both. */
export const figuresPane: Pane = figurePane('figures', [...CONNECTION, ...LINE]);
