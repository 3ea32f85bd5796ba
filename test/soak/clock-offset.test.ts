import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { ClockOffset } from '../../src/soak/clock-offset.ts';

test('an even exchange gives the partner clock exactly, and half the round trip as uncertainty', () => {
  const clock = new ClockOffset();
  expect(clock.ours(5)).toBeUndefined();
  expect(clock.uncertainty(5)).toBeUndefined();
  // The partner's clock is 1,000,000 ahead; 3,000 each way, 500 to answer.
  clock.take(7_500, 1_000, 1_004_000, 1_004_500);
  expect(clock.ours(1_000_000)).toBe(0);
  expect(clock.uncertainty(7_500)).toBe(3_000);
});

test('a shorter round trip wins over a longer one, until drift has eaten its advantage', () => {
  const clock = new ClockOffset();
  clock.take(2_000, 0, 501_000, 501_000);
  clock.take(12_000, 2_000, 600_000, 600_000);
  expect(clock.ours(500_000)).toBe(0);
  const later = 100 * SECOND;
  clock.take(later + 10_000, later, later + 555_000, later + 555_000);
  expect(clock.ours(550_000)).toBe(0);
});

test('an exchange that runs backwards is disregarded', () => {
  const clock = new ClockOffset();
  clock.take(1_000, 2_000, 5, 5);
  clock.take(3_000, 2_000, 50, 5);
  clock.take(3_000, 2_000, 5, 50_000);
  expect(clock.known).toBe(false);
});
