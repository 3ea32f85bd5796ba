import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Channel, type ChannelOptions } from '../../src/line/channel.ts';
import { World } from '../../src/sim/world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { SoakLink } from '../../src/soak/link.ts';
import { parseProfile } from '../../src/soak/profile.ts';
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
  /** Frames in which the wire inverted at least one bit, towards far and towards near. */
  readonly hits: readonly number[];
}

/** A channel that remembers which frames its faults fell into. */
class Watched {
  readonly channel: Channel;
  readonly #ends: number[] = [];
  readonly #hit = new Set<number>();

  constructor(channel: Channel) {
    this.channel = channel;
  }

  get hits(): number {
    return this.#hit.size;
  }

  get deadline() {
    return this.channel.deadline;
  }

  /** One write is one frame. */
  receive(now: number, bytes: Uint8Array): void {
    this.#ends.push((this.#ends.at(-1) ?? 0) + bytes.length);
    this.channel.receive(now, bytes);
  }

  expire(now: number): void {
    this.channel.expire(now);
  }

  poll(now: number): Uint8Array | undefined {
    return this.channel.poll(now);
  }

  next() {
    const event = this.channel.next();
    if (event?.kind === 'bitError') this.#hit.add(this.#ends.findIndex((end) => event.offset < end));
    return event;
  }
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
  const watched = channels.map((channel) => new Watched(channel));
  const pace = (bytes: number) => lineTime(settings, bytes);
  const onEvent = (_now: number, entry: JournalEntry) => void journal.push(entry);
  const world = new World();
  world.join(
    { name: 'near', machine: near, onEvent },
    { name: 'far', machine: far, onEvent },
    { carrier: watched[0]!, lineTime: pace },
    { carrier: watched[1]!, lineTime: pace },
  );
  world.at(0, (now) => {
    far.end.start(now);
    near.end.start(now);
  });
  world.run(600 * SECOND, () => near.end.ended);
  expect(near.end.outcome).toBeDefined();
  // What was still on the wire arrives, and frames that were cut short are given up.
  world.run(world.now + 10 * SECOND);
  const about = {
    seed,
    startedAt: '2026-11-21T00:00:00Z',
    rig: {},
    profile: {},
    limits: parseProfile('p.yaml', profile).limits,
  };
  const result = buildResult(near.end.outcome!, about);
  return { result, journal, near, far, channels, digest: world.digest, hits: watched.map((one) => one.hits) };
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

test('every frame that the wire hit is counted as exactly one damaged frame', () => {
  for (const seed of ['hit 1', 'hit 2', 'hit 3']) {
    const { near, far, channels, hits } = bench(QUICK, seed, { bitErrorRatio: 2e-5 });
    for (const [index, link] of [far, near].entries()) {
      const { headerCrcErrors, messageCrcErrors, truncated } = link.lineCounters.frames;
      expect(channels[index]!.injected.bitErrors).toBeGreaterThan(5);
      expect(headerCrcErrors + messageCrcErrors + truncated).toBe(hits[index]);
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

test.each(['quick', 'burst', 'torture', 'overnight', 'soak-72h'])(
  'the provided profile %s, shortened, passes over a line with a little noise',
  (name) => {
    const text = readFileSync(`profiles/${name}.yaml`, 'utf8').replace(/^duration: .*$/m, 'duration: 12s');
    const { result } = bench(text, name, { bitErrorRatio: 1e-6 });
    const { limits } = parseProfile(`${name}.yaml`, text);
    const judged = Object.keys(limits).length;
    expect(judged).toBeGreaterThanOrEqual(4);
    expect(result.reasons).toEqual([]);
    expect(result.limits).toHaveLength(judged);
  },
);
