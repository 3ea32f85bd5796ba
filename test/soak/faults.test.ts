import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { SoakWorld } from '../../src/sim/soak-world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { planOf } from '../../src/soak/plan.ts';
import { type Profile, parseProfile } from '../../src/soak/profile.ts';
import type { Result } from '../../src/soak/result.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';

/** A profile of ten seconds with these lines under `faults`. */
function profileWith(...faults: string[]): Profile {
  return parseProfile(
    'p.yaml',
    `name: p
duration: 10s
streams: [{ from: both, category: reliable-sequential, size: 256, rate: { per_second: 10 } }]
faults:
${faults.map((fault) => `  - ${fault}`).join('\n')}
`,
  );
}

/** A soak of that profile over a clean line. */
function soaked(profile: Profile): { result: Result; journal: JournalEntry[]; world: SoakWorld } {
  const journal: JournalEntry[] = [];
  const world = new SoakWorld({
    plan: planOf(profile, 'faults', { near: 'near', far: 'far' }),
    settings: [DEFAULT_LINE_SETTINGS, DEFAULT_LINE_SETTINGS],
    directions: [{}, {}],
    random: new Random('faults'),
    faults: profile.faults,
    onEntry: (entry) => journal.push(entry),
  });
  expect(world.run(600 * SECOND)).toBe(true);
  const about = { seed: '', startedAt: '', rig: {}, profile: {}, limits: profile.limits };
  return { result: buildResult(world.near.end.settledOutcome!, about), journal, world };
}

const errors = ({ ends }: Result): number[] =>
  ends.map(({ frames }) => frames.headerCrcErrors + frames.messageCrcErrors + frames.truncated);

describe('faults of a profile', () => {
  test('that the port could not do are told as refused, in the result and in words', () => {
    const { world } = soaked(profileWith('{ do: break, at: 2s }', '{ do: pause, at: 3s }'));
    world.near.end.faults.refuse('break');
    const about = { seed: '', startedAt: '', rig: {}, profile: {}, limits: {} };
    const { faults, warnings } = buildResult(world.near.end.settledOutcome!, about);
    expect(faults).toEqual([
      { fault: 'break', at: 2, seconds: 0.25, refused: true },
      { fault: 'pause', at: 3, seconds: 0.25 },
    ]);
    expect(warnings).toContain('the port at near cannot do break: that fault was not injected');
    expect(warnings).toContainEqual(expect.stringContaining('injected faults (pause 1 time)'));
  });

  test('stand in the journal and in the result, and a run without them has neither', () => {
    const { result, journal } = soaked(profileWith('{ do: pause, at: 2s, for: 1s, every: 4s }'));
    const entries = journal.filter(({ event }) => event.startsWith('fault'));
    expect(entries.map(({ event, end, fault }) => `${end} ${event} ${fault}`)).toEqual([
      ...['near faultBegan pause', 'near faultEnded pause', 'near faultBegan pause', 'near faultEnded pause'],
    ]);
    expect(result.faults?.map(({ at, seconds }) => [at, seconds])).toEqual([
      [2, 1],
      [6, 1],
    ]);
    const { faults: _, ...without } = profileWith('{ do: pause, at: 2s }');
    expect(soaked(without).result).not.toHaveProperty('faults');
  });

  test('noise damages frames both ways, which the transport sends again; without it nothing is damaged', () => {
    const noisy = soaked(profileWith('{ do: noise, at: 1s, for: 8s, bit_error_ratio: 1.0e-4 }')).result;
    expect(Math.min(...errors(noisy))).toBeGreaterThan(0);
    expect(noisy.verdict).toBe('pass');
    expect(errors(soaked(profileWith('{ do: pause, at: 1s }')).result)).toEqual([0, 0]);
  });

  test('pause holds new messages back, and only those', () => {
    const { result } = soaked(profileWith('{ do: pause, at: 1s, for: 60s }'));
    const [near, far] = result.streams;
    expect(near!.sent).toBeLessThan(far!.sent / 2);
    expect(result.verdict).toBe('pass');
  });

  test('cut: nothing passes either way meanwhile, and nothing reliable is missing afterwards', () => {
    const { result } = soaked(profileWith('{ do: cut, at: 2s, for: 6s }'));
    expect(result.streams.map(({ lost }) => lost)).toEqual([0, 0]);
    expect(result.streams[1]!.latencyMs.max).toBeGreaterThan(5_000);
    expect(result.verdict).toBe('pass');
  });
});

test.each([
  ['{ do: pull, at: 2s }', 'p.yaml:5:11 faults.0.do: expected cut, pause, noise'],
  ['{ do: cut, at: soon }', 'faults.0.at: expected a length of time'],
  ['{ do: cut }', 'faults.0.at: is missing'],
  ['{ do: noise, at: 1s }', 'faults.0.bit_error_ratio: expected with do: noise'],
  ['{ do: cut, at: 1s, bit_error_ratio: 0.1 }', 'faults.0.bit_error_ratio: expected with do: noise'],
  ['{ do: cut, at: 1s, for: 2h }', 'faults.0.for: expected'],
])('%s is refused, with its place', (fault, complaint) => {
  expect(() => profileWith(fault)).toThrow(complaint);
});
