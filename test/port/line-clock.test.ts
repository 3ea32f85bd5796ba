import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { HORIZON, LineClock } from '../../src/port/line-clock.ts';

const SETTINGS = { ...DEFAULT_LINE_SETTINGS, baud: 9_600 };

describe('the line clock', () => {
  it('an idle line has room', () => {
    const clock = new LineClock(SETTINGS);
    expect(clock.ahead(5)).toBe(0);
    expect(clock.hasRoom(5)).toBe(true);
    expect(clock.roomAt(5)).toBe(5);
  });

  it('counts start, parity and stop bits', () => {
    const clock = new LineClock({ ...SETTINGS, parity: 'EVEN', stopbits: 2 });
    clock.sent(0, 96);
    expect(clock.ahead(0)).toBe((96 * 12 * 1_000_000) / 9_600);
  });

  it('has no room while a horizon’s worth of line time is ahead, and has it at the moment it names', () => {
    const clock = new LineClock(SETTINGS);
    clock.sent(1_000, 96);
    expect(clock.hasRoom(1_000)).toBe(false);
    const at = clock.roomAt(1_000);
    expect(at).toBe(1_000 + 100_000 - HORIZON + 1);
    expect(clock.hasRoom(at - 1)).toBe(false);
    expect(clock.hasRoom(at)).toBe(true);
  });

  it('idle time is not saved up', () => {
    const clock = new LineClock(SETTINGS);
    clock.sent(0, 1);
    clock.sent(10_000_000, 96);
    expect(clock.ahead(10_000_000)).toBeCloseTo(100_000, 6);
  });

  it('what the system is known to hold pushes the end back, never forward', () => {
    const clock = new LineClock(SETTINGS);
    clock.sent(0, 96);
    clock.waiting(0, 9);
    expect(clock.ahead(0)).toBeCloseTo(100_000, 6);
    clock.waiting(50_000, 960);
    expect(clock.ahead(50_000)).toBeCloseTo(1_000_000, 6);
  });

  it('thousands of fractions add up to the line’s own rate', () => {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
    const clock = new LineClock(settings);
    for (let i = 0; i < 115_200; i++) clock.sent(0, 1);
    expect(clock.ahead(0)).toBeCloseTo(lineTime(settings, 115_200), 2);
  });

  it('drawing whenever there is room keeps the line busy and never more than a horizon and a frame ahead', () => {
    const frames = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 4_000_000 }), frames, (baud, lengths) => {
        const settings = { ...DEFAULT_LINE_SETTINGS, baud };
        const clock = new LineClock(settings);
        let now = 0;
        for (const length of lengths) {
          const before = clock.ahead(now);
          now = clock.roomAt(now);
          expect(before === 0 || clock.ahead(now) > 0 || before < HORIZON).toBe(true);
          clock.sent(now, length);
          expect(clock.ahead(now)).toBeLessThan(HORIZON + lineTime(settings, length) + 1);
        }
      }),
      { seed: 20_26, numRuns: 200 },
    );
  });
});
