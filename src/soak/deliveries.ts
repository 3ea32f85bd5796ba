/** The probe messages that one end receives: each checked against its own regeneration and counted for what it is. */
import { Histogram } from '../base/histogram.ts';
import { type Instant, MILLISECOND } from '../base/instant.ts';
import { Arrivals } from './arrivals.ts';
import type { ClockOffset } from './clock-offset.ts';
import type { Received } from './end-report.ts';
import { type Comparison, StreamMessages } from './payload.ts';
import { fileOf, type Plan } from './plan.ts';
import type { ProbeHeader } from './probe.ts';
import { isReliable, isSequential, type StreamPlan } from './stream-plan.ts';
import { Trend } from './trend.ts';

/** How a message was delivered, as the transport says. */
export interface DeliveredAs {
  readonly reliable: boolean;
  readonly sequential: boolean;
}

/** What a probe message turned out to be, when it is worth an entry in the journal. */
export interface Finding {
  readonly kind: 'first' | 'duplicate' | 'misordered' | 'corrupted' | 'truncated' | 'violation';
  /** `undefined` when nothing in the message can be believed. */
  readonly stream: number | undefined;
  readonly number: number | undefined;
  readonly text: string;
  /** Where the first wrong byte of an altered message stands. */
  readonly wrongByte?: number;
}

/** What costs nothing to read. */
type Counts = Omit<Received, 'latency' | 'latencyTrend' | 'answerTime'>;

/** A traffic time that has not begun. */
const NEVER = Number.POSITIVE_INFINITY;

class Sink {
  readonly stream: number;
  readonly plan: StreamPlan;
  readonly messages: StreamMessages;
  readonly arrivals = new Arrivals();
  readonly latency = new Histogram();
  /** The delays since they were last asked for. */
  recent = new Histogram();
  readonly latencyTrend = new Trend();
  bytesDelivered = 0;
  duplicated = 0;
  misordered = 0;
  corrupted = 0;
  truncated = 0;
  firstSentAt: Instant = NEVER;
  lastDeliveredAt: Instant = 0;

  constructor(stream: number, plan: StreamPlan, seed: string, file: Uint8Array | undefined) {
    this.stream = stream;
    this.plan = plan;
    this.messages = new StreamMessages(seed, stream, plan, file);
  }
}

/** From `firstSentAt` to `lastDeliveredAt`, whole microseconds; 0 when nothing was delivered. */
function span(firstSentAt: Instant, lastDeliveredAt: Instant): number {
  return firstSentAt === NEVER ? 0 : Math.max(0, Math.round(lastDeliveredAt - firstSentAt));
}

/** All streams towards one end. */
export class Deliveries {
  readonly #sinks: readonly Sink[];
  readonly #clock: ClockOffset;

  /** The streams of `plan` that come from `from`, which is the partner; `clock` knows the partner's clock. */
  constructor(plan: Plan, from: 'near' | 'far', clock: ClockOffset) {
    this.#clock = clock;
    const file = fileOf(plan);
    this.#sinks = plan.streams.flatMap((streamPlan, stream) =>
      streamPlan.from === from ? [new Sink(stream, streamPlan, plan.seed, file)] : [],
    );
  }

  /** Takes a probe message; `header` is `undefined` when its check failed. Says what is worth a journal entry. */
  take(
    now: Instant,
    message: Uint8Array,
    header: ProbeHeader | undefined,
    as: DeliveredAs,
  ): Finding | undefined {
    const sink = this.#sinks.find((one) => one.stream === (header ? header.stream : message[2]));
    if (header === undefined) return this.#headless(sink);
    const { stream, number } = header;
    if (sink === undefined) {
      return {
        kind: 'violation',
        stream,
        number,
        text: `a probe message of stream ${stream}, which is not the partner's`,
      };
    }
    const comparison = sink.messages.compare(message, header);
    const finding = this.#order(sink, number);
    const first = sink.firstSentAt === NEVER;
    if (finding?.kind !== 'duplicate' && finding?.kind !== 'violation')
      this.#deliver(sink, now, message, header, comparison);
    if (comparison !== 'intact') {
      const text = `a message ${comparison} although both CRCs held`;
      const wrongByte = sink.messages.firstWrong(message, header);
      return { kind: comparison, stream, number, text, ...(wrongByte === undefined ? {} : { wrongByte }) };
    }
    if (finding) return finding;
    const { category } = sink.plan;
    if (as.reliable !== isReliable(category) || as.sequential !== isSequential(category)) {
      return {
        kind: 'violation',
        stream,
        number,
        text: `a message of the ${category} stream came as another category`,
      };
    }
    return first ? { kind: 'first', stream, number, text: 'the first message' } : undefined;
  }

  /** What was received, per stream. */
  get received(): Received[] {
    return this.#sinks.map((sink) => ({
      ...this.#counts(sink),
      latency: sink.latency.snapshot(),
      latencyTrend: sink.latencyTrend.perSecond ?? null,
      answerTime: null,
    }));
  }

  /** The same without the histograms, which cost something to read. */
  get counts(): Counts[] {
    return this.#sinks.map((sink) => this.#counts(sink));
  }

  /** The delays of the messages delivered since this was last asked, by stream, in milliseconds; streams without any are left out. */
  takeRecentDelays(): Map<number, { readonly p50: number; readonly p99: number; readonly max: number }> {
    const delays = this.#sinks.flatMap(({ stream, recent }) => {
      const [p50, p99] = [recent.percentile(0.5) / MILLISECOND, recent.percentile(0.99) / MILLISECOND];
      const figures = { p50, p99, max: recent.max / MILLISECOND };
      return recent.count === 0 ? [] : [[stream, figures] as const];
    });
    for (const sink of this.#sinks) sink.recent = new Histogram();
    return new Map(delays);
  }

  /** Microseconds from the sending of the first message of any stream to the last delivery of any. */
  get trafficTime(): number {
    return span(
      Math.min(NEVER, ...this.#sinks.map((sink) => sink.firstSentAt)),
      Math.max(0, ...this.#sinks.map((sink) => sink.lastDeliveredAt)),
    );
  }

  #counts(sink: Sink): Counts {
    const { stream, arrivals, bytesDelivered, duplicated, misordered, corrupted, truncated } = sink;
    return {
      stream,
      delivered: arrivals.distinct,
      highest: arrivals.highest,
      bytesDelivered,
      duplicated,
      misordered,
      corrupted,
      truncated,
      trafficTime: span(sink.firstSentAt, sink.lastDeliveredAt),
    };
  }

  /** A message whose header was altered: its number is unknown, so it stays missing as well. Counted where it seems to belong. */
  #headless(sink: Sink | undefined): Finding {
    const blamed = sink ?? this.#sinks[0];
    if (blamed === undefined) {
      return {
        kind: 'violation',
        stream: undefined,
        number: undefined,
        text: 'a probe message where none is planned',
      };
    }
    blamed.corrupted++;
    return {
      kind: 'corrupted',
      stream: sink?.stream,
      number: undefined,
      text: 'a message whose header was altered although both CRCs held',
    };
  }

  #order(sink: Sink, number: number): Finding | undefined {
    const { stream } = sink;
    switch (sink.arrivals.take(number)) {
      case 'next':
        return undefined;
      case 'late':
        sink.misordered++;
        if (!isSequential(sink.plan.category)) return undefined;
        return {
          kind: 'misordered',
          stream,
          number,
          text: `a message behind number ${sink.arrivals.highest}`,
        };
      case 'repeated':
        sink.duplicated++;
        return { kind: 'duplicate', stream, number, text: 'a message delivered before' };
      case 'stale':
        return {
          kind: 'violation',
          stream,
          number,
          text: 'a message so late that it had been given up as lost',
        };
    }
  }

  #deliver(sink: Sink, now: Instant, message: Uint8Array, header: ProbeHeader, comparison: Comparison): void {
    if (comparison === 'corrupted') sink.corrupted++;
    if (comparison === 'truncated') sink.truncated++;
    if (comparison === 'intact') sink.bytesDelivered += message.length;
    const sentAt = this.#clock.ours(header.sentAt);
    if (sentAt !== undefined && comparison === 'intact') {
      sink.latency.add(now - sentAt);
      sink.recent.add(now - sentAt);
      sink.latencyTrend.add(now, now - sentAt);
    }
    sink.firstSentAt = Math.min(sink.firstSentAt, sentAt ?? now, now);
    sink.lastDeliveredAt = now;
  }
}
