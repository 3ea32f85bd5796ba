/** What a series of calls came to, as words and rows for text, page, JUnit and comparison. Lays nothing out, judges nothing. */
import { Histogram, type HistogramSnapshot } from '../base/histogram.ts';
import { countText, millisecondsText, scaledText } from '../base/quantity.ts';
import type { AttemptResult, CallsResult, StreamResult } from '../soak/result.ts';
import { ATTEMPT_SHAPE, hasShape, isObject } from './shape.ts';

type AttemptOutcome = AttemptResult['outcome'];

/** Outcomes as people call them; a passed call stands first, the rest as bad as they are likely. */
const OUTCOME_WORDS: Readonly<Record<AttemptOutcome, string>> = {
  passed: 'passed',
  trafficFailed: 'traffic failed',
  lost: 'carrier lost',
  hangUpFailed: 'hang-up failed',
  modemFailed: 'modem failed',
  busy: 'busy',
  noAnswer: 'no answer',
  noCarrier: 'no carrier',
  noDialTone: 'no dial tone',
  noResult: 'no result',
  error: 'error',
  delayed: 'delayed',
  blacklisted: 'blacklisted',
  voice: 'voice',
  fax: 'fax',
  lineInUse: 'line in use',
  aborted: 'given up',
};

/** Histograms hold whole numbers: this many to the unit. */
const FINENESS = 1000;

/** Kinds of one thing that are told apart: rates, protocols. */
const KINDS_MAX = 12;

/** Streams of a call that get a row of their own. */
const STREAM_ROWS_MAX = 8;

/** Measures of a call that get a row of their own. */
const MEASURE_ROWS_MAX = 12;

/** An outcome in words; one of another version as it is spelled. */
export function outcomeText(outcome: string): string {
  return Object.hasOwn(OUTCOME_WORDS, outcome) ? OUTCOME_WORDS[outcome as AttemptOutcome] : outcome;
}

/** Something that was counted, in words. */
export interface Counted {
  /** As the result spells it. */
  readonly id: string;
  readonly name: string;
  readonly count: number;
}

/** Every outcome with how many attempts came to it, the passed ones first; also those that none came to. */
export function outcomeCounts({ statistics }: CallsResult): Counted[] {
  const counts: Readonly<Record<string, unknown>> = statistics.outcomes;
  const ids = [...new Set([...Object.keys(OUTCOME_WORDS), ...Object.keys(counts)])];
  return ids.map((id) => {
    const count = counts[id];
    return { id, name: outcomeText(id), count: typeof count === 'number' ? count : 0 };
  });
}

/** How often each text came, the frequent ones first; what goes beyond {@link KINDS_MAX} is summed up. */
function counted(texts: readonly string[]): Counted[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const all = [...counts].map(([name, count]) => ({ id: name, name, count }));
  const sorted = all.sort((a, b) => b.count - a.count);
  const others = sorted.slice(KINDS_MAX).reduce((sum, { count }) => sum + count, 0);
  return [
    ...sorted.slice(0, KINDS_MAX),
    ...(others > 0 ? [{ id: 'others', name: 'others', count: others }] : []),
  ];
}

/** Rates of the telephone line as the modem reported them, and how many calls ran at each. */
export function rateCounts({ attempts }: CallsResult): Counted[] {
  return counted(
    attempts.flatMap(({ lineRate }) => (lineRate === undefined ? [] : [`${countText(lineRate)} bit/s`])),
  );
}

const TERMS = ['modulation', 'protocol', 'compression'] as const;

/** Modulation, error correction and compression of a call as its modem spelled them; empty where it said nothing. */
export function termsText({ report }: AttemptResult): string {
  return TERMS.flatMap((term) => {
    const said: unknown = report?.[term];
    if (typeof said !== 'string' || said === '') return [];
    return [said === 'NONE' ? (term === 'protocol' ? 'no correction' : `no ${term}`) : said];
  }).join('/');
}

/** What the modems agreed on, and in how many calls. */
export function termsCounts({ attempts }: CallsResult): Counted[] {
  return counted(attempts.map(termsText).filter((text) => text !== ''));
}

/** How a figure of a spread is read. */
export type SpreadUnit = 'ms' | 'bit/s' | 'B/s';

/** One figure over all calls that have it. */
export interface CallSpread {
  /** As the result names it: `connected`, `near to far`. */
  readonly id: string;
  readonly label: string;
  readonly unit: SpreadUnit;
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** What the attempts that the result holds show of it, one by one: all of it, or the latest where there were more. */
  readonly values: readonly number[];
}

interface Named {
  readonly id: string;
  readonly label: string;
  readonly unit: SpreadUnit;
}

/** The spread of a histogram whose whole numbers are `scale` of the unit. */
function spreadOf(named: Named, histogram: Histogram, values: readonly number[], scale: number): CallSpread {
  return {
    ...named,
    values,
    count: histogram.count,
    min: histogram.min * scale,
    p50: histogram.percentile(0.5) * scale,
    p99: histogram.percentile(0.99) * scale,
    max: histogram.max * scale,
  };
}

type Statistic = 'ringing' | 'connected' | 'failed' | 'firstFrame' | 'hangUp' | 'lineRate';

/** Outcomes of calls that came to be. */
const ONLINE: readonly string[] = ['passed', 'trafficFailed', 'lost', 'hangUpFailed'];

/** Whether an attempt came to CONNECT. */
function isOnline({ outcome, report }: AttemptResult): boolean {
  return report !== undefined || ONLINE.includes(outcome);
}

interface Stage {
  readonly id: Statistic;
  readonly label: string;
  readonly unit: SpreadUnit;
  readonly read: (attempt: AttemptResult) => number | undefined;
}

/** The stages of a call, in the order in which it goes through them. */
const STAGES: readonly Stage[] = [
  { id: 'ringing', label: 'dial to ring', unit: 'ms', read: ({ ringing }) => ringing },
  {
    ...{ id: 'connected', label: 'dial to CONNECT', unit: 'ms' },
    read: (attempt) => (isOnline(attempt) ? attempt.dialled : undefined),
  },
  {
    ...{ id: 'failed', label: 'dial to failure', unit: 'ms' },
    read: (attempt) => (isOnline(attempt) ? undefined : attempt.dialled),
  },
  {
    ...{ id: 'firstFrame', label: 'CONNECT to first frame', unit: 'ms' },
    read: ({ firstFrame }) => firstFrame,
  },
  { id: 'hangUp', label: 'hang-up', unit: 'ms', read: ({ hangUp }) => hangUp },
  { id: 'lineRate', label: 'reported line rate', unit: 'bit/s', read: ({ lineRate }) => lineRate },
];

function ofSnapshot(snapshot: HistogramSnapshot): Histogram {
  const histogram = new Histogram();
  histogram.merge(snapshot);
  return histogram;
}

/** The spread of values that no histogram of the result holds. */
function spreadOfValues(named: Named, values: readonly number[]): CallSpread {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value * FINENESS);
  return spreadOf(named, histogram, values, 1 / FINENESS);
}

/** How lost carriers came to pass: after which time of the call, and how long the session was away. */
function lossSpreads(attempts: readonly AttemptResult[]): CallSpread[] {
  const ms = (times: readonly (number | undefined)[]): number[] =>
    times.flatMap((time) => (time === undefined ? [] : [time / 1000]));
  return [
    spreadOfValues(
      { id: 'carrierLost', label: 'CONNECT to lost carrier', unit: 'ms' },
      ms(attempts.map(({ carrierLost }) => carrierLost?.after)),
    ),
    spreadOfValues(
      { id: 'outage', label: 'lost carrier to frame', unit: 'ms' },
      ms(attempts.map(({ outage }) => outage)),
    ),
  ];
}

/** The spread of each stage that any call came to, in milliseconds, and of the line's rate. */
export function stageSpreads({ statistics, attempts }: CallsResult): CallSpread[] {
  const stages = STAGES.map(({ read, ...named }) => {
    const scale = named.unit === 'ms' ? 1e-3 : 1;
    const values = attempts.flatMap((attempt) => {
      const value = read(attempt);
      return value === undefined ? [] : [value * scale];
    });
    return spreadOf(named, ofSnapshot(statistics[named.id]), values, scale);
  });
  return [...stages, ...lossSpreads(attempts)].filter(({ count }) => count > 0);
}

/** What the streams of a call are of, by their place in the profile. */
function payloadsOf(profile: unknown): readonly string[] {
  const streams = isObject(profile) && Array.isArray(profile.streams) ? profile.streams : [];
  return streams.map((stream) => {
    const payload: unknown = isObject(stream) ? stream.payload : undefined;
    return typeof payload === 'string' ? payload : '';
  });
}

const goodputOf = (streams: readonly StreamResult[]): number =>
  streams.reduce((sum, { goodputBytesPerSecond }) => sum + goodputBytesPerSecond, 0);

/** What one call carried in each direction, in bytes per second; of streams whose receiving end was heard. */
export function callThroughput({
  streams,
}: AttemptResult): { readonly direction: string; readonly rate: number }[] {
  const measured = streams.filter((stream) => stream.measured);
  const directions = [...new Set(measured.map(({ from, to }) => `${from} to ${to}`))];
  return directions.map((direction) => ({
    direction,
    rate: goodputOf(measured.filter(({ from, to }) => `${from} to ${to}` === direction)),
  }));
}

/** Directions that the calls carried traffic in, in the order in which the first of them names them. */
export function callDirections({ attempts }: CallsResult): string[] {
  return [
    ...new Set(attempts.flatMap((attempt) => callThroughput(attempt).map(({ direction }) => direction))),
  ];
}

/** One direction of the calls, or one stream of it: what it is called and what each call carried. */
interface Carried {
  readonly id: string;
  readonly label: string;
  readonly rates: number[];
}

/** The streams of one direction, where it has several, by their places in the profile. */
function streamRows({ attempts }: CallsResult, direction: string, payloads: readonly string[]): Carried[] {
  const rows = new Map<number, Carried>();
  for (const { streams } of attempts) {
    const own = [...streams.entries()].filter(([, { from, to }]) => `${from} to ${to}` === direction);
    for (const [place, stream] of own.length > 1 ? own : []) {
      if (!stream.measured || (rows.size >= STREAM_ROWS_MAX && !rows.has(place))) continue;
      const payload = streams.length === payloads.length ? payloads[place] : '';
      const name = `stream ${place + 1}${payload === '' ? '' : `, ${payload}`}`;
      const row = rows.get(place) ?? { id: `${direction}, ${name}`, label: `  ${name}`, rates: [] };
      rows.set(place, row);
      row.rates.push(stream.goodputBytesPerSecond);
    }
  }
  return [...rows.values()];
}

/** The measures behind the traffic: each kind of payload alone, one way and both. */
function measureRows({ attempts }: CallsResult): Carried[] {
  const rows = new Map<string, Carried>();
  for (const { throughput = [] } of attempts) {
    for (const { payload, from, to, bothWays, bytesPerSecond } of throughput) {
      const label = `${payload}${bothWays ? ' both' : ''}, ${from} to ${to}`;
      if (bytesPerSecond === undefined || (rows.size >= MEASURE_ROWS_MAX && !rows.has(label))) continue;
      const row = rows.get(label) ?? { id: label, label, rates: [] };
      rows.set(label, row);
      row.rates.push(bytesPerSecond);
    }
  }
  return [...rows.values()];
}

/**
 * The spread of what the calls carried: per direction, and per stream where a direction has several; then of the
 * measures that were taken.
 */
export function throughputSpreads(calls: CallsResult, profile: unknown): CallSpread[] {
  const payloads = payloadsOf(profile);
  const traffic = callDirections(calls).flatMap((direction): Carried[] => {
    const rates: number[] = [];
    for (const attempt of calls.attempts) {
      const carried = callThroughput(attempt).find((each) => each.direction === direction);
      if (carried !== undefined) rates.push(carried.rate);
    }
    return [{ id: direction, label: direction, rates }, ...streamRows(calls, direction, payloads)];
  });
  return [...traffic, ...measureRows(calls)].map(({ id, label, rates }) =>
    spreadOfValues({ id, label, unit: 'B/s' }, rates),
  );
}

const HUNG_UP_BY: Readonly<Record<string, string>> = {
  dtr: 'by DTR',
  escape: 'by +++',
  farEnd: 'by the far end',
  failed: 'failed',
};

/** How long the hang-up took and how it was done; empty where there was nothing to end. */
export function hangUpText({ hangUp, hangUpBy }: AttemptResult): string {
  const how = hangUpBy === undefined ? '' : (HUNG_UP_BY[hangUpBy] ?? hangUpBy);
  return [stageText(hangUp), how].filter((part) => part !== '').join(' ');
}

/** A figure of a spread as people read it. */
export function spreadText(value: number, unit: SpreadUnit): string {
  if (unit === 'ms') return millisecondsText(value);
  return unit === 'B/s' ? scaledText(value, 'B/s') : `${countText(value)}`;
}

/** Where an attempt stands: `7`, or `7.2` for the second attempt of a call. */
export function attemptName({ call, attempt, retried }: AttemptResult): string {
  return attempt > 1 || retried ? `${call}.${attempt}` : String(call);
}

/** A length of time of an attempt, in microseconds, or nothing where there was no such stage. */
export function stageText(time: number | undefined): string {
  return time === undefined ? '' : millisecondsText(time / 1000);
}

/** An attempt as the journal tells it: what its streams carried stands in the result alone. */
export type ToldAttempt = Omit<AttemptResult, 'streams'>;

/** Whether `value` has what every attempt has. */
export function isAttempt(value: unknown): value is ToldAttempt {
  return hasShape(value, ATTEMPT_SHAPE);
}

/** An attempt in words: `attempt 2: busy: BUSY (dialled 1.71 s), tried again`. */
export function attemptText({ attempt, outcome, text, retried, ...stages }: ToldAttempt): string {
  const { dialled, firstFrame, hangUp, lineRate } = stages;
  const parts = [
    `dialled ${stageText(dialled)}`,
    ...(firstFrame === undefined ? [] : [`first frame after ${stageText(firstFrame)}`]),
    ...(hangUp === undefined ? [] : [`hang-up ${stageText(hangUp)}`]),
    ...(lineRate === undefined ? [] : [`${lineRate} bit/s`]),
  ];
  const why = text === '' ? '' : `: ${text}`;
  return `attempt ${attempt}: ${outcomeText(outcome)}${why} (${parts.join(', ')})${retried ? ', tried again' : ''}`;
}

/** What the series came to: `19 of 20 calls passed, 19 needed`. */
export function seriesText({ wanted, passed, needed }: CallsResult): string {
  return `${countText(passed)} of ${countText(wanted)} calls passed, ${countText(needed)} needed`;
}
