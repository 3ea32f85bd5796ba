import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lineText, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { readRun } from '../../src/report/kept-run.ts';
import { summaryLines } from '../../src/report/summary.ts';
import type { Result } from '../../src/soak/result.ts';
import { madeUpResult, madeUpSamples } from '../view/made-up-run.ts';

const root = mkdtempSync(join(tmpdir(), 'dplink-foreign-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A directory with samples of ten seconds, and a result if one is given. */
function directory(name: string, result?: unknown): string {
  const path = join(root, name);
  mkdirSync(path);
  const samples = madeUpSamples(10).map((sample) => `${JSON.stringify(sample)}\n`);
  writeFileSync(join(path, 'samples.ndjson'), samples.join(''));
  if (result !== undefined) writeFileSync(join(path, 'result.json'), JSON.stringify(result));
  return path;
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('a run directory that is none of ours', () => {
  it('whose result has more parts than any run has counts as one without a result', () => {
    const result = madeUpResult();
    const [end, stream, limit] = [result.ends[0]!, result.streams[0]!, result.limits[0]!];
    const parts: Partial<Result>[] = [
      { ends: many(3000, (index) => ({ ...end, name: `e${index}` })) },
      { streams: many(20_000, (index) => ({ ...stream, from: `e${index}` })) },
      { limits: many(100_000, () => limit) },
      { reasons: many(100_000, (index) => `reason ${index}`) },
    ];
    parts.forEach((part, index) => {
      const kept = readRun(directory(`parts-${index}`, { ...result, ...part }))!;
      expect(kept.recovered).toBe(true);
      expect(kept.result.ends).toHaveLength(2);
    });
  });

  it('with a reason of megabytes is shown, not all of it', () => {
    const result = { ...madeUpResult(), verdict: 'fail' as const, reasons: ['x'.repeat(3_000_000)] };
    const kept = readRun(directory('long', result))!;
    expect(htmlReport([kept]).length).toBeLessThan(300_000);
    const lines = summaryLines(kept.result, { width: 80, glyphs: UNICODE_GLYPHS });
    expect(lines.map(lineText).join('\n').length).toBeLessThan(10_000);
  });

  it('whose reasons are many shows the first of them and counts the rest', () => {
    const result = { ...madeUpResult(), verdict: 'fail' as const, reasons: many(1000, (n) => `reason ${n}`) };
    const lines = summaryLines(result, { width: 80, glyphs: UNICODE_GLYPHS });
    expect(lines.map(lineText).join('\n')).toContain('and 950 more');
  });

  it.runIf(process.platform === 'linux')(
    'whose files are pipes or devices without an end is not waited for',
    () => {
      const path = directory('devices');
      symlinkSync('/dev/zero', join(path, 'journal.ndjson'));
      execFileSync('mkfifo', [
        join(path, 'run.json'),
        join(path, 'result.json'),
        join(path, 'snapshot-1.txt'),
      ]);
      const kept = readRun(path)!;
      expect(kept.recovered).toBe(true);
      expect(kept.result.reasons.join('\n')).toContain('journal.ndjson could not be read: no ordinary file');
      expect(htmlReport([kept])).toContain('Over time');
    },
  );
});
