import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunDirectory } from '../../src/report/run-directory.ts';
import { RunRecord } from '../../src/report/run-record.ts';
import { dplink, start } from '../cli/dplink.ts';
import { madeUpEntries, madeUpResult, madeUpSamples } from '../view/made-up-run.ts';
import { type TinyDisk, tinyDisk } from './tiny-disk.ts';

/** Room for the result, run.json, and a few pages more. */
const SIZE = 128 * 1024;

const probe = tinyDisk(SIZE);
probe?.remove();

/** Needs the right to mount: on other machines only the tests with /dev/full in line-file.test.ts speak of full disks. */
describe.skipIf(probe === undefined)('on a full disk', () => {
  let disk: TinyDisk;
  let troubles: string[];
  let elsewhere: string;
  beforeEach(() => {
    disk = tinyDisk(SIZE)!;
    troubles = [];
    elsewhere = mkdtempSync(join(tmpdir(), 'dplink-elsewhere-'));
  });
  afterEach(() => {
    disk.remove();
    rmSync(elsewhere, { recursive: true });
  });

  const open = (): RunDirectory =>
    new RunDirectory({
      root: disk.path,
      startedAt: '2026-11-05T14:23:00.123Z',
      name: 'quick',
      run: { seed: '7f3a' },
      onTrouble: (text) => troubles.push(text),
    });

  it('a run directory is whole or not there at all', async () => {
    const giveBack = disk.fill();
    const directory = open();
    expect(directory.path).toBeUndefined();
    expect(directory.result(madeUpResult()).shortfall?.troubles).toEqual(troubles);
    expect(troubles).toEqual([expect.stringMatching(/nothing of this run is kept: ENOSPC/)]);
    await directory.close();
    giveBack();
    expect(readdirSync(disk.path)).toEqual([]);
  });

  it('that fills up later, the result still finds its room and says how many lines are missing', async () => {
    const directory = open();
    for (const entry of madeUpEntries()) directory.entry(entry);
    directory.flushSync();
    const giveBack = disk.fill();
    const samples = madeUpSamples(100);
    for (const sample of samples) directory.sample(sample);
    const result = directory.result(madeUpResult());
    await directory.close();
    giveBack();
    const record = new RunRecord(directory.path!);
    const kept = [...record.samples()].length;
    expect(kept).toBeLessThan(samples.length);
    expect(result.shortfall).toEqual({ missingLines: samples.length - kept, troubles });
    expect(troubles).toEqual([expect.stringMatching(/samples\.ndjson: ENOSPC/)]);
    expect(record.result).toEqual(result);
    expect([...record.journal()]).toEqual(madeUpEntries());
  });

  it('that is given room again, nothing is missing', async () => {
    const directory = open();
    const giveBack = disk.fill();
    const samples = madeUpSamples(20);
    for (const sample of samples) directory.sample(sample);
    directory.flushSync();
    expect(directory.shortfall?.missingLines).toBeGreaterThan(0);
    giveBack();
    const result = directory.result(madeUpResult());
    await directory.close();
    expect(result).toEqual(madeUpResult());
    expect([...new RunRecord(directory.path!).samples()]).toEqual(samples);
    expect(troubles).toHaveLength(1);
  });

  it('a soak does not begin, says why in one line, and leaves no directory', async () => {
    const giveBack = disk.fill();
    const { code, stdout, stderr } = await dplink(['soak', '--runs', disk.path, '--ui', 'none']);
    giveBack();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^dplink: --runs: \S+: nothing of this run is kept: ENOSPC[^\n]*\n$/);
    expect(readdirSync(disk.path)).toEqual([]);
  });

  it('that fills up under a soak, the run goes on, its result says what is missing, and it is no 0', async () => {
    const junit = join(elsewhere, 'junit.xml');
    const running = start([
      'soak',
      '--duration',
      '4s',
      '--ui',
      'plain',
      '--runs',
      disk.path,
      '--json',
      '--junit',
      junit,
    ]);
    running.process.stdin.end();
    await running.printed(/stream|connected/i);
    const giveBack = disk.fill();
    const { code, stdout, stderr } = await running.finished;
    giveBack();
    const result = JSON.parse(stdout) as { verdict: string; shortfall: { missingLines: number } };
    expect(result.verdict).toBe('pass');
    expect(result.shortfall.missingLines).toBeGreaterThan(0);
    expect(stderr).toMatch(/ENOSPC/);
    expect(code).toBe(2);
    const [name] = readdirSync(disk.path);
    expect(JSON.parse(readFileSync(join(disk.path, name!, 'result.json'), 'utf8'))).toEqual(result);
  });
});
