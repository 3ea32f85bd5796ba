/** The promise of this floor, against seeded damage of every kind: an intact frame is never lost to damage outside it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.ts';
import { Deframer } from '../../src/framing/deframer.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import type { FramingEvent } from '../../src/framing/framing-event.ts';
import type { Message } from '../../src/wire/message.ts';
import { cut, deframed, drain, isDamage, isFrame, joined, randomMessages, seeded } from './frames.ts';

const HEX = (message: Message): string =>
  `${message.kind} ${message.identifier} ${Buffer.from(message.body).toString('hex')}`;

/** Damages one frame: bits, bytes dropped or added, cut short, emptied. Never gives the frame back unaltered. */
function damaged(random: Random, frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  const at = random.below(copy.length);
  switch (random.below(5)) {
    case 0:
      for (let hits = random.between(1, 8); hits > 0; hits--) {
        const place = random.below(copy.length);
        copy[place] = copy[place]! ^ (1 << random.below(8));
      }
      break;
    case 1:
      return joined([copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + random.between(1, 40)))]);
    case 2:
      return joined([
        copy.subarray(0, at),
        random.fill(new Uint8Array(random.between(1, 9))),
        copy.subarray(at),
      ]);
    case 3:
      return copy.subarray(0, at);
    default:
      random.fill(copy.subarray(at, at + 30));
  }
  return copy;
}

/** Something between two frames: nothing, noise, 0xCC, the beginning of a frame that never comes. */
function between(random: Random, frames: readonly Uint8Array[]): Uint8Array {
  switch (random.below(6)) {
    case 0:
      return random.fill(new Uint8Array(random.below(60)));
    case 1:
      return new Uint8Array(random.below(30)).fill(0xcc);
    case 2: {
      const frame = random.pick(frames);
      return frame.subarray(0, random.below(Math.min(frame.length, 20)));
    }
    default:
      return new Uint8Array(0);
  }
}

/** A seeded stream with its intact messages, and all that were sent. */
function damagedStream(random: Random): { bytes: Uint8Array; intact: string[]; sent: Set<string> } {
  const messages = randomMessages(random, 30, 1, 200);
  const frames = messages.map((message) => encodeFrame(message));
  const pieces: Uint8Array[] = [];
  const intact: string[] = [];
  for (const [i, frame] of frames.entries()) {
    pieces.push(between(random, frames));
    if (random.chance(0.4)) {
      const piece = damaged(random, frame);
      pieces.push(piece);
      if (Buffer.compare(piece, frame) === 0) intact.push(HEX(messages[i]!));
    } else {
      pieces.push(frame);
      intact.push(HEX(messages[i]!));
    }
  }
  return { bytes: joined(pieces), intact, sent: new Set(messages.map(HEX)) };
}

/** Whether all of `some` stand in `all`, in that order. */
function inOrder(some: readonly string[], all: readonly string[]): boolean {
  let place = 0;
  for (const each of all) if (each === some[place]) place++;
  return place === some.length;
}

const options = { seed: 2026, numRuns: 300 };

test('whatever stands between them, intact frames come out, in order, and nothing is invented', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { bytes, intact, sent } = damagedStream(seeded(seed));
      const delivered = deframed([bytes])
        .filter(isFrame)
        .map((event) => HEX(event.message));
      expect(inOrder(intact, delivered)).toBe(true);
      // Damage may leave a frame as it was (a 0xCC dropped from many); it never makes a new one.
      for (const each of delivered) expect(sent.has(each)).toBe(true);
    }),
    options,
  );
});

test('fed whole, byte by byte or in any pieces, a stream gives the same events', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(1, 7, 64, 1000), (seed, sizeMax) => {
      const random = seeded(seed);
      const { bytes } = damagedStream(random);
      const pieces = cut(random, bytes, sizeMax);
      // toEqual on thousands of bytes is slow; the text says as much.
      expect(JSON.stringify(deframed(pieces))).toBe(JSON.stringify(deframed([bytes])));
    }),
    options,
  );
});

test('every byte received is in exactly one frame or counted as skipped, and every loss has one cause', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { bytes } = damagedStream(seeded(seed));
      const deframer = new Deframer();
      deframer.receive(0, bytes);
      deframer.gap(0);
      const events = drain(deframer);
      const inFrames = events.filter(isFrame).reduce((sum, { message }) => sum + 8 + message.body.length, 0);
      const { bytesSkipped, losses, framesReceived } = deframer.counters;
      expect(inFrames + bytesSkipped).toBe(bytes.length);
      expect(framesReceived).toBe(events.filter(isFrame).length);
      expect(Object.values(losses).reduce((sum, count) => sum + count, 0)).toBe(
        events.filter(isDamage).length,
      );
    }),
    options,
  );
});

test('every skipped byte lies in the span of a reported loss', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { bytes } = damagedStream(seeded(seed));
      const events = deframed([bytes]);
      const explained = new Uint8Array(bytes.length);
      for (const event of events) {
        const length = isFrame(event) ? 8 + event.message.body.length : event.length;
        explained.fill(1, event.offset, event.offset + length);
        if (isDamage(event)) {
          const { offset, sample } = event;
          expect(sample.length).toBeLessThanOrEqual(16);
          expect(sample).toEqual(bytes.slice(offset, offset + sample.length));
        }
      }
      expect(explained.includes(0)).toBe(false);
    }),
    options,
  );
});

test('a gap in the middle of a frame costs that frame and no other', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = seeded(seed);
      const messages = randomMessages(random, 9, 1, 120);
      const frames = messages.map((message) => encodeFrame(message));
      const hit = random.below(frames.length);
      const at = random.between(1, frames[hit]!.length - 1);
      const deframer = new Deframer();
      const events: FramingEvent[] = [];
      for (const [i, frame] of frames.entries()) {
        deframer.receive(0, i === hit ? frame.subarray(0, at) : frame);
        if (i === hit) deframer.gap(0);
        if (i === hit) deframer.receive(0, frame.subarray(at));
        events.push(...drain(deframer));
      }
      deframer.gap(0);
      events.push(...drain(deframer));
      const rest = messages.filter((_, i) => i !== hit).map(HEX);
      expect(
        inOrder(
          rest,
          events.filter(isFrame).map(({ message }) => HEX(message)),
        ),
      ).toBe(true);
      expect(events.filter(isDamage)[0]).toMatchObject({ cause: 'truncated', length: at });
    }),
    options,
  );
});
