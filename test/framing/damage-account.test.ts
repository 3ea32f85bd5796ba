/** Injected = counted: what a line did to frames, against what the deframer says was done. */
import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { Random } from '../../src/base/random.ts';
import { Deframer } from '../../src/framing/deframer.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import type { DamageEvent } from '../../src/framing/framing-event.ts';
import { drain, framesOf, isDamage, isFrame, joined, randomMessages, seeded } from './frames.ts';

/** Inverts each bit with probability `ratio`; returns the bits hit. */
function hitBits(random: Random, bytes: Uint8Array, ratio: number): number[] {
  const bits: number[] = [];
  for (let bit = random.gap(ratio); bit < 8 * bytes.length; bit += 1 + random.gap(ratio)) {
    bytes[bit >>> 3]! ^= 1 << (bit & 7);
    bits.push(bit);
  }
  return bits;
}

/** The offsets at which `frames` begin in one stream, and where it ends. */
function startsOf(frames: readonly Uint8Array[]): number[] {
  const starts = [0];
  for (const frame of frames) starts.push(starts.at(-1)! + frame.length);
  return starts;
}

/** Events and counters of `bytes` in one piece, and the silence behind. */
function judged(bytes: Uint8Array): { damage: DamageEvent[]; delivered: number; deframer: Deframer } {
  const deframer = new Deframer();
  deframer.receive(0, bytes);
  deframer.gap(0);
  const events = drain(deframer);
  return { damage: events.filter(isDamage), delivered: events.filter(isFrame).length, deframer };
}

test.each([1e-6, 1e-5, 3e-5, 1e-4])(
  'at a bit error ratio of %d, every frame that was hit is one damage at its place, and there is no other',
  (ratio) => {
    let hits = 0;
    for (let seed = 0; seed < 8; seed++) {
      const random = seeded(seed).fork(`ratio ${ratio}`);
      const frames = framesOf(randomMessages(random, 1000, 20, 1400));
      const starts = startsOf(frames);
      const bytes = joined(frames);
      const frameOf = (bit: number): number => starts.findIndex((start) => start > bit >>> 3) - 1;
      const hit = new Map<number, number[]>();
      for (const bit of hitBits(random, bytes, ratio)) {
        const frame = frameOf(bit);
        hit.set(frame, [...(hit.get(frame) ?? []), bit - 8 * starts[frame]!]);
      }
      const { damage, delivered, deframer } = judged(bytes);
      expect(damage.map(({ offset }) => offset)).toEqual([...hit.keys()].map((frame) => starts[frame]));
      expect(delivered).toBe(frames.length - hit.size);
      expect(deframer.counters.bytesSkipped).toBe(
        [...hit.keys()].reduce((sum, frame) => sum + frames[frame]!.length, 0),
      );
      for (const [i, [frame, bits]] of [...hit].entries()) {
        expect(damage[i]!.cause).toBe(bits.some((bit) => bit < 64) ? 'headerCrc' : 'messageCrc');
        if (bits.length === 1) expect(damage[i]!.bit).toBe(bits[0]);
        // An even number in one part never looks like one.
        if (bits.length === 2 && bits[0]! >= 64) expect(damage[i]!.bit).toBeUndefined();
        expect(damage[i]!.length).toBe(frames[frame]!.length);
      }
      hits += hit.size;
    }
    expect(hits).toBeGreaterThan(0);
  },
);

test.each(['drop', 'insert'] as const)('after a %s, every frame that was hit is one damage', (kind) => {
  for (let seed = 0; seed < 8; seed++) {
    const random = seeded(seed).fork(kind);
    const frames = framesOf(randomMessages(random, 600, 20, 1400));
    let hit = 0;
    const pieces = frames.map((frame) => {
      if (!random.chance(0.02)) return frame;
      // Dropping or adding a 0xCC among others, or in front of a frame, leaves an intact frame in the stream.
      const at = random.between(1, frame.length - 1);
      if (frame[at] === 0xcc) return frame;
      hit++;
      const added = kind === 'insert' ? [random.below(0xcc)] : [];
      const from = kind === 'insert' ? at : at + 1;
      return joined([frame.subarray(0, at), Uint8Array.from(added), frame.subarray(from)]);
    });
    const { damage, delivered } = judged(joined(pieces));
    expect(damage.filter(({ cause }) => cause !== 'noise')).toHaveLength(hit);
    expect(delivered).toBe(frames.length - hit);
  }
});

test('a frame whose 0xCC was dropped is one damage of known size', () => {
  const frames = framesOf(randomMessages(seeded(31), 3, 30, 90));
  const { damage } = judged(joined([frames[0]!, frames[1]!.subarray(1), frames[2]!]));
  const frameSize = frames[1]!.length;
  expect(damage).toMatchObject([
    { cause: 'headerCrc', offset: frames[0]!.length, length: frameSize - 1, frameSize },
  ]);
});

test('two damaged headers in a row are two damages, where the first of them still tells its size', () => {
  const frames = framesOf(randomMessages(seeded(32), 4, 30, 90));
  frames[1]![2]! ^= 4;
  frames[2]![0]! ^= 0x80;
  const { damage } = judged(joined(frames));
  expect(damage.map(({ cause, bit }) => [cause, bit])).toEqual([
    ['headerCrc', 18],
    ['headerCrc', 7],
  ]);
});

test('a header hit twice is one damage that ends where the next header stands', () => {
  const frames = framesOf(randomMessages(seeded(33), 3, 30, 90));
  frames[1]![3]! ^= 0x11;
  const { damage, deframer } = judged(joined(frames));
  const { length } = frames[1]!;
  expect(damage).toMatchObject([{ cause: 'headerCrc', offset: frames[0]!.length, length }]);
  expect(damage[0]).not.toHaveProperty('frameSize');
  expect(deframer.counters.resyncs).toBe(1);
});

test('chatter between frames is noise, not damage to a frame', () => {
  const frames = framesOf(randomMessages(seeded(34), 2, 30, 90));
  const chatter = new TextEncoder().encode('\r\nNO CARRIER\r\n');
  const { damage, delivered } = judged(joined([frames[0]!, chatter, frames[1]!]));
  expect(delivered).toBe(2);
  expect(damage).toMatchObject([{ cause: 'noise', offset: frames[0]!.length, length: chatter.length }]);
  expect(damage[0]!.sample).toEqual(chatter);
});

test('a damaged frame inside a damaged message is no loss of its own, even where the next header is damaged too', () => {
  const inner = framesOf(randomMessages(seeded(35), 1, 50, 50))[0]!;
  inner[20]! ^= 1;
  const outer = encodeFrame({ kind: 'transport', identifier: 0, body: joined([inner, new Uint8Array(40)]) });
  outer[outer.length - 1]! ^= 1;
  const behind = framesOf(randomMessages(seeded(36), 2, 30, 90));
  behind[0]![1]! ^= 1;
  const { damage } = judged(joined([outer, ...behind]));
  expect(damage.map(({ cause, offset }) => [cause, offset])).toEqual([
    ['messageCrc', 0],
    ['headerCrc', outer.length],
  ]);
});

test('silence ends the extent of a loss: what comes behind it is judged afresh', () => {
  const [first, second] = framesOf(randomMessages(seeded(37), 2, 300, 300)) as [Uint8Array, Uint8Array];
  first[2]! ^= 2;
  second[3]! ^= 0x80;
  const deframer = new Deframer();
  deframer.receive(0, first.subarray(0, 50));
  expect(deframer.deadline).toBe(SECOND);
  deframer.expire(SECOND);
  expect(deframer.deadline).toBeUndefined();
  deframer.receive(2 * SECOND, second);
  expect(drain(deframer)).toMatchObject([
    { cause: 'headerCrc', offset: 0, bit: 17 },
    { cause: 'headerCrc', offset: 50, bit: 31 },
  ]);
});

test('a header that claims 65,535 bytes hides no damage behind it', () => {
  const claim = encodeFrame({ kind: 'transport', identifier: 0, body: new Uint8Array(65_535) }).subarray(
    0,
    8,
  );
  const frames = framesOf(randomMessages(seeded(38), 3, 60, 90));
  frames[1]![30]! ^= 1;
  const { damage, delivered } = judged(joined([claim, ...frames]));
  expect(delivered).toBe(2);
  expect(damage.map(({ cause }) => cause)).toEqual(['oversize', 'messageCrc']);
});
