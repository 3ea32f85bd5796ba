import { expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import type { DirectionResult } from '../../src/soak/result.ts';
import { warningsOf } from '../../src/soak/warnings.ts';
import { resultOf, soak } from './soaking.ts';
import { planFrom, TwoEnds } from './two-ends.ts';

const PROFILE = 'name: a\nduration: 3s\nstreams:\n  - { from: both, category: reliable, size: 400 }\n';

test('two ends that are set differently are named in a warning, and the run passes all the same', () => {
  const { result } = soak(PROFILE.replace('size: 400', 'size: 400, rate: { per_second: 5 }'), {
    far: { line: { ...DEFAULT_LINE_SETTINGS, stopbits: 2, flowcontrol: 'RTS' } },
  });
  expect(result.verdict).toBe('pass');
  expect(result.warnings).toEqual([
    'the ends are set differently: near stop bits 1, flow control NONE; far stop bits 2, flow control RTS: a line between them carries 10472 bytes a second at most, and what differs may cost data without being noticed at either end',
  ]);
});

test('two ends that are set alike get none', () => {
  expect(soak(PROFILE).result.warnings).toEqual([]);
});

test('a direction that carried more than it can is explained', () => {
  const fast = { from: 'near', to: 'far', lineUtilisation: 1.5 } as DirectionResult;
  expect(warningsOf([], [fast])).toEqual([
    expect.stringMatching(/^near to far carried 1.50 times what its settings/),
  ]);
  expect(warningsOf([], [{ ...fast, lineUtilisation: 1.01 }])).toEqual([]);
});

test('the far end judges by the limits that the near end asked for', () => {
  const profile = `${PROFILE}limits: { latencyMaxMs: 0.001, lostReliable: none }\n`;
  const ends = new TwoEnds(planFrom(profile));
  ends.run(() => ends.near.ended && ends.far.runs > 0);
  expect(ends.far.outcome!.plan!.limits).toMatchObject({ latencyMaxMs: 0.001, duplicated: 0 });
  expect(ends.far.outcome!.plan!.limits.lostReliable).toBeUndefined();
  expect(resultOf(ends, profile).reasons[0]).toMatch(/^latencyMaxMs: /);
});
