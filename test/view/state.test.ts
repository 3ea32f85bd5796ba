import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry, Sample } from '../../src/soak/sample.ts';
import { newestPoints, POINTS_MAX } from '../../src/view/series.ts';
import { beginView, concludeView, fold, LOG_MAX, progressOf, type ViewState } from '../../src/view/state.ts';
import { stateAfter } from './folded.ts';
import { MADE_UP_PLAN, madeUpEntries, madeUpSamples } from './made-up-run.ts';

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

const sampleOf = (end: string, at: number, change: Partial<Sample> = {}): Sample => ({
  ...madeUpSamples(2).find((sample) => sample.end === end)!,
  at,
  phase: 'running',
  ...change,
});

describe('the state of a dashboard', () => {
  it('is never changed in place', () => {
    const items = [...madeUpSamples(20), ...madeUpEntries()];
    items.reduce((state, item) => frozen(fold(state, frozen(item))), frozen(beginView(MADE_UP_PLAN)));
  });

  it('takes what a direction carries from the receiving end', () => {
    const samples = madeUpSamples(60);
    const state = samples.reduce(fold, beginView(MADE_UP_PLAN));
    const now = samples.findLast(({ end }) => end === 'far');
    const [direction] = state.directions;
    expect(direction).toMatchObject({ from: 'near', to: 'far', measuredBy: 'receiver', ceiling: 11_520 });
    expect(direction?.bytes).toBe(now?.streams[0]?.bytesDelivered);
    expect(direction?.rate).toBeGreaterThan(11_000);
  });

  it('falls back to what was sent while the receiving end is not heard of', () => {
    const samples = madeUpSamples(10).filter(({ end }) => end === 'near');
    const state = samples.reduce(fold, beginView(MADE_UP_PLAN));
    expect(state.directions.map(({ measuredBy, rate }) => [measuredBy, rate !== null])).toEqual([
      ['sender', true],
      ['receiver', true],
    ]);
  });

  it('spreads a late sample over the seconds it stands for, so that the charts keep to the time', () => {
    const late = sampleOf('near', 7.2, { frames: { ...sampleOf('near', 0).frames, headerCrcErrors: 72 } });
    const state = [sampleOf('near', 0), late].reduce(fold, beginView(MADE_UP_PLAN));
    expect(newestPoints(state.ends[0]!.headerCrcErrors, 0, 100)).toEqual(Array(7).fill(10));
  });

  it('takes no rate over less than half a second', () => {
    const state = [sampleOf('near', 0), sampleOf('near', 0.2)].reduce(fold, beginView(MADE_UP_PLAN));
    expect(state.ends[0]?.rates).toBeNull();
    expect(state.ends[0]?.sample?.at).toBe(0.2);
  });

  it('begins anew when a further run counts its seconds from 0, without negative rates', () => {
    const state = [...madeUpSamples(30), ...madeUpSamples(5)].reduce(fold, beginView(MADE_UP_PLAN));
    expect(state.at).toBe(4);
    expect(state.runningSince).toBe(1);
    for (const { rate, series } of state.directions) {
      expect(rate).toBeGreaterThan(0);
      expect(Math.min(...newestPoints(series, 0, POINTS_MAX))).toBeGreaterThanOrEqual(0);
    }
  });

  it('counts the same event again within five seconds instead of showing it again', () => {
    const entry: JournalEntry = { at: 1, end: 'near', event: 'retried', cause: 'gap', sequence: 5 };
    const entries = [
      entry,
      { ...entry, at: 2, sequence: 6 },
      { ...entry, at: 3, count: 11 },
      { ...entry, at: 3, end: 'far' },
      { ...entry, at: 30, end: 'far' },
    ];
    const state = entries.reduce(fold, beginView(MADE_UP_PLAN));
    expect(state.log.map(({ end, count }) => [end, count])).toEqual([
      ['near', 13],
      ['far', 1],
      ['far', 1],
    ]);
  });

  it('keeps the newest lines of the log and no more', () => {
    let state = beginView(MADE_UP_PLAN);
    for (let n = 0; n < 1000; n++) state = fold(state, { at: n, end: 'near', event: `event${n}` });
    expect(state.log).toHaveLength(LOG_MAX);
    expect(state.log.at(-1)?.text).toBe('event999');
  });

  it('stays bounded over days of samples, strange ends and floods of entries', () => {
    const arbitrary = fc.oneof(
      fc.record({ end: fc.string(), at: fc.double({ noNaN: true }), event: fc.string(), x: fc.jsonValue() }),
      fc
        .record({ end: fc.string({ maxLength: 2 }), at: fc.integer({ min: 0, max: 9_000_000 }) })
        .map(({ end, at }) => sampleOf('near', at, { end })),
    );
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 300, size: 'max' }), (items) => {
        const state: ViewState = items.reduce<ViewState>(fold, beginView(MADE_UP_PLAN));
        expect(state.ends.length).toBeLessThanOrEqual(8);
        expect(state.directions.length).toBeLessThanOrEqual(16);
        expect(state.log.length).toBeLessThanOrEqual(LOG_MAX);
        for (const { series } of state.directions) {
          for (const { points } of series.levels) {
            expect(points.length).toBeLessThanOrEqual(POINTS_MAX);
            expect(points.every((point) => Number.isFinite(point) && point >= 0)).toBe(true);
          }
        }
        expect(() => JSON.stringify(state)).not.toThrow();
      }),
      { seed: 1, numRuns: 30 },
    );
  });
});

describe('the progress of a run', () => {
  it('counts from the first traffic, and is complete when the traffic is over', () => {
    expect(progressOf(beginView(MADE_UP_PLAN))).toEqual({ elapsed: 0, ratio: 0, left: 600 });
    expect(progressOf(stateAfter(151))).toEqual({ elapsed: 149, ratio: 149 / 600, left: 451 });
    const draining = fold(stateAfter(151), sampleOf('near', 151, { phase: 'draining' }));
    expect(progressOf(draining)).toMatchObject({ ratio: 1, left: 0 });
    expect(progressOf(concludeView(stateAfter(20), 'pass'))).toMatchObject({ ratio: 1, left: 0 });
  });

  it('has no ratio when no time ends the run', () => {
    const open = stateAfter(20, { ...MADE_UP_PLAN, durationSeconds: null });
    expect(progressOf(open)).toEqual({ elapsed: 18, ratio: null, left: null });
  });
});
