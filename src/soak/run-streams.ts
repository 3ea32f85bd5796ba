/** The streams of one run at one end: what it sends, what it receives, and the counters of both. Knows no phases. */
import type { Instant } from '../base/instant.ts';
import type { ClockOffset } from './clock-offset.ts';
import { type DeliveredAs, Deliveries, type Finding } from './deliveries.ts';
import type { Received, SentMark } from './end-report.ts';
import { endsOf, type Plan } from './plan.ts';
import type { ProbeHeader } from './probe.ts';
import { Requests } from './requests.ts';
import type { StreamCounters } from './sample.ts';
import { type Outgoing, Traffic } from './traffic.ts';

/** Findings about a message that was delivered whole for the first time. */
const INTACT: ReadonlySet<Finding['kind']> = new Set(['first', 'misordered']);

/** What a stream has received at an end that only sends it. */
const NOTHING_RECEIVED = {
  delivered: 0,
  bytesDelivered: 0,
  duplicated: 0,
  misordered: 0,
  corrupted: 0,
  truncated: 0,
};

/** See the head of the file. */
export class RunStreams {
  readonly plan: Plan;
  readonly #own: 'near' | 'far';
  readonly #traffic: Traffic;
  readonly #deliveries: Deliveries;
  /** By the stream that answers. */
  readonly #requests = new Map<number, Requests>();
  /** By the stream that asks: the one that answers. */
  readonly #answering = new Map<number, number>();
  #firstProbeAt: Instant | undefined;
  #sending = false;

  /** `own` is the end that this is; `clock` knows the partner's clock. */
  constructor(plan: Plan, own: 'near' | 'far', clock: ClockOffset) {
    this.plan = plan;
    this.#own = own;
    this.#traffic = new Traffic(plan, own);
    this.#deliveries = new Deliveries(plan, own === 'near' ? 'far' : 'near', clock);
    plan.streams.forEach(({ from, pace }, stream) => {
      if (pace.kind !== 'answer' || from === own) return;
      this.#requests.set(stream, new Requests());
      this.#answering.set(pace.to, stream);
    });
  }

  /** When the first probe message was sent or received here. */
  get firstProbeAt(): Instant | undefined {
    return this.#firstProbeAt;
  }

  /** Whether all that this end is to send has been sent; also after {@link stop}. */
  get done(): boolean {
    return this.#traffic.done;
  }

  /** Whether the partner sends as fast as the line takes it, and something of it has come. */
  get isSaturated(): boolean {
    const saturating = this.plan.streams.some(
      ({ from, pace }) => from !== this.#own && pace.kind === 'saturate',
    );
    return saturating && this.#deliveries.counts.some(({ delivered }) => delivered > 0);
  }

  /** What this end has sent so far. */
  get sent(): SentMark[] {
    return this.#traffic.sent;
  }

  /** What this end has received so far. */
  get received(): Received[] {
    return this.#deliveries.received.map((one) => ({
      ...one,
      answerTime: this.#requests.get(one.stream)?.answerTime.snapshot() ?? null,
    }));
  }

  /** Microseconds from the sending of the first message towards this end to the last delivery. */
  get trafficTime(): number {
    return this.#deliveries.trafficTime;
  }

  begin(now: Instant): void {
    this.#sending = true;
    this.#traffic.begin(now);
  }

  /** Sends nothing more. */
  stop(): void {
    this.#sending = false;
    this.#traffic.stop();
  }

  /** When a paced message is next due. */
  deadline(now: Instant): Instant | undefined {
    return this.#sending ? this.#traffic.deadline(now) : undefined;
  }

  /** The next message to send at `now`. */
  next(now: Instant): Outgoing | undefined {
    const outgoing = this.#sending ? this.#traffic.next(now) : undefined;
    if (outgoing) {
      this.#firstProbeAt ??= now;
      const answering = this.#answering.get(outgoing.stream);
      if (answering !== undefined) this.#requests.get(answering)?.sent(now, outgoing.number);
    }
    return outgoing;
  }

  /** Takes a received probe message. */
  take(
    now: Instant,
    message: Uint8Array,
    header: ProbeHeader | undefined,
    as: DeliveredAs,
  ): Finding | undefined {
    this.#firstProbeAt ??= now;
    const finding = this.#deliveries.take(now, message, header, as);
    if (header !== undefined && (finding === undefined || INTACT.has(finding.kind))) {
      this.#requests.get(header.stream)?.answered(now, header.number);
      if (this.#sending) this.#traffic.answer(header.stream, header.number);
    }
    return finding;
  }

  /** Bytes of messages delivered to this end so far, intact or not. */
  get bytesDelivered(): number {
    return this.#deliveries.counts.reduce((sum, one) => sum + one.bytesDelivered, 0);
  }

  /** Counters of every stream of the plan as this end sees them. */
  get counters(): StreamCounters[] {
    const sent = new Map(this.#traffic.sent.map((mark) => [mark.stream, mark]));
    const received = new Map(this.#deliveries.counts.map((one) => [one.stream, one]));
    return this.plan.streams.map((streamPlan, stream) => {
      const { delivered, bytesDelivered, duplicated, misordered, corrupted, truncated } =
        received.get(stream) ?? NOTHING_RECEIVED;
      const mark = sent.get(stream);
      return {
        stream,
        ...endsOf(this.plan, streamPlan),
        category: streamPlan.category,
        sent: mark?.messages ?? 0,
        bytesSent: mark?.bytes ?? 0,
        ...{ delivered, bytesDelivered, duplicated, misordered, corrupted, truncated },
      };
    });
  }

  /** The counters for a sample: with the delays since the sample before. */
  takeSample(): StreamCounters[] {
    const delays = this.#deliveries.takeRecentDelays();
    return this.counters.map((counters) => {
      const latencyMs = delays.get(counters.stream);
      return latencyMs === undefined ? counters : { ...counters, latencyMs };
    });
  }
}
