import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_GLYPHS, lineText, lineWidth, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { outcomeCounts, stageSpreads } from '../../src/report/call-figures.ts';
import { compareRuns } from '../../src/report/comparison.ts';
import { junitText } from '../../src/report/junit.ts';
import { type KeptRun, readRun } from '../../src/report/kept-run.ts';
import { summaryLines } from '../../src/report/summary.ts';
import type { Result } from '../../src/soak/result.ts';
import { madeUpCallResult, madeUpCalls } from './made-up-calls.ts';

function text(result: Result, width = 80): string {
  const lines = summaryLines(result, { width, glyphs: UNICODE_GLYPHS });
  return lines.map((line) => `${lineText(line).trimEnd()}\n`).join('');
}

const cases = (xml: string, what: string): number => xml.split(what).length - 1;

describe('the summary of a series of calls', () => {
  it('of a few has a line for each attempt', async () => {
    await expect(text(madeUpCallResult(12, 9))).toMatchFileSnapshot('calls-few.txt');
  });

  it('of many lists those that did not pass, so many of them, and counts the rest', async () => {
    const result = madeUpCallResult(500, 200);
    const page = text(result);
    await expect(page).toMatchFileSnapshot('calls-many.txt');
    const odd = result.calls!.attempts.filter(({ outcome }) => outcome !== 'passed').length;
    expect(page).toContain(`and ${odd - 16} more that did not pass`);
  });

  it('says how many of how many passed, and how many were needed', () => {
    const { calls } = madeUpCallResult(12, 9);
    expect(text(madeUpCallResult(12, 9))).toContain(`${calls!.passed} of 12 calls passed, 9 needed`);
  });

  it('is never wider than the terminal, whatever modems say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        (width, said, unicode) => {
          const result = madeUpCallResult(5, 5);
          const calls = {
            ...result.calls!,
            attempts: result.calls!.attempts.map((attempt) => ({ ...attempt, text: said })),
            escape: { findings: [], advice: { safe: 'no' as const, text: said, settings: [said] } },
          };
          const glyphs = unicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
          for (const line of summaryLines({ ...result, calls }, { width, glyphs })) {
            expect(lineWidth(line)).toBeLessThanOrEqual(width);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
            expect(lineText(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          }
        },
      ),
      { seed: 3, numRuns: 60, endOnFailure: true },
    );
  });
});

describe('the figures of a series of calls', () => {
  it('agree with its attempts', () => {
    const calls = madeUpCalls(300, 100);
    const counts = Object.fromEntries(outcomeCounts(calls).map(({ id, count }) => [id, count]));
    for (const { outcome } of calls.attempts) counts[outcome]!--;
    expect(Object.values(counts).every((left) => left === 0)).toBe(true);
    const connected = stageSpreads(calls).find(({ id }) => id === 'connected')!;
    const times = calls.attempts
      .filter(({ streams }) => streams.length > 0)
      .map(({ dialled }) => dialled * 1e-3)
      .sort((a, b) => a - b);
    expect(connected.count).toBe(times.length);
    expect(connected.min).toBeCloseTo(times[0]!, 6);
    expect(connected.max).toBeCloseTo(times.at(-1)!, 6);
    expect(connected.p50 / times[Math.ceil(times.length / 2) - 1]!).toBeCloseTo(1, 1);
    expect([...connected.values].sort((a, b) => a - b)).toEqual(times);
  });
});

describe('a series of calls as JUnit', () => {
  it('has a case per call, retries within it, and none for the streams of the last call', () => {
    const result = madeUpCallResult(12, 12);
    const xml = junitText([{ result, name: 'calls' }]);
    expect(cases(xml, 'classname="dplink.call"')).toBe(12);
    expect(cases(xml, 'classname="dplink.stream"')).toBe(0);
    const failed = 12 - result.calls!.passed;
    expect(cases(xml, '<failure ')).toBe(failed + 1);
  });

  it('is green exactly when the run passed: calls that may fail are skipped', () => {
    const result = madeUpCallResult(12, 1);
    expect(result.calls!.passed).toBeLessThan(12);
    const xml = junitText([{ result, name: 'calls' }]);
    expect(cases(xml, '<failure ')).toBe(0);
    expect(cases(xml, '<skipped ')).toBe(12 - result.calls!.passed);
  });

  it('tells of calls that were never made', () => {
    const result = madeUpCallResult(12, 12);
    const calls = { ...result.calls!, wanted: 20 };
    const xml = junitText([{ result: { ...result, verdict: 'incomplete', calls }, name: 'calls' }]);
    expect(xml).toContain('name="calls 13 to 20"');
    expect(xml).toContain('<skipped message="not made"/>');
  });
});

describe('a comparison of series of calls', () => {
  const kept = (result: Result, path: string): KeptRun => ({
    ...{ path, name: path, result, recovered: false },
    record: {
      run: {},
      samples: () => [][Symbol.iterator]() as never,
      journal: () => [][Symbol.iterator]() as never,
    },
  });

  it('walks outcomes, stages, rates and what was carried', () => {
    const [one, other] = [madeUpCallResult(40, 10), madeUpCallResult(60, 10)];
    const { groups } = compareRuns([kept(one, 'a'), kept(other, 'b')]);
    const calls = groups.find(({ title }) => title === 'calls')!;
    const row = (path: string) => calls.measures.find((measure) => measure.path === path)!;
    expect(row('wanted').differences).toEqual([0, 20]);
    const busy = [one, other].map(({ calls: each }) => each!.statistics.outcomes.busy ?? 0);
    expect(row('outcomes.busy').values).toEqual(busy);
    expect(row('connected.p99').unit).toBe('ms');
    expect(row('lineRate.max').values).toEqual([33_600, 33_600]);
    expect(row('near to far.p50').unit).toBe('B/s');
    expect(row('outcomes.aborted')).toBeUndefined();
    expect(groups.map(({ title }) => title)).toContain('near, last call');
  });
});

describe('a result with a series of calls that is none', () => {
  it('counts as damaged, as one whose streams are none does', () => {
    const root = mkdtempSync(join(tmpdir(), 'dplink-calls-'));
    const write = (result: unknown): void => writeFileSync(join(root, 'result.json'), JSON.stringify(result));
    const result = madeUpCallResult(3, 3);
    write(result);
    expect(readRun(root)?.recovered).toBe(false);
    for (const calls of [
      5,
      {},
      { ...result.calls, attempts: [{}] },
      { ...result.calls, attempts: 'many' },
      { ...result.calls, statistics: { ...result.calls!.statistics, hangUp: null } },
      { ...result.calls, escape: { advice: 'none' } },
    ]) {
      write({ ...result, calls });
      expect(readRun(root)).toBeUndefined();
    }
    rmSync(root, { recursive: true });
  });
});
