import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlReport } from '../../src/report/html-report.ts';
import { junitText } from '../../src/report/junit.ts';
import { readRun } from '../../src/report/kept-run.ts';
import { hasShape, RESULT_SHAPE } from '../../src/report/shape.ts';
import type { Result } from '../../src/soak/result.ts';
import type { JournalEntry, Sample } from '../../src/soak/sample.ts';
import { dplink, start } from '../cli/dplink.ts';
import { type KeptFixture, keptFixture } from './kept-fixture.ts';

let run: KeptFixture;
let whole: Result;
let copies: string;
beforeAll(async () => {
  run = await keptFixture('40s', '11');
  whole = JSON.parse(readFileSync(join(run.path, 'result.json'), 'utf8')) as Result;
  copies = mkdtempSync(join(tmpdir(), 'dplink-cut-'));
}, 60_000);
afterAll(() => {
  run.remove();
  rmSync(copies, { recursive: true });
});

/** The values of the whole lines of a file, as a reader would find them who knows nothing of ours. */
function linesIn<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as T];
      } catch {
        return [];
      }
    });
}

/** A copy of the run without its result. */
function cutCopy(name: string): string {
  const path = join(copies, name);
  cpSync(run.path, path, { recursive: true });
  rmSync(join(path, 'result.json'));
  return path;
}

describe('the result of a run cut short', () => {
  it('says so, says since when nothing was written, and agrees with the last samples', () => {
    const path = cutCopy('plain');
    const journal = linesIn<JournalEntry>(join(path, 'journal.ndjson')).filter(({ at }) => at < 25);
    writeFileSync(
      join(path, 'journal.ndjson'),
      journal.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    );
    const samples = linesIn<Sample>(join(path, 'samples.ndjson')).filter(({ at }) => at < 25);
    writeFileSync(
      join(path, 'samples.ndjson'),
      samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
    );
    const { result, recovered } = readRun(path)!;
    expect(recovered).toBe(true);
    expect(result).toMatchObject({ schema: 'dplink/result/1', verdict: 'incomplete', seed: '11' });
    expect(result.reasons[0]).toMatch(/^cut short: nothing was written after 2[45]\.\d s into the run$/);
    expect(result.reasons.at(-1)).toMatch(/delays and losses are not judged/);
    for (const end of result.ends) {
      const last = samples.filter((sample) => sample.end === end.name).at(-1)!;
      expect(end).toMatchObject({ bytes: last.bytes, frames: last.frames });
      expect(end.line).toEqual(whole.ends.find(({ name }) => name === end.name)!.line);
      expect(end.role).toBe(whole.ends.find(({ name }) => name === end.name)!.role);
    }
    for (const stream of result.streams) {
      const last = samples.filter((sample) => sample.end === stream.to).at(-1)!;
      const got = last.streams.find(({ from, to }) => from === stream.from && to === stream.to)!;
      expect(stream).toMatchObject({ delivered: got.delivered, bytesDelivered: got.bytesDelivered, lost: 0 });
      expect(stream.lineUtilisation).toBeGreaterThan(0.4);
      expect(stream.lineUtilisation).toBeLessThan(1);
    }
    expect(result.limits.map(({ name }) => name)).not.toContain('lostReliable');
    expect(result.limits.map(({ name }) => name)).toContain('duplicated');
  });

  it('of a run that finished and could not write its result comes near to that result', () => {
    const { result } = readRun(cutCopy('finished'))!;
    expect(result.reasons[0]).toMatch(/^the run finished \(completed\) and its result was not written/);
    result.streams.forEach((stream, index) => {
      const known = whole.streams[index]!;
      expect(stream.sent).toBe(known.sent);
      expect(stream.delivered / known.delivered).toBeGreaterThan(0.95);
      expect(stream.delivered).toBeLessThanOrEqual(known.delivered);
      expect(stream.goodputBytesPerSecond / known.goodputBytesPerSecond).toBeGreaterThan(0.9);
      expect(stream.goodputBytesPerSecond / known.goodputBytesPerSecond).toBeLessThan(1.1);
    });
  });

  it('that had broken a limit already is a failure', () => {
    const path = cutCopy('broken');
    const samples = linesIn<Sample>(join(path, 'samples.ndjson'));
    const last = samples.filter(({ end, phase }) => end === 'near' && phase === 'ended').at(-1)!;
    const bad = { ...last, streams: last.streams.map((stream) => ({ ...stream, corrupted: 3 })) };
    writeFileSync(join(path, 'samples.ndjson'), `${JSON.stringify(bad)}\n`, { flag: 'a' });
    const { result } = readRun(path)!;
    expect(result.verdict).toBe('fail');
    expect(result.reasons.join('\n')).toMatch(/corrupted: 3/);
  });

  it('is there, valid and true to what is left, wherever each file was cut and whatever fills its end', () => {
    const files = ['run.json', 'journal.ndjson', 'samples.ndjson', 'result.json', 'capture.pcapng'];
    writeFileSync(join(run.path, 'capture.pcapng'), Buffer.alloc(1000, 0x0a));
    const originals = files.map((name) => readFileSync(join(run.path, name)));
    const cut = fc.record({
      // 1 leaves the file whole, 0 leaves it empty, below 0 it is not there.
      share: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1, 0, -1)),
      zeros: fc.constantFrom(0, 0, 3, 4096),
    });
    let round = 0;
    fc.assert(
      fc.property(fc.tuple(cut, cut, cut, cut, cut), (cuts) => {
        const path = join(copies, `cut-${round++}`);
        mkdirSync(path);
        files.forEach((name, index) => {
          const { share, zeros } = cuts[index]!;
          if (share < 0) return;
          const original = originals[index]!;
          const left = original.subarray(0, Math.floor(original.length * share));
          writeFileSync(join(path, name), Buffer.concat([left, Buffer.alloc(share === 1 ? 0 : zeros)]));
        });
        // The far end's last sample is already of the next run that it waits for.
        const samples = linesIn<Sample>(join(path, 'samples.ndjson')).filter(
          ({ phase, at }) => phase !== 'connecting' || at < 1,
        );
        const kept = readRun(path);
        if (kept === undefined) {
          expect(samples).toEqual([]);
          return;
        }
        const { result } = kept;
        // All but the line end is all of it.
        expect(kept.recovered).toBe(cuts[3].share < 0.9999 || (cuts[3].share < 1 && cuts[3].zeros > 0));
        expect(hasShape(JSON.parse(JSON.stringify(result)), RESULT_SHAPE)).toBe(true);
        if (!kept.recovered) expect(result).toEqual(whole);
        else {
          expect(result.verdict).toBe('incomplete');
          expect(new Set(result.ends.map(({ name }) => name))).toEqual(
            new Set(samples.map(({ end }) => end)),
          );
          for (const end of result.ends) {
            const last = samples.filter((sample) => sample.end === end.name).at(-1)!;
            expect(end).toMatchObject({ bytes: last.bytes, frames: last.frames, uart: last.uart });
          }
        }
        expect(htmlReport([kept])).toContain(`id="verdict">${result.verdict.toUpperCase()}`);
        expect(junitText([{ result, name: 'cut' }])).toContain('</testsuites>');
        rmSync(path, { recursive: true });
      }),
      { seed: 5, numRuns: 80 },
    );
  });

  it('of a soak killed without warning holds all but its last moments', async () => {
    const runs = join(copies, 'killed');
    const running = start(['soak', '--duration', '1h', '--runs', runs, '--ui', 'plain']);
    await running.printed(/connected/);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    running.process.kill('SIGKILL');
    const killedAt = Date.now();
    await running.finished;
    const [name] = readdirSync(runs);
    const path = join(runs, name!);
    expect(existsSync(join(path, 'result.json'))).toBe(false);
    const { code, stdout } = await dplink(['report', path, '--json']);
    const result = JSON.parse(stdout) as Result;
    expect({ code, verdict: result.verdict }).toEqual({ code: 1, verdict: 'incomplete' });
    expect(result.streams.map(({ delivered }) => delivered > 0)).toEqual([true, true]);
    // A second of cadence, a second between samples, and a busy machine's share.
    const missing = (killedAt - Date.parse(result.startedAt)) / 1000 - result.durationSeconds;
    expect(missing).toBeLessThan(4);
  });
});
