import { expect, test } from 'vitest';
import { type Instant, SECOND } from '../../src/base/instant.ts';
import type { Machine } from '../../src/base/machine.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { Framed } from '../../src/framing/framed.ts';
import type { DamageEvent } from '../../src/framing/framing-event.ts';
import type { Message } from '../../src/wire/message.ts';
import { flipped, framesOf, joined, randomMessage, randomMessages, seeded } from './frames.ts';

/** What the machine above saw, as its own events. */
type Seen =
  | { readonly type: 'got'; readonly message: Message }
  | { readonly type: 'expired'; readonly at: Instant };

/** A machine above that sends what it is given and reports what it gets. */
class Echo implements Machine<Message, Message, Seen> {
  readonly outbox: Message[] = [];
  deadline: Instant | undefined;
  #events: Seen[] = [];

  receive(_now: Instant, message: Message): void {
    // The promise of Machine: what was reported of one message is fetched before the next arrives.
    expect(this.#events).toEqual([]);
    this.#events.push({ type: 'got', message });
  }

  expire(now: Instant): void {
    this.deadline = undefined;
    this.#events.push({ type: 'expired', at: now });
  }

  poll(): Message | undefined {
    return this.outbox.shift();
  }

  next(): Seen | undefined {
    return this.#events.shift();
  }

  say(event: Seen): void {
    this.#events.push(event);
  }
}

function drained(framed: Framed<Seen>): (Seen | DamageEvent)[] {
  const events: (Seen | DamageEvent)[] = [];
  for (let event = framed.next(); event; event = framed.next()) events.push(event);
  return events;
}

test('messages go out framed and come in unframed, and both are counted', () => {
  const upper = new Echo();
  const framed = new Framed(upper);
  const messages = randomMessages(seeded(1), 3, 20, 200);
  upper.outbox.push(...messages);
  const sent = [framed.poll(0), framed.poll(0), framed.poll(0)].map((frame) => frame!);
  expect(sent).toEqual(framesOf(messages));
  expect(framed.poll(0)).toBeUndefined();
  framed.receive(1, joined(sent));
  expect(drained(framed)).toEqual(messages.map((message) => ({ type: 'got', message })));
  const bytes = joined(sent).length;
  expect(framed.counters).toEqual({
    bytes: { sent: bytes, received: bytes, skipped: 0 },
    frames: { sent: 3, received: 3, headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 },
  });
});

test('all three kinds of message are handed up with their identifiers, whatever their first byte', () => {
  const framed = new Framed(new Echo());
  const messages: Message[] = [
    { kind: 'transport', identifier: 0, body: Uint8Array.of(0, 5, 1) },
    { kind: 'enumerationQuery', identifier: 3, body: Uint8Array.of(2) },
    { kind: 'enumerationResponse', identifier: 1, body: Uint8Array.of(0) },
  ];
  framed.receive(0, joined(framesOf(messages)));
  expect(drained(framed)).toEqual(messages.map((message) => ({ type: 'got', message })));
});

test('damage is reported in its place among the events of the machine above, and counted by cause', () => {
  const framed = new Framed(new Echo());
  const [first, second, third] = framesOf(randomMessages(seeded(2), 3, 20, 60)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  framed.receive(
    0,
    joined([first, flipped(second, 20), second, flipped(third, 99), third, third.subarray(0, 9)]),
  );
  framed.gap(7);
  const events = drained(framed);
  expect(events.map((event) => (event.type === 'damage' ? event.cause : event.type))).toEqual([
    'got',
    'headerCrc',
    'got',
    'messageCrc',
    'got',
    'truncated',
  ]);
  expect(framed.counters.frames).toMatchObject({
    received: 3,
    headerCrcErrors: 1,
    messageCrcErrors: 1,
    truncated: 1,
    resyncs: 3,
  });
  expect(framed.counters.bytes.skipped).toBe(second.length + third.length + 9);
  expect(framed.losses).toMatchObject({ headerCrc: 1, messageCrc: 1, truncated: 1, noise: 0, oversize: 0 });
});

test('the deadline is the earlier of both floors, and each is woken at its own', () => {
  const upper = new Echo();
  const framed = new Framed(upper);
  expect(framed.deadline).toBeUndefined();
  upper.deadline = 5 * SECOND;
  framed.receive(3 * SECOND, encodeFrame(randomMessage(seeded(3), 90)).subarray(0, 20));
  expect(framed.deadline).toBe(4 * SECOND);
  framed.expire(4 * SECOND);
  expect(drained(framed)).toMatchObject([{ type: 'damage', cause: 'truncated', at: 4 * SECOND }]);
  expect(framed.deadline).toBe(5 * SECOND);
  framed.expire(5 * SECOND);
  expect(drained(framed)).toEqual([{ type: 'expired', at: 5 * SECOND }]);
});

test('what the machine above reports after a command of its own is fetched too', () => {
  const upper = new Echo();
  const framed = new Framed(upper);
  upper.say({ type: 'expired', at: 1 });
  expect(drained(framed)).toEqual([{ type: 'expired', at: 1 }]);
});

test('the machine above can ask how far the frame reached that it is given, whatever came with it in one piece', () => {
  const places: number[] = [];
  class Asking extends Echo {
    override receive(now: Instant, message: Message): void {
      places.push(framed.position);
      super.receive(now, message);
    }
  }
  const framed: Framed<Seen> = new Framed(new Asking());
  const frames = framesOf(randomMessages(seeded(5), 3, 20, 200));
  const [first, second, third] = frames.map((frame) => frame.length) as [number, number, number];
  framed.receive(1, joined([Uint8Array.of(1, 2, 3), ...frames]).subarray(0, 3 + first + second + 5));
  expect(places).toEqual([3 + first, 3 + first + second]);
  framed.receive(2, frames[2]!.subarray(5));
  expect(places[2]).toBe(3 + first + second + third);
});
