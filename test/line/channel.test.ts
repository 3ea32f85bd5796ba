/** A channel in virtual time: pace, delay, noise, cuts, buffers, mismatch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/base/instant.ts';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Channel, type ChannelOptions } from '../../src/line/channel.ts';
import type { LineEvent } from '../../src/line/line-event.ts';

const SLOW: LineSettings = { ...DEFAULT_LINE_SETTINGS, baud: 9_600 };

function channelOf(options: Partial<ChannelOptions> = {}): Channel {
  return new Channel({ settings: DEFAULT_LINE_SETTINGS, random: new Random('line'), ...options });
}

function counting(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
}

/** Follows deadlines until the channel is idle; what arrived, and when. */
function runOut(
  channel: Channel,
  until: Instant = Number.MAX_SAFE_INTEGER,
): { at: Instant; bytes: Uint8Array }[] {
  const arrivals: { at: Instant; bytes: Uint8Array }[] = [];
  for (let steps = 0; steps < 1_000_000; steps++) {
    const at = channel.deadline;
    if (at === undefined || at > until) return arrivals;
    channel.expire(at);
    const bytes = channel.poll(at);
    if (bytes) arrivals.push({ at, bytes });
  }
  throw new Error('the channel never falls idle');
}

function joined(arrivals: { bytes: Uint8Array }[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(arrivals.map((each) => each.bytes)));
}

function eventsOf(channel: Channel): LineEvent[] {
  const events: LineEvent[] = [];
  for (let event = channel.next(); event; event = channel.next()) events.push(event);
  return events;
}

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

describe('pace', () => {
  test('a byte takes start, data, parity and stop bits at the baud rate, rounded up to a microsecond', () => {
    const at = (settings: LineSettings) => {
      const channel = channelOf({ settings });
      channel.receive(1_000, counting(1));
      return runOut(channel)[0]!.at - 1_000;
    };
    expect(at({ ...SLOW })).toBe(1_042);
    expect(at({ ...SLOW, parity: 'EVEN' })).toBe(1_146);
    expect(at({ ...SLOW, stopbits: 1.5 })).toBe(1_094);
    expect(at({ ...SLOW, parity: 'ODD', stopbits: 2 })).toBe(1_250);
  });

  test('an hour of saturated line carries exactly what its rate says, to the byte', () => {
    const channel = channelOf();
    let received = 0;
    for (let now = 0; now <= 3_600 * SECOND; now += 20 * MILLISECOND) {
      received += channel.poll(now)?.length ?? 0;
      if (now < 3_600 * SECOND)
        channel.receive(now, counting(Math.min(channel.room, 1_000 - channel.queued)));
    }
    expect(received).toBe(11_520 * 3_600);
  });

  test('a line that is never full adds no time between bytes given while it was busy', () => {
    const channel = channelOf();
    for (let i = 0; i < 1_152; i++) channel.receive(i * 10, counting(1));
    const arrivals = runOut(channel);
    expect(arrivals.at(-1)!.at).toBe(100_000);
  });

  test('nothing arrives before its time and all of it at its time', () => {
    const channel = channelOf();
    channel.receive(0, counting(1_152));
    expect(channel.poll(86)).toBeUndefined();
    expect(channel.poll(87)).toHaveLength(1);
    expect(channel.poll(50_000)).toHaveLength(575);
    expect(channel.poll(99_999)).toHaveLength(575);
    expect(channel.poll(100_000)).toHaveLength(1);
    expect(channel.deadline).toBeUndefined();
  });

  test('the latency is added once, whatever the load', () => {
    const channel = channelOf({ latency: 200 * MILLISECOND });
    channel.receive(0, counting(1_152));
    expect(runOut(channel).at(-1)!.at).toBe(300_000);
  });

  test('a wake-up is asked for at the end of a written piece, and within the batch time in a long one', () => {
    const channel = channelOf({ batch: 10 * MILLISECOND });
    channel.receive(0, counting(100));
    channel.receive(0, counting(300));
    const arrivals = runOut(channel);
    expect(arrivals.map((each) => each.at)).toEqual([8_681, 18_768, 28_837, 34_723]);
    expect(arrivals[0]!.bytes).toHaveLength(100);
    expect(joined(arrivals)).toHaveLength(400);
  });

  test('queued counts what has not begun, and room what still fits', () => {
    const channel = channelOf({ transmitBuffer: 100 });
    channel.receive(0, counting(100));
    expect([channel.queued, channel.room]).toEqual([100, 0]);
    channel.expire(50 * 87);
    expect([channel.queued, channel.room]).toEqual([49, 51]);
    channel.expire(SECOND);
    expect([channel.queued, channel.room]).toEqual([0, 100]);
  });

  test('bytes beyond the room are lost, counted and told, and take no line time', () => {
    const channel = channelOf({ transmitBuffer: 100 });
    channel.receive(0, counting(130));
    expect(joined(runOut(channel))).toEqual(counting(100));
    expect(eventsOf(channel)).toEqual([{ kind: 'overflow', at: 0, lost: 30 }]);
    expect(channel.injected.overflowed).toBe(30);
  });
});

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

describe('cuts', () => {
  test('exactly the bytes that are on the wire during a cut vanish, and are counted', () => {
    // At 1000 baud a byte takes 10 ms: byte k is on the wire from 10k to 10k + 10 ms.
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const events = [{ kind: 'cut', at: 25 * MILLISECOND, for: 20 * MILLISECOND }] as const;
    const channel = channelOf({ settings, events });
    channel.receive(0, counting(8));
    expect([...joined(runOut(channel))]).toEqual([0, 1, 5, 6, 7]);
    expect(eventsOf(channel)).toEqual([
      { kind: 'cut', at: 25_000 },
      { kind: 'restored', at: 45_000, lost: 3 },
    ]);
    expect(channel.injected).toMatchObject({ cuts: 1, lostToCuts: 3 });
  });

  test('a cut that touches a byte only at its edges takes nothing', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings });
    channel.receive(0, counting(1));
    channel.receive(30 * MILLISECOND, counting(1, 1));
    channel.cut(10 * MILLISECOND, 20 * MILLISECOND);
    expect([...joined(runOut(channel))]).toEqual([0, 1]);
    expect(eventsOf(channel).at(-1)).toEqual({ kind: 'restored', at: 30_000, lost: 0 });
  });

  test('what was in flight behind the cut still arrives', () => {
    const channel = channelOf({ latency: SECOND });
    channel.receive(0, counting(100));
    channel.cut(10 * MILLISECOND);
    expect(joined(runOut(channel))).toEqual(counting(100));
  });

  test('overlapping cuts lose a byte once; a restored line carries again; faults in a cut do not count', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings, script: [{ kind: 'drop', offset: 3 }] });
    channel.receive(0, counting(10));
    channel.cut(20 * MILLISECOND, 30 * MILLISECOND);
    channel.cut(30 * MILLISECOND);
    expect(channel.isCut(69 * MILLISECOND)).toBe(true);
    channel.restore(70 * MILLISECOND);
    expect(channel.isCut(70 * MILLISECOND)).toBe(false);
    expect([...joined(runOut(channel))]).toEqual([0, 1, 7, 8, 9]);
    expect(channel.injected).toMatchObject({ cuts: 2, lostToCuts: 5, drops: 0 });
  });
});

describe('flow control and buffers', () => {
  test('a held channel completes the byte on the wire and keeps the rest until every reason is gone', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings });
    channel.receive(0, counting(4));
    channel.hold(15 * MILLISECOND, 'cts');
    channel.hold(15 * MILLISECOND, 'xoff');
    expect([...joined(runOut(channel))]).toEqual([0, 1]);
    channel.release(100 * MILLISECOND, 'cts');
    expect(channel.deadline).toBeUndefined();
    expect(channel.queued).toBe(2);
    channel.release(200 * MILLISECOND, 'xoff');
    const arrivals = runOut(channel);
    expect([...joined(arrivals)]).toEqual([2, 3]);
    expect(arrivals.at(-1)!.at).toBe(220 * MILLISECOND);
  });

  test('a control byte goes out next, even while held, and takes its time on the wire', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings });
    channel.receive(0, counting(3));
    channel.sendControl(5 * MILLISECOND, 0x13);
    const arrivals = runOut(channel);
    expect([...joined(arrivals)]).toEqual([0, 0x13, 1, 2]);
    expect(arrivals.at(-1)!.at).toBe(40 * MILLISECOND);
    channel.hold(SECOND, 'xoff');
    channel.sendControl(SECOND, 0x11);
    expect([...joined(runOut(channel))]).toEqual([0x11]);
  });

  test('a break is a stray 0x00 and counted as a break', () => {
    const channel = channelOf();
    channel.receive(0, counting(2, 1));
    channel.sendBreak(20);
    expect([...joined(runOut(channel))]).toEqual([1, 0, 2]);
    expect(channel.receiveErrors).toEqual({ framing: 0, parity: 0, overrun: 0, break: 1 });
    expect(eventsOf(channel)).toEqual([{ kind: 'break', at: 174, offset: 1 }]);
  });

  test('a receiver that does not fetch in time loses what its buffer cannot hold', () => {
    const channel = channelOf({ receiveBuffer: 16 });
    channel.receive(0, counting(100));
    expect(channel.poll(1_389)).toEqual(counting(16));
    expect(channel.poll(SECOND)).toEqual(counting(16, 16));
    expect(channel.receiveErrors.overrun).toBe(68);
    expect(eventsOf(channel)).toEqual([{ kind: 'overrun', at: SECOND, offset: 100, lost: 68 }]);
  });

  test('clearing throws away what has not begun', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings });
    channel.receive(0, counting(10));
    expect(channel.clear(15 * MILLISECOND)).toBe(8);
    expect([...joined(runOut(channel))]).toEqual([0, 1]);
    channel.receive(SECOND, counting(2, 50));
    expect([...joined(runOut(channel))]).toEqual([50, 51]);
  });

  test('a new baud rate counts from the next byte on', () => {
    const channel = channelOf({ settings: { ...DEFAULT_LINE_SETTINGS, baud: 1_000 } });
    channel.receive(0, counting(3));
    channel.retune(5 * MILLISECOND, { ...DEFAULT_LINE_SETTINGS, baud: 10_000 });
    expect(runOut(channel).at(-1)!.at).toBe(12 * MILLISECOND);
  });

  test('with parity an odd number of inverted bits is a parity error, an even number is not', () => {
    const settings: LineSettings = { ...DEFAULT_LINE_SETTINGS, parity: 'EVEN' };
    const channel = channelOf({
      settings,
      script: [
        { kind: 'bitError', offset: 0, bit: 1 },
        { kind: 'bitError', offset: 1, bit: 1 },
        { kind: 'bitError', offset: 1, bit: 2 },
      ],
    });
    channel.receive(0, counting(3));
    runOut(channel);
    expect(channel.receiveErrors).toEqual({ framing: 0, parity: 1, overrun: 0, break: 0 });
  });
});

describe('mismatch', () => {
  const other: LineSettings = { ...DEFAULT_LINE_SETTINGS, baud: 57_600 };

  test('ends at different rates garble, the same way every time, and say so', () => {
    const garble = (piece: number) => {
      const channel = channelOf({ receiverSettings: other });
      const sent = new Random('payload').fill(new Uint8Array(1_000));
      for (let at = 0; at < sent.length; at += piece) channel.receive(0, sent.subarray(at, at + piece));
      const received = joined(runOut(channel));
      expect(channel.injected.garbled).toBe(1_000);
      expect(channel.receiveErrors.framing).toBeGreaterThan(10);
      expect(eventsOf(channel)).toEqual([{ kind: 'mismatch', at: 0, offset: 0 }]);
      return received;
    };
    const received = garble(1_000);
    expect(received.length).toBeGreaterThan(200);
    expect(received.length).toBeLessThan(800);
    expect(garble(3)).toEqual(received);
  });

  test('when the ends agree again the bytes are whole again and what was garbled is told', () => {
    const channel = channelOf({ receiverSettings: other });
    channel.receive(0, counting(100));
    runOut(channel);
    channel.retune(SECOND, DEFAULT_LINE_SETTINGS);
    channel.receive(SECOND, counting(100));
    expect(joined(runOut(channel))).toEqual(counting(100));
    expect(eventsOf(channel).at(-1)).toEqual({ kind: 'matched', at: SECOND, offset: 100, garbled: 100 });
  });
});
