import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { GapSignal, gapInterval } from '../../src/port/gap-signal.ts';

const FAST = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
const SLOW = { ...DEFAULT_LINE_SETTINGS, baud: 300 };

/** Milliseconds by which the clock runs ahead of the timers: a process that was blocked. */
let blocked = 0;
const clock = { now: () => (Date.now() + blocked) * 1_000 };

beforeEach(() => {
  blocked = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function counted(settings = FAST): { signal: GapSignal; gaps: number } {
  const result = {
    gaps: 0,
    signal: new GapSignal(settings, clock, () => {
      result.gaps++;
    }),
  };
  return result;
}

describe('the gap signal', () => {
  it('waits 50 ms, or an adapter’s latency and three characters on slow lines', () => {
    expect(gapInterval(FAST)).toBe(50_000);
    expect(gapInterval(SLOW)).toBe(16_000 + 100_000);
  });

  it('comes once after the last data, and not without data', async () => {
    const line = counted();
    await vi.advanceTimersByTimeAsync(100);
    expect(line.gaps).toBe(0);
    line.signal.feed();
    await vi.advanceTimersByTimeAsync(49);
    line.signal.feed();
    await vi.advanceTimersByTimeAsync(49);
    expect(line.gaps).toBe(0);
    await vi.advanceTimersByTimeAsync(500);
    expect(line.gaps).toBe(1);
  });

  it('comes after any number of pieces, also where the parser’s buffer fills up', async () => {
    for (const pieces of [1, 2, 254, 255, 256, 257, 510, 511, 512, 513, 5_000]) {
      const line = counted();
      for (let i = 0; i < pieces; i++) line.signal.feed();
      await vi.advanceTimersByTimeAsync(5);
      expect(line.gaps).toBe(0);
      await vi.advanceTimersByTimeAsync(100);
      expect(line.gaps, `${pieces} pieces`).toBe(1);
      line.signal.feed();
      await vi.advanceTimersByTimeAsync(100);
      expect(line.gaps, `once more after ${pieces} pieces`).toBe(2);
    }
  });

  it('is put off by one interval when the process itself was late', async () => {
    const line = counted();
    line.signal.feed();
    await vi.advanceTimersByTimeAsync(10);
    blocked += 15;
    await vi.advanceTimersByTimeAsync(40);
    expect(line.gaps).toBe(0);
    await vi.advanceTimersByTimeAsync(51);
    expect(line.gaps).toBe(1);
  });

  it('does not come when the late data follows', async () => {
    const line = counted();
    line.signal.feed();
    blocked += 15;
    await vi.advanceTimersByTimeAsync(50);
    for (let i = 0; i < 10; i++) {
      line.signal.feed();
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(line.gaps).toBe(0);
  });

  it('comes in the end although the process is late each time', async () => {
    const line = counted();
    line.signal.feed();
    for (let i = 0; i < 4; i++) {
      blocked += 15;
      await vi.advanceTimersByTimeAsync(50);
      expect(line.gaps).toBe(0);
    }
    blocked += 15;
    await vi.advanceTimersByTimeAsync(51);
    expect(line.gaps).toBe(1);
  });

  it('does not come while bytes wait unread, nor when they are handed over at that moment', async () => {
    let waiting = true;
    let gaps = 0;
    const signal = new GapSignal(
      FAST,
      clock,
      () => gaps++,
      () => waiting,
    );
    signal.feed();
    await vi.advanceTimersByTimeAsync(110);
    expect(gaps).toBe(0);
    waiting = false;
    setTimeout(() => setImmediate(() => signal.feed()), 39);
    await vi.advanceTimersByTimeAsync(45);
    expect(gaps).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(gaps).toBe(1);
  });

  it('leaves no timer behind when it is ended, and says nothing more', async () => {
    const line = counted();
    line.signal.feed();
    line.signal.end();
    expect(vi.getTimerCount()).toBe(0);
    line.signal.feed();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(line.gaps).toBe(0);
  });
});
