/** Makes the result of a run from what its two ends know; claims nothing about an end that was not heard. */
import { Histogram, type HistogramSnapshot } from '../base/histogram.ts';
import { MILLISECOND, SECOND } from '../base/instant.ts';
import { charactersPerSecond } from '../base/line-settings.ts';
import type { EndReport, Received } from './end-report.ts';
import { endResult } from './end-statistics.ts';
import type { Limits } from './limits.ts';
import type { Outcome } from './outcome.ts';
import { endsOf, type Plan } from './plan.ts';
import type { DirectionResult, Result, StreamResult } from './result.ts';
import { judge } from './verdict.ts';
import { faultWarnings, warningsOf } from './warnings.ts';

/** What a result says that no machine knows. */
export interface About {
  readonly seed: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly rig: unknown;
  readonly profile: unknown;
  readonly limits: Limits;
}

/** Both ends' reports and both marks, by end; what never came is absent. */
interface Knowledge {
  readonly report: Readonly<Partial<Record<'near' | 'far', EndReport>>>;
  /** Messages sent, by stream; only of ends whose mark or report is known. */
  readonly sent: ReadonlyMap<number, number>;
}

/** A microsecond more in every second, in milliseconds per hour. */
const MS_PER_HOUR = 3600 / MILLISECOND;

const OTHER = { near: 'far', far: 'near' } as const;

/** The result of a run. */
export function buildResult(outcome: Outcome, about: About): Result {
  const knowledge = knowledgeOf(outcome);
  const streams = outcome.plan ? streamResults(outcome.plan, knowledge) : [];
  const directions = outcome.plan ? directionResults(outcome.plan, knowledge) : [];
  const reports = [knowledge.report.near, knowledge.report.far].filter((one) => one !== undefined);
  const ends = reports.map(endResult);
  const judgement = judge({
    facts: {
      ends,
      streams: streams.filter((stream) => stream.measured),
      directions: directions.filter((one) => one.measured),
    },
    limits: about.limits,
    ending: outcome.ending,
    reasons: [...outcome.reasons, ...gaps(outcome, knowledge)],
    silent: directions
      .filter((one) => one.measured && one.delivered === 0)
      .map((one) => `${one.from} to ${one.to}`),
  });
  return {
    schema: 'dplink/result/1',
    verdict: judgement.verdict,
    reasons: judgement.reasons,
    seed: about.seed,
    startedAt: about.startedAt,
    durationSeconds: (outcome.endedAt - outcome.startedAt) / SECOND,
    rig: about.rig,
    profile: about.profile,
    warnings: [...faultWarnings(outcome.faults), ...warningsOf(ends, directions)],
    ends,
    directions,
    streams,
    limits: judgement.limits,
    ...(outcome.faults === undefined ? {} : { faults: outcome.faults }),
  };
}

function knowledgeOf(outcome: Outcome): Knowledge {
  const own = outcome.own.role === 'join' ? 'near' : 'far';
  // Ours come last: a partner says nothing about what it does not send.
  const marks = [...(outcome.partnerSent ?? outcome.partner?.sent ?? []), ...outcome.own.sent];
  return {
    report: {
      [own]: outcome.own,
      ...(outcome.partner ? { [OTHER[own]]: outcome.partner } : {}),
    },
    sent: new Map(marks.map((mark) => [mark.stream, mark.messages])),
  };
}

/** What could not be known, in words. */
function gaps(outcome: Outcome, knowledge: Knowledge): string[] {
  const { plan } = outcome;
  if (plan === undefined || outcome.ending === 'completed') return [];
  const lines: string[] = [];
  for (const from of ['near', 'far'] as const) {
    const ours = plan.streams.flatMap((stream, index) => (stream.from === from ? [index] : []));
    if (ours.length === 0) continue;
    const { names } = plan;
    const [sender, receiver] = [names[from], names[OTHER[from]]];
    if (knowledge.report[OTHER[from]] === undefined) {
      lines.push(`the figures of ${receiver} never came: nothing is claimed about ${sender} to ${receiver}`);
    } else if (!ours.every((stream) => knowledge.sent.has(stream))) {
      lines.push(`how much ${sender} sent is not known: loss from ${sender} to ${receiver} is not judged`);
    }
  }
  return lines;
}

function received(report: EndReport | undefined, stream: number): Received | undefined {
  return report?.received.find((one) => one.stream === stream);
}

function streamResults(plan: Plan, { report, sent }: Knowledge): StreamResult[] {
  return plan.streams.map((stream, index) => {
    const receiver = report[OTHER[stream.from]];
    const got = received(receiver, index);
    const known = sent.get(index);
    const head = { ...endsOf(plan, stream), category: stream.category };
    if (receiver === undefined || got === undefined) return { ...head, sent: known ?? 0, ...UNMEASURED };
    const latency = new Histogram();
    latency.merge(got.latency);
    // Over the time of all traffic in this direction: the shares of streams side by side then add up to what the line carried.
    const goodput = perSecond(got.bytesDelivered, receiver.trafficTime);
    return {
      ...head,
      // Without the sender's own count, what arrived shows how many there were at least.
      sent: known ?? got.highest + 1,
      delivered: got.delivered,
      lost: known === undefined ? 0 : Math.max(0, known - got.delivered),
      duplicated: got.duplicated,
      misordered: got.misordered,
      corrupted: got.corrupted,
      truncated: got.truncated,
      measured: true,
      bytesDelivered: got.bytesDelivered,
      goodputBytesPerSecond: goodput,
      lineUtilisation: goodput / pace(report[stream.from] ?? receiver),
      latencyMs: {
        min: latency.min / MILLISECOND,
        mean: latency.mean / MILLISECOND,
        p50: latency.percentile(0.5) / MILLISECOND,
        p90: latency.percentile(0.9) / MILLISECOND,
        p99: latency.percentile(0.99) / MILLISECOND,
        p999: latency.percentile(0.999) / MILLISECOND,
        max: latency.max / MILLISECOND,
      },
      ...(got.latencyTrend === null
        ? {}
        : {
            latencyTrendMsPerHour: got.latencyTrend.growth * MS_PER_HOUR,
            latencyTrendUncertaintyMsPerHour: got.latencyTrend.uncertainty * MS_PER_HOUR,
          }),
      ...(got.answerTime === null ? {} : { answerMs: answerSpread(got.answerTime) }),
      latencyUncertaintyMs:
        receiver.latencyUncertainty === null ? null : receiver.latencyUncertainty / MILLISECOND,
    };
  });
}

/** Times until an answer came, in milliseconds. */
function answerSpread(times: HistogramSnapshot): NonNullable<StreamResult['answerMs']> {
  const answers = new Histogram();
  answers.merge(times);
  return {
    min: answers.min / MILLISECOND,
    p50: answers.percentile(0.5) / MILLISECOND,
    p99: answers.percentile(0.99) / MILLISECOND,
    max: answers.max / MILLISECOND,
  };
}

/** A stream whose receiving end was not heard. */
const UNMEASURED = {
  delivered: 0,
  lost: 0,
  duplicated: 0,
  misordered: 0,
  corrupted: 0,
  truncated: 0,
  measured: false,
  bytesDelivered: 0,
  goodputBytesPerSecond: 0,
  lineUtilisation: 0,
  latencyMs: { p50: 0, p99: 0, max: 0 },
  latencyUncertaintyMs: null,
} as const;

/** Characters per second that a direction carries: its sender's UART sets the pace, whatever the receiver's is set to. */
function pace({ line }: EndReport): number {
  return charactersPerSecond(line);
}

function perSecond(bytes: number, microseconds: number): number {
  return microseconds === 0 ? 0 : (bytes * SECOND) / microseconds;
}

function directionResults(plan: Plan, { report }: Knowledge): DirectionResult[] {
  return (['near', 'far'] as const).flatMap((from) => {
    const streams = plan.streams.flatMap((stream, index) =>
      stream.from === from ? [{ stream, index }] : [],
    );
    if (streams.length === 0) return [];
    const receiver = report[OTHER[from]];
    const got = streams.flatMap(({ index }) => received(receiver, index) ?? []);
    const bytesDelivered = got.reduce((sum, one) => sum + one.bytesDelivered, 0);
    const goodput = receiver ? perSecond(bytesDelivered, receiver.trafficTime) : 0;
    return [
      {
        from: plan.names[from],
        to: plan.names[OTHER[from]],
        measured: receiver !== undefined,
        saturated: streams.some(({ stream }) => stream.pace.kind === 'saturate'),
        delivered: got.reduce((sum, one) => sum + one.delivered, 0),
        bytesDelivered,
        goodputBytesPerSecond: goodput,
        lineUtilisation: receiver ? goodput / pace(report[from] ?? receiver) : 0,
        passage: report[from]?.passage ?? null,
      },
    ];
  });
}
