import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { Phase } from '../../src/soak/sample.ts';
import { QUICK, resultOf } from './soaking.ts';
import { planFrom, TwoEnds } from './two-ends.ts';

const PROFILE = QUICK.replace('15s', '5s');

/** A soak in which the line is dead for 20 s from the moment in which the near end is in `phase`. */
function deadIn(phase: Phase, patience: number) {
  let deadFrom: number | undefined;
  const ends: TwoEnds = new TwoEnds(planFrom(PROFILE), {
    tamper: (message, _to, now) => {
      if (ends.near.phase === phase) deadFrom ??= now;
      const isDead = deadFrom !== undefined && now < deadFrom + 20 * SECOND;
      return isDead ? undefined : message;
    },
    near: { patience },
    far: { patience },
  });
  ends.run(() => ends.near.ended, 200 * SECOND);
  return resultOf(ends, PROFILE);
}

describe('a line that is dead for twenty seconds', () => {
  test.each(['planning', 'running', 'draining', 'reporting'] as const)(
    'while %s is borne by patience',
    (phase) => {
      expect(deadIn(phase, 60 * SECOND)).toMatchObject({ verdict: 'pass', reasons: [] });
    },
  );

  test('while planning ends the run of an operator without patience', () => {
    const { verdict, reasons } = deadIn('planning', 0);
    expect(verdict).toBe('fail');
    expect(reasons[0]).toMatch(/did not take part in a plan/);
  });

  test('while reporting ends the run of an operator without patience', () => {
    const { verdict, reasons } = deadIn('reporting', 0);
    expect(verdict).toBe('fail');
    expect(reasons[0]).toMatch(/results did not come in time/);
  });
});
