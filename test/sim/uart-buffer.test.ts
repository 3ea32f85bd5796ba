import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { type HostOptions, SoakWorld } from '../../src/sim/soak-world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { planOf } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';

/** Overruns and lost messages of five seconds at full rate, both ways. */
function soaked(hosts: HostOptions) {
  const profile = parseProfile(
    'p.yaml',
    'name: p\nduration: 5s\nstreams: [{ from: both, category: reliable-sequential, size: 512 }]\n',
  );
  const world = new SoakWorld({
    plan: planOf(profile, 'uart', { near: 'near', far: 'far' }),
    settings: [DEFAULT_LINE_SETTINGS, DEFAULT_LINE_SETTINGS],
    directions: [{}, {}],
    hosts,
    random: new Random('uart'),
  });
  expect(world.run(600 * SECOND)).toBe(true);
  const about = { seed: '', startedAt: '', rig: {}, profile: {}, limits: profile.limits };
  const { ends, verdict } = buildResult(world.near.end.settledOutcome!, about);
  return {
    overruns: ends.map(({ uart }) => uart?.overrun ?? -1),
    damaged: ends.map(({ errors }) => errors?.damaged ?? -1),
    verdict,
  };
}

describe('a UART with 16 bytes at 115200 baud, 1.4 ms of line time', () => {
  const buffer = { receiveBuffer: 16, batchBytes: 8 };

  test('loses nothing to a host that reads in time', () => {
    expect(soaked(buffer)).toEqual({ overruns: [0, 0], damaged: [0, 0], verdict: 'pass' });
  });

  test('overruns where the host comes up to 0.8 ms late, and what that damages is sent again', () => {
    const { overruns, damaged, verdict } = soaked({ ...buffer, jitter: 0.8 * MILLISECOND });
    expect(Math.min(...overruns)).toBeGreaterThan(0);
    expect(Math.min(...damaged)).toBeGreaterThan(0);
    expect(verdict).toBe('pass');
  });

  test('bears the same host with 128 bytes', () => {
    const roomy = { receiveBuffer: 128, batchBytes: 64, jitter: 0.8 * MILLISECOND };
    expect(soaked(roomy)).toMatchObject({ overruns: [0, 0], verdict: 'pass' });
  });
});
