/** A channel in virtual time: pace, delay, buffers, flow control. */
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../../src/base/line-settings.ts';
import { channelOf, counting, eventsOf, joined, runOut } from './run-out.ts';

const SLOW: LineSettings = { ...DEFAULT_LINE_SETTINGS, baud: 9_600 };

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

  test('control bytes that have not begun keep their turn when the line is held or another is sent', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 1_000 };
    const channel = channelOf({ settings });
    channel.receive(0, counting(3));
    channel.sendControl(5 * MILLISECOND, 0x13);
    channel.sendControl(5 * MILLISECOND, 0x11);
    channel.hold(6 * MILLISECOND, 'cts');
    expect([...joined(runOut(channel))]).toEqual([0, 0x13, 0x11]);
    channel.release(SECOND, 'cts');
    expect([...joined(runOut(channel))]).toEqual([1, 2]);
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
