import { expect, test } from 'vitest';
import { Deframer } from '../../src/framing/deframer.ts';
import { diagnoseReading, READINGS, readingText } from '../../src/framing/diagnosis.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { type HeaderReading, headerCheck, READING } from '../../src/framing/reading.ts';
import type { Message } from '../../src/wire/message.ts';
import { cut, deframed, flipped, isFrame, joined, randomMessages, seeded } from './frames.ts';

const MESSAGES: readonly Message[] = [
  ...randomMessages(seeded(1), 9, 20, 90),
  { kind: 'enumerationQuery', identifier: 1, body: seeded(2).fill(new Uint8Array(17)) },
];

const framed = (reading: HeaderReading, messages = MESSAGES): Uint8Array =>
  joined(messages.map((message) => encodeFrame(message, headerCheck(reading))));

test('there is a reading for every combination of the open questions, each once', () => {
  expect(READINGS).toHaveLength(2 * 2 * 2 * 3 * 3 * 2);
  expect(new Set(READINGS.map((reading) => JSON.stringify(reading))).size).toBe(READINGS.length);
  expect(READINGS[0]).toBe(READING);
});

test('a partner that reads the header as we do is known', () => {
  expect(diagnoseReading(framed(READING))).toMatchObject({
    verdict: 'taken',
    text: '10 frames hold as read here',
  });
});

test('a partner with any other reading is known by it, damage and noise in between or not', () => {
  for (const reading of READINGS.slice(1)) {
    const bytes = joined([
      Uint8Array.of(1, 0xcc, 2),
      framed(reading, MESSAGES.slice(0, 6)),
      flipped(framed(reading, MESSAGES.slice(6, 7)), 100),
      framed(reading, MESSAGES.slice(7)),
    ]);
    const { verdict, best } = diagnoseReading(bytes);
    expect([verdict, best.map((score) => score.reading)]).toEqual(['other', [reading]]);
  }
});

test('the deframer follows any reading it is given, fed in any pieces', () => {
  for (const reading of READINGS) {
    const check = headerCheck(reading);
    const bytes = joined([
      framed(reading),
      flipped(framed(reading, MESSAGES.slice(0, 1)), 90),
      framed(reading),
    ]);
    const events = deframed(cut(seeded(3), bytes, 40), { check });
    expect(events.filter(isFrame).map(({ message }) => message)).toEqual([...MESSAGES, ...MESSAGES]);
  }
});

test('transport packets alone leave the size on UDP open where the reading is another anyway', () => {
  const packets = MESSAGES.filter(({ kind }) => kind === 'transport');
  const other: HeaderReading = { ...READING, crcInitial: 0xffff };
  const { verdict, best, text } = diagnoseReading(framed(other, packets));
  expect(verdict).toBe('unclear');
  expect(best.map(({ reading }) => reading.sizeCounts).sort()).toEqual(['message', 'packet']);
  expect(text).toContain('crcInitial 65535, sizeCounts packet');
  expect(diagnoseReading(framed(READING, packets)).verdict).toBe('taken');
});

test('noise, and a single frame, say nothing', () => {
  expect(diagnoseReading(seeded(4).fill(new Uint8Array(70_000))).verdict).toBe('none');
  expect(diagnoseReading(framed(READING, MESSAGES.slice(0, 1))).verdict).toBe('none');
  expect(diagnoseReading(new Uint8Array(0)).verdict).toBe('none');
});

test('a reading is described by how it differs', () => {
  expect(readingText(READING)).toBe('as read here');
  expect(readingText({ ...READING, crcReflected: false, sizeCounts: 'headerAndMessage' })).toBe(
    'crcReflected false, sizeCounts headerAndMessage',
  );
});

test('a partner with another reading is nothing but damage to a deframer that does not follow it', () => {
  const deframer = new Deframer();
  deframer.receive(0, framed({ ...READING, crcInitial: 0xffff }));
  deframer.gap(0);
  expect(deframer.counters.framesReceived).toBe(0);
});
