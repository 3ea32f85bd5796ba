/** A soak in virtual time from a profile's text to its result. Judges nothing itself. */
import { type About, buildResult } from '../../src/soak/build-result.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import type { Result } from '../../src/soak/result.ts';
import { planFrom, TwoEnds, type TwoEndsOptions } from './two-ends.ts';

/** Large reliable messages both ways. */
export const QUICK = `name: quick
duration: 15s
streams:
  - { from: both, category: reliable-sequential, size: 4096 }
`;

/** What a result says that no machine knows. */
export function about(profile: string): About {
  const { limits } = parseProfile('p.yaml', profile);
  return { seed: 'test', startedAt: '2026-11-21T00:00:00Z', rig: {}, profile: {}, limits };
}

/** Runs a profile to the near end's outcome. */
export function soak(profile: string, options: TwoEndsOptions = {}): { ends: TwoEnds; result: Result } {
  const ends = new TwoEnds(planFrom(profile), options);
  ends.run(() => ends.near.ended);
  return { ends, result: resultOf(ends, profile) };
}

/** The result as the near end makes it. */
export function resultOf(ends: TwoEnds, profile: string): Result {
  return buildResult(ends.near.outcome!, about(profile));
}

/** What the journal of one end says happened, in order. */
export function events(ends: TwoEnds, end: string): string[] {
  return ends.journal.filter((entry) => entry.end === end).map((entry) => entry.event);
}
