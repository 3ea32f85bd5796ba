/** A connection as the upper machine of a framing: transport packets travel in messages of type 0x40. [MS-DPDX] 2.2.2 */
import type { Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import type { Message } from '../wire/message.ts';

/** A machine of packets as a machine of messages; other messages are disregarded. */
export class InMessages<Event> implements Machine<Message, Message, Event> {
  readonly #packets: Machine<Uint8Array, Uint8Array, Event>;

  constructor(packets: Machine<Uint8Array, Uint8Array, Event>) {
    this.#packets = packets;
  }

  receive(now: Instant, { kind, body }: Message): void {
    if (kind === 'transport') this.#packets.receive(now, body);
  }

  expire(now: Instant): void {
    this.#packets.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.#packets.deadline;
  }

  poll(now: Instant): Message | undefined {
    const body = this.#packets.poll(now);
    return body === undefined ? undefined : { kind: 'transport', identifier: 0, body };
  }

  next(): Event | undefined {
    return this.#packets.next();
  }
}
