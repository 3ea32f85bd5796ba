import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedDiskUse } from '../../src/report/disk-use.ts';
import { JournalBudget, journalBytesMax } from '../../src/report/journal-budget.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import { madeUpSamples } from '../view/made-up-run.ts';

const bytesOf = (entries: readonly unknown[]): number =>
  entries.reduce<number>((sum, entry) => sum + JSON.stringify(entry).length + 1, 0);

const sums = (entries: readonly JournalEntry[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { end, event, count } of entries) {
    const key = `${end} ${event}`;
    counts[key] = (counts[key] ?? 0) + (typeof count === 'number' ? count : 1);
  }
  return counts;
};

describe('the budget of a journal', () => {
  it('lets everything pass while nothing comes in numbers', () => {
    const budget = new JournalBudget();
    const entries = Array.from({ length: 500 }, (_, at) => ({
      at,
      end: 'near',
      event: 'damage',
      offset: at,
    }));
    expect(entries.flatMap((entry) => budget.admit(entry))).toEqual(entries);
    expect(budget.rest()).toEqual([]);
  });

  it('keeps sums over the journal true, whatever it leaves out', () => {
    const entry = fc.record({
      step: fc.integer({ min: 0, max: 3 }),
      end: fc.constantFrom('near', 'far'),
      event: fc.constantFrom('damage', 'retried', 'violation'),
      count: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
      text: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 300 }), fc.integer({ min: 0, max: 2000 }), (steps, burst) => {
        const budget = new JournalBudget(burst);
        let at = 0;
        const entries = steps.map(({ step, end, event, count, text }) => {
          at += step;
          return { at, end, event, text, ...(count === undefined ? {} : { count }) };
        });
        const written = [...entries.flatMap((each) => budget.admit(each)), ...budget.rest()];
        expect(sums(written)).toEqual(sums(entries));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('lets what is rare through while something else comes in numbers', () => {
    const budget = new JournalBudget(1000);
    for (let n = 0; n < 5000; n++) budget.admit({ at: n / 1000, end: 'near', event: 'damage', offset: n });
    const rare = { at: 5, end: 'near', event: 'closed', cause: 'partner' };
    expect(budget.admit(rare)).toEqual([rare]);
  });

  it('bounds 72 hours of the worst line, and the bound was stated in advance', () => {
    // Every kind brings ten entries and a sum each second at both ends; one virtual hour is measured after the first burst.
    const budget = new JournalBudget();
    const kinds = ['damage', 'retried', 'violation', 'ignored', 'duplicate', 'misordered', 'corrupted'];
    let written = 0;
    const seconds = 4 * 3600;
    for (let at = 0; at < seconds; at++) {
      for (const event of kinds) {
        for (let n = 0; n < 11; n++) {
          const entry = { at, end: 'near', event, offset: 123_456_789, text: 'x'.repeat(150), count: 1 };
          written += bytesOf(budget.admit(entry));
        }
      }
    }
    expect(written).toBeLessThan(journalBytesMax(seconds) / 2);
    expect(journalBytesMax(72 * 3600)).toBeLessThan(1.2e9);
  });
});

describe('the disk use of a planned run', () => {
  it('is never below what its samples take, with counters as wide as they get', () => {
    const [sample] = madeUpSamples(2).slice(-1);
    const wide = (value: unknown): unknown => {
      if (typeof value === 'number') return 999_999_999_999;
      if (Array.isArray(value)) return value.map(wide);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, wide(each)]));
    };
    const line = bytesOf([wide({ ...sample, uart: { framing: 1, parity: 1, overrun: 1, break: 1 } })]);
    const { samplesPerHour } = plannedDiskUse({ seconds: null, sampleEvery: 1, ends: 2, streams: 2 });
    expect(samplesPerHour).toBeGreaterThan(2 * 3600 * line);
  });

  it('of 72 hours and two streams is below 3 GB, and below 2 MB of 15 seconds', () => {
    const run = { sampleEvery: 1, ends: 2, streams: 2 };
    expect(plannedDiskUse({ ...run, seconds: 72 * 3600 }).atMost).toBeLessThan(3e9);
    expect(plannedDiskUse({ ...run, seconds: 15 }).atMost).toBeLessThan(2e6);
    expect(plannedDiskUse({ ...run, seconds: null }).atMost).toBeNull();
  });
});
