/** How much of a line a saturated connection uses, start-up included: two connections, one line, exact in virtual time. Judges nothing. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { charactersPerSecond, type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import { Random } from '../base/random.ts';
import { Framed } from '../framing/framed.ts';
import type { DirectionOptions } from '../line/direction.ts';
import { Connection } from '../transport/connection.ts';
import type { ConnectionEvent } from '../transport/connection-event.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { InMessages } from './in-messages.ts';
import { Wire } from './wire.ts';
import { World } from './world.ts';

/** What is measured. */
export interface UtilisationOptions {
  readonly seed: string;
  readonly settings: LineSettings;
  /** Both directions are like this. */
  readonly direction: DirectionOptions;
  /** Whether both ends send; else only the one that connects. */
  readonly both: boolean;
  readonly duration: Duration;
}

/** Bytes of each message: a full frame where the transport sends full frames. */
const MESSAGE_SIZE = 1396;

/** For how much line time messages are kept queued, and no fewer bytes than that. */
const AHEAD: Duration = SECOND / 4;

/** A frame is read when it is there: no host reads late, and a slow line wakes nobody for a few bytes. */
const BATCH: Duration = SECOND;

/** A connection that is given reliable messages whenever it is polled, so that its line is never idle for want of them. */
class Saturated implements Machine<Uint8Array, Uint8Array, ConnectionEvent> {
  readonly connection: Connection;
  delivered = 0;
  readonly #payload: Uint8Array;
  readonly #ahead: number;

  constructor(connection: Connection, payload: Uint8Array, ahead: number) {
    this.connection = connection;
    this.#payload = payload;
    this.#ahead = ahead;
  }

  receive(now: Instant, packet: Uint8Array): void {
    this.connection.receive(now, packet);
  }

  expire(now: Instant): void {
    this.connection.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.connection.deadline;
  }

  poll(now: Instant): Uint8Array | undefined {
    if (this.connection.state === 'connected') {
      while (this.connection.queuedBytes < this.#ahead) {
        this.connection.send(now, this.#payload, { reliable: true, sequential: true });
      }
    }
    return this.connection.poll(now);
  }

  next(): ConnectionEvent | undefined {
    const event = this.connection.next();
    if (event?.type === 'message') this.delivered += event.payload.length;
    return event;
  }
}

/** Shares of what the line carries, 0..1, that arrived as payload: of the direction from the connecting end, and of the other. */
export function utilisation(options: UtilisationOptions): readonly [number, number] {
  const { settings, direction, both, duration } = options;
  const random = new Random(options.seed);
  const pace = (bytes: number): Duration => lineTime(settings, bytes);
  const payload = random.fork('payload').fill(new Uint8Array(MESSAGE_SIZE));
  const ahead = Math.ceil(Math.max(64, (charactersPerSecond(settings) * AHEAD) / SECOND));
  const end = (name: string, isSender: boolean): Saturated => {
    const connection = new Connection({
      random: random.fork(name),
      lineTime: (bytes) => pace(bytes + MESSAGE_HEADER_SIZE),
    });
    return new Saturated(connection, payload, isSender ? ahead : 0);
  };
  const near = end('near', true);
  const far = end('far', both);
  const wire = (name: string): Wire => new Wire({ ...direction, settings, random: random.fork(name) });
  const world = new World({ gap: 2 * BATCH });
  world.join(
    { name: 'near', machine: new Framed(new InMessages(near)) },
    { name: 'far', machine: new Framed(new InMessages(far)) },
    { carrier: wire('to far'), lineTime: pace },
    { carrier: wire('to near'), lineTime: pace },
  );
  world.at(0, (now) => {
    far.connection.listen(now);
    near.connection.connect(now);
  });
  world.run(duration);
  const capacity = (charactersPerSecond(settings) * duration) / SECOND;
  return [far.delivered / capacity, near.delivered / capacity];
}
