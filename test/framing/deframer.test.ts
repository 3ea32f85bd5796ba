import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Deframer, MESSAGE_SIZE_MAX } from '../../src/framing/deframer.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import type { Message } from '../../src/wire/message.ts';
import {
  cut,
  deframed,
  drain,
  flipped,
  framesOf,
  isDamage,
  isFrame,
  joined,
  randomMessage,
  randomMessages,
  seeded,
} from './frames.ts';

const messagesIn = (events: ReturnType<typeof deframed>): Message[] =>
  events.filter(isFrame).map((event) => event.message);

/** Bitwise and slow: the code under test is not used to judge itself. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}

/** `frame` with a fresh header CRC. */
function restamped(frame: Uint8Array): Uint8Array {
  const crc = bitwiseCrc(frame.subarray(0, 6));
  return Uint8Array.from([...frame.subarray(0, 6), crc & 0xff, crc >>> 8, ...frame.subarray(8)]);
}

/** A header that holds. */
function header(type: number, size: number): Uint8Array {
  return restamped(Uint8Array.of(0xcc, type, size & 0xff, size >>> 8, 0x12, 0x34, 0, 0));
}

test('[2.2.2-14] two frames back to back are found by the size of the first', () => {
  const messages = randomMessages(seeded(1), 2, 20, 300);
  expect(messagesIn(deframed([joined(framesOf(messages))]))).toEqual(messages);
});

test('[2.2.2-09] the low bits of MessageType make no difference to a transport packet', () => {
  const body = seeded(2).fill(new Uint8Array(16));
  for (let low = 0; low < 16; low++) {
    const frame = encodeFrame({ kind: 'transport', identifier: 0, body });
    frame[1] = 0x40 | low;
    expect(messagesIn(deframed([restamped(frame)]))).toMatchObject([{ kind: 'transport', body }]);
  }
});

test('[2.2.2-06] a frame whose type is none of the three is passed over whole and counted as such', () => {
  const inner = encodeFrame(randomMessage(seeded(3), 40));
  const odd = encodeFrame({ kind: 'transport', identifier: 0, body: inner });
  odd[1] = 0x80;
  const behind = randomMessage(seeded(4), 30);
  const events = deframed([joined([restamped(odd), encodeFrame(behind)])]);
  expect(events).toMatchObject([
    { type: 'damage', cause: 'unknownType', offset: 0, length: 56, frameSize: 56 },
    { type: 'frame', message: behind },
  ]);
});

test.each([0, 1, 7])(
  '[2.2.2-05, 2.2.2-16] any inverted bit of header byte %i costs that frame alone, and is named',
  (byte) => {
    const [damaged, behind] = randomMessages(seeded(5), 2, 30, 90) as [Message, Message];
    const frame = encodeFrame(damaged);
    for (let bit = 8 * byte; bit < 8 * byte + 8; bit++) {
      const events = deframed([joined([flipped(frame, bit), encodeFrame(behind)])]);
      expect(events).toMatchObject([
        { type: 'damage', cause: 'headerCrc', offset: 0, length: frame.length, frameSize: frame.length, bit },
        { type: 'frame', offset: frame.length, message: behind },
      ]);
    }
  },
);

test('[2.2.2-15] any inverted bit of the message costs that frame alone, and is named', () => {
  const [damaged, behind] = randomMessages(seeded(6), 2, 30, 60) as [Message, Message];
  const frame = encodeFrame(damaged);
  for (let bit = 64; bit < 8 * frame.length; bit++) {
    const events = deframed([joined([flipped(frame, bit), encodeFrame(behind)])]);
    expect(events).toMatchObject([
      { type: 'damage', cause: 'messageCrc', offset: 0, length: frame.length, frameSize: frame.length, bit },
      { type: 'frame', message: behind },
    ]);
  }
});

test('an intact frame inside a damaged message is delivered, and the damage is still one', () => {
  const inner = randomMessage(seeded(7), 50);
  const outer = joined([new Uint8Array(20), encodeFrame(inner), new Uint8Array(30)]);
  const behind = randomMessage(seeded(8), 25);
  const frame = encodeFrame({ kind: 'transport', identifier: 0, body: outer });
  const events = deframed([joined([flipped(frame, 64), encodeFrame(behind)])]);
  expect(events.map((event) => event.type)).toEqual(['damage', 'frame', 'frame']);
  expect(messagesIn(events)).toEqual([inner, behind]);
  expect(messagesIn(deframed([frame]))[0]?.body).toEqual(outer);
});

test('a damaged frame inside a damaged message is no damage of its own', () => {
  const inner = flipped(encodeFrame(randomMessage(seeded(9), 50)), 200);
  const frame = encodeFrame({ kind: 'transport', identifier: 0, body: joined([inner, inner]) });
  const behind = randomMessage(seeded(10), 25);
  const events = deframed([joined([flipped(frame, 8 * frame.length - 1), encodeFrame(behind)])]);
  expect(events.map((event) => event.type)).toEqual(['damage', 'frame']);
});

test('data that ends in half a frame is no damage of its own where the next header holds', () => {
  const half = encodeFrame(randomMessage(seeded(11), 300)).subarray(0, 60);
  const frame = encodeFrame({ kind: 'transport', identifier: 0, body: half });
  const behind = randomMessages(seeded(12), 8, 60, 90);
  const events = deframed([joined([flipped(frame, 8 * frame.length - 1), ...framesOf(behind)])]);
  expect(events.filter(isDamage)).toHaveLength(1);
  expect(messagesIn(events)).toEqual(behind);
});

test('a frame that lost a byte takes nothing from the frame behind it', () => {
  const messages = randomMessages(seeded(13), 2, 60, 90) as [Message, Message];
  const [damaged, next] = framesOf(messages) as [Uint8Array, Uint8Array];
  for (let at = 0; at < damaged.length; at++) {
    const short = joined([damaged.subarray(0, at), damaged.subarray(at + 1)]);
    const events = deframed([joined([short, next])]);
    expect(messagesIn(events)).toEqual([messages[1]]);
    expect(events.filter(isDamage)).toHaveLength(1);
  }
});

test('a stray byte inside a frame costs that frame alone; between frames it is noise', () => {
  const messages = randomMessages(seeded(14), 2, 60, 90) as [Message, Message];
  const [damaged, next] = framesOf(messages) as [Uint8Array, Uint8Array];
  for (let at = 1; at < damaged.length; at++) {
    const long = joined([damaged.subarray(0, at), Uint8Array.of(0x55), damaged.subarray(at)]);
    const events = deframed([joined([long, next])]);
    expect(messagesIn(events)).toEqual([messages[1]]);
    expect(events.filter(isDamage).filter(({ cause }) => cause !== 'noise')).toHaveLength(1);
  }
  const between = deframed([joined([damaged, Uint8Array.of(0x55), next])]);
  expect(messagesIn(between)).toEqual(messages);
  expect(between.filter(isDamage)).toMatchObject([{ cause: 'noise', offset: damaged.length, length: 1 }]);
});

test('a size of 0 or above the limit is not waited for', () => {
  const behind = randomMessage(seeded(15), 25);
  for (const size of [0, MESSAGE_SIZE_MAX + 1, 65_535]) {
    const deframer = new Deframer();
    deframer.receive(0, joined([header(0x40, size), encodeFrame(behind)]));
    expect(drain(deframer)).toMatchObject([
      { type: 'damage', cause: 'oversize', offset: 0, frameSize: 8 + size, length: 8 + size },
      { type: 'frame', message: behind },
    ]);
  }
  const long = randomMessage(seeded(16), 3000);
  expect(messagesIn(deframed([encodeFrame(long)], { messageSizeMax: 3000 }))).toEqual([long]);
  expect(messagesIn(deframed([encodeFrame(randomMessage(seeded(17), MESSAGE_SIZE_MAX))]))).toHaveLength(1);
});

test('a frame too large for the limit is one loss, and the frame behind it is found', () => {
  const behind = randomMessage(seeded(18), 25);
  const events = deframed([joined([encodeFrame(randomMessage(seeded(19), 9000)), encodeFrame(behind)])]);
  expect(events).toMatchObject([
    { type: 'damage', cause: 'oversize', length: 9008 },
    { type: 'frame', message: behind },
  ]);
});

test('a frame under way is given up after a second without a byte, and what it hid comes out', () => {
  const inner = randomMessage(seeded(20), 40);
  const frame = encodeFrame(randomMessage(seeded(21), 500));
  const deframer = new Deframer();
  expect(deframer.deadline).toBeUndefined();
  deframer.receive(10, frame.subarray(0, 100));
  deframer.receive(20, encodeFrame(inner));
  expect(deframer.deadline).toBe(20 + SECOND);
  deframer.expire(20 + SECOND - 1);
  expect(drain(deframer)).toEqual([]);
  deframer.expire(20 + SECOND);
  expect(drain(deframer)).toMatchObject([
    { type: 'damage', at: 20 + SECOND, cause: 'truncated', offset: 0, length: 148, frameSize: 508 },
    { type: 'frame', at: 20 + SECOND, offset: 100, message: inner },
  ]);
  expect(deframer.deadline).toBeUndefined();
  expect(deframer.counters).toMatchObject({ bytesReceived: 148, bytesSkipped: 100, framesReceived: 1 });
});

test('an idle gap gives a frame under way up at once, and the next byte begins afresh', () => {
  const messages = randomMessages(seeded(22), 2, 40, 90) as [Message, Message];
  const [first, second] = framesOf(messages) as [Uint8Array, Uint8Array];
  for (let length = 1; length < first.length; length++) {
    const deframer = new Deframer();
    deframer.receive(0, first.subarray(0, length));
    deframer.gap(30 * MILLISECOND);
    deframer.receive(40 * MILLISECOND, second);
    expect(drain(deframer)).toMatchObject([
      { type: 'damage', at: 30 * MILLISECOND, cause: 'truncated', offset: 0, length },
      { type: 'frame', offset: length, message: messages[1] },
    ]);
  }
});

test('a gap on a quiet line changes nothing', () => {
  const deframer = new Deframer();
  deframer.gap(5);
  deframer.receive(6, encodeFrame(randomMessage(seeded(23), 30)));
  deframer.gap(7);
  expect(drain(deframer).map((event) => event.type)).toEqual(['frame']);
  expect(deframer.counters.resyncs).toBe(0);
});

test('noise that does not end is reported piece by piece, every byte counted', () => {
  for (const byte of [0x00, 0xcc]) {
    const deframer = new Deframer();
    const noise = new Uint8Array(300_000).fill(byte);
    const events = [];
    for (const piece of cut(seeded(24), noise, 5000)) {
      deframer.receive(0, piece);
      events.push(...drain(deframer).filter(isDamage));
    }
    deframer.gap(0);
    events.push(...drain(deframer).filter(isDamage));
    expect(events.length).toBeLessThan(12);
    expect(events.reduce((sum, { length }) => sum + length, 0)).toBe(noise.length);
    expect(deframer.counters).toMatchObject({ bytesSkipped: noise.length, framesReceived: 0 });
    const behind = randomMessage(seeded(25), 60);
    deframer.receive(0, encodeFrame(behind));
    expect(drain(deframer)).toMatchObject([{ type: 'frame', message: behind }]);
  }
});

test('headers that hold one behind another, each claiming the most, hide nothing for longer than a frame', () => {
  const claim = header(0x40, MESSAGE_SIZE_MAX);
  const deframer = new Deframer();
  for (let i = 0; i < 2000; i++) deframer.receive(i, claim);
  const behind = randomMessages(seeded(26), 60, 60, 90);
  deframer.receive(3000, joined(framesOf(behind)));
  expect(messagesIn(drain(deframer)).slice(0, 20)).toEqual(behind.slice(0, 20));
});

test('what was handed up stays as it was while more is received', () => {
  const messages = randomMessages(seeded(27), 40, 20, 400);
  const bytes = joined(framesOf(messages));
  const deframer = new Deframer();
  const seen: Message[] = [];
  for (const piece of cut(seeded(28), bytes, 300)) {
    deframer.receive(0, Buffer.from(piece));
    seen.push(...messagesIn(drain(deframer)));
  }
  expect(seen).toEqual(messages);
});

test('truncated anywhere and then silent, a stream never throws and counts every byte', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(400), (seed, length) => {
      const random = seeded(seed);
      const bytes = joined(framesOf(randomMessages(random, 5, 1, 120))).subarray(0, length);
      const deframer = new Deframer();
      deframer.receive(0, bytes);
      deframer.gap(1);
      const good = drain(deframer)
        .filter(isFrame)
        .reduce((sum, { message }) => sum + 8 + message.body.length, 0);
      expect(deframer.counters.bytesSkipped + good).toBe(bytes.length);
      expect(deframer.deadline).toBeUndefined();
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('a stretch without a signature is searched once, however many lost frames it holds', () => {
  // Frames whose 0xCC is missing, and none elsewhere: each is a loss of its own, found without a 0xCC to go by.
  const beheaded = encodeFrame({ kind: 'transport', identifier: 0, body: Uint8Array.of(1, 2) }).subarray(1);
  expect(beheaded).not.toContain(0xcc);
  const stream = joined(Array.from({ length: 1_000 }, () => beheaded));
  const search = vi.spyOn(Buffer.prototype, 'indexOf');
  const events = deframed([stream]);
  const searches = search.mock.calls.length;
  search.mockRestore();
  expect(events.filter(isDamage)).toHaveLength(1_000);
  expect(searches).toBeLessThan(10);
});
