import { expect, test } from 'vitest';
import { buildResult } from '../../src/soak/build-result.ts';
import type { Outcome } from '../../src/soak/outcome.ts';
import { about, QUICK, soak } from './soaking.ts';

/** The near end's outcome of a run in which the far end received ten messages fewer than the near end sent. */
function lossy(): Outcome {
  const outcome = soak(QUICK).ends.near.outcome!;
  const partner = outcome.partner!;
  const received = partner.received.map((one) => ({ ...one, delivered: one.delivered - 10 }));
  return { ...outcome, partner: { ...partner, received } };
}

test('how much this end sent is its own to say, whatever the partner claims', () => {
  const outcome = lossy();
  expect(buildResult(outcome, about(QUICK)).streams[0]).toMatchObject({ from: 'near', lost: 10 });
  // Stream 0 is the near end's; the partner's mark makes it look as if less had been sent.
  const claimed = [{ stream: 0, messages: 1, bytes: 4096 }, ...outcome.partnerSent!];
  const result = buildResult({ ...outcome, partnerSent: claimed }, about(QUICK));
  expect(result.streams[0]).toMatchObject({ from: 'near', lost: 10 });
  expect(result.verdict).toBe('fail');
});

test('the shares of the line that streams side by side used add up to no more than the line', () => {
  const profile = `name: p
duration: 3s
streams:
  - { from: near, category: reliable-sequential, size: 4096 }
  - { from: near, category: sequential, size: 402, rate: { per_second: 0.2 } }
`;
  const { result } = soak(profile);
  const shares = result.streams.map((stream) => stream.lineUtilisation);
  // The second stream is a single message: over its own short time it would look like half a line.
  expect(shares[1]).toBeLessThan(0.05);
  expect(shares[0]! + shares[1]!).toBeLessThanOrEqual(1);
});
