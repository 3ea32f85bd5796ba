import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html-report.ts';
import { readRun } from '../../src/report/kept-run.ts';
import { TimelineMaker } from '../../src/report/timeline.ts';
import type { Sample } from '../../src/soak/sample.ts';
import { madeUpSamples } from '../view/made-up-run.ts';
import { madeUpCalls } from './made-up-calls.ts';

const root = mkdtempSync(join(tmpdir(), 'dplink-calls-cut-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Samples of calls, one after the other: each counts from 0. */
function samplesOfCalls(calls: number, seconds: number): Sample[] {
  return Array.from({ length: calls }, (_, call) =>
    madeUpSamples(seconds)
      .filter(({ end }) => end === 'near')
      .map((sample) => ({ ...sample, at: sample.at + call * (seconds + 10) })),
  ).flat();
}

/** A directory of a series of which `made` attempts were made when it was cut short. */
function cutSeries(
  name: string,
  { count, pass, made }: { count: number; pass: number; made: number },
): string {
  const path = join(root, name);
  mkdirSync(path);
  const { attempts } = madeUpCalls(count, pass);
  const journal = attempts.slice(0, made).flatMap(({ streams, ...attempt }, index) => [
    { at: 40 * index, end: 'near', event: 'callBegan', call: attempt.call, attempt: attempt.attempt },
    { at: 40 * index + 30, end: 'near', event: 'callEnded', ...attempt },
  ]);
  const lines = (values: readonly unknown[]): string =>
    values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const profile = { name: 'modem-calls', calls: { count, pass } };
  writeFileSync(join(path, 'run.json'), JSON.stringify({ schema: 'dplink/run/1', seed: '5', profile }));
  writeFileSync(join(path, 'journal.ndjson'), lines(journal));
  writeFileSync(join(path, 'samples.ndjson'), lines(samplesOfCalls(3, 20)));
  return path;
}

describe('a series of calls that was cut short', () => {
  it('holds every call that had ended, and is incomplete while enough may still have passed', () => {
    const kept = readRun(cutSeries('few', { count: 20, pass: 5, made: 6 }))!;
    const { attempts } = madeUpCalls(20, 5);
    const { result } = kept;
    expect(result.verdict).toBe('incomplete');
    expect(result.calls!.attempts.map(({ call, attempt, outcome }) => [call, attempt, outcome])).toEqual(
      attempts.slice(0, 6).map(({ call, attempt, outcome }) => [call, attempt, outcome]),
    );
    expect(result.calls).toMatchObject({ wanted: 20, needed: 5 });
    expect(result.reasons.join('\n')).toMatch(/\d of 20 calls had passed and \d had failed, 5 are needed/);
    expect(htmlReport([kept])).toContain('id="calls"');
  });

  it('is a failure when too many had failed', () => {
    const { result } = readRun(cutSeries('many', { count: 20, pass: 20, made: 15 }))!;
    expect(result.calls!.passed).toBeLessThan(15);
    expect(result.verdict).toBe('fail');
  });

  it('speaks of its last call where it speaks of ends', () => {
    const { result } = readRun(cutSeries('last', { count: 20, pass: 5, made: 6 }))!;
    const last = samplesOfCalls(3, 20).at(-1)!;
    expect(result.ends.map(({ bytes }) => bytes)).toEqual([last.bytes]);
  });
});

describe('the timeline of a series of calls', () => {
  it('goes on with every call, and joins none to the next', () => {
    const maker = new TimelineMaker(true);
    for (const sample of samplesOfCalls(3, 20)) maker.add(sample);
    const { charts, seconds, gap } = maker.timeline(() => 11_520);
    expect(seconds).toBe(79);
    const { points } = charts.find(({ id }) => id === 'throughput')!.curves[0]!;
    const jumps = points.filter(([at], index) => index > 0 && at - points[index - 1]![0] > gap);
    expect(jumps).toHaveLength(2);
    for (const [, mean] of points) expect(mean).toBeGreaterThan(3_000);
  });

  it('of any other run ends where another run begins', () => {
    const maker = new TimelineMaker();
    for (const sample of samplesOfCalls(3, 20)) maker.add(sample);
    expect(maker.timeline(() => 11_520).seconds).toBe(19);
  });
});
