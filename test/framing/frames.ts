/** Streams of frames for the tests of this floor: seeded messages, their frames, and what a deframer makes of them. */
import { Random } from '../../src/base/random.ts';
import { Deframer, type DeframerOptions } from '../../src/framing/deframer.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import type { DamageEvent, FrameEvent, FramingEvent } from '../../src/framing/framing-event.ts';
import type { Message, MessageKind } from '../../src/wire/message.ts';

const KINDS: readonly MessageKind[] = ['transport', 'enumerationQuery', 'enumerationResponse'];

/** A message of `size` seeded bytes. */
export function randomMessage(random: Random, size: number, kind: MessageKind = 'transport'): Message {
  return {
    kind,
    identifier: kind === 'transport' ? 0 : random.below(4),
    body: random.fill(new Uint8Array(size)),
  };
}

/** `count` messages of mixed kinds, `sizeMin`..`sizeMax` bytes; a few bodies are full of 0xCC. */
export function randomMessages(random: Random, count: number, sizeMin: number, sizeMax: number): Message[] {
  return Array.from({ length: count }, () => {
    const message = randomMessage(random, random.between(sizeMin, sizeMax), random.pick(KINDS));
    if (random.chance(0.1)) message.body.fill(0xcc);
    return message;
  });
}

/** All of `pieces` in one array. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The frames of `messages`. */
export function framesOf(messages: readonly Message[]): Uint8Array[] {
  return messages.map((message) => encodeFrame(message));
}

/** All that `deframer` has to report. */
export function drain(deframer: Deframer): FramingEvent[] {
  const events: FramingEvent[] = [];
  for (let event = deframer.next(); event; event = deframer.next()) events.push(event);
  return events;
}

/** What a fresh deframer reports of `pieces`, fed one after another, and of the silence behind them. */
export function deframed(pieces: readonly Uint8Array[], options: DeframerOptions = {}): FramingEvent[] {
  const deframer = new Deframer(options);
  const events: FramingEvent[] = [];
  for (const piece of pieces) {
    deframer.receive(0, piece);
    events.push(...drain(deframer));
  }
  deframer.gap(0);
  return [...events, ...drain(deframer)];
}

export const isFrame = (event: FramingEvent): event is FrameEvent => event.type === 'frame';
export const isDamage = (event: FramingEvent): event is DamageEvent => event.type === 'damage';

/** `bytes` cut into pieces of 1..`sizeMax` seeded bytes. */
export function cut(random: Random, bytes: Uint8Array, sizeMax: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random.between(1, sizeMax));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** `bytes` with bit `bit` (0 is the least significant of the first byte) inverted. */
export function flipped(bytes: Uint8Array, ...bits: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const bit of bits) copy[bit >>> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** Seeds as fast-check draws them. */
export function seeded(seed: number): Random {
  return new Random(`framing ${seed}`);
}
