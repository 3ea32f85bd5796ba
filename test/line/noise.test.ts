/** Noise on a channel in virtual time: injected is what differs, and the seed decides. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import type { ChannelOptions } from '../../src/line/channel.ts';
import type { LineEvent } from '../../src/line/line-event.ts';
import { channelOf, counting, eventsOf, joined, runOut } from './run-out.ts';

/** What should have arrived, made from what was sent and what the events say: an independent account. */
function afterEvents(sent: Uint8Array, events: readonly LineEvent[]): Uint8Array {
  const received: number[] = [];
  const at = new Map<number, LineEvent[]>();
  for (const event of events) {
    if (!('offset' in event)) continue;
    at.set(event.offset, [...(at.get(event.offset) ?? []), event]);
  }
  for (let offset = 0; offset < sent.length; offset++) {
    let byte = sent[offset]!;
    let dropped = false;
    for (const event of at.get(offset) ?? []) {
      if (event.kind === 'insert') received.push(event.byte);
      if (event.kind === 'drop') dropped = true;
      if (event.kind === 'bitError') byte ^= 1 << event.bit;
    }
    if (!dropped) received.push(byte);
  }
  return Uint8Array.from(received);
}

describe('noise', () => {
  const NOISE = { bitErrorRatio: 1e-3, byteDropRatio: 1e-3, byteInsertRatio: 1e-3 };

  test('what differs between sent and received is exactly what the events and the totals say', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(400), { maxLength: 40 }), (seed, pieces) => {
        const channel = channelOf({ random: new Random(seed), ...NOISE });
        const sent = new Random('payload').fill(new Uint8Array(pieces.reduce((a, b) => a + b, 0)));
        let at = 0;
        for (const piece of pieces) {
          channel.receive(0, sent.subarray(at, at + piece));
          at += piece;
        }
        const received = joined(runOut(channel));
        const events = eventsOf(channel);
        expect(received).toEqual(afterEvents(sent, events));
        const count = (kind: string) => events.filter((event) => event.kind === kind).length;
        const { bitErrors, drops, inserts } = channel.injected;
        expect([bitErrors, drops, inserts]).toEqual([count('bitError'), count('drop'), count('insert')]);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('the same seed does the same to the same bytes, however they are cut into pieces and polled', () => {
    const sent = new Random('payload').fill(new Uint8Array(50_000));
    const burst = { meanGapBytes: 5_000, meanLengthBytes: 40, bitErrorRatio: 0.1 };
    const whole = channelOf({ ...NOISE, burst });
    whole.receive(0, sent);
    const pieces = channelOf({ ...NOISE, burst, batch: 0 });
    for (let at = 0; at < sent.length; at += 7) pieces.receive(0, sent.subarray(at, at + 7));
    expect(joined(runOut(pieces))).toEqual(joined(runOut(whole)));
    expect(eventsOf(pieces)).toEqual(eventsOf(whole));
    expect(pieces.injected).toEqual(whole.injected);
  });

  test('another seed does something else', () => {
    const bytesFor = (seed: string) => {
      const channel = channelOf({ ...NOISE, random: new Random(seed) });
      channel.receive(0, new Uint8Array(20_000));
      return joined(runOut(channel));
    };
    expect(bytesFor('a')).not.toEqual(bytesFor('b'));
  });

  test.each([1e-5, 1e-4, 1e-3, 0.1])(
    'at a bit error ratio of %d that share of the data bits is inverted',
    (ratio) => {
      const channel = channelOf({ bitErrorRatio: ratio, transmitBuffer: 1_000_000 });
      const bits = ratio < 1e-4 ? 80_000_000 : 8_000_000;
      let wrong = 0;
      for (let sent = 0, now = 0; sent < bits / 8; sent += 1_000_000, now += 100 * SECOND) {
        channel.receive(now, new Uint8Array(1_000_000));
        for (const byte of channel.poll(now + 99 * SECOND)!) {
          for (let rest = byte; rest !== 0; rest >>= 1) wrong += rest & 1;
        }
      }
      expect(channel.injected.bitErrors).toBe(wrong);
      const expected = bits * ratio;
      // Five standard deviations: for this fixed seed it either holds or never does.
      expect(Math.abs(wrong - expected)).toBeLessThan(5 * Math.sqrt(expected));
    },
  );

  test('all eight bits are hit alike', () => {
    const channel = channelOf({ bitErrorRatio: 1e-2 });
    channel.receive(0, new Uint8Array(60_000));
    runOut(channel);
    const hits = new Array<number>(8).fill(0);
    for (const event of eventsOf(channel)) if (event.kind === 'bitError') hits[event.bit]!++;
    for (const count of hits) expect(Math.abs(count - 600)).toBeLessThan(125);
  });

  test('more noise of one kind moves none of another kind', () => {
    const dropsWith = (options: Partial<ChannelOptions>) => {
      const channel = channelOf({ byteDropRatio: 1e-3, ...options });
      channel.receive(0, new Uint8Array(30_000));
      runOut(channel);
      return eventsOf(channel).flatMap((event) => (event.kind === 'drop' ? [event.offset] : []));
    };
    expect(dropsWith({ bitErrorRatio: 1e-2, byteInsertRatio: 1e-2 })).toEqual(dropsWith({}));
  });

  test('errors gather in bursts of the given length and spacing', () => {
    const burst = { meanGapBytes: 2_000, meanLengthBytes: 50, bitErrorRatio: 0.25 };
    const channel = channelOf({ burst, transmitBuffer: 1_000_000 });
    channel.receive(0, new Uint8Array(1_000_000));
    channel.poll(1_000 * SECOND);
    const { bursts, bitErrors } = channel.injected;
    expect(Math.abs(bursts - 1_000_000 / 2_050)).toBeLessThan(110);
    expect(Math.abs(bitErrors - bursts * 50 * 8 * 0.25)).toBeLessThan(bitErrors * 0.2);
  });

  test('scripted faults fall on their bytes and nowhere else', () => {
    const channel = channelOf({
      script: [
        { kind: 'insert', offset: 7, byte: 0xaa },
        { kind: 'bitError', offset: 2, bit: 0 },
        { kind: 'drop', offset: 5 },
        { kind: 'bitError', offset: 2, bit: 7 },
      ],
    });
    channel.receive(0, counting(9));
    expect([...joined(runOut(channel))]).toEqual([0, 1, 0x83, 3, 4, 6, 0xaa, 7, 8]);
    expect(eventsOf(channel)).toEqual([
      { kind: 'bitError', at: 261, offset: 2, bit: 0 },
      { kind: 'bitError', at: 261, offset: 2, bit: 7 },
      { kind: 'drop', at: 521, offset: 5, byte: 5 },
      { kind: 'insert', at: 695, offset: 7, byte: 0xaa },
    ]);
    expect(channel.injected).toMatchObject({ bitErrors: 2, bytesAltered: 1, drops: 1, inserts: 1 });
  });

  test('a fault scripted for a byte that has passed befalls the next one', () => {
    const channel = channelOf();
    channel.receive(0, counting(10));
    runOut(channel);
    channel.script({ kind: 'drop', offset: 3 });
    channel.receive(SECOND, counting(3, 10));
    expect([...joined(runOut(channel))]).toEqual([11, 12]);
  });

  test('a dropped byte suffers no bit error that nobody could see', () => {
    const channel = channelOf({
      script: [
        { kind: 'drop', offset: 1 },
        { kind: 'bitError', offset: 1, bit: 3 },
      ],
    });
    channel.receive(0, counting(3));
    expect([...joined(runOut(channel))]).toEqual([0, 2]);
    expect(channel.injected).toMatchObject({ drops: 1, bitErrors: 0 });
  });

  test('events that nobody fetches are bounded; the totals are not', () => {
    const channel = channelOf({ byteDropRatio: 1, transmitBuffer: 100_000 });
    channel.receive(0, new Uint8Array(100_000));
    runOut(channel);
    expect(eventsOf(channel)).toHaveLength(65_536);
    expect(channel.injected.drops).toBe(100_000);
  });
});
