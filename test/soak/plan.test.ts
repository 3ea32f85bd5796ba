import { expect, test } from 'vitest';
import { namesStreams } from '../../src/soak/plan.ts';
import { resultOf } from './soaking.ts';
import { planFrom, TwoEnds } from './two-ends.ts';

const PROFILE = `name: two each way
duration: 5s
streams:
  - { from: both, category: reliable-sequential, size: 333 }
  - { from: both, category: unreliable, size: 40, rate: { per_second: 2 } }
`;

test('marks and reports owe each stream of their end once, and nothing else', () => {
  const plan = planFrom(PROFILE);
  const named = (...streams: number[]) => streams.map((stream) => ({ stream }));
  const far = plan.streams.flatMap(({ from }, index) => (from === 'far' ? [index] : []));
  expect(far).toEqual([1, 3]);
  expect(namesStreams(plan, 'far', named(3, 1))).toBe(true);
  for (const wrong of [named(), named(1), named(1, 1), named(1, 3, 0), named(1, 4)]) {
    expect(namesStreams(plan, 'far', wrong)).toBe(false);
  }
});

test('a partner whose mark leaves out a stream does not pass', () => {
  const ends = new TwoEnds(planFrom(PROFILE), {
    tamper: (message, to) => {
      const text = new TextDecoder('latin1').decode(message.body.subarray(4));
      if (to !== 'near' || !text.includes('"type":"marks"')) return message;
      const shorter = `${text.slice(0, text.lastIndexOf(',{"stream"'))}]}`;
      const body = Uint8Array.from([...message.body.subarray(0, 4), ...Buffer.from(shorter, 'latin1')]);
      return { ...message, body };
    },
  });
  ends.run(() => ends.near.ended);
  const result = resultOf(ends, PROFILE);
  expect(result.verdict).toBe('fail');
  expect(ends.near.outcome?.own.violations).toBeGreaterThan(0);
  expect(ends.journal).toContainEqual(
    expect.objectContaining({ event: 'violation', text: 'marks that do not fit the plan' }),
  );
});
