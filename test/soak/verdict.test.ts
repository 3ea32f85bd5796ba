import { describe, expect, test } from 'vitest';
import { LIMIT_NAMES, LIMITS, type LimitName, PRESET_LIMITS } from '../../src/soak/limits.ts';
import type { EndResult, StreamResult } from '../../src/soak/result.ts';
import { type Case, judge } from '../../src/soak/verdict.ts';

function stream(more: Partial<StreamResult> = {}): StreamResult {
  return {
    from: 'near',
    to: 'far',
    category: 'reliable-sequential',
    sent: 100,
    delivered: 100,
    lost: 0,
    duplicated: 0,
    misordered: 0,
    corrupted: 0,
    truncated: 0,
    measured: true,
    bytesDelivered: 1000,
    goodputBytesPerSecond: 100,
    lineUtilisation: 0.9,
    latencyMs: { p50: 5, p99: 9, max: 12 },
    latencyUncertaintyMs: 1,
    ...more,
  };
}

function end(more: Partial<EndResult> = {}): EndResult {
  return {
    name: 'near',
    role: 'join',
    line: { baud: 9600, parity: 'NONE', stopbits: 1, flowcontrol: 'NONE' },
    bytes: { sent: 0, received: 0, skipped: 7 },
    frames: { sent: 0, received: 98, headerCrcErrors: 1, messageCrcErrors: 1, truncated: 0, resyncs: 2 },
    uart: { framing: 1, parity: 2, overrun: 3, break: 4 },
    connection: {
      state: 'closed',
      rttMs: { min: 1, p50: 1, p99: 1, max: 1 },
      retries: 5,
      duplicates: 0,
      windowMax: 4,
    },
    violations: 6,
    session: null,
    ...more,
  };
}

function about(more: Partial<Case> = {}): Case {
  return {
    facts: {
      ends: [end()],
      streams: [stream()],
      directions: [{ from: 'near', to: 'far', saturated: true, lineUtilisation: 0.9 }],
    },
    limits: PRESET_LIMITS,
    ending: 'completed',
    reasons: [],
    silent: [],
    ...more,
  };
}

function facts(streams: StreamResult[]): Case['facts'] {
  return { ...about().facts, streams };
}

/** Facts in which every measure has a figure, the same at both ends and in both directions. */
function everything(): Case['facts'] {
  const one = end({
    connection: { ...end().connection, resentRatio: 0.2 },
    session: { players: 2, nameTableVersion: 4, reconnects: 1 },
    errors: {
      frames: 100,
      damaged: 2,
      frameErrorRatio: { counted: 0.02, below: 0.04 },
      bits: 10_000,
      bitErrorRatio: { counted: 0.0002, below: 0.0004 },
    },
    seconds: {
      observed: 100,
      unavailable: 10,
      errorFree: 84,
      errored: 6,
      severelyErrored: 2,
      backgroundErrors: 5,
      availability: 0.9,
      erroredRatio: 6 / 90,
      severelyErroredRatio: 2 / 90,
    },
    host: { timers: 10, stalls: 0, lagMs: { p50: 1, p99: 2, max: 7 } },
  });
  const passage = { frames: 100, bytes: 10_000, framesLost: 3, bytesLost: 4, bytesInserted: 5 };
  const direction = { from: 'near', to: 'far', saturated: true, lineUtilisation: 0.9 };
  return {
    ends: [one, { ...one, name: 'far' }],
    streams: [stream()],
    directions: [{ ...direction, goodputBytesPerSecond: 100, passage }],
  };
}

describe('a verdict', () => {
  test('is a pass without reasons when every limit is kept', () => {
    expect(judge(about())).toMatchObject({ verdict: 'pass', reasons: [] });
    expect(judge(about()).limits.map((limit) => limit.name)).toEqual([
      'lostReliable',
      'duplicated',
      'misordered',
      'corrupted',
    ]);
  });

  test.each([
    ['lostReliable', { lost: 1 }],
    ['duplicated', { duplicated: 1 }],
    ['misordered', { misordered: 1 }],
    ['corrupted', { corrupted: 1 }],
    ['corrupted', { truncated: 1 }],
  ] as const)('is a failure by the preset limit %s with %o, and says so in words', (name, bad) => {
    const judged = judge(about({ facts: facts([stream(bad), stream({ from: 'far', to: 'near' })]) }));
    expect(judged.verdict).toBe('fail');
    expect(judged.reasons).toEqual([
      expect.stringMatching(new RegExp(`^${name}: 1 near to far, at most 0 allowed`)),
    ]);
    expect(judged.limits.find((limit) => limit.name === name)).toEqual({
      name,
      limit: 0,
      actual: 1,
      pass: false,
    });
  });

  test('disregards order where none was promised and loss where none was forbidden', () => {
    const loose = stream({ category: 'unreliable', lost: 50, misordered: 3 });
    expect(judge(about({ facts: facts([loose]) })).verdict).toBe('pass');
  });

  test.each([
    ['lostRatio', 0.4, facts([stream({ category: 'sequential', lost: 50 })]), 0.5],
    ['lineUtilisation', 0.95, about().facts, 0.9],
    ['frameDamageRatio', 0.01, about().facts, 0.02],
    ['skippedBytes', 6, about().facts, 7],
    ['uartErrors', 9, about().facts, 10],
    ['retries', 4, about().facts, 5],
    ['violations', 5, about().facts, 6],
    ['latencyP99Ms', 8, about().facts, 9],
    ['latencyMaxMs', 11, about().facts, 12],
    ['latencyP50Ms', 4, about().facts, 5],
    ['latencyTrendMsPerHour', 2, facts([stream({ latencyTrendMsPerHour: 3 })]), 3],
    ['answerP99Ms', 8, facts([stream({ answerMs: { min: 1, p50: 2, p99: 9, max: 10 } })]), 9],
    ['answerMaxMs', 9, facts([stream({ answerMs: { min: 1, p50: 2, p99: 9, max: 10 } })]), 10],
    ['goodputBytesPerSecond', 101, everything(), 100],
    ['framesLost', 2, everything(), 3],
    ['bytesLost', 3, everything(), 4],
    ['bytesInserted', 4, everything(), 5],
    ['bitErrorRatio', 0.0001, everything(), 0.0002],
    ['bitErrorRatio.below', 0.0003, everything(), 0.0004],
    ['frameErrorRatio.below', 0.03, everything(), 0.04],
    ['frames.headerCrcErrors', 0, everything(), 1],
    ['frames.messageCrcErrors', 0, everything(), 1],
    ['seconds.errored', 5, everything(), 6],
    ['seconds.severelyErrored', 1, everything(), 2],
    ['seconds.unavailable', 9, everything(), 10],
    ['availability', 0.95, everything(), 0.9],
    ['resentRatio', 0.1, everything(), 0.2],
    ['rttP99Ms', 0, everything(), 1],
    ['hostLagMaxMs', 6, everything(), 7],
    ['session.reconnects', 0, everything(), 1],
  ] as const)('reads %s off the facts: beyond %d it is a failure', (name, limit, about1, actual) => {
    const judged = judge(about({ facts: about1, limits: { [name]: limit } }));
    expect(judged).toMatchObject({ verdict: 'fail', limits: [{ name, limit, actual, pass: false }] });
    expect(judge(about({ facts: about1, limits: { [name]: actual } }))).toMatchObject({ verdict: 'pass' });
  });

  test('takes the worse direction and the worse end', () => {
    const worse = {
      ...about().facts,
      ends: [end(), end({ name: 'far', violations: 60 })],
      directions: [
        { from: 'near', to: 'far', saturated: true, lineUtilisation: 0.9 },
        { from: 'far', to: 'near', saturated: true, lineUtilisation: 0.3 },
      ],
    };
    const judged = judge(about({ facts: worse, limits: { lineUtilisation: 0.5, violations: 10 } }));
    expect(judged.reasons[0]).toMatch(/^lineUtilisation: 0.3000 far to near, at least 0.5000 demanded/);
    expect(judged.reasons[1]).toMatch(/^violations: 60 at far, at most 10 allowed/);
  });

  test('does not judge what could not be measured', () => {
    const blind = { ends: [end({ uart: null })], streams: [], directions: [] };
    const limits = Object.fromEntries(
      (['uartErrors', 'lostReliable', 'lineUtilisation', 'latencyMaxMs'] satisfies LimitName[]).map(
        (name) => [name, 0],
      ),
    );
    expect(judge(about({ facts: blind, limits })).limits).toEqual([]);
  });

  test('is a failure when a direction carried nothing', () => {
    expect(judge(about({ silent: ['far to near'] }))).toMatchObject({
      verdict: 'fail',
      reasons: ['no traffic: nothing was delivered from far to near'],
    });
  });

  test('is incomplete when an operator stopped, unless an upper limit was broken before', () => {
    const stopped = { ending: 'stopped', reasons: ['stopped'] } as const;
    expect(judge(about(stopped))).toMatchObject({ verdict: 'incomplete', reasons: ['stopped'] });
    expect(judge(about({ ...stopped, limits: { lineUtilisation: 0.95 } })).verdict).toBe('incomplete');
    expect(judge(about({ ...stopped, facts: facts([stream({ lost: 1 })]) })).verdict).toBe('fail');
  });

  test('of a run that failed is a failure, whatever the limits', () => {
    expect(judge(about({ ending: 'failed', reasons: ['gone'], limits: {} }))).toMatchObject({
      verdict: 'fail',
      reasons: ['gone'],
    });
  });
});

test('every limit says what it is', () => {
  for (const name of LIMIT_NAMES) expect(LIMITS[name].about.length).toBeGreaterThan(20);
});
