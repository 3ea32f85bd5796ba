import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Wire, type WireOptions } from '../../src/sim/wire.ts';

const wire = (options: Partial<WireOptions> = {}) =>
  new Wire({ settings: DEFAULT_LINE_SETTINGS, random: new Random('wire'), ...options });

/** Everything that arrives by `until`, and when. */
function arrivals(line: Wire, until: Instant): { at: Instant; bytes: number[] }[] {
  const all: { at: Instant; bytes: number[] }[] = [];
  for (let at = line.deadline; at !== undefined && at <= until; at = line.deadline) {
    line.expire(at);
    for (let bytes = line.poll(at); bytes !== undefined; bytes = line.poll(at))
      all.push({ at, bytes: [...bytes] });
  }
  return all;
}

const count = (size: number) => Uint8Array.from({ length: size }, (_, n) => n);

describe('a wire', () => {
  it('gives what was written, at the pace of the line', () => {
    const line = wire();
    line.receive(0, count(100));
    expect(arrivals(line, SECOND)).toEqual([{ at: 8681, bytes: [...count(100)] }]);
  });

  it('is read late by at most the jitter, and never out of order', () => {
    const line = wire({ jitter: 50 * MILLISECOND });
    for (let n = 0; n < 50; n++) line.receive(n * 10 * MILLISECOND, Uint8Array.of(n));
    const all = arrivals(line, 2 * SECOND);
    expect(all.flatMap(({ bytes }) => bytes)).toEqual([...count(50)]);
    for (const { at, bytes } of all) expect(at - bytes[0]! * 10 * MILLISECOND).toBeLessThan(51 * MILLISECOND);
    expect(new Set(all.map(({ at }) => at % (10 * MILLISECOND))).size).toBeGreaterThan(5);
  });

  it('eats XON and XOFF, and stops and starts its partner by them', () => {
    const line = wire();
    const partner = wire();
    line.obeyControls(partner);
    line.receive(0, Uint8Array.of(1, 0x13, 2));
    expect(arrivals(line, SECOND).flatMap(({ bytes }) => bytes)).toEqual([1, 2]);
    partner.receive(SECOND, count(10));
    expect(arrivals(partner, 2 * SECOND)).toEqual([]);
    line.receive(2 * SECOND, Uint8Array.of(0x11));
    expect(arrivals(line, 3 * SECOND)).toEqual([]);
    expect(arrivals(partner, 4 * SECOND).flatMap(({ bytes }) => bytes)).toEqual([...count(10)]);
  });

  it('when healed, brings what was under way first and the rest unharmed', () => {
    const line = wire({ byteDropRatio: 1, latency: 100 * MILLISECOND, jitter: 30 * MILLISECOND });
    line.receive(0, count(50));
    line.heal(MILLISECOND);
    line.receive(MILLISECOND, Uint8Array.of(7, 0x11, 0x13));
    expect(arrivals(line, SECOND).flatMap(({ bytes }) => bytes)).toEqual([7, 0x11, 0x13]);
    line.receive(SECOND, count(5));
    expect(arrivals(line, 2 * SECOND)).toEqual([{ at: 1_100_435, bytes: [0, 1, 2, 3, 4] }]);
  });

  it('when healed, ends a cut and a stop', () => {
    const line = wire();
    line.cut(0, 60 * SECOND);
    const partner = wire();
    partner.obeyControls(line);
    partner.receive(0, Uint8Array.of(0x13));
    arrivals(partner, SECOND);
    line.receive(SECOND, count(3));
    line.heal(2 * SECOND);
    expect(arrivals(line, 3 * SECOND).flatMap(({ bytes }) => bytes)).toEqual([0, 1, 2]);
  });
});
