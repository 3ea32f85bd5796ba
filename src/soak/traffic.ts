/** The probe messages that one end sends: which is next, and when. Makes a message only when asked, so nothing piles up. */
import { earlier, type Instant } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import type { SentMark } from './end-report.ts';
import { StreamMessages } from './payload.ts';
import { fileOf, type Plan } from './plan.ts';
import type { StreamPlan } from './stream-plan.ts';

/** The highest number a probe header holds. */
const NUMBER_MAX = 2 ** 32 - 1;

/** Answers that may be owed at once per stream; beyond it a request is not answered, and the requester's figures say so. */
const OWED_MAX = 1024;

/** One message to send. */
export interface Outgoing {
  readonly stream: number;
  readonly plan: StreamPlan;
  readonly number: number;
  readonly message: Uint8Array;
}

interface Source {
  readonly stream: number;
  readonly plan: StreamPlan;
  readonly messages: StreamMessages;
  sent: number;
  bytes: number;
  /** When the next burst is due; only for paced streams. */
  nextAt: Instant;
  /** Messages of the present burst still to be sent. */
  burstLeft: number;
  /** Draws the pauses between bursts. */
  readonly pauses: Random;
  /** Numbers of the requests still to be answered; only for streams that answer. */
  readonly owed: number[];
  done: boolean;
}

/** The streams of one end. Answers, then paced messages that are due, go first; what is left of the line, saturating streams share in turn. */
export class Traffic {
  readonly #sources: readonly Source[];
  readonly #volume: number | undefined;
  #begun = false;
  #turn = 0;

  /** The streams of `plan` that come from `from`. */
  constructor(plan: Plan, from: 'near' | 'far') {
    this.#volume = plan.volume;
    const file = fileOf(plan);
    this.#sources = plan.streams.flatMap((streamPlan, stream) =>
      streamPlan.from !== from
        ? []
        : [
            {
              stream,
              plan: streamPlan,
              messages: new StreamMessages(plan.seed, stream, streamPlan, file),
              sent: 0,
              bytes: 0,
              nextAt: 0,
              burstLeft: 0,
              pauses: new Random(`${plan.seed}/${stream}/pauses`),
              owed: [],
              done: false,
            },
          ],
    );
  }

  /** Starts the beat of the paced streams. */
  begin(now: Instant): void {
    this.#begun = true;
    for (const source of this.#sources) source.nextAt = now;
  }

  /** Ends every stream where it is. */
  stop(): void {
    for (const source of this.#sources) source.done = true;
  }

  /** Message `number` of the partner's stream `stream` was delivered: streams that answer it owe one message more. */
  answer(stream: number, number: number): void {
    for (const { plan, owed, done } of this.#sources) {
      const answers = plan.pace.kind === 'answer' && plan.pace.to === stream;
      if (answers && !done && owed.length < OWED_MAX) owed.push(number);
    }
  }

  /** Whether every stream has ended: by {@link stop} or because its volume is sent. */
  get done(): boolean {
    return this.#sources.every((source) => source.done);
  }

  /** What has been sent so far, per stream. */
  get sent(): SentMark[] {
    return this.#sources.map(({ stream, sent, bytes }) => ({ stream, messages: sent, bytes }));
  }

  /** When a paced message is next due; `undefined` when none will be. Due ones that wait for room do not count. */
  deadline(now: Instant): Instant | undefined {
    let first: Instant | undefined;
    if (!this.#begun) return first;
    for (const source of this.#sources) {
      if (
        source.plan.pace.kind === 'paced' &&
        !source.done &&
        source.burstLeft === 0 &&
        source.nextAt > now
      ) {
        first = earlier(first, source.nextAt);
      }
    }
    return first;
  }

  /** The next message to hand to the transport, or `undefined` when none is due at `now`. */
  next(now: Instant): Outgoing | undefined {
    if (!this.#begun) return undefined;
    const count = this.#sources.length;
    for (const kind of ['answer', 'paced', 'saturate'] as const) {
      for (let step = 0; step < count; step++) {
        const source = this.#sources[(this.#turn + step) % count]!;
        if (source.done || source.plan.pace.kind !== kind || !this.#due(source, now)) continue;
        this.#turn = (this.#turn + step + 1) % count;
        return this.#make(source, now);
      }
    }
    return undefined;
  }

  /** Whether the stream may send now; begins the next burst when its time has come. */
  #due(source: Source, now: Instant): boolean {
    const { pace } = source.plan;
    if (pace.kind === 'saturate') return true;
    if (pace.kind === 'answer') return source.owed.length > 0;
    if (source.burstLeft === 0 && now >= source.nextAt) {
      source.burstLeft = pace.burst;
      // What could not be sent in time is sent as soon as there is room: the count is the profile's, whatever the delays.
      source.nextAt += pace.interval + source.pauses.below((pace.spread ?? 0) + 1);
    }
    return source.burstLeft > 0;
  }

  #make(source: Source, now: Instant): Outgoing {
    // An answer bears the number of its request, so that whoever asked knows what was answered.
    const number = source.owed.shift() ?? source.sent;
    const message = source.messages.make(number, now);
    source.sent++;
    source.bytes += message.length;
    if (source.burstLeft > 0) source.burstLeft--;
    if (source.sent > NUMBER_MAX || (this.#volume !== undefined && source.bytes >= this.#volume)) {
      source.done = true;
    }
    return { stream: source.stream, plan: source.plan, number, message };
  }
}
