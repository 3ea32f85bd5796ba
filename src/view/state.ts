/** What a dashboard knows: folded from samples and journal entries, bounded, never changed in place. Draws nothing. */
import type { LineSettings } from '../base/line-settings.ts';
import type { EndName, Verdict } from '../soak/result.ts';
import type { JournalEntry, Phase, Sample } from '../soak/sample.ts';
import { type DirectionState, directionAfter, newDirection, RATE_SECONDS_MIN } from './direction.ts';
import { entryCount, entryKey, entryText, entryWeight, type Weight } from './event-text.ts';
import { addSeconds, emptySeries, type Series } from './series.ts';

/** Ends that are told apart; samples of further ones are disregarded. */
const ENDS_MAX = 8;

/** Directions that are told apart. */
const DIRECTIONS_MAX = 16;

/** Lines of the event log that are kept. */
export const LOG_MAX = 200;

/** Seconds within which the same entry again is counted instead of shown again. */
const REPEAT_SECONDS = 5;

/** One end of the line as the plan names it. */
export interface ViewEnd {
  readonly name: EndName;
  /** The port's path, or words such as `elsewhere`. */
  readonly port: string;
  /** `null` where they are not known here. */
  readonly settings: LineSettings | null;
}

/** What is being run; known before the first sample. */
export interface ViewPlan {
  readonly profile: string;
  readonly rig: string;
  readonly seed: string;
  /** Seconds of traffic; `null` when it is bounded otherwise. */
  readonly durationSeconds: number | null;
  /** Where the run is kept; `null` when it is not. */
  readonly runDirectory: string | null;
  /** Near end first. */
  readonly ends: readonly ViewEnd[];
}

/** Events per second of one end. */
export interface EndRates {
  readonly headerCrcErrors: number;
  readonly messageCrcErrors: number;
  readonly retries: number;
}

/** One end of the line and its figures. */
export interface EndState {
  readonly end: ViewEnd;
  /** The newest sample; `null` before the first. */
  readonly sample: Sample | null;
  /** The sample that the rates were last taken from. */
  readonly base: Sample | null;
  /** `null` before two samples. */
  readonly rates: EndRates | null;
  /** Per second, the worst second of each point. */
  readonly headerCrcErrors: Series;
  readonly messageCrcErrors: Series;
}

/** One line of the event log. */
export interface LogLine {
  readonly at: number;
  readonly end: EndName;
  readonly weight: Weight;
  readonly text: string;
  /** How often it happened in a row. */
  readonly count: number;
  readonly key: string;
}

/** Everything that is shown. */
export interface ViewState {
  readonly plan: ViewPlan;
  /** Seconds since the run began, of the newest sample. */
  readonly at: number;
  readonly phase: Phase;
  /** When traffic began, in seconds since the run began; `null` before. */
  readonly runningSince: number | null;
  readonly ends: readonly EndState[];
  readonly directions: readonly DirectionState[];
  /** Oldest first, at most {@link LOG_MAX}. */
  readonly log: readonly LogLine[];
  /** `null` until the run is over. */
  readonly verdict: Verdict | null;
}

function newEnd(end: ViewEnd): EndState {
  return {
    end,
    sample: null,
    base: null,
    rates: null,
    headerCrcErrors: emptySeries('peak'),
    messageCrcErrors: emptySeries('peak'),
  };
}

/** The state before anything has happened: two ends are joined both ways, further ones are joined as streams show. */
export function beginView(plan: ViewPlan): ViewState {
  const [near, far] = plan.ends;
  return {
    plan,
    at: 0,
    phase: 'connecting',
    runningSince: null,
    ends: plan.ends.slice(0, ENDS_MAX).map(newEnd),
    directions:
      near && far
        ? [
            newDirection(near.name, far.name, near.settings ?? far.settings),
            newDirection(far.name, near.name, far.settings ?? near.settings),
          ]
        : [],
    log: [],
    verdict: null,
  };
}

/** `state` with the outcome of the run. */
export function concludeView(state: ViewState, verdict: Verdict): ViewState {
  return { ...state, phase: 'ended', verdict };
}

/** `state` after one further sample or journal entry, in the order in which they came. */
export function fold(state: ViewState, item: Sample | JournalEntry): ViewState {
  return isEntry(item) ? foldEntry(state, item) : foldSample(state, item);
}

/** Whether `item` is a journal entry. */
export function isEntry(item: Sample | JournalEntry): item is JournalEntry {
  return 'event' in item;
}

function foldEntry(state: ViewState, entry: JournalEntry): ViewState {
  const key = entryKey(entry);
  const count = entryCount(entry);
  const last = state.log.at(-1);
  if (last?.key === key && Math.abs(entry.at - last.at) <= REPEAT_SECONDS) {
    return { ...state, log: [...state.log.slice(0, -1), { ...last, count: last.count + count }] };
  }
  const line: LogLine = {
    at: entry.at,
    end: entry.end,
    weight: entryWeight(entry),
    text: entryText(entry),
    count,
    key,
  };
  return { ...state, log: [...state.log.slice(1 - LOG_MAX), line] };
}

function foldSample(state: ViewState, sample: Sample): ViewState {
  const ends = withEnd(state.ends, sample.end);
  const index = ends.findIndex((each) => each.end.name === sample.end);
  const before = ends[index];
  if (before === undefined) return state;
  const after = endAfter(before, sample, ratesInterval(before.base, sample));
  const leads = index === 0 || ends[0]?.sample === null;
  const running = sample.phase === 'running' && state.runningSince === null;
  // A host serves run after run, and each counts its seconds anew.
  const restarted = leads && before.sample !== null && sample.at < before.sample.at;
  return {
    ...state,
    at: leads ? sample.at : Math.max(state.at, sample.at),
    phase: leads ? sample.phase : state.phase,
    runningSince: running ? sample.at : restarted ? null : state.runningSince,
    ends: ends.map((each, place) => (place === index ? after : each)),
    directions: directionsOf(state, sample).map((direction) => directionAfter(direction, sample)),
  };
}

function withEnd(ends: readonly EndState[], name: EndName): readonly EndState[] {
  if (ends.some((each) => each.end.name === name) || ends.length >= ENDS_MAX) return ends;
  return [...ends, newEnd({ name, port: '', settings: null })];
}

/** Seconds over which rates are to be taken now; 0 when it is too early or there is nothing to compare with. */
function ratesInterval(base: Sample | null, sample: Sample): number {
  const seconds = base === null ? 0 : sample.at - base.at;
  return seconds >= RATE_SECONDS_MIN ? seconds : 0;
}

/** How much a counter grew per second; a counter that began anew counts from 0. */
function perSecond(before: number, now: number, seconds: number): number {
  return Math.max(0, now - before) / seconds;
}

function endAfter(end: EndState, sample: Sample, interval: number): EndState {
  const { base } = end;
  if (interval === 0 || base === null) {
    const anew = base === null || sample.at < base.at;
    return { ...end, sample, base: anew ? sample : base };
  }
  const rates = {
    headerCrcErrors: perSecond(base.frames.headerCrcErrors, sample.frames.headerCrcErrors, interval),
    messageCrcErrors: perSecond(base.frames.messageCrcErrors, sample.frames.messageCrcErrors, interval),
    retries: perSecond(base.connection.retries, sample.connection.retries, interval),
  };
  const seconds = Math.max(1, Math.round(interval));
  return {
    ...end,
    sample,
    base: sample,
    rates,
    headerCrcErrors: addSeconds(end.headerCrcErrors, rates.headerCrcErrors, seconds),
    messageCrcErrors: addSeconds(end.messageCrcErrors, rates.messageCrcErrors, seconds),
  };
}

/** The directions of `state` and those that only the streams of `sample` show. */
function directionsOf(state: ViewState, sample: Sample): readonly DirectionState[] {
  const directions = [...state.directions];
  for (const { from, to } of sample.streams) {
    if (directions.length >= DIRECTIONS_MAX) break;
    if (directions.some((each) => each.from === from && each.to === to)) continue;
    const end = state.ends.find((each) => each.end.name === from)?.end;
    directions.push(newDirection(from, to, end?.settings ?? null));
  }
  return directions;
}

/** Where the traffic stands; all in seconds, `ratio` 0..1. */
export interface Progress {
  readonly elapsed: number;
  /** `null` when the end is not set by time. */
  readonly ratio: number | null;
  readonly left: number | null;
}

/** How far the run has come. Before the traffic nothing is done, after it everything is. */
export function progressOf(state: ViewState): Progress {
  const { durationSeconds } = state.plan;
  const before = state.phase === 'connecting' || state.phase === 'planning';
  const elapsed = before ? state.at : state.at - (state.runningSince ?? 0);
  if (durationSeconds === null || durationSeconds <= 0) return { elapsed, ratio: null, left: null };
  if (before) return { elapsed: 0, ratio: 0, left: durationSeconds };
  if (state.phase !== 'running') return { elapsed, ratio: 1, left: 0 };
  const ratio = Math.min(1, Math.max(0, elapsed / durationSeconds));
  return { elapsed, ratio, left: Math.max(0, durationSeconds - elapsed) };
}
