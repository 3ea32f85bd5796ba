/** Series of calls in virtual time: every outcome counted as scripted, retried by the table, stopped where the modem forbids. */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { type Attempt, CallCycle } from '../../src/modem/call-cycle.ts';
import { type AttemptOutcome, type CallPlan, ONLINE_OUTCOMES } from '../../src/modem/call-plan.ts';
import { CALL_FAILURES } from '../../src/modem/dialer-event.ts';

const PLAN: CallPlan = { count: 1, pause: 5 * SECOND, retry: {}, pass: 1, escape: false };

/** Runs a series to its end; `script` says what each attempt comes to. Returns the attempts and when each was dialled. */
function series(plan: Partial<CallPlan>, script: (index: number) => Partial<Attempt>) {
  const cycle = new CallCycle({ ...PLAN, ...plan });
  const attempts: Attempt[] = [];
  const dialledAt: number[] = [];
  let now = 0;
  for (let index = 0; index < 10_000; ) {
    const step = cycle.next(now);
    if (step.is === 'over') return { cycle, attempts, dialledAt, reason: step.reason };
    if (step.is === 'wait') {
      now = step.until;
      continue;
    }
    dialledAt.push(now);
    const { call, attempt } = step;
    const made: Attempt = {
      outcome: 'passed',
      text: '',
      retry: 'now',
      dialled: SECOND,
      ...script(index++),
      call,
      attempt,
    };
    attempts.push(made);
    now += made.dialled;
    cycle.ended(now, made);
  }
  throw new Error('the series never ended');
}

describe('a series of calls', () => {
  test('of 500 with outcomes of every kind counts each as it was scripted', () => {
    const random = new Random('500 calls');
    const kinds: AttemptOutcome[] = [...ONLINE_OUTCOMES, ...CALL_FAILURES];
    const scripted = Array.from({ length: 500 }, () => ({
      outcome: kinds[random.below(kinds.length)]!,
      dialled: (1 + random.below(60)) * SECOND,
      hangUp: random.below(3) * SECOND,
    }));
    const { cycle, attempts } = series({ count: 500, pass: 10 }, (index) => scripted[index]!);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(scripted.map(({ outcome }) => outcome));
    const { statistics } = cycle;
    for (const kind of kinds) {
      expect(statistics.outcomes[kind]).toBe(scripted.filter(({ outcome }) => outcome === kind).length);
    }
    const connected = ['passed', 'trafficFailed', 'lost', 'hangUpFailed'];
    const online = scripted.filter(({ outcome }) => connected.includes(outcome));
    expect(statistics.connected.count).toBe(online.length);
    expect(statistics.connected.sum).toBe(online.reduce((sum, { dialled }) => sum + dialled, 0));
    expect(statistics.failed.count).toBe(500 - online.length);
    expect(statistics.hangUp.sum).toBe(scripted.reduce((sum, { hangUp }) => sum + hangUp, 0));
    expect(cycle.passed).toBe(statistics.outcomes.passed);
  });

  test('tries again what its table says, so often and after that pause, and then goes on', () => {
    const retry = { busy: { times: 2, pause: 30 * SECOND } };
    const { attempts, dialledAt } = series({ count: 2, retry }, (index) =>
      index < 3 ? { outcome: 'busy' } : {},
    );
    expect(attempts.map(({ call, attempt }) => [call, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
    expect(dialledAt.map((at) => at / SECOND)).toEqual([0, 31, 62, 68]);
  });

  test('counts what it tries again by outcome, and anew for each call', () => {
    const pause = SECOND;
    const retry = { busy: { times: 2, pause }, lost: { times: 1, pause } };
    const one: AttemptOutcome[] = ['busy', 'lost', 'busy', 'busy'];
    const two: AttemptOutcome[] = ['lost', 'lost'];
    const { attempts } = series({ count: 3, retry }, (index) => ({
      outcome: [...one, ...two][index] ?? 'passed',
    }));
    expect(attempts.map(({ call, attempt, outcome }) => `${call}.${attempt} ${outcome}`)).toEqual([
      ...['1.1 busy', '1.2 lost', '1.3 busy', '1.4 busy'],
      ...['2.1 lost', '2.2 lost'],
      '3.1 passed',
    ]);
  });

  test('passes with as many calls as it needs and fails with one fewer', () => {
    const failing = (failures: number) => (index: number) =>
      index < failures ? { outcome: 'noCarrier' as const } : {};
    expect(series({ count: 5, pass: 4 }, failing(1)).cycle.pass).toBe(true);
    expect(series({ count: 5, pass: 4 }, failing(2)).cycle.pass).toBe(false);
  });

  test('stops at BLACKLISTED and waits as long as DELAYED says', () => {
    const forbidden = series({ count: 9 }, () => ({
      outcome: 'blacklisted',
      text: 'BLACKLISTED',
      retry: 'never',
    }));
    expect(forbidden.attempts).toHaveLength(1);
    expect(forbidden.reason).toBe('the modem forbids the number: BLACKLISTED');
    const delayed = series({ count: 2 }, (index) =>
      index === 0 ? { outcome: 'delayed', retry: 120 * SECOND } : {},
    );
    expect(delayed.dialledAt).toEqual([0, 121 * SECOND]);
  });

  test('stopped in the middle of a call has not made it; stopped when the last was made, it is complete', () => {
    const retry = { busy: { times: 3, pause: SECOND } };
    const stopped = (outcome: AttemptOutcome) => {
      const cycle = new CallCycle({ ...PLAN, retry });
      expect(cycle.next(0).is).toBe('dial');
      cycle.stop('stopped by the operator');
      const attempt: Attempt = { call: 1, attempt: 1, outcome, text: '', retry: 'now', dialled: SECOND };
      const retried = cycle.ended(SECOND, attempt);
      return { retried, complete: cycle.isComplete, passed: cycle.passed };
    };
    expect(stopped('aborted')).toEqual({ retried: false, complete: false, passed: 0 });
    expect(stopped('busy')).toEqual({ retried: false, complete: false, passed: 0 });
    expect(stopped('passed')).toEqual({ retried: false, complete: true, passed: 1 });
  });

  test('a call that was given up after CONNECT took as long to come to be as any other', () => {
    const report = { text: 'CONNECT' };
    const { cycle } = series({}, () => ({ outcome: 'modemFailed', report, dialled: 9 * SECOND }));
    expect([cycle.statistics.connected.count, cycle.statistics.failed.count]).toEqual([1, 0]);
  });
});
