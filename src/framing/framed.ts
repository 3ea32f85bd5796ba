/** A machine of messages as a machine of bytes: frames what it sends, deframes what arrives. Looks into no message. */
import { earlier, type Instant } from '../base/instant.ts';
import type { ByteMachine, Machine } from '../base/machine.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { Deframer, type DeframerOptions } from './deframer.ts';
import { encodeFrame } from './encoder.ts';
import type { DamageCause, DamageEvent } from './framing-event.ts';

/** Bytes and frames of one end since it was made. */
export interface FramedCounters {
  readonly bytes: {
    readonly sent: number;
    readonly received: number;
    /** Received bytes that belong to no intact frame, among those judged so far. */
    readonly skipped: number;
  };
  readonly frames: {
    readonly sent: number;
    readonly received: number;
    /** Damaged frames whose header CRC failed. */
    readonly headerCrcErrors: number;
    /** Damaged frames whose header held and whose message CRC failed. */
    readonly messageCrcErrors: number;
    /** Frames that began and were not completed before the line fell idle. */
    readonly truncated: number;
    /** How often the search for the next frame began. */
    readonly resyncs: number;
  };
}

/**
 * Hands every intact frame up as a {@link Message}, of whatever kind and content: what a message of type 0x40 holds, and
 * that one beginning with a zero byte is none (SER-10), is the upper machine's affair. Reports damage in between the
 * upper machine's own events, in the order of the stream.
 */
export class Framed<E> implements ByteMachine<E | DamageEvent> {
  readonly #upper: Machine<Message, Message, E>;
  readonly #options: DeframerOptions;
  readonly #deframer: Deframer;
  #bytesSent = 0;
  #framesSent = 0;
  #position = 0;
  #events: (E | DamageEvent)[] = [];
  #head = 0;

  constructor(upper: Machine<Message, Message, E>, options: DeframerOptions = {}) {
    this.#upper = upper;
    this.#options = options;
    this.#deframer = new Deframer(options);
  }

  get counters(): FramedCounters {
    const { bytesReceived, bytesSkipped, framesReceived, resyncs, losses } = this.#deframer.counters;
    return {
      bytes: { sent: this.#bytesSent, received: bytesReceived, skipped: bytesSkipped },
      frames: {
        sent: this.#framesSent,
        received: framesReceived,
        headerCrcErrors: losses.headerCrc,
        messageCrcErrors: losses.messageCrc,
        truncated: losses.truncated,
        resyncs,
      },
    };
  }

  /** Bytes received up to the end of the intact frame that was handed up last. */
  get position(): number {
    return this.#position;
  }

  /** Losses by cause, those that {@link counters} does not tell apart included. */
  get losses(): Readonly<Record<DamageCause, number>> {
    return this.#deframer.counters.losses;
  }

  get deadline(): Instant | undefined {
    return earlier(this.#deframer.deadline, this.#upper.deadline);
  }

  receive(now: Instant, bytes: Uint8Array): void {
    this.#deframer.receive(now, bytes);
    this.#handUp(now);
  }

  gap(now: Instant): void {
    this.#deframer.gap(now);
    this.#handUp(now);
  }

  expire(now: Instant): void {
    this.#deframer.expire(now);
    this.#handUp(now);
    const { deadline } = this.#upper;
    if (deadline === undefined || now < deadline) return;
    this.#upper.expire(now);
    this.#drain();
  }

  poll(now: Instant): Uint8Array | undefined {
    const message = this.#upper.poll(now);
    this.#drain();
    if (message === undefined) return undefined;
    const frame = encodeFrame(message, this.#options.check);
    this.#bytesSent += frame.length;
    this.#framesSent++;
    return frame;
  }

  next(): E | DamageEvent | undefined {
    // A command given to the upper machine may have made it report something by itself.
    if (this.#head === this.#events.length) {
      this.#events = [];
      this.#head = 0;
      return this.#upper.next();
    }
    return this.#events[this.#head++];
  }

  #handUp(now: Instant): void {
    for (let event = this.#deframer.next(); event; event = this.#deframer.next()) {
      if (event.type === 'damage') this.#events.push(event);
      else {
        this.#position = event.offset + MESSAGE_HEADER_SIZE + event.message.body.length;
        this.#upper.receive(now, event.message);
        this.#drain();
      }
    }
  }

  /** The upper machine's events keep their place among ours. */
  #drain(): void {
    for (let event = this.#upper.next(); event !== undefined; event = this.#upper.next()) {
      this.#events.push(event);
    }
  }
}
