import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeptFixture, keptFixture } from '../report/kept-fixture.ts';
import { dplink } from './dplink.ts';

let one: KeptFixture;
let two: KeptFixture;
beforeAll(async () => {
  [one, two] = await Promise.all([keptFixture('20s', '1'), keptFixture('30s', '2')]);
}, 60_000);
afterAll(() => {
  one.remove();
  two.remove();
});

const report = (...args: string[]) => dplink(['report', ...args]);

describe('dplink report', () => {
  it('prints the summary of a run and ends as the run did', async () => {
    const { code, stdout, stderr } = await report(one.path);
    expect({ code, stderr }).toEqual({ code: one.code, stderr: '' });
    expect(stdout).toMatch(/PASS|FAIL/);
    expect(stdout).toContain(`kept in ${one.path}`);
  });

  it('prints the result itself with --json, and writes HTML and JUnit beside it', async () => {
    const html = join(one.root, 'report.html');
    const junit = join(one.root, 'junit.xml');
    const { stdout } = await report(one.path, '--json', '--html', html, '--junit', junit);
    const result = JSON.parse(readFileSync(join(one.path, 'result.json'), 'utf8')) as {
      streams: unknown[];
      limits: unknown[];
    };
    expect(JSON.parse(stdout)).toEqual(result);
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>/);
    const cases = readFileSync(junit, 'utf8').match(/<testcase /g) ?? [];
    expect(cases).toHaveLength(1 + result.limits.length + result.streams.length);
  });

  it('is silent when it only writes files', async () => {
    const { stdout, stderr } = await report(one.path, '--html', join(one.root, 'silent.html'));
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('compares several runs, as text and as JSON, a JUnit suite for each', async () => {
    const junit = join(one.root, 'both.xml');
    const text = await report(one.path, two.path, '--text', '--junit', junit);
    // Under a run that did not pass stand its reasons.
    expect(text.stdout).toMatch(/^ {2}A {2}\w+ .*\n(?: {7}· .*\n)* {2}B {2}/);
    expect(text.stdout).toMatch(/ duration +\d+\.\d s +\d+\.\d s {2}\+\d/);
    expect(readFileSync(junit, 'utf8').match(/<testsuite /g)).toHaveLength(2);
    const { stdout } = await report(one.path, two.path, '--json');
    const comparison = JSON.parse(stdout) as {
      schema: string;
      runs: { letter: string; directory: string }[];
      groups: { title: string; measures: { path: string; values: number[]; differences: number[] }[] }[];
    };
    expect(comparison.schema).toBe('dplink/comparison/1');
    expect(comparison.runs.map(({ directory }) => directory)).toEqual([one.path, two.path]);
    for (const { measures } of comparison.groups) {
      for (const { values, differences } of measures) {
        if (typeof values[0] === 'number') expect(differences[1]).toBe(values[1]! - values[0]);
      }
    }
  });

  it('answers directories that are no runs in one line each', async () => {
    const empty = join(one.root, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'run.json'), '{"half":');
    const missing = join(one.root, 'missing');
    const file = join(one.path, 'result.json');
    const mistakes: readonly [string, RegExp][] = [
      [missing, /: no such directory$/],
      [empty, /: not a run directory: no run\.json, no result\.json, no samples$/],
      [file, /: is a file: name the run directory that holds it$/],
      [join(one.root, 'runs'), /: not a run directory; did you mean \S+-quick\?$/],
    ];
    for (const [path, words] of mistakes) {
      const { code, stdout, stderr } = await report(path);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.trimEnd()).toMatch(words);
      expect(stderr.trimEnd()).not.toContain('\n');
    }
  });

  it('answers missing arguments, contradictions and outputs that cannot be written in one line', async () => {
    const unwritable = join(one.root, 'nowhere', 'page.html');
    const mistakes: readonly [string[], RegExp][] = [
      [[], /^dplink: an argument is needed: dplink report --help shows which\n$/],
      [[one.path, '--json', '--text'], /^dplink: --json and --text both claim standard output: give one\n$/],
      [[one.path, '--html', unwritable], /^dplink: --html: \S+: no such directory: \S+\n$/],
      [[one.path, '--htlm', 'x'], /did you mean --html\?\n$/],
    ];
    for (const [args, words] of mistakes) {
      const { code, stdout, stderr } = await report(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(words);
    }
  });
});
