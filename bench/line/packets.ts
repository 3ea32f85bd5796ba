/** A connection as a machine of messages, so that it can be framed: transport packets pass, everything else is disregarded. */
import type { Instant } from '../../src/base/instant.ts';
import type { Machine } from '../../src/base/machine.ts';
import type { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import type { Message } from '../../src/wire/message.ts';

export class Packets implements Machine<Message, Message, ConnectionEvent> {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  receive(now: Instant, message: Message): void {
    if (message.kind === 'transport') this.connection.receive(now, message.body);
  }

  expire(now: Instant): void {
    this.connection.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.connection.deadline;
  }

  poll(now: Instant): Message | undefined {
    const body = this.connection.poll(now);
    return body && { kind: 'transport', identifier: 0, body };
  }

  next(): ConnectionEvent | undefined {
    return this.connection.next();
  }
}
