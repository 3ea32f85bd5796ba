import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { GAPS_MAX } from '../../src/soak/arrivals.ts';
import type { Plan } from '../../src/soak/plan.ts';
import { events, QUICK, resultOf, soak } from './soaking.ts';
import { planFrom, type Tamper, TwoEnds } from './two-ends.ts';

const EVERYTHING = `name: everything
duration: 20s
streams:
  - { from: both, category: reliable-sequential, size: { min: 20, max: 3000 } }
  - { from: both, category: reliable, size: { min: 20, max: 300 }, rate: { per_second: 5 } }
  - { from: both, category: sequential, size: 200, rate: { per_second: 10 } }
  - { from: both, category: unreliable, size: 100, rate: { burst: 5, every: 1s } }
`;

describe('a soak over a perfect line', () => {
  test('passes and uses at least 0.95 of it both ways with large messages at 115200', () => {
    const { ends, result } = soak(QUICK);
    expect(result.reasons).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.streams.map((stream) => [stream.from, stream.to])).toEqual([
      ['near', 'far'],
      ['far', 'near'],
    ]);
    for (const stream of result.streams) {
      expect(stream).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, corrupted: 0, measured: true });
      expect(stream.delivered).toBe(stream.sent);
      expect(stream.bytesDelivered).toBe(stream.sent * 4096);
      expect(stream.lineUtilisation).toBeGreaterThanOrEqual(0.95);
      expect(stream.lineUtilisation).toBeLessThanOrEqual(1);
    }
    expect(result.ends.map((end) => [end.name, end.role])).toEqual([
      ['near', 'join'],
      ['far', 'host'],
    ]);
    expect(events(ends, 'near')).toEqual([
      ...['connecting', 'firstFrame', 'connected', 'phase', 'planProposed', 'planAgreed', 'clocksCompared'],
      ...['phase', 'streamBegan', 'streamsEnded', 'phase', 'phase', 'resultsReceived', 'phase', 'closed'],
      ...['phase', 'finished'],
    ]);
  });

  test('lasts as long as the profile says, counted from the first message', () => {
    const { ends } = soak(QUICK);
    const at = (event: string, phase: string) =>
      ends.journal.find((one) => one.end === 'near' && one.event === event && one.phase === phase)!.at;
    expect(at('phase', 'draining') - at('phase', 'running')).toBeCloseTo(15, 3);
  });

  test('carries every category side by side, at its rate', () => {
    const { result } = soak(EVERYTHING);
    expect(result.reasons).toEqual([]);
    const sent = result.streams.map((stream) => stream.sent);
    expect([sent[2], sent[3], sent[6], sent[7]]).toEqual([100, 100, 100, 100]);
    // The last one may not have found room before the end.
    for (const count of [sent[4], sent[5]]) expect([199, 200]).toContain(count);
    for (const stream of result.streams) expect(stream.delivered).toBe(stream.sent);
  });

  test('ends by volume when the profile says so, at 9600 as well', () => {
    const profile = QUICK.replace('duration: 15s', 'volume: 20KiB');
    const { result } = soak(profile, { settings: { baud: 9600 } });
    expect(result.verdict).toBe('pass');
    expect(result.streams.map((stream) => stream.sent)).toEqual([5, 5]);
  });

  test('goes through at 300 baud', () => {
    const profile = QUICK.replace('4096', '200').replace('15s', '2m');
    const { result } = soak(profile, { settings: { baud: 300 } });
    expect(result.reasons).toEqual([]);
    expect(result.streams.every((stream) => stream.lineUtilisation > 0.7)).toBe(true);
  });

  test('is the same to the last figure when run again, and another with another seed', () => {
    const one = soak(EVERYTHING, { seed: 'same', bitErrorRatio: 1e-5 });
    const again = soak(EVERYTHING, { seed: 'same', bitErrorRatio: 1e-5 });
    const other = soak(EVERYTHING, { seed: 'other', bitErrorRatio: 1e-5 });
    expect(again.result).toEqual(one.result);
    expect(again.ends.journal).toEqual(one.ends.journal);
    expect(other.result).not.toEqual(one.result);
  });

  test('measures one-way delays although the clocks of the two ends are hours apart', () => {
    const profile =
      'name: a\nduration: 5s\nstreams: [{ from: both, category: reliable, size: 20, rate: { per_second: 4 } }]';
    const level = soak(profile).result;
    const apart = soak(profile, { farAhead: 7 * 3600 * SECOND }).result;
    for (const [index, stream] of apart.streams.entries()) {
      expect(stream.latencyMs.max).toBeGreaterThan(2);
      expect(stream.latencyMs.max).toBeLessThan(40);
      expect(stream.latencyMs.p50).toBeCloseTo(level.streams[index]!.latencyMs.p50, 0);
      expect(stream.latencyUncertaintyMs).toBeLessThan(10);
    }
  });
});

describe('a soak over a noisy line', () => {
  test('loses, repeats, reorders and alters nothing reliable, and counts the damage', () => {
    for (const seed of ['a', 'b', 'c']) {
      const { result } = soak(EVERYTHING, { seed, bitErrorRatio: 3e-5 });
      for (const stream of result.streams) {
        expect(stream).toMatchObject({ duplicated: 0, corrupted: 0, truncated: 0 });
        if (stream.category.startsWith('reliable')) expect(stream).toMatchObject({ lost: 0 });
        if (stream.category.endsWith('sequential')) expect(stream).toMatchObject({ misordered: 0 });
      }
      expect(result.verdict).toBe('pass');
      expect(result.ends[0]!.frames.messageCrcErrors).toBeGreaterThan(5);
      expect(result.ends[1]!.connection.retries).toBeGreaterThan(5);
    }
  });

  test('tells exactly how many unreliable messages were lost', () => {
    let dropped = 0;
    const tamper: Tamper = (message) => {
      // An unreliable probe message of 333 bytes and the header of its data frame.
      if (message.body.length !== 337 || (message.body[0]! & 0x02) !== 0 || message.body[2]! % 5 !== 0)
        return message;
      dropped++;
      return undefined;
    };
    const profile =
      'name: a\nduration: 10s\nstreams: [{ from: near, category: sequential, size: 333, rate: { per_second: 10 } }]';
    const { result } = soak(profile, { tamper });
    expect(dropped).toBeGreaterThan(5);
    expect(result.streams[0]).toMatchObject({
      sent: 100,
      lost: dropped,
      delivered: 100 - dropped,
      misordered: 0,
    });
  });
});

describe('what both CRCs let through', () => {
  const profile =
    'name: a\nduration: 5s\nstreams: [{ from: near, category: reliable-sequential, size: 333, rate: { per_second: 10 } }]';

  /** Alters every data frame with a whole probe message of 333 bytes, the first `count` of them. */
  function alter(count: number, change: (body: Uint8Array) => Uint8Array): Tamper {
    let left = count;
    return (message) => {
      if (message.body.length !== 337 || left === 0) return message;
      left--;
      return { ...message, body: change(message.body.slice()) };
    };
  }

  test('an altered payload is counted as corrupted, and fails the run', () => {
    const { result, ends } = soak(profile, {
      tamper: alter(3, (body) => {
        body[200]! ^= 0x10;
        return body;
      }),
    });
    expect(result.verdict).toBe('fail');
    expect(result.streams[0]).toMatchObject({
      sent: 50,
      delivered: 50,
      lost: 0,
      corrupted: 3,
      bytesDelivered: 47 * 333,
    });
    expect(result.reasons).toEqual([expect.stringMatching(/^corrupted: 3 near to far, at most 0 allowed/)]);
    expect(events(ends, 'far').filter((event) => event === 'corrupted')).toHaveLength(3);
  });

  test('an altered probe header is counted as corrupted, and its message as lost', () => {
    const { result } = soak(profile, {
      tamper: alter(1, (body) => {
        body[4 + 5]! ^= 1;
        return body;
      }),
    });
    expect(result.streams[0]).toMatchObject({ delivered: 49, lost: 1, corrupted: 1 });
  });

  test('a message cut short is counted as truncated', () => {
    const { result } = soak(profile, { tamper: alter(2, (body) => body.subarray(0, 300)) });
    expect(result.streams[0]).toMatchObject({ delivered: 50, lost: 0, corrupted: 0, truncated: 2 });
    expect(result.verdict).toBe('fail');
  });
});

describe('a plan', () => {
  test('of another version is refused with a reason, and the host goes on listening', () => {
    const plan = { ...planFrom(QUICK), version: 1 } as unknown as Plan;
    const ends = new TwoEnds(plan);
    ends.run(() => ends.near.ended);
    const result = resultOf(ends, QUICK);
    expect(result.verdict).toBe('fail');
    expect(result.reasons[0]).toBe(
      'the far end refused the plan: this end speaks plan version 2, the partner proposed 1: the two ends need the same version of dplink',
    );
    ends.run(() => ends.far.runs === 1, 60 * SECOND);
    expect(ends.far.phase).toBe('connecting');
    const again = ends.replaceNear(planFrom(QUICK.replace('15s', '2s')));
    ends.run(() => again.ended);
    expect(resultOf(ends, QUICK).verdict).toBe('pass');
  });

  test.each([
    [
      'too large a message',
      (plan: Plan) => ({ ...plan, streams: [{ ...plan.streams[0]!, size: { min: 20, max: 1e9 } }] }),
    ],
    ['no stream', (plan: Plan) => ({ ...plan, streams: [] })],
    ['neither duration nor volume', ({ duration: _, ...rest }: Plan) => rest],
    ['an unknown key', (plan: Plan) => ({ ...plan, reboot: true })],
  ])('with %s is refused', (_what, change) => {
    const ends = new TwoEnds(change(planFrom(QUICK)) as Plan);
    ends.run(() => ends.near.ended);
    expect(ends.near.outcome).toMatchObject({ ending: 'failed', partner: undefined });
    expect(ends.near.outcome!.reasons[0]).toMatch(/^the far end refused the plan: the plan is not valid/);
  });
});

describe('a long soak', () => {
  test('of an hour with noise stays bounded in everything it keeps', () => {
    const profile = `name: hour
duration: 1h
streams:
  - { from: both, category: reliable-sequential, size: 4096 }
  - { from: both, category: unreliable, size: 100, rate: { per_second: 2 } }
`;
    const ends = new TwoEnds(planFrom(profile), { settings: { baud: 9600 }, bitErrorRatio: 1e-5 });
    let longest = 0;
    let entries = 0;
    for (let minute = 1; minute <= 61 && !ends.near.ended; minute++) {
      ends.run(() => ends.near.ended, 60 * SECOND);
      longest = Math.max(longest, JSON.stringify(ends.near.sample(ends.now)).length);
      entries += ends.journal.length;
      ends.journal.length = 0;
    }
    ends.run(() => ends.near.ended);
    const result = resultOf(ends, profile);
    expect(result.reasons).toEqual([]);
    expect(result.streams[2]!.lost).toBeGreaterThan(20);
    expect(result.streams[2]!.lost).toBeLessThan(GAPS_MAX);
    expect(longest).toBeLessThan(3000);
    // Repeats are summed up by the second: never more than one entry a second and end, and a few.
    expect(entries).toBeLessThan(2 * 3600 + 100);
    for (const report of [ends.near.outcome!.own, ends.near.outcome!.partner!]) {
      expect(JSON.stringify(report).length).toBeLessThan(20_000);
    }
  }, 120_000);
});
