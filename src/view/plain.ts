/** A run as plain lines, for pipes, logs and terminals that cannot be drawn on. Uses no clock: samples tell the time. */
import { durationText } from '../base/duration-text.ts';
import { SECOND } from '../base/instant.ts';
import {
  clockText,
  countText,
  millisecondsText,
  percentText,
  scaledText,
  UNKNOWN,
} from '../base/quantity.ts';
import type { Glyphs } from '../base/styled-text.ts';
import { cleanText } from '../base/text-width.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import type { DirectionState } from './direction.ts';
import { entryCount, entryText, entryWeight } from './event-text.ts';
import { settingsText } from './figure-pane.ts';
import { isEntry, progressOf, type ViewPlan, type ViewState } from './state.ts';
import type { View } from './view.ts';

/** Seconds between progress lines: five in a short run, a minute in one of days. */
export function progressInterval(durationSeconds: number | null): number {
  return Math.min(60, Math.max(5, Math.round((durationSeconds ?? 3600) / 720)));
}

/** What runs where; two or three lines. */
export function plainHeader(plan: ViewPlan): string[] {
  const time = plan.durationSeconds === null ? '' : `, ${durationText(plan.durationSeconds * SECOND)}`;
  const ends = plan.ends.map(({ name, port, settings }) =>
    settings === null ? `${name} ${port}` : `${name} ${port} (${settingsText(settings)})`,
  );
  return [
    `dplink: ${plan.profile} on ${plan.rig}${time}, seed ${plan.seed}`,
    `  ${ends.join(', ')}`,
    ...(plan.runDirectory === null ? [] : [`  kept in ${plan.runDirectory}`]),
  ].map((line) => cleanText(line));
}

function directionText({ from, to, rate, ceiling }: DirectionState, glyphs: Glyphs): string {
  const share = rate === null || ceiling === null ? '' : ` ${percentText(rate / ceiling)}`;
  return `${from} ${glyphs.arrow} ${to} ${rate === null ? UNKNOWN : scaledText(rate, 'B/s')}${share}`;
}

/** Where the run stands, in one line; counts are of all ends together. */
export function plainProgress(state: ViewState, glyphs: Glyphs): string {
  const { elapsed, ratio } = progressOf(state);
  const samples = state.ends.flatMap(({ sample }) => (sample === null ? [] : [sample]));
  const sum = (count: (sample: Sample) => number): string =>
    countText(samples.reduce((total, sample) => total + count(sample), 0));
  const rtt = samples.find((sample) => sample.connection.rttMs !== null)?.connection.rttMs ?? null;
  // Before the traffic the time of the traffic stands still.
  const clock = state.runningSince === null ? state.at : elapsed;
  const parts = [
    `${clockText(clock).padStart(7)}${ratio === null ? '' : ` ${percentText(ratio).padStart(7)}`}`,
    ...(state.phase === 'running' ? [] : [state.phase]),
    ...state.directions.map((direction) => directionText(direction, glyphs)),
    `CRC errors ${sum(({ frames }) => frames.headerCrcErrors + frames.messageCrcErrors)}`,
    `sent again ${sum(({ connection }) => connection.retries)}`,
    `round trip ${rtt === null ? UNKNOWN : millisecondsText(rtt)}`,
  ];
  return cleanText(parts.join('  '), glyphs.unicode);
}

/** `entry` as a line, or `undefined` when it is one of thousands and only the counts tell of it. */
export function plainEvent(entry: JournalEntry, glyphs: Glyphs): string | undefined {
  const weight = entryWeight(entry);
  if (weight === 'detail') return undefined;
  const mark = weight === 'failure' ? '!! ' : weight === 'warning' ? '! ' : '';
  const count = entryCount(entry);
  const times = count > 1 ? `  ${glyphs.unicode ? '×' : 'x'} ${countText(count)}` : '';
  const line = `${clockText(entry.at).padStart(7)}  ${entry.end}: ${mark}${entryText(entry)}${times}`;
  return cleanText(line, glyphs.unicode);
}

/** Lines of warnings and failures that may follow each other within one interval of progress; the rest is summed up. */
const EVENTS_PER_INTERVAL = 20;

/** Writes a run as lines: head at once, events as they come, progress whenever the interval has passed. */
export class PlainView implements View {
  readonly #write: (line: string) => void;
  readonly #glyphs: Glyphs;
  readonly #interval: number;
  #next = 0;
  #events = 0;
  #unsaid = 0;

  /** `write` takes one line without its end. */
  constructor(plan: ViewPlan, glyphs: Glyphs, write: (line: string) => void) {
    this.#write = write;
    this.#glyphs = glyphs;
    this.#interval = progressInterval(plan.durationSeconds);
    for (const line of plainHeader(plan)) write(line);
  }

  update(state: ViewState, item: Sample | JournalEntry): void {
    if (isEntry(item)) {
      this.#entry(item);
      return;
    }
    // A host counts the seconds of each run anew.
    if (item.at + this.#interval < this.#next) this.#next = 0;
    // The sample of the end that leads comes first; the line is drawn when the other end's is in as well.
    const last = state.ends.findLast(({ sample }) => sample !== null)?.end.name;
    if (item.end !== last || item.at < this.#next || state.directions.every(({ rate }) => rate === null))
      return;
    this.#next = (Math.floor(item.at / this.#interval) + 1) * this.#interval;
    if (this.#unsaid > 0) this.#write(`         and ${countText(this.#unsaid)} more events: see the journal`);
    this.#events = 0;
    this.#unsaid = 0;
    this.#write(plainProgress(state, this.#glyphs));
  }

  close(): void {
    // Every line is written whole when it is due; the summary is the command's.
  }

  #entry(entry: JournalEntry): void {
    const line = plainEvent(entry, this.#glyphs);
    if (line === undefined) return;
    if (++this.#events <= EVENTS_PER_INTERVAL) this.#write(line);
    else this.#unsaid++;
  }
}
