import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/report/comparison.ts';
import { comparisonLines } from '../../src/report/comparison-text.ts';
import type { KeptRun } from '../../src/report/kept-run.ts';
import { figureText, measureGroups } from '../../src/report/measures.ts';
import type { Result } from '../../src/soak/result.ts';
import { glyphsFor } from '../../src/view/choose.ts';
import { madeUpFailure, madeUpResult } from '../view/made-up-run.ts';

function kept(result: Result, path: string): KeptRun {
  const nothing = () => [][Symbol.iterator]() as never;
  return {
    path,
    name: path,
    result,
    recovered: false,
    record: { run: {}, samples: nothing, journal: nothing },
  };
}

describe('the measures of a result', () => {
  it('are found without being named: a measure that is new appears with a name and a unit', () => {
    const result = madeUpResult();
    const ends = result.ends.map((end) => ({
      ...end,
      g826: { erroredSeconds: 3, severelyErroredSecondRatio: 0.02, availability: 0.9998 },
      hostStallMs: { p99: 12.5 },
    }));
    const group = measureGroups({ ...result, ends }).find(({ kind }) => kind === 'end')!;
    const texts = group.measures.map(({ label, value, unit }) => `${label}: ${figureText(value, unit)}`);
    expect(texts).toContain('g826 errored seconds: 3');
    expect(texts).toContain('g826 severely errored second ratio: 2.0 %');
    expect(texts).toContain('g826 availability: 99.9 %');
    expect(texts).toContain('host stall p99: 12.5 ms');
    expect(texts).toContain('header CRC errors: 0');
  });

  it('claim nothing about a stream whose receiving end was not heard', () => {
    const result = madeUpResult();
    const streams = result.streams.map((stream) => ({ ...stream, measured: false, delivered: 0 }));
    const [, stream] = measureGroups({ ...result, streams });
    for (const { path, value } of stream!.measures) expect(value === null).toBe(path !== 'sent');
  });
});

it('neither what was sent nor what was lost is known of a stream whose sender gave no figures', () => {
  const result = madeUpResult();
  const near = result.ends.filter(({ name }) => name === 'near');
  const groups = measureGroups({ ...result, ends: near }).filter(({ kind }) => kind === 'stream');
  const value = (index: number, path: string) =>
    groups[index]!.measures.find((measure) => measure.path === path)!.value;
  expect([value(0, 'sent'), value(0, 'lost')]).toEqual([41, 0]);
  expect([value(1, 'sent'), value(1, 'lost'), value(1, 'delivered')]).toEqual([null, null, 41]);
});

describe('a comparison', () => {
  const runs = [kept(madeUpResult(), 'runs/a'), kept(madeUpFailure(), 'runs/b')];

  it('holds every measure of every run, and differences from the first', () => {
    const { groups } = compareRuns(runs);
    const [first, second] = runs.map(({ result }) => measureGroups(result));
    for (const { title, measures } of groups) {
      for (const { path, values, differences } of measures) {
        const [a, b] = [first, second].map(
          (own) =>
            own!.find((group) => group.title === title)?.measures.find((each) => each.path === path)?.value ??
            null,
        );
        expect(values).toEqual([a, b]);
        expect(differences[1]).toBe(typeof a === 'number' && typeof b === 'number' ? b - a : null);
      }
    }
  });

  it('as text looks like this', async () => {
    const lines = comparisonLines(compareRuns(runs), glyphsFor({ LANG: 'C.UTF-8' }));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('comparison.txt');
  });

  it('brings streams and ends together by their names, whatever their order', () => {
    const { result } = runs[1]!;
    const turned = { ...result, ends: [...result.ends].reverse(), streams: [...result.streams].reverse() };
    const straight = compareRuns(runs).groups;
    const crossed = compareRuns([runs[0]!, kept(turned, 'runs/b')]).groups;
    expect(new Set(crossed.map((group) => JSON.stringify(group)))).toEqual(
      new Set(straight.map((group) => JSON.stringify(group))),
    );
  });
});
