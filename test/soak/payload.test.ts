import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamMessages } from '../../src/soak/payload.ts';
import { PROBE_HEADER_SIZE, type ProbeHeader, readProbeHeader } from '../../src/soak/probe.ts';
import { PAYLOADS, type StreamPlan } from '../../src/soak/stream-plan.ts';

function plan(payload: StreamPlan['payload'], min = 20, max = 200): StreamPlan {
  return { from: 'near', category: 'reliable', size: { min, max }, payload, pace: { kind: 'saturate' } };
}

describe('a probe message', () => {
  test('carries stream, number, length and send time, and any end makes it again', () => {
    for (const payload of PAYLOADS) {
      const made = new StreamMessages('seed', 3, plan(payload)).make(77, 2 ** 40 + 5);
      const header = readProbeHeader(made)!;
      expect(header).toEqual({ stream: 3, number: 77, length: made.length, sentAt: 2 ** 40 + 5 });
      expect(new StreamMessages('seed', 3, plan(payload)).compare(made, header)).toBe('intact');
    }
  });

  test('with any bit inverted is never taken for intact', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAYLOADS), fc.nat(1000), fc.nat(), (payload, number, where) => {
        const messages = new StreamMessages('bits', 0, plan(payload));
        const message = messages.make(number, 1);
        const bit = where % (message.length * 8);
        message[bit >> 3]! ^= 1 << (bit & 7);
        const header = readProbeHeader(message);
        if (bit < PROBE_HEADER_SIZE * 8) expect(header).toBeUndefined();
        else expect(messages.compare(message, header!)).toBe('corrupted');
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('cut short is told from altered, and a longer one is altered', () => {
    const messages = new StreamMessages('cut', 0, plan('random', 50, 50));
    const message = messages.make(4, 9);
    const header: ProbeHeader = readProbeHeader(message)!;
    expect(messages.compare(message.subarray(0, 49), header)).toBe('truncated');
    expect(messages.compare(message.subarray(0, PROBE_HEADER_SIZE), header)).toBe('truncated');
    expect(messages.compare(new Uint8Array([...message, 0]), header)).toBe('corrupted');
    expect(messages.compare(message, { ...header, length: 51 })).toBe('corrupted');
  });

  test('has sizes spread over its range, and other contents for another seed, stream or number', () => {
    const messages = new StreamMessages('a', 0, plan('random'));
    const sizes = new Set(Array.from({ length: 2000 }, (_, number) => messages.make(number, 0).length));
    expect(sizes.size).toBe(181);
    const fixed = plan('random', 60, 60);
    const texts = [
      new StreamMessages('a', 0, fixed).make(1, 0),
      new StreamMessages('b', 0, fixed).make(1, 0),
      new StreamMessages('a', 1, fixed).make(1, 0),
      new StreamMessages('a', 0, fixed).make(2, 0),
    ].map((message) => message.subarray(PROBE_HEADER_SIZE).join());
    expect(new Set(texts).size).toBe(4);
  });

  test('shorter than a header is no probe message', () => {
    expect(
      readProbeHeader(new StreamMessages('a', 0, plan('zeros')).make(1, 0).subarray(0, 19)),
    ).toBeUndefined();
  });
});
