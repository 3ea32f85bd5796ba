import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { SoakWorld } from '../../src/sim/soak-world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { planOf } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import type { Result } from '../../src/soak/result.ts';

/** A provided profile over a simulated line, its traffic cut down to `seconds`; the line is cut at `cutAt` for `cutFor` seconds. */
function shortened(
  file: string,
  seconds: number,
  { cutAt = 0, cutFor = 0, bitErrorRatio = 0, withFaults = false } = {},
): Result {
  const profile = {
    ...parseProfile(file, readFileSync(`profiles/${file}`, 'utf8')),
    duration: seconds * SECOND,
  };
  const world = new SoakWorld({
    plan: planOf(profile, `short ${file}`, { near: 'near', far: 'far' }),
    settings: [DEFAULT_LINE_SETTINGS, DEFAULT_LINE_SETTINGS],
    directions: [{ bitErrorRatio }, { bitErrorRatio }],
    random: new Random(`short ${file}`),
    faults: withFaults ? profile.faults : undefined,
  });
  if (cutFor > 0) {
    world.world.at(cutAt * SECOND, (now) => {
      for (const wire of world.wires) wire.cut(now, cutFor * SECOND);
    });
  }
  expect(world.run((seconds + 600) * SECOND)).toBe(true);
  const about = { seed: '', startedAt: '', rig: {}, profile: {}, limits: profile.limits };
  return buildResult(world.near.end.settledOutcome!, about);
}

describe('every provided soak profile, in shortened form', () => {
  const SECONDS: Readonly<Record<string, number>> = {
    'burst.yaml': 12,
    'cable-pull.yaml': 30,
    'dxdiag-chat.yaml': 60,
    'overnight.yaml': 20,
    'quick.yaml': 5,
    'soak-72h.yaml': 20,
    'torture.yaml': 10,
  };
  const soaks = readdirSync('profiles').filter((name) => {
    return name.endsWith('.yaml') && /^streams:/m.test(readFileSync(`profiles/${name}`, 'utf8'));
  });

  test.each(soaks)('%s passes on a good line, and every stream of it carries something', (file) => {
    const { verdict, reasons, streams, directions } = shortened(file, SECONDS[file] ?? 10);
    expect(reasons).toEqual([]);
    expect(verdict).toBe('pass');
    for (const stream of streams) expect(stream.delivered).toBeGreaterThan(0);
    for (const { passage } of directions!) expect(passage?.framesLost ?? 0).toBe(0);
  });

  test.each(['overnight.yaml', 'soak-72h.yaml'])('%s passes on a slightly noisy line', (file) => {
    expect(shortened(file, 20, { bitErrorRatio: 2e-7 })).toMatchObject({ verdict: 'pass', reasons: [] });
  });

  test('cable-pull.yaml passes when the cable is out for eight seconds, and nothing reliable is missing', () => {
    const { verdict, reasons, streams, ends } = shortened('cable-pull.yaml', 40, { cutAt: 15, cutFor: 8 });
    expect(reasons).toEqual([]);
    expect(verdict).toBe('pass');
    const [reliable, , unreliable] = streams;
    expect(reliable).toMatchObject({ lost: 0, duplicated: 0, misordered: 0 });
    expect(unreliable!.lost + reliable!.latencyMs.max).toBeGreaterThan(5_000);
    for (const { seconds } of ends) expect(seconds!.severelyErrored).toBeGreaterThanOrEqual(6);
  });

  test('cable-pull.yaml pulls the cable itself, says so, and nothing reliable is missing', () => {
    const { verdict, reasons, warnings, streams, faults, directions } = shortened('cable-pull.yaml', 120, {
      withFaults: true,
    });
    expect(reasons).toEqual([]);
    expect(verdict).toBe('pass');
    expect(faults).toEqual([
      { fault: 'cut', at: 20, seconds: 5 },
      { fault: 'cut', at: 70, seconds: 12 },
    ]);
    expect(warnings![0]).toContain('the profile injected faults (cut 2 times)');
    expect(streams[0]).toMatchObject({ lost: 0, duplicated: 0, misordered: 0 });
    expect(directions!.map(({ passage }) => passage!.framesLost > 0)).toEqual([false, true]);
    expect(Math.max(...streams.map(({ latencyMs }) => latencyMs.max))).toBeGreaterThan(10_000);
  });

  test('dxdiag-chat.yaml sends unreliable, sequential messages of 402 bytes at the pace of people', () => {
    const { streams } = shortened('dxdiag-chat.yaml', 120);
    for (const { category, sent, delivered, bytesDelivered } of streams) {
      expect(category).toBe('sequential');
      // A pause of 0.8 to 8 s: 4.4 s on average.
      expect(sent).toBeGreaterThan(18);
      expect(sent).toBeLessThan(40);
      expect(bytesDelivered).toBe(402 * delivered);
    }
  });
});
