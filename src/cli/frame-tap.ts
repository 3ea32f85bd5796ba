/** Copies every message that passes between framing and the engine into a capture, as the frame it travels in. Changes nothing. */
import type { Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import { encodeFrame } from '../framing/encoder.ts';
import type { CaptureWriter, Direction } from '../port/capture.ts';
import type { Message } from '../wire/message.ts';

/** Where a tap writes: which capture, which of its interfaces, and what the clock's origin is in Unix time (microseconds). */
export interface TapTarget {
  readonly writer: CaptureWriter;
  readonly port: number;
  readonly unixOrigin: number;
}

/** A machine of messages with a capture in between. */
export class FrameTap<Event> implements Machine<Message, Message, Event> {
  readonly #inner: Machine<Message, Message, Event>;
  readonly #target: TapTarget;

  constructor(inner: Machine<Message, Message, Event>, target: TapTarget) {
    this.#inner = inner;
    this.#target = target;
  }

  get deadline(): Instant | undefined {
    return this.#inner.deadline;
  }

  receive(now: Instant, message: Message): void {
    this.#capture(now, 'received', message);
    this.#inner.receive(now, message);
  }

  expire(now: Instant): void {
    this.#inner.expire(now);
  }

  poll(now: Instant): Message | undefined {
    const message = this.#inner.poll(now);
    if (message !== undefined) this.#capture(now, 'sent', message);
    return message;
  }

  next(): Event | undefined {
    return this.#inner.next();
  }

  #capture(now: Instant, direction: Direction, message: Message): void {
    const { writer, port, unixOrigin } = this.#target;
    writer.add({ port, time: unixOrigin + now, direction, bytes: encodeFrame(message) });
  }
}
