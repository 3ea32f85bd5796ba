/**
 * Makes the result of a run that was cut short from what it had written: run.json, journal, samples. Claims nothing
 * that these do not show: what was under way when it was cut is not counted as lost, and delays are not known.
 */
import { charactersPerSecond, DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { LIMIT_NAMES, type LimitName, type Limits, PRESET_LIMITS } from '../soak/limits.ts';
import type { EndResult, Result, StreamResult } from '../soak/result.ts';
import type { JournalEntry, Sample, StreamCounters } from '../soak/sample.ts';
import { judge } from '../soak/verdict.ts';
import { entryCount } from '../view/event-text.ts';
import { beganAnew, type RunRecord } from './run-record.ts';
import { isObject } from './shape.ts';

/** Limits on what only the end of a run can tell. */
const UNKNOWABLE: ReadonlySet<string> = new Set([
  'lostReliable',
  'lostRatio',
  'latencyP99Ms',
  'latencyMaxMs',
]);

/** Ends that are told apart; there are two. */
const ENDS_MAX = 8;

/** Streams that are told apart. */
const STREAMS_MAX = 256;

/** What is known of one end. */
interface EndTrace {
  last: Sample;
  rtt: number[];
  windowMax: number;
  /** Whether the end went on to another run. */
  over: boolean;
}

/** What is known of one stream: the newest counters of the end that sends and of the one that receives. */
interface StreamTrace {
  sender: StreamCounters | undefined;
  receiver: StreamCounters | undefined;
}

/** Times of one direction, in seconds. */
interface DirectionTrace {
  began: number | undefined;
  lastDelivery: number;
  bytes: number;
}

/** Everything that one reading of the samples shows. */
class Trace {
  readonly ends = new Map<string, EndTrace>();
  readonly streams = new Map<number, StreamTrace>();
  readonly directions = new Map<string, DirectionTrace>();
  lastAt = 0;

  add(sample: Sample): void {
    const before = this.ends.get(sample.end);
    if (before === undefined && this.ends.size >= ENDS_MAX) return;
    if (before !== undefined) before.over ||= beganAnew(before.last, sample);
    if (before?.over) return;
    this.lastAt = Math.max(this.lastAt, sample.at);
    const { rttMs, outstanding } = sample.connection;
    const end = before ?? { last: sample, rtt: [], windowMax: 0, over: false };
    this.ends.set(sample.end, end);
    for (const stream of sample.streams) this.#stream(sample, before?.last.at ?? 0, stream);
    end.last = sample;
    end.windowMax = Math.max(end.windowMax, outstanding);
    if (rttMs !== null) end.rtt.push(rttMs);
  }

  #stream(sample: Sample, before: number, stream: StreamCounters): void {
    const trace = this.streams.get(stream.stream) ?? { sender: undefined, receiver: undefined };
    if (!this.streams.has(stream.stream) && this.streams.size >= STREAMS_MAX) return;
    this.streams.set(stream.stream, trace);
    if (stream.from === sample.end) trace.sender = stream;
    if (stream.to !== sample.end) return;
    const grown = stream.bytesDelivered - (trace.receiver?.bytesDelivered ?? 0);
    trace.receiver = stream;
    if (grown <= 0) return;
    const key = directionKey(stream);
    const direction = this.directions.get(key) ?? { began: undefined, lastDelivery: 0, bytes: 0 };
    this.directions.set(key, direction);
    direction.began ??= before;
    direction.lastDelivery = sample.at;
    direction.bytes += grown;
  }
}

function directionKey({ from, to }: { readonly from: string; readonly to: string }): string {
  return JSON.stringify([from, to]);
}

/** What the journal shows. */
interface Story {
  lastAt: number;
  violations: Map<string, number>;
  roles: Map<string, 'host' | 'join'>;
  /** Messages sent, by stream, of ends that had come to the end of their traffic. */
  sent: Map<number, number>;
  /** How the run ended by its own account, should it have come so far. */
  finished: JournalEntry | undefined;
}

function storyOf(record: RunRecord): Story {
  const story: Story = {
    lastAt: 0,
    violations: new Map(),
    roles: new Map(),
    sent: new Map(),
    finished: undefined,
  };
  for (const entry of record.journal()) {
    story.lastAt = Math.max(story.lastAt, entry.at);
    if (entry.event === 'violation') {
      story.violations.set(entry.end, (story.violations.get(entry.end) ?? 0) + entryCount(entry));
    } else if (entry.event === 'connecting') story.roles.set(entry.end, 'join');
    else if (entry.event === 'listening') story.roles.set(entry.end, 'host');
    else if (entry.event === 'streamsEnded') marks(entry.sent, story.sent);
    else if (entry.event === 'finished' && story.finished === undefined) story.finished = entry;
  }
  return story;
}

/** What an end said it sent, stream by stream. */
function marks(said: unknown, sent: Map<number, number>): void {
  for (const mark of Array.isArray(said) ? said : []) {
    if (!isObject(mark)) continue;
    const { stream, messages } = mark;
    if (typeof stream === 'number' && typeof messages === 'number') sent.set(stream, messages);
  }
}

/** The settings of an end: as run.json tells, or as lines are set when nobody says. */
function settingsOf(run: RunRecord['run'], name: string): LineSettings {
  const told = Array.isArray(run?.ends) ? run.ends.find((each) => isObject(each) && each.name === name) : {};
  const places = [isObject(run?.rig) ? run.rig.line : undefined, isObject(told) ? told.settings : undefined];
  const settings = Object.assign({ ...DEFAULT_LINE_SETTINGS }, ...places.filter(isObject)) as LineSettings;
  const { baud, parity, stopbits, flowcontrol } = settings;
  const whole = typeof baud === 'number' && baud > 0 && typeof stopbits === 'number';
  return whole ? { baud, parity, stopbits, flowcontrol } : DEFAULT_LINE_SETTINGS;
}

/** The member of a sorted list below or at which `ratio` of it lies. */
function percentile(sorted: readonly number[], ratio: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * ratio) - 1)] ?? 0;
}

function endResult(record: RunRecord, story: Story, { last, rtt, windowMax }: EndTrace): EndResult {
  const { end: name, bytes, frames, uart, connection } = last;
  const sorted = [...rtt].sort((a, b) => a - b);
  return {
    name,
    role: story.roles.get(name) ?? (name === 'near' ? 'join' : 'host'),
    line: settingsOf(record.run, name),
    bytes,
    frames,
    uart,
    connection: {
      state: connection.state,
      rttMs: {
        min: sorted[0] ?? 0,
        p50: percentile(sorted, 0.5),
        p99: percentile(sorted, 0.99),
        max: sorted.at(-1) ?? 0,
      },
      retries: connection.retries,
      duplicates: connection.duplicates,
      windowMax,
    },
    violations: story.violations.get(name) ?? 0,
    session: null,
  };
}

function streamResult(
  record: RunRecord,
  story: Story,
  trace: Trace,
  { sender, receiver }: StreamTrace,
): StreamResult[] {
  const known = receiver ?? sender;
  if (known === undefined) return [];
  const { from, to, category } = known;
  const direction = trace.directions.get(directionKey(known));
  const seconds = direction === undefined ? 0 : direction.lastDelivery - (direction.began ?? 0);
  const goodput = seconds > 0 && receiver !== undefined ? receiver.bytesDelivered / seconds : 0;
  const zero = { delivered: 0, duplicated: 0, misordered: 0, corrupted: 0, truncated: 0, bytesDelivered: 0 };
  const { delivered, duplicated, misordered, corrupted, truncated, bytesDelivered } = receiver ?? zero;
  return [
    {
      from,
      to,
      category,
      // What arrived shows how many there were at least, should the sender's last words be older.
      sent: Math.max(story.sent.get(known.stream) ?? sender?.sent ?? 0, delivered),
      delivered,
      lost: 0,
      duplicated,
      misordered,
      corrupted,
      truncated,
      measured: receiver !== undefined,
      bytesDelivered,
      goodputBytesPerSecond: goodput,
      lineUtilisation: goodput / charactersPerSecond(settingsOf(record.run, to)),
      latencyMs: { p50: 0, p99: 0, max: 0 },
      latencyUncertaintyMs: null,
    },
  ];
}

/** The limits of the profile, those left out that a run cut short cannot be judged by. */
function limitsOf(profile: unknown): Limits {
  const told = isObject(profile) && isObject(profile.limits) ? profile.limits : PRESET_LIMITS;
  return Object.fromEntries(
    LIMIT_NAMES.flatMap((name: LimitName) => {
      const limit = told[name as keyof typeof told];
      return typeof limit === 'number' && !UNKNOWABLE.has(name) ? [[name, limit]] : [];
    }),
  );
}

/** `startedAt` and so many seconds, RFC 3339; empty for text that is no time, and for the virtual time of a simulation. */
function clockAt(run: RunRecord['run'], startedAt: string, seconds: number): string {
  const time = Date.parse(startedAt) + seconds * 1000;
  return run?.simulated === true || Number.isNaN(time) ? '' : ` (${new Date(time).toISOString()})`;
}

function reasonsOf(record: RunRecord, story: Story, lastAt: number, startedAt: string): string[] {
  const { run, torn } = record;
  const place = `${lastAt.toFixed(1)} s into the run${clockAt(run, startedAt, lastAt)}`;
  const told = Array.isArray(story.finished?.reasons) ? story.finished.reasons.map(String) : [];
  const reasons =
    story.finished === undefined
      ? [`cut short: nothing was written after ${place}`]
      : [`the run finished (${String(story.finished.ending)}) and its result was not written: ${place}`];
  reasons.push(...told);
  if (run === undefined) reasons.push('run.json is missing or damaged: what was asked is not known');
  for (const [file, { lines, failure }] of Object.entries(torn)) {
    if (failure !== undefined) reasons.push(`${file}.ndjson could not be read: ${failure}`);
    if (lines > 0)
      reasons.push(`${file}.ndjson: ${lines} ${lines === 1 ? 'line is' : 'lines are'} not whole`);
  }
  reasons.push('messages under way then are not counted as lost; delays and losses are not judged');
  return reasons;
}

function directionsOf(streams: readonly StreamResult[]) {
  const measured = streams.filter((stream) => stream.measured && stream.delivered > 0);
  return [...new Set(measured.map(directionKey))].map((key) => {
    const own = measured.filter((stream) => directionKey(stream) === key);
    const lineUtilisation = own.reduce((sum, stream) => sum + stream.lineUtilisation, 0);
    return { from: own[0]!.from, to: own[0]!.to, saturated: true, lineUtilisation };
  });
}

/** The result of the run in `record`; `beganAt` is used where run.json does not say when it began. */
export function recoverResult(record: RunRecord, beganAt: string): Result {
  const story = storyOf(record);
  const trace = new Trace();
  for (const sample of record.samples()) trace.add(sample);
  const { run } = record;
  const startedAt = typeof run?.startedAt === 'string' ? run.startedAt : beganAt;
  const lastAt = Math.max(story.lastAt, trace.lastAt);
  const ends = [...trace.ends.values()].map((end) => endResult(record, story, end));
  const streams = [...trace.streams.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, stream]) => streamResult(record, story, trace, stream));
  const profile = run?.profile ?? (isObject(run?.plan) ? { name: run.plan.profile, ...run.plan } : null);
  const judgement = judge({
    facts: { ends, streams: streams.filter(({ measured }) => measured), directions: directionsOf(streams) },
    limits: limitsOf(profile),
    ending: 'stopped',
    reasons: reasonsOf(record, story, lastAt, startedAt),
    silent: [],
  });
  return {
    schema: 'dplink/result/1',
    verdict: judgement.verdict,
    reasons: judgement.reasons,
    seed: typeof run?.seed === 'string' ? run.seed : '',
    startedAt,
    durationSeconds: lastAt,
    rig: run?.rig ?? null,
    profile,
    ends,
    streams,
    limits: judgement.limits,
  };
}
