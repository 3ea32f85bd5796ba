/** The data of a call: pace, latency, noise with and without error correction, retrains, cuts, compression. */
import { describe, expect, test } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { CallDirection } from '../../src/modem/call-direction.ts';
import type { LineTerms } from '../../src/modem/line-terms.ts';
import { CompressionEstimate } from '../../src/modem/v42bis.ts';

const CORRECTED: LineTerms = { rate: 28_800, modulation: 'V34', corrected: true, compressed: false };
const PLAIN: LineTerms = { ...CORRECTED, corrected: false };

/** A direction between two piles of bytes. `looks` are the moments at which it is looked at, besides its deadlines. */
class Pipe {
  readonly direction: CallDirection;
  readonly arrived: number[] = [];
  readonly times: Instant[] = [];
  waiting: number[] = [];
  room = 4_096;

  constructor(terms: LineTerms, options: { latency?: number; bitErrorRatio?: number; seed?: string } = {}) {
    const ends = {
      waiting: () => this.waiting.length,
      take: (max: number) => Uint8Array.from(this.waiting.splice(0, max)),
      room: () => this.room,
      give: (now: Instant, bytes: Uint8Array) => {
        this.arrived.push(...bytes);
        this.times.push(now);
      },
    };
    const { latency = 0, bitErrorRatio = 0, seed = 'pipe' } = options;
    this.direction = new CallDirection(0, ends, { terms, latency, bitErrorRatio, random: new Random(seed) });
  }

  offer(now: Instant, bytes: Uint8Array): void {
    this.waiting.push(...bytes);
    this.direction.advance(now);
  }

  /** Looks at every deadline until all has arrived; when that was. */
  finish(): Instant {
    for (let steps = 0; steps < 100_000; steps++) {
      const due = this.direction.deadline;
      if (due === undefined) return this.times.at(-1) ?? 0;
      this.direction.advance(due);
    }
    throw new Error('it does not end');
  }
}

const data = (length: number): Uint8Array => new Random('data').fill(new Uint8Array(length));

describe('without error correction', () => {
  test('a byte takes ten bits of the line, and the latency', () => {
    const pipe = new Pipe(PLAIN, { latency: 100 * MILLISECOND });
    pipe.offer(0, data(28_800));
    expect(pipe.finish()).toBe(10 * SECOND + 100 * MILLISECOND);
    expect(Uint8Array.from(pipe.arrived)).toEqual(data(28_800));
  });

  test('bits are wrong as often as asked, from the seed, and nothing is lost', () => {
    const pipe = new Pipe(PLAIN, { bitErrorRatio: 1e-3 });
    const sent = data(50_000);
    pipe.offer(0, sent);
    pipe.finish();
    expect(pipe.arrived).toHaveLength(50_000);
    const wrong = pipe.arrived.reduce(
      (sum, byte, at) => sum + ((byte ^ sent[at]!).toString(2).match(/1/g)?.length ?? 0),
      0,
    );
    expect(wrong).toBeGreaterThan(340);
    expect(wrong).toBeLessThan(460);
    expect(pipe.direction.counts.damaged).toBeGreaterThan(330);
    const again = new Pipe(PLAIN, { bitErrorRatio: 1e-3 });
    again.offer(0, sent);
    again.finish();
    expect(again.arrived).toEqual(pipe.arrived);
  });

  test('what is sent while the carrier is gone vanishes', () => {
    const pipe = new Pipe(PLAIN);
    pipe.offer(0, data(5_760));
    pipe.direction.cut(SECOND);
    pipe.finish();
    expect(pipe.direction.counts.vanished).toBeGreaterThan(2_800);
    expect(pipe.direction.counts.vanished + pipe.arrived.length).toBe(5_760);
  });
});

describe('with error correction', () => {
  test('a quiet line carries eight bits for a byte and seven bytes for a frame', () => {
    const pipe = new Pipe(CORRECTED);
    pipe.offer(0, data(12_800));
    expect(pipe.finish() / SECOND).toBeCloseTo((100 * 135 * 8) / 28_800, 2);
  });

  test('a noisy line delivers all, clean, in order and later', () => {
    const pipe = new Pipe(CORRECTED, { bitErrorRatio: 1e-4, latency: 50 * MILLISECOND });
    pipe.offer(0, data(12_800));
    expect(pipe.finish() / SECOND).toBeGreaterThan((100 * 135 * 8) / 28_800 + 1);
    expect(Uint8Array.from(pipe.arrived)).toEqual(data(12_800));
    expect(pipe.direction.counts.resent).toBeGreaterThan(5);
    expect(pipe.direction.counts.damaged).toBe(0);
  });

  test('a line that damages every frame is given up', () => {
    const pipe = new Pipe(CORRECTED, { bitErrorRatio: 0.1 });
    pipe.offer(0, data(500));
    expect(pipe.direction.broken).toBe(true);
  });

  test('a retrain stops it and may change the rate', () => {
    const pipe = new Pipe(CORRECTED);
    pipe.offer(0, data(1_280));
    pipe.direction.stall(0, 3 * SECOND, 14_400);
    expect(pipe.finish() / SECOND).toBeCloseTo(3 + (9 * 135 * 8) / 14_400, 2);
    expect(Uint8Array.from(pipe.arrived)).toEqual(data(1_280));
  });

  test('a receiver without room is not sent to', () => {
    const pipe = new Pipe(CORRECTED);
    pipe.room = 0;
    pipe.offer(0, data(1_000));
    expect(pipe.direction.deadline).toBeUndefined();
    pipe.room = 4_096;
    pipe.direction.advance(SECOND);
    pipe.finish();
    expect(pipe.arrived).toHaveLength(1_000);
    expect(pipe.times[0]).toBeGreaterThan(SECOND);
  });
});

describe('pace', () => {
  test.each([
    ['corrected', CORRECTED],
    ['plain', PLAIN],
  ])('%s: however seldom it is looked at, a busy line stays busy', (_name, terms) => {
    const often = new Pipe(terms);
    often.offer(0, data(20_000));
    const due = often.finish();
    const seldom = new Pipe(terms);
    seldom.offer(0, data(20_000));
    for (let now = 0; seldom.arrived.length < 20_000; now += 700 * MILLISECOND) seldom.direction.advance(now);
    expect(seldom.times.at(-1)).toBe(due);
    expect(seldom.times).toEqual(often.times);
  });

  test('an idle line saves nothing up', () => {
    const pipe = new Pipe(PLAIN);
    pipe.offer(10 * SECOND, data(2_880));
    expect(pipe.finish()).toBe(11 * SECOND);
  });
});

describe('compression', () => {
  test('makes text shorter on the line and random bytes no longer', () => {
    const text = Uint8Array.from(Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(100)));
    const ratio = (bytes: Uint8Array): number => {
      const estimate = new CompressionEstimate();
      let bits = 0;
      for (let at = 0; at < bytes.length; at += 128) bits += estimate.bits(bytes.subarray(at, at + 128));
      return (bytes.length * 8) / bits;
    };
    expect(ratio(text)).toBeGreaterThan(2.5);
    expect(ratio(new Uint8Array(10_000))).toBeGreaterThan(8);
    expect(ratio(data(10_000))).toBe(1);
  });

  test('zeroes arrive sooner than noise', () => {
    const time = (bytes: Uint8Array): Instant => {
      const pipe = new Pipe({ ...CORRECTED, compressed: true });
      pipe.offer(0, bytes);
      return pipe.finish();
    };
    expect(time(new Uint8Array(10_000)) * 3).toBeLessThan(time(data(10_000)));
  });
});
