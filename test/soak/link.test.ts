import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Channel, type ChannelOptions } from '../../src/line/channel.ts';
import { World } from '../../src/sim/world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { PRESET_LIMITS } from '../../src/soak/limits.ts';
import { SoakLink } from '../../src/soak/link.ts';
import type { Result } from '../../src/soak/result.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import { planFrom } from './two-ends.ts';

const QUICK = `name: quick
duration: 15s
streams:
  - { from: both, category: reliable-sequential, size: 4096 }
`;

interface Bench {
  readonly result: Result;
  readonly journal: readonly JournalEntry[];
  readonly near: SoakLink;
  readonly far: SoakLink;
  readonly channels: readonly Channel[];
  readonly digest: number;
}

/** A soak over two simulated wires, bytes and all. */
function bench(profile: string, seed: string, wire: Partial<ChannelOptions> = {}): Bench {
  const settings = DEFAULT_LINE_SETTINGS;
  const random = new Random(seed);
  const journal: JournalEntry[] = [];
  const link = (role: 'join' | 'host') =>
    new SoakLink({
      role,
      line: settings,
      random: random.fork(role),
      startedAt: 0,
      ...(role === 'join' ? { plan: planFrom(profile, seed) } : {}),
    });
  const [near, far] = [link('join'), link('host')];
  const channels = ['to far', 'to near'].map(
    (name) => new Channel({ settings, random: random.fork(name), ...wire }),
  );
  const pace = (bytes: number) => lineTime(settings, bytes);
  const onEvent = (_now: number, entry: JournalEntry) => void journal.push(entry);
  const world = new World();
  world.join(
    { name: 'near', machine: near, onEvent },
    { name: 'far', machine: far, onEvent },
    { carrier: channels[0]!, lineTime: pace },
    { carrier: channels[1]!, lineTime: pace },
  );
  world.at(0, (now) => {
    far.end.start(now);
    near.end.start(now);
  });
  world.run(600 * SECOND, () => near.end.ended);
  expect(near.end.outcome).toBeDefined();
  const about = { seed, startedAt: '2026-11-21T00:00:00Z', rig: {}, profile: {}, limits: PRESET_LIMITS };
  const result = buildResult(near.end.outcome!, about);
  return { result, journal, near, far, channels, digest: world.digest };
}

test('a 15 s profile over two perfect simulated wires passes and uses at least 0.95 of each', () => {
  const { result } = bench(QUICK, 'perfect');
  expect(result.reasons).toEqual([]);
  expect(result.verdict).toBe('pass');
  for (const stream of result.streams) {
    expect(stream.lineUtilisation).toBeGreaterThanOrEqual(0.95);
    expect(stream.lineUtilisation).toBeLessThanOrEqual(1);
  }
  for (const end of result.ends) {
    expect(end.bytes.skipped).toBe(0);
    expect(end.frames).toMatchObject({ headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 });
    expect(end.connection.retries).toBe(0);
  }
});

test('a 15 s profile over noisy wires shows every damaged frame and loses, repeats, reorders and alters nothing', () => {
  for (const seed of ['noise 1', 'noise 2']) {
    const { result, channels, journal } = bench(QUICK, seed, {
      bitErrorRatio: 1e-5,
      latency: 2 * MILLISECOND,
    });
    expect(result.reasons).toEqual([]);
    expect(result.verdict).toBe('pass');
    for (const stream of result.streams) {
      expect(stream).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, corrupted: 0, truncated: 0 });
    }
    for (const [index, channel] of channels.entries()) {
      const end = result.ends[1 - index]!;
      expect(channel.injected.bitErrors).toBeGreaterThan(3);
      expect(end.frames.headerCrcErrors + end.frames.messageCrcErrors).toBeGreaterThan(3);
      expect(
        journal.filter((entry) => entry.event === 'damage' && entry.end === end.name).length,
      ).toBeGreaterThan(3);
    }
  }
});

test('payloads of sync bytes, XON, XOFF and plus signs come through noise unaltered', () => {
  const profile = `name: torture
duration: 10s
streams:
${['marks', 'xon-xoff', 'escape', 'zeros', 'walking-bits']
  .map(
    (payload) =>
      `  - { from: both, category: reliable-sequential, size: { min: 20, max: 4096 }, payload: ${payload} }`,
  )
  .join('\n')}
`;
  const { result } = bench(profile, 'torture', { bitErrorRatio: 1e-5, byteDropRatio: 1e-5 });
  expect(result.reasons).toEqual([]);
  for (const stream of result.streams) expect(stream.delivered).toBeGreaterThan(2);
});

test('a line cut for two seconds in the middle costs time and nothing else', () => {
  const { result } = bench(QUICK, 'cut', { events: [{ kind: 'cut', at: 5 * SECOND, for: 2 * SECOND }] });
  expect(result.reasons).toEqual([]);
  for (const stream of result.streams)
    expect(stream).toMatchObject({ lost: 0, duplicated: 0, misordered: 0 });
});

test('the same seed gives the same bytes at the same moments', () => {
  const profile = QUICK.replace('15s', '4s');
  const [one, again] = [1, 2].map(() => bench(profile, 'twice', { bitErrorRatio: 3e-5 }));
  expect(again!.digest).toBe(one!.digest);
  expect(again!.result).toEqual(one!.result);
  expect(again!.journal).toEqual(one!.journal);
});
