import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileNamePart, RUN_FILES, RunDirectory, stampOf } from '../../src/report/run-directory.ts';
import { RunRecord } from '../../src/report/run-record.ts';
import { madeUpEntries, madeUpResult, madeUpSamples } from '../view/made-up-run.ts';

const STARTED_AT = '2026-11-05T14:23:00.123Z';

let root: string;
let troubles: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dplink-run-'));
  troubles = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(extra: Partial<ConstructorParameters<typeof RunDirectory>[0]> = {}): RunDirectory {
  return new RunDirectory({
    root,
    startedAt: STARTED_AT,
    name: 'quick',
    run: { profile: { name: 'quick' }, seed: '7f3a' },
    onTrouble: (text) => troubles.push(text),
    ...extra,
  });
}

describe('a run directory', () => {
  it('is named after the time and the profile and never takes one that is there', async () => {
    const first = open();
    const second = open();
    expect(first.path).toBe(join(root, '20261105T142300Z-quick'));
    expect(second.path).toBe(join(root, '20261105T142300Z-quick-2'));
    await Promise.all([first.close(), second.close()]);
  });

  it('holds run.json from the first moment and no result.json before the end', async () => {
    const directory = open();
    expect(JSON.parse(readFileSync(join(directory.path!, RUN_FILES.run), 'utf8'))).toEqual({
      profile: { name: 'quick' },
      seed: '7f3a',
    });
    expect(existsSync(join(directory.path!, RUN_FILES.result))).toBe(false);
    await directory.close();
  });

  it('reads back what was written, in order', async () => {
    const directory = open();
    const samples = madeUpSamples(30);
    const entries = madeUpEntries();
    for (const sample of samples) directory.sample(sample);
    for (const entry of entries) directory.entry(entry);
    expect(directory.result(madeUpResult())).toEqual(madeUpResult());
    await directory.close();
    await directory.close();
    const record = new RunRecord(directory.path!);
    expect([...record.samples()]).toEqual(samples);
    expect([...record.journal()]).toEqual(entries);
    expect(record.result).toEqual(madeUpResult());
    expect(record.torn).toEqual({
      journal: { lines: 0, failure: undefined },
      samples: { lines: 0, failure: undefined },
    });
    expect(readdirSync(directory.path!).sort()).toEqual(
      [RUN_FILES.journal, RUN_FILES.result, RUN_FILES.run, RUN_FILES.samples].sort(),
    );
    expect(troubles).toEqual([]);
  });

  it('has everything on the disk after the last gasp, without waiting and without an end', async () => {
    const directory = open({ lines: { cadenceMs: 1_000_000 } });
    const entries = madeUpEntries();
    for (const entry of entries) directory.entry(entry);
    directory.flushSync();
    expect([...new RunRecord(directory.path!).journal()]).toEqual(entries);
    await directory.close();
    expect([...new RunRecord(directory.path!).journal()]).toEqual(entries);
  });

  it('that cannot be made is told once, and the run goes on', async () => {
    writeFileSync(join(root, 'file'), '');
    const directory = open({ root: join(root, 'file') });
    expect(directory.path).toBeUndefined();
    for (const sample of madeUpSamples(3)) directory.sample(sample);
    for (const entry of madeUpEntries()) directory.entry(entry);
    directory.flushSync();
    expect(directory.result(madeUpResult()).shortfall).toEqual({ missingLines: 0, troubles });
    await directory.close();
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toMatch(/^nothing of this run is kept: /);
  });

  it('tells of a result that cannot be written and leaves nothing half-written behind', async () => {
    const directory = open();
    rmSync(directory.path!, { recursive: true });
    expect(directory.result(madeUpResult()).shortfall).toEqual({ missingLines: 0, troubles });
    expect(troubles).toHaveLength(1);
    await directory.close();
  });
});

describe('names of run directories', () => {
  it('hold nothing that a file system or a shell would mind', () => {
    expect(fileNamePart('Two USB adapters, crossed cable')).toBe('two-usb-adapters-crossed-cable');
    expect(fileNamePart('../../etc')).toBe('etc');
    expect(fileNamePart('日本')).toBe('run');
    expect(fileNamePart(`${'a'.repeat(47)} b`)).toBe('a'.repeat(47));
  });

  it('give the time in UTC', () => {
    expect(stampOf('2026-11-05T14:23:00+02:00')).toBe('20261105T122300Z');
    expect(stampOf('not a time')).toBe('not-a-time');
  });
});
