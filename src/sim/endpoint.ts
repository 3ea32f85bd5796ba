/** An application over one connection after another, on a simulated line: connects again, can crash, sends mail. Judges by its mail and watch. */
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Framed } from '../framing/framed.ts';
import type { DamageEvent } from '../framing/framing-event.ts';
import { Connection } from '../transport/connection.ts';
import type { CloseCause, ConnectionEvent } from '../transport/connection-event.ts';
import type { ConnectionOptions } from '../transport/connection-options.ts';
import { InMessages } from './in-messages.ts';
import { DELIVERIES, type Mail } from './mail.ts';
import { Tapped } from './tapped.ts';
import { type Spoken, WireWatch } from './wire-watch.ts';

/** What an endpoint is made of. */
export interface EndpointOptions {
  readonly name: string;
  /** `join` connects, `host` listens; both do so again whenever a connection has ended. */
  readonly role: 'join' | 'host';
  readonly random: Random;
  readonly connection: Omit<ConnectionOptions, 'random'>;
  /** What it sends, and what it is sent. */
  readonly mail: Mail;
  readonly received: Mail;
  readonly spoken: Spoken;
  readonly heard: Spoken;
  /** How long a machine may have to wait for room on its line. */
  readonly patience: Duration;
  /** What lies between a connection and its frames; absent: nothing. */
  readonly between?: (connection: Connection) => Connection | Lying;
}

/** A machine of packets in a connection's place. */
export type Lying = Pick<Connection, 'receive' | 'expire' | 'deadline' | 'poll' | 'next'>;

/** How long an application waits before it connects again. */
const AGAIN: Duration = SECOND;

/** What an endpoint would send if its connection let it. */
export interface Saturation {
  /** Bytes kept queued. */
  readonly ahead: number;
  readonly category: number;
  readonly size: number;
  readonly until: Instant;
}

/** See the head of the file. */
export class Endpoint implements ByteMachine<never> {
  readonly name: string;
  readonly watch: WireWatch;
  saturation: Saturation | undefined;
  /** Whether it connects again when a connection has ended. */
  persists = true;
  /** How often a connection ended, by its cause. */
  readonly closings: Partial<Record<CloseCause, number>> = {};
  /** The latest end of a connection that it was told of. */
  closed: Extract<ConnectionEvent, { type: 'closed' }> | undefined;
  violations = 0;
  connections = 0;
  readonly #options: EndpointOptions;
  #connection: Connection;
  #framed: Framed<ConnectionEvent>;
  #sessionId: number | undefined;
  #restartAt: Instant | undefined;
  /** Between a crash and the restart. */
  #isDown = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.name = options.name;
    this.watch = new WireWatch(
      {
        name: options.name,
        isConnected: () => !this.#isDown && this.#connection.state === 'connected',
        patience: options.patience,
      },
      options.spoken,
      options.heard,
      () => {
        options.mail.isExcused = true;
        options.received.isExcused = true;
      },
    );
    this.#connection = this.#newConnection();
    this.#framed = this.#newFramed();
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** dwSessID of the connection that stands; `undefined` when none does. */
  get sessionId(): number | undefined {
    return !this.#isDown && this.#connection.state === 'connected' ? this.#sessionId : undefined;
  }

  start(now: Instant): void {
    this.#isDown = false;
    this.#restartAt = undefined;
    this.#sessionId = undefined;
    this.connections++;
    this.closed = undefined;
    this.#connection = this.#newConnection();
    this.#framed = this.#newFramed();
    this.watch.restart();
    this.#options.mail.beginEpoch();
    if (this.#options.role === 'join') this.#connection.connect(now);
    else this.#connection.listen(now);
  }

  /** Forgets everything, and starts again after `downFor`. */
  crash(now: Instant, downFor: Duration): void {
    this.#isDown = true;
    this.#restartAt = now + downFor;
    this.watch.restart();
  }

  /** Sends a message of a category of `DELIVERIES`, if the connection takes it. */
  send(now: Instant, category: number, size: number): boolean {
    if (this.#isDown) return false;
    const { mail } = this.#options;
    const { payload, receipt } = mail.make(category, size);
    const accepted = this.#connection.send(now, payload, { ...DELIVERIES[category]!, receipt });
    if (!accepted) mail.refused();
    return accepted;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    if (this.#isDown) return;
    this.#framed.receive(now, bytes);
    this.#drain(now);
  }

  gap(now: Instant): void {
    if (this.#isDown) return;
    this.#framed.gap(now);
    this.#drain(now);
  }

  expire(now: Instant): void {
    if (this.#restartAt !== undefined && now >= this.#restartAt) this.start(now);
    if (this.#isDown) return;
    this.#framed.expire(now);
    this.#drain(now);
  }

  get deadline(): Instant | undefined {
    return this.#isDown ? this.#restartAt : earlier(this.#restartAt, this.#framed.deadline);
  }

  poll(now: Instant): Uint8Array | undefined {
    if (this.#isDown) return undefined;
    const wanted = this.saturation;
    if (wanted !== undefined && now < wanted.until && this.#connection.state === 'connected') {
      while (this.#connection.queuedBytes < wanted.ahead && this.send(now, wanted.category, wanted.size));
    }
    const bytes = this.#framed.poll(now);
    this.#drain(now);
    return bytes;
  }

  next(): undefined {
    return undefined;
  }

  #newConnection(): Connection {
    const { connection, random } = this.#options;
    return new Connection({ ...connection, random: random.fork(`${this.connections}`) });
  }

  #newFramed(): Framed<ConnectionEvent> {
    const machine = this.#options.between?.(this.#connection) ?? this.#connection;
    return new Framed(new Tapped(new InMessages(machine), this.watch.tap));
  }

  #drain(now: Instant): void {
    const { mail, received } = this.#options;
    for (let event = this.#framed.next(); event !== undefined; event = this.#framed.next()) {
      if (event.type === 'message') received.deliver(event.payload, event, this.connections);
      else if (event.type === 'acknowledged' || event.type === 'lost')
        mail.receipt(event.receipt, event.type);
      else if (event.type === 'connected') this.#sessionId = event.sessionId;
      else this.#note(now, event);
    }
  }

  #note(now: Instant, event: ConnectionEvent | DamageEvent): void {
    if (event.type === 'violation') this.violations++;
    if (event.type !== 'closed') return;
    const { mail } = this.#options;
    this.closings[event.cause] = (this.closings[event.cause] ?? 0) + 1;
    this.closed = event;
    this.watch.excuse();
    if (mail.untold > 0) mail.complain(`${mail.untold} receipts never came although the connection ended`);
    if (this.persists) this.#restartAt = now + (this.#options.role === 'join' ? AGAIN : 0);
  }
}
