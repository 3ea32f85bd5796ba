import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { settled } from '../../src/transport/connection-options.ts';
import { FrameSize } from '../../src/transport/frame-size.ts';
import { RoundTrip } from '../../src/transport/round-trip.ts';

const OVERHEAD = 12;

function frameSize(baud = 115_200, frameSizeMax = 1400): FrameSize {
  const lineTime = (bytes: number) => ((bytes + 8) * 10 * SECOND) / baud;
  const roundTrip = new RoundTrip(lineTime);
  roundTrip.sample(0, 5000);
  return new FrameSize(settled({ random: new Random('x'), lineTime, frameSizeMax }), roundTrip);
}

/** Sends frames of the wanted size over a line with this bit error ratio; returns the sizes wanted on the way. */
function traffic(size: FrameSize, random: Random, bitErrorRatio: number, bytes: number): number[] {
  const wanted: number[] = [];
  let toError = random.gap(bitErrorRatio);
  for (let sent = 0; sent < bytes; ) {
    const payload = size.payload(64);
    wanted.push(payload);
    sent += payload + OVERHEAD;
    toError -= 8 * (payload + OVERHEAD);
    if (toError >= 0) size.arrived(payload);
    else {
      size.lost(payload);
      toError = random.gap(bitErrorRatio);
    }
  }
  return wanted;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the frame size', () => {
  it('goes up to the ceiling on a clean line within 60 kB, and never beyond it', () => {
    for (const ceiling of [200, 1400, 1484]) {
      const wanted = traffic(frameSize(115_200, ceiling), new Random('clean'), 0, 300_000);
      expect(Math.max(...wanted)).toBe(ceiling - 4);
      expect(wanted[0]).toBeLessThan(300);
    }
    expect(traffic(frameSize(), new Random('clean'), 0, 60_000).at(-1)).toBe(1396);
  });

  it('settles near the size that carries most, for each ratio of bit errors', () => {
    for (const [bitErrorRatio, best] of [
      [1e-5, 381],
      [3e-5, 218],
      [1e-4, 117],
      [3e-4, 65],
      [1e-3, 33],
    ] as const) {
      const wanted = traffic(frameSize(), new Random(`settles ${bitErrorRatio}`), bitErrorRatio, 1_000_000);
      const settled = mean(wanted.slice(wanted.length / 4));
      expect(settled / best, `${bitErrorRatio}: ${settled}`).toBeGreaterThan(0.85);
      expect(settled / best, `${bitErrorRatio}: ${settled}`).toBeLessThan(1.3);
    }
  });

  it('does not swing: on a steady line nine of ten sizes lie within a third of their mean', () => {
    const wanted = traffic(frameSize(), new Random('steady'), 1e-4, 1_000_000).slice(2000);
    const middle = mean(wanted);
    const near = wanted.filter((each) => each > middle * 0.67 && each < middle * 1.33);
    expect(near.length / wanted.length).toBeGreaterThan(0.9);
  });

  it('falls at the first losses, from any size', () => {
    const fresh = frameSize();
    fresh.lost(fresh.payload(64));
    fresh.lost(fresh.payload(64));
    expect(fresh.payload(64)).toBeLessThan(90);
    const clean = frameSize();
    traffic(clean, new Random('clean'), 0, 1_000_000);
    // Ten or so lost frames of 1400 bytes, a second of line.
    const wanted = traffic(clean, new Random('suddenly'), 3e-4, 30_000);
    expect(wanted[0]).toBe(1396);
    expect(wanted.at(-1)).toBeLessThan(250);
  });

  it('rises again once the line is clean: in 64 kB to a few hundred bytes, in 400 kB to the ceiling', () => {
    const size = frameSize();
    traffic(size, new Random('bad'), 3e-4, 300_000);
    expect(size.payload(64)).toBeLessThan(100);
    const wanted = traffic(size, new Random('good'), 0, 64 * 1024);
    expect(wanted.at(-1)).toBeGreaterThan(400);
    for (const [n, each] of wanted.entries())
      expect(each).toBeGreaterThanOrEqual(wanted[Math.max(0, n - 1)]!);
    expect(traffic(size, new Random('good'), 0, 340_000).at(-1)).toBe(1396);
  });

  it('takes a cut, which costs a whole window, for a few losses', () => {
    const size = frameSize();
    traffic(size, new Random('clean'), 0, 1_000_000);
    for (let n = 0; n < 64; n++) size.lost(1396);
    expect(size.payload(64)).toBeGreaterThan(200);
  });

  it('keeps a frame on a slow line to a second, and its payload to 64 bytes at least', () => {
    for (const [baud, payload] of [
      [300, 64],
      [1200, 108],
      [9600, 948],
      [19_200, 1396],
    ] as const) {
      const size = frameSize(baud);
      traffic(size, new Random('clean'), 0, 1_000_000);
      expect(size.payload(64), `${baud} baud`).toBe(payload);
    }
  });

  it('is large enough for the window to fill a line with a long way, unless losses forbid it', () => {
    const lineTime = (bytes: number) => ((bytes + 8) * 10 * SECOND) / 921_600;
    const roundTrip = new RoundTrip(lineTime);
    roundTrip.sample(0, SECOND / 4);
    const size = new FrameSize(settled({ random: new Random('x'), lineTime }), roundTrip);
    traffic(size, new Random('few'), 1e-5, 1_000_000);
    expect(size.payload(64)).toBeGreaterThan(900);
    traffic(size, new Random('many'), 1e-3, 1_000_000);
    expect(size.payload(64)).toBeLessThan(130);
  });

  it('begins no larger on a long way: only what has arrived makes frames larger than losses allow', () => {
    const lineTime = (bytes: number) => ((bytes + 8) * 10 * SECOND) / 921_600;
    const roundTrip = new RoundTrip(lineTime);
    roundTrip.sample(0, 2 * SECOND);
    const size = new FrameSize(settled({ random: new Random('x'), lineTime }), roundTrip);
    expect(size.payload(32)).toBeLessThan(300);
    size.lost(270);
    expect(size.payload(32)).toBeLessThan(100);
  });

  it('takes a loss back that was none', () => {
    const size = frameSize();
    traffic(size, new Random('clean'), 0, 20_000);
    const before = size.payload(64);
    const losses = size.lost(before) + size.lost(before);
    expect(size.payload(64)).toBeLessThan(before / 2);
    size.notLost(before, losses);
    expect(size.payload(64)).toBe(before);
  });

  it('is 1484 bytes at most: what a partner takes that accepts 1500', () => {
    const size = frameSize(115_200, 65_535);
    traffic(size, new Random('clean'), 0, 1_000_000);
    expect(size.payload(64)).toBe(1480);
    size.ceiling = 9000;
    expect(size.ceiling).toBe(1484);
  });

  it('never leaves what a header leaves room for, whatever is lost', () => {
    const size = frameSize();
    for (let n = 0; n < 10_000; n++) {
      size.lost(size.payload(2));
      if (n % 7 === 0) size.arrived(0);
      expect(size.payload(2)).toBeGreaterThanOrEqual(28);
    }
    size.ceiling = 10;
    expect(size.payload(64)).toBe(28);
  });
});
