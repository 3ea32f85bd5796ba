import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Traffic } from '../../src/soak/traffic.ts';
import { planFrom } from './two-ends.ts';

function traffic(streams: string, end = 'duration: 1h'): Traffic {
  return new Traffic(planFrom(`name: a\n${end}\nstreams:\n${streams}`), 'near');
}

describe('traffic', () => {
  test('is silent before it begins and after it was stopped', () => {
    const one = traffic('  - { from: near, category: reliable, size: 20 }');
    expect(one.next(0)).toBeUndefined();
    one.begin(0);
    expect(one.next(0)?.stream).toBe(0);
    one.stop();
    expect(one.next(0)).toBeUndefined();
    expect(one.done).toBe(true);
    expect(one.sent).toEqual([{ stream: 0, messages: 1, bytes: 20 }]);
  });

  test('of a paced stream keeps its beat, and makes up for what it could not send in time', () => {
    const one = traffic('  - { from: near, category: reliable, size: 20, rate: { per_second: 4 } }');
    one.begin(0);
    expect(one.next(0)).toBeDefined();
    expect(one.next(0)).toBeUndefined();
    expect(one.deadline(0)).toBe(SECOND / 4);
    let sent = 0;
    while (one.next(10 * SECOND)) sent++;
    expect(sent).toBe(40);
    expect(one.deadline(10 * SECOND)).toBe(10.25 * SECOND);
  });

  test('of a burst comes all at once, then not before the next is due', () => {
    const one = traffic('  - { from: near, category: reliable, size: 20, rate: { burst: 3, every: 2s } }');
    one.begin(SECOND);
    for (let i = 0; i < 3; i++) expect(one.next(SECOND)).toBeDefined();
    expect(one.next(SECOND)).toBeUndefined();
    expect(one.deadline(SECOND)).toBe(3 * SECOND);
  });

  test('of saturating streams takes turns, behind paced messages that are due', () => {
    const one = traffic(`  - { from: near, category: reliable, size: 20 }
  - { from: far, category: reliable, size: 20 }
  - { from: near, category: sequential, size: 20 }
  - { from: near, category: unreliable, size: 20, rate: { per_second: 1 } }`);
    one.begin(0);
    const order = Array.from({ length: 5 }, () => one.next(0)?.stream);
    expect(order).toEqual([3, 0, 2, 0, 2]);
  });

  test('by volume ends each stream when it has sent as much', () => {
    const one = traffic('  - { from: near, category: reliable, size: 30 }', 'volume: 100B');
    one.begin(0);
    let sent = 0;
    while (one.next(0)) sent++;
    expect(sent).toBe(4);
    expect(one.done).toBe(true);
  });
});

describe('pauses as people make them', () => {
  test('lie between least and most, differ, and follow from the seed', () => {
    const beat = (): number[] => {
      const one = traffic(
        '  - { from: near, category: reliable, size: 20, rate: { burst: 1, every: { min: 1s, max: 5s } } }',
      );
      one.begin(0);
      const at: number[] = [];
      for (let now = 0; at.length < 50; now = one.deadline(now)!) {
        while (one.next(now)) at.push(now);
      }
      return at;
    };
    const first = beat();
    const pauses = first.slice(1).map((at, index) => at - first[index]!);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(SECOND);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * SECOND);
    expect(new Set(pauses).size).toBeGreaterThan(40);
    expect(beat()).toEqual(first);
  });
});
