import { describe, expect, it } from 'vitest';
import { type Duration, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { FramedLine, type FramedLineOptions } from './framed-line.ts';

const SEEDS = ['a', 'b', 'c', 'd', 'e'];

interface Case {
  readonly baud: number;
  readonly latency?: number;
  readonly bitErrorRatio: number;
  /** Least utilisation: the median of the seeds, and the worst. */
  readonly median: number;
  readonly worst: number;
  /** Seconds of line that the payload takes; 12 unless given. */
  readonly seconds?: number;
}

const FAR = { baud: 33_600, latency: 100 * MILLISECOND, seconds: 20 };

/** One automatic setting for all of them. */
const CASES: readonly Case[] = [
  { baud: 115_200, bitErrorRatio: 0, median: 0.985, worst: 0.98 },
  { baud: 115_200, bitErrorRatio: 1e-6, median: 0.97, worst: 0.955 },
  { baud: 115_200, bitErrorRatio: 1e-5, median: 0.925, worst: 0.9 },
  { baud: 115_200, bitErrorRatio: 3e-5, median: 0.88, worst: 0.85 },
  { baud: 115_200, bitErrorRatio: 1e-4, median: 0.8, worst: 0.77 },
  { baud: 115_200, bitErrorRatio: 3e-4, median: 0.68, worst: 0.64 },
  { baud: 921_600, bitErrorRatio: 1e-4, median: 0.75, worst: 0.75, seconds: 3 },
  { ...FAR, bitErrorRatio: 0, median: 0.96, worst: 0.96 },
  { ...FAR, bitErrorRatio: 1e-5, median: 0.9, worst: 0.88 },
  { ...FAR, bitErrorRatio: 1e-4, median: 0.72, worst: 0.7 },
];

/** Utilisations of a transfer from end 0 to end 1, handshake and tail included, in rising order. */
function transfers({ baud, bitErrorRatio, latency, seconds = 12 }: Case): number[] {
  const each = (seed: string) => {
    const options = { seed, baud, bitErrorRatio, messageSize: 1024, ...(latency && { latency }) };
    const line = new FramedLine(options).transfer(0, (seconds * baud) / 10);
    expect(line.ends[1].wrong).toEqual([]);
    return line.utilisation(1);
  };
  return SEEDS.map(each).sort((a, b) => a - b);
}

describe('a transfer one way, start-up included, in frames that size themselves,', () => {
  for (const one of CASES) {
    const { baud, bitErrorRatio, latency, median, worst } = one;
    const where = `${baud} baud${latency ? ' with 100 ms each way' : ''} and bit errors at ${bitErrorRatio}`;
    it(`uses ${median} of the line at ${where}`, () => {
      const used = transfers(one);
      expect(used[used.length >> 1]).toBeGreaterThanOrEqual(median);
      expect(used[0]).toBeGreaterThanOrEqual(worst);
    });
  }
});

describe('both ways at once', () => {
  const both = (options: Omit<FramedLineOptions, 'seed'>, seconds: number) =>
    new FramedLine({ seed: 'both', messageSize: 1024, ...options }).saturate(0, 1).run(seconds * SECOND);

  it('a clean line is used to 0.97 each way', () => {
    const line = both({ baud: 115_200 }, 12);
    for (const end of [0, 1] as const) expect(line.utilisation(end)).toBeGreaterThanOrEqual(0.97);
  });

  it('a noisy one to 0.90 at 1e-5 and 0.75 at 1e-4, and neither way starves the other', () => {
    for (const [bitErrorRatio, least] of [
      [1e-5, 0.9],
      [1e-4, 0.75],
    ] as const) {
      const line = both({ baud: 115_200, bitErrorRatio }, 12);
      for (const end of [0, 1] as const) {
        expect(line.utilisation(end)).toBeGreaterThanOrEqual(least);
        expect(line.ends[end].wrong).toEqual([]);
      }
    }
  });

  it('300 baud are shared fairly, answers come within seconds, and nothing is repeated without need', () => {
    const line = both({ baud: 300, ahead: 200, messageSize: 60 }, 300);
    for (const { connection, retries } of line.ends) {
      expect(retries).toBe(0);
      expect(connection.statistics.roundTrip.p99).toBeLessThan(6 * SECOND);
    }
    expect(line.utilisation(0)).toBeGreaterThan(0.75);
    expect(line.utilisation(1)).toBeGreaterThan(0.75);
  });
});

describe('a line that is cut for two seconds in mid-transfer', () => {
  const CUT = 5 * SECOND;
  const FOR = 2 * SECOND;

  /** How long after the heal the first message was delivered. */
  function heal(at: Instant, messageSize: number, ends: readonly (0 | 1)[]): Duration {
    const events = [{ kind: 'cut' as const, at, for: FOR }];
    const line = new FramedLine({ seed: 'cut', baud: 115_200, messageSize, channel: { events } });
    const healed = at + FOR;
    line.saturate(...ends).run(healed + 5 * SECOND);
    const first = line.ends[1].deliveries.find((each) => each >= healed)!;
    expect(line.ends[1].wrong).toEqual([]);
    expect(line.ends[1].deliveries.filter((each) => each > first).length).toBeGreaterThan(0);
    return first - healed;
  }

  it('carries data again within one retry interval and one frame, whenever it is cut, and loses and repeats none', () => {
    for (const ends of [[0], [0, 1]] as const) {
      for (const messageSize of [256, 512]) {
        for (let n = 0; n < 8; n++) {
          // The interval under way is 6B at least, with B = 100 ms and 2.5 round trips: 0.7 s. It takes half as long: a
          // repeat that arrives shows all that was lost before it, itself repeated or not.
          const after = heal(CUT + n * 37 * MILLISECOND, messageSize, ends);
          expect(after, `${messageSize} bytes, cut number ${n}`).toBeLessThan(350 * MILLISECOND);
        }
      }
    }
  });
});
