/** Shows every message that passes between framing and an end to an onlooker, for watches. Changes nothing. */
import type { Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import type { Message } from '../wire/message.ts';

/** Is shown a message; must keep neither it nor anything else waiting. */
export type Tap = (now: Instant, direction: 'received' | 'sent', message: Message) => void;

/** A machine of messages with an onlooker. */
export class Tapped<Event> implements Machine<Message, Message, Event> {
  readonly #inner: Machine<Message, Message, Event>;
  readonly #tap: Tap;

  constructor(inner: Machine<Message, Message, Event>, tap: Tap) {
    this.#inner = inner;
    this.#tap = tap;
  }

  get deadline(): Instant | undefined {
    return this.#inner.deadline;
  }

  receive(now: Instant, message: Message): void {
    this.#tap(now, 'received', message);
    this.#inner.receive(now, message);
  }

  expire(now: Instant): void {
    this.#inner.expire(now);
  }

  poll(now: Instant): Message | undefined {
    const message = this.#inner.poll(now);
    if (message !== undefined) this.#tap(now, 'sent', message);
    return message;
  }

  next(): Event | undefined {
    return this.#inner.next();
  }
}
