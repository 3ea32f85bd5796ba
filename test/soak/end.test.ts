import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { GAPS_MAX } from '../../src/soak/arrivals.ts';
import { type About, buildResult } from '../../src/soak/build-result.ts';
import { encodeControl } from '../../src/soak/control-message.ts';
import type { Plan } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import type { Result } from '../../src/soak/result.ts';
import { planFrom, type Tamper, TwoEnds, type TwoEndsOptions } from './two-ends.ts';

const QUICK = `name: quick
duration: 15s
streams:
  - { from: both, category: reliable-sequential, size: 4096 }
`;

const EVERYTHING = `name: everything
duration: 20s
streams:
  - { from: both, category: reliable-sequential, size: { min: 20, max: 3000 } }
  - { from: both, category: reliable, size: { min: 20, max: 300 }, rate: { per_second: 5 } }
  - { from: both, category: sequential, size: 200, rate: { per_second: 10 } }
  - { from: both, category: unreliable, size: 100, rate: { burst: 5, every: 1s } }
`;

function about(profile: string): About {
  const { limits } = parseProfile('p.yaml', profile);
  return { seed: 'test', startedAt: '2026-11-21T00:00:00Z', rig: {}, profile: {}, limits };
}

/** Runs a profile to the near end's outcome. */
function soak(profile: string, options: TwoEndsOptions = {}): { ends: TwoEnds; result: Result } {
  const ends = new TwoEnds(planFrom(profile), options);
  ends.run(() => ends.near.ended);
  return { ends, result: resultOf(ends, profile) };
}

function resultOf(ends: TwoEnds, profile: string): Result {
  return buildResult(ends.near.outcome!, about(profile));
}

function events(ends: TwoEnds, end: string): string[] {
  return ends.journal.filter((entry) => entry.end === end).map((entry) => entry.event);
}

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
    expect(dropped).toBeGreaterThan(10);
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
    const plan = { ...planFrom(QUICK), version: 2 } as unknown as Plan;
    const ends = new TwoEnds(plan);
    ends.run(() => ends.near.ended);
    const result = resultOf(ends, QUICK);
    expect(result.verdict).toBe('fail');
    expect(result.reasons[0]).toBe(
      'the far end refused the plan: this end speaks plan version 1, the partner proposed 2',
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

describe('an operator who stops', () => {
  test('the near end in the middle gets a complete, valid, partial result within two seconds', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.run(() => ends.now >= 5 * SECOND);
    ends.run(() => false, 1);
    const before = ends.now;
    ends.near.stop(ends.now);
    ends.run(() => ends.near.ended);
    expect(ends.now - before).toBeLessThan(2 * SECOND);
    const result = resultOf(ends, QUICK);
    expect(result.verdict).toBe('incomplete');
    expect(result.reasons).toEqual(['stopped at near by its operator']);
    expect(result.ends.map((end) => end.name)).toEqual(['near', 'far']);
    for (const stream of result.streams) {
      expect(stream).toMatchObject({ lost: 0, measured: true });
      expect(stream.delivered).toBeGreaterThan(10);
    }
    ends.run(() => ends.far.runs === 1, 30 * SECOND);
    expect(ends.far.outcome).toMatchObject({
      ending: 'stopped',
      reasons: ['stopped at the other end by its operator'],
    });
  });

  test('the far end is reported at the near end, and the host does not listen again', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.run(() => ends.now >= 5 * SECOND);
    ends.far.stop(ends.now);
    ends.run(() => ends.near.ended && ends.far.ended);
    expect(resultOf(ends, QUICK)).toMatchObject({
      verdict: 'incomplete',
      reasons: ['stopped at the other end by its operator'],
    });
    expect(ends.far.runs).toBe(1);
  });

  test('with a dead line gets what this end knows, and a second stop ends at once', () => {
    for (const twice of [false, true]) {
      const ends = new TwoEnds(planFrom(QUICK));
      ends.run(() => ends.now >= 5 * SECOND);
      ends.dead.add('far');
      const before = ends.now;
      ends.near.stop(ends.now);
      if (twice) ends.near.stop(ends.now);
      ends.run(() => ends.near.ended);
      expect(ends.now - before).toBeLessThanOrEqual(twice ? 0 : 3.5 * SECOND);
      const result = resultOf(ends, QUICK);
      expect(result.verdict).toBe('incomplete');
      expect(result.reasons[0]).toBe('stopped at near by its operator');
      expect(result.streams[0]).toMatchObject({ measured: false, delivered: 0, lost: 0 });
      expect(result.streams[1]).toMatchObject({ measured: true, lost: 0 });
      expect(result.reasons).toContain('the figures of far never came: nothing is claimed about near to far');
    }
  });

  test('on a slow line still gets the figures of the far end, in ten seconds at most', () => {
    const profile = QUICK.replace('4096', '1400').replace('15s', '2m');
    const ends = new TwoEnds(planFrom(profile), { settings: { baud: 9600 } });
    ends.run(() => ends.now >= 30 * SECOND);
    const before = ends.now;
    ends.near.stop(ends.now);
    ends.run(() => ends.near.ended);
    expect(ends.now - before).toBeLessThan(10 * SECOND);
    expect(resultOf(ends, profile)).toMatchObject({
      verdict: 'incomplete',
      streams: [
        { measured: true, lost: 0 },
        { measured: true, lost: 0 },
      ],
    });
  });

  test('before anybody answered ends at once', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.dead.add('far');
    ends.run(() => ends.now >= SECOND);
    ends.near.stop(ends.now);
    expect(ends.near.ended).toBe(true);
    expect(resultOf(ends, QUICK)).toMatchObject({
      verdict: 'incomplete',
      streams: [{ sent: 0 }, { sent: 0 }],
    });
  });
});

describe('a far end that is gone', () => {
  test('in the middle of the run is noticed, reported and a failure', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.run(() => ends.now >= 5 * SECOND);
    ends.dead.add('far');
    ends.run(() => ends.near.ended, 120 * SECOND);
    const result = resultOf(ends, QUICK);
    expect(result.verdict).toBe('fail');
    expect(result.reasons).toEqual([
      expect.stringMatching(/^the partner fell silent: not heard for 3[01] s while draining/),
      'the figures of far never came: nothing is claimed about near to far',
      'how much far sent is not known: loss from far to near is not judged',
    ]);
    expect(result.streams[1]!.delivered).toBeGreaterThan(5);
  });

  test('from the beginning is a failure with a clear reason', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.dead.add('far');
    ends.run(() => ends.near.ended, 200 * SECOND);
    expect(resultOf(ends, QUICK)).toMatchObject({
      verdict: 'fail',
      reasons: [
        expect.stringMatching(/^nobody answered at the other end/),
        expect.any(String),
        expect.any(String),
      ],
    });
  });

  test('because its line was lost ends both at once', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.run(() => ends.now >= 5 * SECOND);
    ends.near.lost(ends.now, 'unplugged');
    expect(ends.near.outcome).toMatchObject({
      ending: 'failed',
      reasons: ['the line was lost at near while running: unplugged'],
    });
    ends.far.lost(ends.now, 'hung up');
    expect(ends.far.runs).toBe(1);
    expect(ends.far.phase).toBe('connecting');
  });

  test('that connects and never answers the plan is recognised as something else', () => {
    const tamper: Tamper = (message, to) => (to === 'near' && message.body.length > 60 ? undefined : message);
    const ends = new TwoEnds(planFrom(QUICK), {
      tamper: (message, to, now) => {
        // What the far end would say in a plan is replaced by nothing it could understand.
        if (to !== 'far' || message.body[4] !== 0xdb) return tamper(message, to, now);
        const body = message.body.slice();
        body[4] = 0;
        return { ...message, body };
      },
    });
    ends.run(() => ends.near.ended, 200 * SECOND);
    expect(ends.near.outcome!.reasons[0]).toMatch(/did not take part in a plan: does dplink host run there/);
    expect(ends.now).toBeLessThan(60 * SECOND);
  });
});

describe('a host', () => {
  test('serves three runs in a row', () => {
    const profile = QUICK.replace('15s', '3s');
    const ends = new TwoEnds(planFrom(profile, 'run 1'));
    for (let run = 1; run <= 3; run++) {
      if (run > 1) ends.replaceNear(planFrom(profile, `run ${run}`));
      ends.run(() => ends.near.ended && ends.far.runs === run, 60 * SECOND);
      const result = resultOf(ends, profile);
      expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
      const far = ends.far.outcome!;
      expect(far).toMatchObject({ ending: 'completed', reasons: [] });
      const timeless = ({ streams }: Result) => streams.map((one) => ({ ...one, latencyUncertaintyMs: 0 }));
      expect(timeless(buildResult(far, about(profile)))).toEqual(timeless(result));
      // A delta of this run, not of the host's life.
      expect(result.ends[1]!.frames.sent).toBeLessThan(60);
    }
  });

  test('survives a partner that connects and says nothing, then one that dies, and serves the next', () => {
    const profile = QUICK.replace('15s', '3s');
    const ends = new TwoEnds(planFrom(profile), {
      // The first partner's plan is swallowed whole; acknowledgments pass.
      tamper: (message, to, now) =>
        to === 'far' && now < 10 * SECOND && message.body[4] === 0xdb
          ? { ...message, body: message.body.subarray(0, 4) }
          : message,
    });
    ends.run(() => ends.far.runs === 1, 120 * SECOND);
    expect(ends.far.outcome!.reasons).toEqual(['the partner connected but did not come to a plan']);
    ends.run(() => ends.near.ended, 120 * SECOND);

    ends.replaceNear(planFrom(profile));
    const begun = ends.now;
    ends.run(() => ends.now >= begun + 2 * SECOND);
    ends.dead.add('near');
    ends.run(() => ends.far.runs === 2, 300 * SECOND);
    expect(ends.far.outcome!.ending).toBe('failed');
    ends.dead.delete('near');

    ends.replaceNear(planFrom(profile));
    ends.run(() => ends.near.ended, 60 * SECOND);
    expect(resultOf(ends, profile)).toMatchObject({ verdict: 'pass', reasons: [] });
  });

  test('counts what makes no sense as violations, and never throws', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    const nonsense = [
      new Uint8Array(0),
      Uint8Array.of(0xdb),
      Uint8Array.of(0xdb, 9),
      Uint8Array.of(0xdb, 2, 1),
      Uint8Array.of(0xdb, 3, 1),
      Uint8Array.of(0xdb, 4, 0x7b),
      Uint8Array.of(0xdb, 4, 0xff, 0xfe),
      new TextEncoder().encode('hello'),
      encodeControl({ type: 'accept' }),
      encodeControl({ type: 'marks', sent: [] }),
      encodeControl({ type: 'stop' }),
    ];
    ends.run(() => ends.far.phase === 'running');
    const tampering = nonsense.values();
    // Each stands in for a whole message of the near end.
    const swapped = new TwoEnds(planFrom(QUICK.replace('4096', '333')), {
      tamper: (message, to, now) => {
        if (to !== 'far' || now < 3 * SECOND || message.body.length !== 337) return message;
        const next = tampering.next();
        if (next.done) return message;
        const body = new Uint8Array(4 + next.value.length);
        body.set(message.body.subarray(0, 4));
        body.set(next.value, 4);
        return { ...message, body };
      },
    });
    swapped.run(() => swapped.near.ended);
    const result = resultOf(swapped, QUICK);
    expect(result.ends[1]!.violations).toBeGreaterThanOrEqual(nonsense.length - 2);
    expect(result.streams[0]!.lost).toBeGreaterThanOrEqual(1);
    expect(result.streams[1]).toMatchObject({ lost: 0, corrupted: 0 });
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
