import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { encodeControl } from '../../src/soak/control-message.ts';
import type { Result } from '../../src/soak/result.ts';
import type { Message } from '../../src/wire/message.ts';
import { about, events, QUICK, resultOf } from './soaking.ts';
import { planFrom, type Tamper, TwoEnds } from './two-ends.ts';

/** Whether a message is a data frame of the application: USER_1 is clear. */
function isApplication({ kind, body }: Message): boolean {
  return kind === 'transport' && (body[0]! & 0x41) === 0x01;
}

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

  test('with a dead line gets what this end knows, and a second stop ends within half a second', () => {
    for (const twice of [false, true]) {
      const ends = new TwoEnds(planFrom(QUICK));
      ends.run(() => ends.now >= 5 * SECOND);
      ends.dead.add('far');
      const before = ends.now;
      ends.near.stop(ends.now);
      if (twice) ends.near.stop(ends.now);
      ends.run(() => ends.near.ended);
      expect(ends.now - before).toBeLessThanOrEqual(twice ? SECOND / 2 : 4 * SECOND);
      const result = resultOf(ends, QUICK);
      expect(result.verdict).toBe('incomplete');
      expect(result.reasons[0]).toBe('stopped at near by its operator');
      expect(result.streams[0]).toMatchObject({ measured: false, delivered: 0, lost: 0 });
      expect(result.streams[1]).toMatchObject({ measured: true, lost: 0 });
      expect(result.reasons).toContain('the figures of far never came: nothing is claimed about near to far');
    }
  });

  test('twice in a hurry does not leave the other end waiting', () => {
    for (const name of ['near', 'far'] as const) {
      const ends = new TwoEnds(planFrom(QUICK));
      ends.run(() => ends.now >= 5 * SECOND);
      const before = ends.now;
      for (let times = 0; times < 2; times++) ends[name].stop(ends.now);
      const other = name === 'near' ? ends.far : ends.near;
      ends.run(() => other.runs > 0, 60 * SECOND);
      expect(ends.now - before).toBeLessThan(SECOND);
      // What is made for a partner who is gone was never sent.
      ends.run(() => ends.near.ended, 60 * SECOND);
      const carried = Math.ceil((ends.now / SECOND) * 11_520) / 4096;
      expect(ends.near.outcome?.own.sent[0]?.messages).toBeLessThan(carried + 5);
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

  test('while the plan is being agreed closes in good order', () => {
    const ends = new TwoEnds(planFrom(QUICK));
    ends.run(() => ends.near.phase === 'planning');
    const before = ends.now;
    ends.near.stop(ends.now);
    ends.run(() => ends.near.ended);
    expect(ends.now - before).toBeLessThan(SECOND);
    expect(ends.near.outcome).toMatchObject({
      ending: 'stopped',
      reasons: ['stopped at near by its operator'],
    });
    ends.run(() => ends.far.runs === 1, 60 * SECOND);
    expect(ends.far.phase).toBe('connecting');
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
    const told = ends.journal.filter((entry) => entry.event === 'unanswered');
    expect(told.map(({ at, end }) => [Math.floor(at), end])).toEqual([[5, 'near']]);
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
    const tamper: Tamper = (message, to) =>
      to === 'near' && isApplication(message) && message.body.length > 60 ? undefined : message;
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

describe('a port that is away for forty seconds', () => {
  const away: Tamper = (message, _to, now) => (now > 5 * SECOND && now < 45 * SECOND ? undefined : message);
  const soakFor = (patience: number) => {
    const ends = new TwoEnds(planFrom(QUICK.replace('15s', '60s')), {
      tamper: away,
      near: { patience },
      far: { patience },
    });
    ends.run(() => ends.now >= 5 * SECOND);
    ends.near.portLost(ends.now, '/dev/x was lost');
    ends.run(() => ends.now >= 45 * SECOND);
    ends.near.portBack(ends.now, '/dev/y');
    ends.run(() => ends.near.ended, 200 * SECOND);
    return { ends, result: resultOf(ends, QUICK) };
  };

  test('costs no reliable message where that much patience was asked for, and is in the result', () => {
    const { ends, result } = soakFor(60 * SECOND);
    expect(result.reasons).toEqual([]);
    expect(result.streams.map(({ lost, duplicated }) => lost + duplicated)).toEqual([0, 0]);
    const { outages } = result.ends[0]!;
    expect(outages!.count).toBe(1);
    const { lostAt, backAt, firstFrameAt, cause } = outages!.list[0]!;
    expect([Math.floor(lostAt), Math.floor(backAt!), cause]).toEqual([5, 45, '/dev/x was lost']);
    expect(firstFrameAt).toBeGreaterThanOrEqual(45);
    expect(firstFrameAt).toBeLessThan(51);
    expect(events(ends, 'near')).toEqual(expect.arrayContaining(['portLost', 'portBack', 'outageOver']));
    expect(result.ends[1]!.outages).toEqual({ count: 0, list: [] });
  });

  test('ends the run where no patience was asked for, with what was not delivered told as lost', () => {
    const { result } = soakFor(0);
    expect(result.verdict).toBe('fail');
    expect(result.reasons[0]).toMatch(/the partner (no longer answered|fell silent)/);
    expect(result.ends[0]!.outages!.count).toBe(1);
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
      expect(result.ends[1]!.frames.sent).toBeLessThan(75);
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
