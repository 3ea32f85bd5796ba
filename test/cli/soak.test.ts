import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';
import { dplink, start } from './dplink.ts';

const linux = process.platform === 'linux';
const place = mkdtempSync(join(tmpdir(), 'dplink-test-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A file of this test's own. */
function file(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

const SHORT = file(
  'short.yaml',
  `name: short
duration: 2s
streams:
  - { from: both, category: reliable-sequential, size: 4096 }
`,
);

const NOISY = file(
  'noisy.yaml',
  `name: noisy
ends: { near: virtual, far: virtual }
line: { baud: 115200, bit_error_ratio: 1.0e-5 }
`,
);

/** Every line of a file of JSON lines. */
function lines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.skipIf(!linux)('dplink soak over the embedded null-modem (needs Linux ptys)', () => {
  test('a short soak passes, prints one JSON document and keeps its run', { timeout: 60_000 }, async () => {
    const runs = join(place, 'runs-pass');
    const { code, stdout, stderr } = await dplink([
      'soak',
      '--profile',
      SHORT,
      '--json',
      '--ui',
      'none',
      '--runs',
      runs,
      '--seed',
      'one',
    ]);
    expect(stderr).not.toContain('fault');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Result;
    expect(result).toMatchObject({ schema: 'dplink/result/1', verdict: 'pass', reasons: [], seed: 'one' });
    expect(result.streams).toHaveLength(2);
    for (const stream of result.streams) {
      expect(stream).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, corrupted: 0 });
      expect(stream.delivered).toBe(stream.sent);
      expect(stream.delivered).toBeGreaterThan(0);
    }
    for (const end of result.ends) expect(end.uart).toBeNull();
    expect(unaccounted(result)).toEqual([0, 0, 0, 0]);
    const [run] = readdirSync(runs);
    expect(JSON.parse(readFileSync(join(runs, run!, 'result.json'), 'utf8'))).toEqual(result);
    expect(lines(join(runs, run!, 'samples.ndjson')).map((line) => line.end)).toContain('far');
    expect(lines(join(runs, run!, 'journal.ndjson')).map((line) => line.event)).toContain('finished');
  });

  test('noise is repaired, and counted at both ends', { timeout: 60_000 }, async () => {
    const { code, stdout } = await dplink([
      ...['soak', '--rig', NOISY, '--profile', SHORT, '--duration', '6s', '--json', '--ui', 'none'],
      ...['--runs', join(place, 'runs-noisy'), '--seed', 'noise'],
    ]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Result;
    const errors = result.ends.map(({ frames }) => frames.headerCrcErrors + frames.messageCrcErrors);
    expect(Math.min(...errors)).toBeGreaterThan(0);
    expect(Math.min(...result.ends.map(({ frames }) => frames.resyncs))).toBeGreaterThan(0);
    for (const stream of result.streams) {
      expect(stream).toMatchObject({ lost: 0, duplicated: 0, misordered: 0, corrupted: 0 });
    }
  });

  test('SIGINT in the middle leaves a complete, valid partial result', { timeout: 60_000 }, async () => {
    const runs = join(place, 'runs-interrupted');
    const running = start(['soak', '--profile', SHORT, '--duration', '60s', '--ui', 'plain', '--runs', runs]);
    await running.printed(/CRC errors/);
    running.process.kill('SIGINT');
    const { code } = await running.finished;
    expect(code).toBe(130);
    const [run] = readdirSync(runs);
    const result = JSON.parse(readFileSync(join(runs, run!, 'result.json'), 'utf8')) as Result;
    expect(result.verdict).toBe('incomplete');
    expect(result.reasons.join()).toMatch(/operator/);
    expect(result.ends.map((end) => end.name)).toEqual(['near', 'far']);
    expect(result.streams.every((stream) => stream.delivered > 0)).toBe(true);
  });

  test('every line of --json-stream is one JSON object, from the run to its result', {
    timeout: 60_000,
  }, async () => {
    const { code, stdout } = await dplink([
      'soak',
      '--profile',
      SHORT,
      '--json-stream',
      '--runs',
      join(place, 'runs-stream'),
    ]);
    expect(code).toBe(0);
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe('run');
    expect(types.at(-1)).toBe('result');
    expect(new Set(types)).toEqual(new Set(['run', 'sample', 'event', 'result']));
  });
});

test('dplink soak over the in-process line has UART counters and hardware flow control', {
  timeout: 60_000,
}, async () => {
  const { code, stdout } = await dplink([
    ...['soak', '--rig', 'rigs/in-process.yaml', '--profile', SHORT, '--json', '--ui', 'none'],
    ...['--runs', join(place, 'runs-in-process')],
  ]);
  expect(code).toBe(0);
  const result = JSON.parse(stdout) as Result;
  for (const end of result.ends) {
    expect(end.uart).toEqual({ framing: 0, parity: 0, overrun: 0, break: 0 });
    expect(end.line.flowcontrol).toBe('RTS');
  }
});

/** Bytes and frames sent at one end and not received at the other, both ways; a clean line leaves none. */
function unaccounted({ ends: [near, far] }: Result): number[] {
  const ways = [
    [near, far],
    [far, near],
  ] as const;
  return ways.flatMap(([from, to]) => [
    from!.bytes.sent - to!.bytes.received,
    from!.frames.sent - to!.frames.received,
  ]);
}

describe('dplink soak refuses what it cannot do', () => {
  test('a port that is not there: exit 3 and one clear line', async () => {
    const { code, stdout, stderr } = await dplink([
      'soak',
      '--port',
      '/dev/ttyNotThere',
      '--runs',
      join(place, 'none'),
    ]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/\/dev\/ttyNotThere/);
  });

  test('a bad rig: exit 2 with file, line and column', async () => {
    const rig = file(
      'bad.yaml',
      'name: bad\nends:\n  near: { port: /dev/ttyS0, parity: none }\n  far: elsewhere\n',
    );
    const { code, stderr } = await dplink(['soak', '--rig', rig]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${rig}:3:37 ends.near.parity: expected NONE, EVEN`);
  });

  test('a flag that is not known: exit 2 with a suggestion', async () => {
    const { code, stderr } = await dplink(['soak', '--profil', 'x']);
    expect(code).toBe(2);
    expect(stderr).toBe('dplink: unknown flag --profil; did you mean --profile?\n');
  });

  test('two names for one line: exit 2', async () => {
    const { code, stderr } = await dplink(['soak', '--port', '/dev/x', '--rig', 'y.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('--rig and --port both name a line: give one');
  });
});
