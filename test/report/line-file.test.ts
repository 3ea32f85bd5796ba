import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineFile } from '../../src/report/line-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dplink-lines-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const numbersIn = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { n: number }).n);

describe('a file of lines', () => {
  it('refuses a file that is there', async () => {
    const path = join(directory, 'lines');
    const file = new LineFile(path);
    expect(() => new LineFile(path)).toThrow(/EEXIST/);
    await file.close();
  });

  it('holds every line once and in order although last gasps cut into writes under way', async () => {
    const path = join(directory, 'lines');
    const file = new LineFile(path, { cadenceMs: 1 });
    const expected: number[] = [];
    for (let round = 0; round < 200; round++) {
      for (let n = 0; n < 20; n++) {
        expected.push(expected.length);
        file.add({ n: expected.length - 1, fill: 'x'.repeat(500) });
      }
      if (round % 3 === 0) void file.flush();
      if (round % 7 === 0) file.flushSync();
      if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await file.close();
    expect(numbersIn(path)).toEqual(expected);
    expect(file.dropped).toBe(0);
  });

  it('drops lines beyond its bound, tells once, and says in its place how many are missing', async () => {
    const path = join(directory, 'lines');
    const troubles: string[] = [];
    const file = new LineFile(path, {
      cadenceMs: 1_000_000,
      waitingBytesMax: 40,
      dropped: (count) => ({ n: -count }),
      onTrouble: (text) => troubles.push(text),
    });
    for (let n = 0; n < 10; n++) file.add({ n });
    file.flushSync();
    file.add({ n: 10 });
    await file.close();
    expect(numbersIn(path)).toEqual([0, 1, 2, 3, 4, -5, 10]);
    expect(file.dropped).toBe(5);
    expect(troubles).toHaveLength(1);
  });

  it('takes nothing after it was closed', async () => {
    const path = join(directory, 'lines');
    const file = new LineFile(path);
    await file.close();
    file.add({ n: 1 });
    file.flushSync();
    expect(numbersIn(path)).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))('tells of a full disk once, and goes on to its bound', async () => {
    const troubles: string[] = [];
    const file = new LineFile('/dev/full', {
      open: (path) => openSync(path, 'r+'),
      cadenceMs: 1_000_000,
      waitingBytesMax: 1000,
      onTrouble: (text) => troubles.push(text),
    });
    for (let n = 0; n < 10; n++) {
      file.add({ n });
      await file.flush();
    }
    file.flushSync();
    expect(troubles).toEqual([expect.stringMatching(/^\/dev\/full: ENOSPC/)]);
    for (let n = 0; n < 1000; n++) file.add({ n });
    expect(file.dropped).toBeGreaterThan(800);
    expect(troubles).toHaveLength(2);
    await file.close();
    expect(troubles).toHaveLength(2);
  });
});
