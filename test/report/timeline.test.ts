import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Envelopes } from '../../src/report/envelope.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import type { KeptRun } from '../../src/report/kept-run.ts';
import { TimelineMaker } from '../../src/report/timeline.ts';
import type { JournalEntry, Sample } from '../../src/soak/sample.ts';
import { madeUpResult, madeUpSamples } from '../view/made-up-run.ts';

describe('an envelope', () => {
  it('keeps the lowest, the highest and the mean of everything, in a bounded number of points', () => {
    const value = fc.record({ at: fc.double({ min: 0, max: 1e6, noNaN: true }), value: fc.integer() });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const envelopes = new Envelopes(16);
        for (const each of values) envelopes.add('curve', each.at, each.value);
        const points = envelopes.points('curve');
        expect(points.length).toBeLessThanOrEqual(16);
        expect(Math.min(...points.map(([, , min]) => min))).toBe(
          Math.min(...values.map((each) => each.value)),
        );
        expect(Math.max(...points.map(([, , , max]) => max))).toBe(
          Math.max(...values.map((each) => each.value)),
        );
        for (const [, mean, min, max] of points) {
          expect(mean).toBeGreaterThanOrEqual(min);
          expect(mean).toBeLessThanOrEqual(max);
        }
        const times = points.map(([at]) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('takes no value without a size and none at an impossible time', () => {
    const envelopes = new Envelopes();
    for (const at of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) envelopes.add('curve', at, 1);
    for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) envelopes.add('curve', 1, value);
    expect(envelopes.points('curve')).toEqual([]);
  });
});

function timelineOf(samples: readonly Sample[]) {
  const maker = new TimelineMaker();
  for (const sample of samples) maker.add(sample);
  return maker.timeline(() => 11_520);
}

const curve = (timeline: ReturnType<typeof timelineOf>, chart: string, name: string) =>
  timeline.charts.find(({ id }) => id === chart)!.curves.find((each) => each.name === name)!.points;

describe('a timeline', () => {
  it('draws the delays towards each end where samples have them, of the worst stream', () => {
    const samples = madeUpSamples(10).map((sample) => ({
      ...sample,
      streams: [
        ...sample.streams.map((stream) =>
          stream.to === sample.end && sample.at > 4
            ? { ...stream, latencyMs: { p50: 20 + sample.at, p99: 90, max: 95 } }
            : stream,
        ),
        // Another stream of the same direction, quicker.
        ...sample.streams
          .filter(({ to }) => to === sample.end)
          .map((stream) => ({ ...stream, stream: 9, latencyMs: { p50: 1, p99: 2, max: 3 } })),
      ],
    }));
    const timeline = timelineOf(samples);
    expect(curve(timeline, 'latency', 'far: delay p50').map(([, mean]) => mean)).toEqual([
      ...[1, 1, 1, 1, 1],
      ...[25, 26, 27, 28, 29],
    ]);
    expect(curve(timeline, 'latency', 'near: delay p99').at(-1)![1]).toBe(90);
    expect(timelineOf(madeUpSamples(10)).charts.find(({ id }) => id === 'latency')!.curves).toEqual([]);
  });

  it('adds up to what the samples counted', () => {
    const samples = madeUpSamples(200);
    const errors = curve(timelineOf(samples), 'errors', 'far: message CRC');
    const counted = samples.filter(({ end }) => end === 'far').at(-1)!.frames.messageCrcErrors;
    expect(counted).toBeGreaterThan(0);
    expect(errors.reduce((sum, [, mean]) => sum + mean, 0)).toBeCloseTo(counted);
  });

  it('draws the line as its ceiling, and no direction beyond it for long', () => {
    const timeline = timelineOf(madeUpSamples(100));
    const throughput = timeline.charts.find(({ id }) => id === 'throughput')!;
    expect(throughput.ceiling).toEqual({ name: 'the line', value: 11_520 });
    expect(throughput.curves.map(({ name }) => name).sort()).toEqual(['far to near', 'near to far']);
  });

  it('names the times in which an end had frames under way and heard nothing', () => {
    const samples = madeUpSamples(60).map((sample): Sample => {
      const silent = sample.at >= 20 && sample.at < 30;
      const { frames } = sample;
      return silent ? { ...sample, frames: { ...frames, received: 500 } } : sample;
    });
    const { silences, moreSilences } = timelineOf(samples);
    expect(silences.map(({ from, to, end }) => ({ from, to, end }))).toEqual([
      { from: 20, to: 30, end: 'near' },
      { from: 20, to: 30, end: 'far' },
    ]);
    expect(moreSilences).toBe(0);
  });

  it('disregards what a host counts of the next run that it waits for', () => {
    const samples = madeUpSamples(30);
    const [fresh] = madeUpSamples(1).filter(({ end }) => end === 'far');
    const anew = { ...fresh!, at: 30, connection: { ...fresh!.connection, window: 999 } };
    expect(timelineOf([...samples, anew])).toEqual(timelineOf(samples));
  });
});

/** Samples of a run of any length, none of them held: counters as a noisy line would count them. */
function* longSamples(seconds: number): Generator<Sample> {
  const [near, far] = madeUpSamples(2).slice(-2);
  for (let at = 1; at <= seconds; at++) {
    for (const end of [near!, far!]) {
      const grown = (rate: number): number => Math.floor(rate * at) + ((at * 7919) % 5);
      yield {
        ...end,
        at,
        bytes: { sent: grown(11_500), received: grown(11_400), skipped: grown(90) },
        frames: {
          ...end.frames,
          sent: grown(40),
          received: grown(39),
          headerCrcErrors: grown(0.3),
          messageCrcErrors: grown(2),
        },
        connection: { ...end.connection, rttMs: 30 + ((at * 31) % 50), retries: grown(2) },
        streams: end.streams.map((stream) => ({
          ...stream,
          delivered: grown(2),
          bytesDelivered: grown(10_900),
        })),
      };
    }
  }
}

function* longJournal(seconds: number): Generator<JournalEntry> {
  for (let at = 0; at < seconds; at++) {
    yield {
      at,
      end: 'near',
      event: 'damage',
      cause: 'messageCrc',
      offset: at * 11_500,
      bytes: 300,
      text: 'x'.repeat(300),
    };
    if (at % 60 === 0)
      yield { at, end: 'far', event: 'violation', section: '3.1.5.11', text: 'y'.repeat(2000) };
  }
}

describe('the page of 72 hours', () => {
  it('is bounded: no larger than a megabyte and a half', () => {
    const seconds = 72 * 3600;
    const run: KeptRun = {
      ...{ path: 'runs/long', name: 'long', recovered: false },
      record: {
        run: {},
        samples: () => longSamples(seconds) as never,
        journal: () => longJournal(seconds) as never,
      },
      result: { ...madeUpResult(), durationSeconds: seconds },
    };
    const text = htmlReport([run]);
    expect(text.length).toBeLessThan(1_500_000);
    expect(text).toContain('Each point stands for 512 seconds');
    expect(text).toContain('263,520 events in all');
  });
});
