import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../src/base/instant.ts';
import { RoundTrip } from '../../src/transport/round-trip.ts';

const perByte = (bytes: number) => bytes * MILLISECOND;

describe('the round trip', () => {
  it('is measured from when a packet has left, behind those handed over before it', () => {
    const roundTrip = new RoundTrip(perByte);
    expect(roundTrip.depart(0, 100)).toBe(100 * MILLISECOND);
    expect(roundTrip.depart(50 * MILLISECOND, 100)).toBe(200 * MILLISECOND);
    expect(roundTrip.depart(500 * MILLISECOND, 100)).toBe(600 * MILLISECOND);
  });

  it('is smoothed by eighths, from the first sample on (TIM-4)', () => {
    const roundTrip = new RoundTrip(perByte);
    expect(roundTrip.isMeasured).toBe(false);
    roundTrip.sample(0, 80);
    expect(roundTrip.smoothed).toBe(80);
    roundTrip.sample(0, 160);
    expect(roundTrip.smoothed).toBe(90);
    expect(roundTrip.histogram.count).toBe(2);
  });

  it('is never negative, even if the line was faster than reckoned', () => {
    const roundTrip = new RoundTrip(perByte);
    roundTrip.sample(100, 50);
    expect(roundTrip.smoothed).toBe(0);
  });

  it('allows for three full frames of the partner in front of an answer', () => {
    const roundTrip = new RoundTrip(perByte);
    expect(roundTrip.allowance(100)).toBe(300 * MILLISECOND);
    roundTrip.partnerSent(1000);
    expect(roundTrip.allowance(100)).toBe(3000 * MILLISECOND);
    for (let n = 0; n < 200; n++) roundTrip.partnerSent(10);
    expect(roundTrip.allowance(100)).toBe(300 * MILLISECOND);
  });
});
