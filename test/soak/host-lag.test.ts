import { expect, test } from 'vitest';
import { Histogram } from '../../src/base/histogram.ts';
import { MILLISECOND } from '../../src/base/instant.ts';
import { hostFigures } from '../../src/soak/host-lag.ts';
import { soak } from './soaking.ts';
import { planFrom, TwoEnds } from './two-ends.ts';

test('the lag of a host is that of the timers of this run, stalls of an earlier one left out', () => {
  const lag = new Histogram();
  lag.add(900 * MILLISECOND);
  for (let i = 0; i < 50; i++) lag.add(MILLISECOND / 2);
  const before = lag.snapshot();
  expect(hostFigures(before, new Histogram().snapshot())).toMatchObject({ timers: 51, stalls: 1 });
  for (let i = 0; i < 97; i++) lag.add(MILLISECOND);
  for (let i = 0; i < 3; i++) lag.add(120 * MILLISECOND);
  const { timers, stalls, lagMs } = hostFigures(lag.snapshot(), before);
  expect({ timers, stalls }).toEqual({ timers: 100, stalls: 3 });
  expect(lagMs.p50).toBeCloseTo(1, 1);
  expect(lagMs.max).toBeGreaterThanOrEqual(120);
  expect(lagMs.max).toBeLessThan(125);
  expect(hostFigures(before, before)).toEqual({ timers: 0, stalls: 0, lagMs: { p50: 0, p99: 0, max: 0 } });
});

test('both ends publish their lag in samples and in the result, and a stall is a warning', () => {
  const near = new Histogram();
  const far = new Histogram();
  const profile = 'name: a\nduration: 3s\nstreams:\n  - { from: both, category: reliable, size: 400 }\n';
  const { ends, result } = soak(profile, {
    near: { hostLag: () => near.snapshot() },
    far: {
      hostLag: () => {
        if (far.count < 5) far.add(400 * MILLISECOND);
        return far.snapshot();
      },
    },
  });
  expect(result.ends[0]!.host).toMatchObject({ timers: 0 });
  expect(result.ends[1]!.host!.lagMs.max).toBeGreaterThanOrEqual(400);
  expect(ends.near.sample(ends.clock('near')).host).toMatchObject({ stalls: 0 });
  expect(result.warnings).toEqual([expect.stringMatching(/^the host at far was late by up to \d+ ms/)]);
  expect(new TwoEnds(planFrom(profile)).near.sample(0).host).toBeNull();
});
