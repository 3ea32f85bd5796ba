import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUN_FILES, RunDirectory } from '../../src/report/run-directory.ts';
import { RunRecord } from '../../src/report/run-record.ts';
import { madeUpEntries, madeUpResult, madeUpSamples } from '../view/made-up-run.ts';

const samples = madeUpSamples(8);
const entries = madeUpEntries();
const files = [RUN_FILES.run, RUN_FILES.journal, RUN_FILES.samples, RUN_FILES.result] as const;

let root: string;
let whole: Map<string, Buffer>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'dplink-record-'));
  const directory = new RunDirectory({
    root,
    startedAt: '2026-11-05T14:23:00Z',
    name: 'quick',
    run: { seed: 'héllo → 世界' },
    onTrouble: () => {},
  });
  for (const sample of samples) directory.sample(sample);
  for (const entry of entries) directory.entry(entry);
  directory.result(madeUpResult());
  await directory.close();
  whole = new Map(files.map((file) => [file, readFileSync(join(directory.path!, file))]));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A run directory whose `file` holds `bytes` and whose other files are whole. */
function withFile(file: string, bytes: Buffer): RunRecord {
  const path = join(root, 'damaged');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  for (const [name, content] of whole) writeFileSync(join(path, name), name === file ? bytes : content);
  return new RunRecord(path);
}

describe('reading a run directory', () => {
  it('gives every whole entry of files cut at any byte, and counts at most one torn line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.double({ min: 0, max: 1, noNaN: true }), (file, share) => {
        const bytes = whole.get(file)!;
        const kept = bytes.subarray(0, Math.floor(bytes.length * share));
        const record = withFile(file, kept);
        const journal = [...record.journal()];
        const seconds = [...record.samples()];
        expect(entries.slice(0, journal.length)).toEqual(journal);
        expect(samples.slice(0, seconds.length)).toEqual(seconds);
        const ends = kept.filter((byte) => byte === 10).length;
        if (file === RUN_FILES.journal) expect(journal.length).toBeGreaterThanOrEqual(ends);
        if (file === RUN_FILES.samples) expect(seconds.length).toBeGreaterThanOrEqual(ends);
        const torn = record.torn.journal.lines + record.torn.samples.lines;
        expect(torn).toBeLessThanOrEqual(1);
        // The line end alone may be missing from a document that is otherwise whole.
        const cut = kept.length < bytes.length - 1;
        expect(record.result === undefined).toBe(file === RUN_FILES.result && cut);
        expect(record.run === undefined).toBe(file === RUN_FILES.run && cut);
        expect(record.found).toBe(true);
      }),
      { seed: 20261105, numRuns: 300 },
    );
  });

  it('counts a last line cut in its middle as torn and keeps those before', () => {
    const bytes = whole.get(RUN_FILES.journal)!;
    const record = withFile(RUN_FILES.journal, bytes.subarray(0, bytes.length - 5));
    expect([...record.journal()]).toEqual(entries.slice(0, -1));
    expect(record.torn.journal.lines).toBe(1);
  });

  it('passes over zeros, foreign lines and endless lines, and goes on behind them', () => {
    const bytes = whole.get(RUN_FILES.samples)!;
    const end = bytes.indexOf(10) + 1;
    const record = withFile(
      RUN_FILES.samples,
      Buffer.concat([
        bytes.subarray(0, end),
        Buffer.alloc(3000),
        Buffer.from('\n{"at":1}\n[]\nnull\n\n'),
        Buffer.alloc(2_500_000, 0x20),
        Buffer.from('\n'),
        bytes.subarray(end),
      ]),
    );
    expect([...record.samples()]).toEqual(samples);
    expect(record.torn.samples.lines).toBe(5);
  });

  it('finds nothing where nothing is, without throwing', () => {
    const record = new RunRecord(join(root, 'absent'));
    expect(record.found).toBe(false);
    expect([...record.journal()]).toEqual([]);
    expect(record.torn.journal.failure).toMatch(/ENOENT/);
  });
});
