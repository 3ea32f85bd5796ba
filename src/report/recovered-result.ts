/**
 * Makes the result of a run that was cut short from what it had written: run.json, journal, samples. Claims nothing
 * that these do not show: what was under way when it was cut is not counted as lost, and delays are not known.
 */
import { charactersPerSecond, DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { lineErrors, secondsResult } from '../soak/end-statistics.ts';
import { LIMIT_NAMES, type LimitName, type Limits, PRESET_LIMITS } from '../soak/limits.ts';
import type { CallsResult, EndResult, Result, StreamResult } from '../soak/result.ts';
import type { JournalEntry } from '../soak/sample.ts';
import { GatheredCalls } from '../soak/tally-calls.ts';
import { type Judgement, judge } from '../soak/verdict.ts';
import { entryCount } from '../view/event-text.ts';
import { isAttempt } from './call-figures.ts';
import { directionKey, type EndTrace, type StreamTrace, Trace } from './recovered-trace.ts';
import type { RunRecord } from './run-record.ts';
import { isObject } from './shape.ts';

/** Limits on what only the end of a run can tell. */
const UNKNOWABLE: ReadonlySet<string> = new Set([
  ...['lostReliable', 'lostRatio'],
  ...['latencyP50Ms', 'latencyP99Ms', 'latencyMaxMs'],
  // They fall with time, and its time was cut short.
  ...['bitErrorRatio.below', 'frameErrorRatio.below'],
  // Samples hold smoothed round trips, whose highest are lower.
  'rttP99Ms',
]);

/** What the journal shows. */
interface Story {
  lastAt: number;
  violations: Map<string, number>;
  roles: Map<string, 'host' | 'join'>;
  /** Messages sent, by stream, of ends that had come to the end of their traffic. */
  sent: Map<number, number>;
  /** How the run ended by its own account, should it have come so far. */
  finished: JournalEntry | undefined;
  /** Attempts at calls. */
  calls: GatheredCalls;
  /** Whether it was a series of calls. */
  isSeries: boolean;
}

function storyOf(record: RunRecord): Story {
  const story: Story = {
    lastAt: 0,
    violations: new Map(),
    roles: new Map(),
    sent: new Map(),
    finished: undefined,
    calls: new GatheredCalls(),
    isSeries: false,
  };
  for (const entry of record.journal()) {
    story.lastAt = Math.max(story.lastAt, entry.at);
    if (entry.event === 'violation') {
      story.violations.set(entry.end, (story.violations.get(entry.end) ?? 0) + entryCount(entry));
    } else if (entry.event === 'connecting') story.roles.set(entry.end, 'join');
    else if (entry.event === 'listening') story.roles.set(entry.end, 'host');
    else if (entry.event === 'streamsEnded') marks(entry.sent, story.sent);
    else if (entry.event === 'callBegan') story.isSeries = true;
    else if (entry.event === 'callEnded') called(entry, story.calls);
    else if (entry.event === 'finished' && story.finished === undefined) story.finished = entry;
  }
  return story;
}

/** An attempt as the journal tells it: what its streams carried is not there. */
function called(entry: JournalEntry, calls: GatheredCalls): void {
  const { at, end, event, ...attempt } = entry;
  if (isAttempt(attempt)) calls.add({ ...attempt, streams: [] });
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
  const { end: name, bytes, frames, uart, connection, seconds } = last;
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
    errors: lineErrors({ bytes, frames, uart }),
    ...(seconds === undefined || seconds.observed === 0 ? {} : { seconds: secondsResult(seconds) }),
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
    story.finished === undefined || story.isSeries
      ? [`cut short: nothing was written after ${place}`]
      : [`the run finished (${String(story.finished.ending)}) and its result was not written: ${place}`];
  if (!story.isSeries) reasons.push(...told);
  if (run === undefined) reasons.push('run.json is missing or damaged: what was asked is not known');
  for (const [file, { lines, failure }] of Object.entries(torn)) {
    if (failure !== undefined) reasons.push(`${file}.ndjson could not be read: ${failure}`);
    if (lines > 0)
      reasons.push(`${file}.ndjson: ${lines} ${lines === 1 ? 'line is' : 'lines are'} not whole`);
  }
  if (!story.isSeries)
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

/** The calls of a series: as many as the profile wants, unless that is not known. */
function callsOf({ calls }: Story, profile: unknown): CallsResult {
  const plan = isObject(profile) && isObject(profile.calls) ? profile.calls : {};
  const { count, pass } = plan;
  const wanted = typeof count === 'number' ? count : undefined;
  return calls.calls(wanted, typeof pass === 'number' ? pass : wanted);
}

/** A series of calls is judged by its calls: failed, when too many had failed for enough to pass. */
function judgeCalls(calls: CallsResult, failed: number, reasons: readonly string[]): Judgement {
  const { wanted, passed, needed } = calls;
  const lost = failed > wanted - needed;
  const count = `${passed} of ${wanted} calls had passed and ${failed} had failed, ${needed} are needed`;
  return { verdict: lost ? 'fail' : 'incomplete', reasons: [...reasons, count], limits: [] };
}

/** The result of the run in `record`; `beganAt` is used where run.json does not say when it began. */
export function recoverResult(record: RunRecord, beganAt: string): Result {
  const story = storyOf(record);
  const trace = new Trace(story.isSeries);
  for (const sample of record.samples()) trace.add(sample);
  const { run } = record;
  const startedAt = typeof run?.startedAt === 'string' ? run.startedAt : beganAt;
  const lastAt = Math.max(story.lastAt, trace.lastAt);
  const ends = [...trace.ends.values()].map((end) => endResult(record, story, end));
  const streams = [...trace.streams.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, stream]) => streamResult(record, story, trace, stream));
  const profile = run?.profile ?? (isObject(run?.plan) ? { name: run.plan.profile, ...run.plan } : null);
  const calls = story.isSeries ? callsOf(story, profile) : undefined;
  const reasons = reasonsOf(record, story, lastAt, startedAt);
  const judgement =
    calls === undefined
      ? judge({
          facts: {
            ends,
            streams: streams.filter(({ measured }) => measured),
            directions: directionsOf(streams),
          },
          limits: limitsOf(profile),
          ending: 'stopped',
          reasons,
          silent: [],
        })
      : judgeCalls(calls, story.calls.failed, reasons);
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
    ...(calls === undefined ? {} : { calls }),
  };
}
