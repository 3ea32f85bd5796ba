import { describe, expect, it } from 'vitest';
import { type Instant, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import type { Machine } from '../../src/base/machine.ts';
import { Random } from '../../src/base/random.ts';
import { Framed } from '../../src/framing/framed.ts';
import type { DamageEvent } from '../../src/framing/framing-event.ts';
import { Channel } from '../../src/line/channel.ts';
import { World } from '../../src/sim/world.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import type { Message } from '../../src/wire/message.ts';

/** A connection as the upper machine of a framing: transport packets in messages of type 0x40. */
class InMessages implements Machine<Message, Message, ConnectionEvent> {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }
  receive(now: Instant, { kind, body }: Message): void {
    if (kind === 'transport') this.#connection.receive(now, body);
  }
  expire(now: Instant): void {
    this.#connection.expire(now);
  }
  get deadline(): Instant | undefined {
    return this.#connection.deadline;
  }
  poll(now: Instant): Message | undefined {
    const body = this.#connection.poll(now);
    return body === undefined ? undefined : { kind: 'transport', identifier: 0, body };
  }
  next(): ConnectionEvent | undefined {
    return this.#connection.next();
  }
}

const settings = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
const pace = (bytes: number) => lineTime(settings, bytes);
const SECONDS = 60;

/** A minute of saturation both ways over lines with bit errors. */
function soak(seed: string, bitErrorRatio: number) {
  const random = new Random(seed);
  const world = new World();
  const ends = ['near', 'far'].map((name) => {
    const connection = new Connection({ random: random.fork(name), lineTime: (bytes) => pace(bytes + 8) });
    return {
      name,
      connection,
      framed: new Framed(new InMessages(connection)),
      numbers: [] as number[],
      retries: 0,
    };
  });
  const [near, far] = ends as [(typeof ends)[0], (typeof ends)[0]];
  const channel = (name: string) => new Channel({ settings, random: random.fork(name), bitErrorRatio });
  const line = (name: string) => ({ carrier: channel(name), lineTime: pace });
  const listen = (end: typeof near) => (_: Instant, event: ConnectionEvent | DamageEvent) => {
    if (event.type === 'message') end.numbers.push(event.payload[0]! + 256 * event.payload[1]!);
    if (event.type === 'retried') end.retries++;
  };
  world.join(
    { name: 'near', machine: near.framed, onEvent: listen(near) },
    { name: 'far', machine: far.framed, onEvent: listen(far) },
    line('to far'),
    line('to near'),
  );
  const sent = [0, 0];
  const feed = (now: Instant) => {
    ends.forEach(({ connection }, n) => {
      while (connection.queuedBytes < 8192) {
        const payload = random.fork(`${n} ${sent[n]}`).fill(new Uint8Array(1396));
        payload.set([sent[n]! & 0xff, sent[n]! >> 8]);
        sent[n]!++;
        connection.send(now, payload, { reliable: true, sequential: true });
      }
    });
    world.at(now + SECOND / 10, feed);
  };
  world.at(0, (now) => {
    far.connection.listen(now);
    near.connection.connect(now);
    feed(now);
  });
  world.run(SECONDS * SECOND);
  return { world, ends };
}

describe('connections over framing over simulated wires', () => {
  it('use a clean line up to what framing and headers leave, both ways, without one retry', () => {
    for (const { numbers, retries, framed } of soak('clean', 0).ends) {
      expect((numbers.length * 1396) / (SECONDS * 11_520)).toBeGreaterThan(0.98);
      expect(retries).toBe(0);
      expect(framed.counters.frames).toMatchObject({ headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0 });
    }
  });

  it('deliver everything once and in order over bit errors, and repeat only what was damaged', () => {
    for (const { numbers, framed, retries } of soak('noisy', 1e-5).ends) {
      expect(numbers).toEqual(Array.from(numbers, (_, n) => n));
      const { headerCrcErrors, messageCrcErrors } = framed.counters.frames;
      expect(headerCrcErrors + messageCrcErrors).toBeGreaterThan(20);
      expect(retries).toBeGreaterThan(20);
      expect((numbers.length * 1396) / (SECONDS * 11_520)).toBeGreaterThan(0.8);
    }
  });

  it('agree to the last byte when run twice', () => {
    expect(soak('again', 1e-4).world.digest).toBe(soak('again', 1e-4).world.digest);
  });
});
