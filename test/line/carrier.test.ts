/** Cuts of a channel in virtual time. */
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { channelOf, counting, eventsOf, joined, runOut } from './run-out.ts';

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
