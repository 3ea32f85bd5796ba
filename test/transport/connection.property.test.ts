import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Connection } from '../../src/transport/connection.ts';
import { type Traffic, TwoEnds } from './two-ends.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** What holds for every direction once everything has been acknowledged. */
function check({ sent, delivered, wrong, receipts, count }: Traffic): void {
  expect(wrong).toEqual([]);
  expect(delivered[0]).toEqual(numbers(sent[0]!));
  expect([...delivered[1]!].sort((a, b) => a - b)).toEqual(numbers(sent[1]!));
  expect(delivered[2]).toEqual([...new Set(delivered[2])].sort((a, b) => a - b));
  expect(new Set(delivered[3]).size).toBe(delivered[3]!.length);
  const told = [...receipts.acknowledged, ...receipts.lost].sort((a, b) => a - b);
  expect(told).toEqual(numbers(count));
}

function run(
  seed: string,
  pipe: { loss: number; duplication: number; jitter: number },
  baud?: number,
): TwoEnds {
  const ends = new TwoEnds({
    seed,
    pipe,
    ...(baud === undefined ? {} : { baud }),
    connection: { frameSizeMax: 104 },
  });
  const random = ends.random.fork('traffic');
  for (let n = 0; n < 150; n++) {
    const from = random.below(2) as 0 | 1;
    const category = random.below(4);
    const size = random.chance(0.2) ? random.between(100, 1500) : random.between(4, 90);
    ends.world.at(SECOND + random.below(5 * SECOND), (now) => ends.send(now, from, category, size));
  }
  ends.world.at(7 * SECOND, (now) => ends.connections[0].close(now));
  ends.world.run(200 * SECOND);
  return ends;
}

describe('over any pipe that loses, repeats and reorders', () => {
  const pipes = fc.record({
    loss: fc.double({ min: 0, max: 0.25, noNaN: true }),
    duplication: fc.double({ min: 0, max: 0.3, noNaN: true }),
    jitter: fc.integer({ min: 0, max: 30 * MILLISECOND }),
  });

  it('reliable messages arrive exactly once and unaltered, sequential ones in order, and every receipt comes once [2.2.17-05] [2.2.17-07]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), pipes, fc.boolean(), (seed, pipe, paced) => {
        const ends = run(`property ${seed}`, pipe, paced ? 57_600 : undefined);
        for (const traffic of ends.traffic) check(traffic);
        expect(ends.outstandingMax).toBeLessThanOrEqual(64);
        expect(ends.of(0, 'closed')).toEqual([{ type: 'closed', cause: 'local', undelivered: 0 }]);
        expect([...ends.of(0, 'violation'), ...ends.of(1, 'violation')]).toEqual([]);
      }),
      { seed: 20_261_121, numRuns: 40 },
    );
  });

  it('one seed gives one run, to the last byte', () => {
    const pipe = { loss: 0.1, duplication: 0.1, jitter: 10 * MILLISECOND };
    const digest = () => run('twice', pipe, 115_200).world.digest;
    expect(digest()).toBe(digest());
    expect(run('other', pipe, 115_200).world.digest).not.toBe(digest());
  });
});

describe('a saturated line', () => {
  const HOUR = 3600 * SECOND;
  const used = (ends: TwoEnds, from: 0 | 1, seconds: number) =>
    ends.traffic[from].bytesDelivered / (seconds * 11_520);

  it('carries frames of 1400 bytes both ways at once, start-up included, without one retry', () => {
    const ends = new TwoEnds({ seed: 'saturated', baud: 115_200 });
    ends.saturate([0, 1], 1396, HOUR);
    ends.world.run(60 * SECOND);
    expect(used(ends, 0, 60)).toBeGreaterThan(0.985);
    expect(used(ends, 1, 60)).toBeGreaterThan(0.985);
    expect([...ends.of(0, 'retried'), ...ends.of(1, 'retried')]).toEqual([]);
  });

  it('with bit errors at 1e-5 both ways repeats no more than the damaged frames', () => {
    const ends = new TwoEnds({ seed: 'noisy', baud: 115_200, pipe: { bitErrorRatio: 1e-5 } });
    ends.saturate([0, 1], 1396, HOUR);
    ends.world.run(120 * SECOND);
    for (const from of [0, 1] as const) {
      expect(ends.pipes[from].lost).toBeGreaterThan(50);
      expect(used(ends, from, 120)).toBeGreaterThan(0.925);
      expect(ends.traffic[from].wrong).toEqual([]);
      expect(ends.connections[from].statistics.retries).toBeLessThanOrEqual(ends.pipes[from].lost);
    }
  });

  it('is never resent anything while only the line is slow', () => {
    for (const [baud, frameSizeMax] of [
      [300, 64],
      [1200, 256],
      [9600, 1400],
    ] as const) {
      const ends = new TwoEnds({ seed: `slow ${baud}`, baud, connection: { frameSizeMax } });
      ends.saturate([0, 1], frameSizeMax - 4, HOUR, 2 * frameSizeMax);
      ends.world.run(300 * SECOND);
      expect([...ends.of(0, 'retried'), ...ends.of(1, 'retried')]).toEqual([]);
      expect(ends.traffic[0].bytesDelivered / (300 * (baud / 10))).toBeGreaterThan(0.7);
    }
  });

  it('is kept busy by 64 frames over two seconds of latency each way', () => {
    const ends = new TwoEnds({ seed: 'far away', baud: 33_600, pipe: { latency: 2 * SECOND } });
    ends.saturate([0], 1396, HOUR);
    ends.world.run(300 * SECOND);
    expect(ends.traffic[0].bytesDelivered / (300 * 3360)).toBeGreaterThan(0.9);
    expect(ends.of(0, 'retried')).toEqual([]);
  });
});

describe('a line that is cut', () => {
  it('for two seconds in mid-transfer loses and repeats nothing, and goes on within a retry interval', () => {
    const ends = new TwoEnds({ seed: 'cut', baud: 115_200 });
    ends.saturate([0, 1], 1396, 12 * SECOND);
    const cut = (isCut: boolean) => () => {
      for (const pipe of ends.pipes) pipe.isCut = isCut;
    };
    ends.world.at(5 * SECOND, cut(true));
    ends.world.at(7 * SECOND, cut(false));
    ends.world.run(7 * SECOND);
    const before = ends.traffic[0].bytesDelivered;
    ends.world.run(10 * SECOND);
    expect(ends.traffic[0].bytesDelivered - before).toBeGreaterThan(1.5 * 11_520);
    ends.world.run(60 * SECOND);
    for (const traffic of ends.traffic) check(traffic);
  });

  it('for good ends the connection after the last retry, with what was undelivered', () => {
    const ends = new TwoEnds({ seed: 'dead', baud: 115_200 });
    ends.world.run(SECOND);
    for (const pipe of ends.pipes) pipe.isCut = true;
    ends.world.at(SECOND, (now) => {
      for (let n = 0; n < 100; n++) ends.send(now, 0, 0, 1000);
    });
    ends.world.run(120 * SECOND);
    expect(ends.of(0, 'closed')).toEqual([{ type: 'closed', cause: 'retries', undelivered: 100 }]);
    expect(ends.traffic[0].receipts.lost).toEqual(numbers(100));
    expect(ends.connections[0].deadline).toBeUndefined();
  });

  it('under nothing but unreliable traffic is noticed as well', () => {
    const ends = new TwoEnds({ seed: 'dead', baud: 115_200 });
    ends.world.run(SECOND);
    for (const pipe of ends.pipes) pipe.isCut = true;
    ends.world.at(SECOND, (now) => ends.send(now, 0, 2, 100));
    ends.world.run(120 * SECOND);
    expect(ends.of(0, 'closed')).toMatchObject([{ cause: 'retries' }]);
  });
});

describe('a partner that sends arbitrary valid frames with lying fields', () => {
  it('is never answered with a throw, a frame beyond the window, or memory without bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), (seed) => {
        const random = new Random(`liar ${seed}`);
        const connection = new Connection({ random, version: 0x00010006, messageSizeMax: 5000 });
        let now = 0;
        const put = (bytes: number[]) => connection.receive(now, Uint8Array.from(bytes));
        connection.listen(now);
        put([0x88, 1, 0, 0, 6, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        connection.poll(now);
        put([0x80, 2, 0, 0, 6, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        for (let n = 0; n < 300; n++) {
          now += random.below(200 * MILLISECOND);
          connection.send(now, new Uint8Array(random.below(100)), {
            reliable: n % 3 > 0,
            sequential: n % 2 > 0,
          });
          const bytes = [...random.fill(new Uint8Array(random.between(4, 40)))];
          if (random.chance(0.7)) bytes[0]! |= 1;
          else bytes.splice(0, 2, 0x80, random.pick([1, 2, 6, 6, 6]));
          put(bytes);
          connection.expire(now);
          for (let polls = 0; polls < 200 && connection.poll(now) !== undefined; polls++) {
            expect(polls).toBeLessThan(150);
          }
          while (connection.next() !== undefined);
          expect(connection.statistics.outstanding).toBeLessThanOrEqual(64);
        }
      }),
      { seed: 20_261_122, numRuns: 60 },
    );
  });
});
