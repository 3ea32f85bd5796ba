import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { sampleInterval } from '../../src/cli/simulate-run.ts';
import type { Result } from '../../src/soak/result.ts';
import { dplink, start } from './dplink.ts';

const place = mkdtempSync(join(tmpdir(), 'dplink-simulate-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const simulate = (...flags: string[]) => dplink(['simulate', '--runs', join(place, 'runs'), ...flags]);

/** A result without the one thing that real time decides. */
function timeless(stdout: string): Result {
  return { ...(JSON.parse(stdout) as Result), startedAt: '' };
}

describe('dplink simulate', { timeout: 60_000 }, () => {
  test('runs two minutes of a noisy line, passes, and gives the same result for the same seed', async () => {
    const flags = ['--duration', '2m', '--seed', 'one', '--json'];
    const [first, second, other] = await Promise.all([
      simulate(...flags),
      simulate(...flags),
      simulate('--duration', '2m', '--seed', 'two', '--json'),
    ]);
    expect(first.code).toBe(0);
    const result = timeless(first.stdout);
    expect(result.verdict).toBe('pass');
    expect(result.durationSeconds).toBeGreaterThan(120);
    expect(result.ends.map(({ frames }) => frames.messageCrcErrors > 0)).toEqual([true, true]);
    expect(timeless(second.stdout)).toEqual(result);
    expect(timeless(other.stdout)).not.toEqual({ ...result, seed: 'two' });
  });

  test('what one end of a clean line sent, the other received, to the last byte', async () => {
    const rig = join(place, 'clean.yaml');
    writeFileSync(rig, 'name: clean\nends: { near: simulated, far: simulated }\nline: { baud: 57600 }\n');
    const { stdout } = await simulate('--rig', rig, '--duration', '10s', '--json');
    const [near, far] = timeless(stdout).ends;
    expect([near!.bytes.sent, near!.frames.sent]).toEqual([far!.bytes.received, far!.frames.received]);
    expect([far!.bytes.sent, far!.frames.sent]).toEqual([near!.bytes.received, near!.frames.received]);
  });

  test('keeps a run as any soak does, with a capture, and says so to people', async () => {
    const runs = join(place, 'kept');
    const capture = join(place, 'capture.pcapng');
    const { code, stdout } = await dplink([
      ...['simulate', '--duration', '60s', '--runs', runs, '--capture', capture, '--ui', 'plain'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/PASS/);
    const [run] = readdirSync(runs);
    expect(readdirSync(join(runs, run!)).sort()).toEqual([
      ...['journal.ndjson', 'result.json', 'run.json', 'samples.ndjson'],
    ]);
    const samples = readFileSync(join(runs, run!, 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n');
    expect(samples.length).toBeGreaterThanOrEqual(120);
    expect(readFileSync(capture).readUInt32LE(0)).toBe(0x0a0d0d0a);
  });

  test('fails with 1 when the line is too bad for the profile', async () => {
    const rig = join(place, 'bad.yaml');
    writeFileSync(
      rig,
      'name: bad\nends: { near: simulated, far: simulated }\nline: { near_to_far: { bit_error_ratio: 3.0e-3 } }\n',
    );
    const { code, stdout } = await simulate('--rig', rig, '--duration', '30s');
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL/);
  });

  test('takes any rig that needs no port, and refuses one that does', async () => {
    expect((await simulate('--rig', 'rigs/noisy.yaml', '--duration', '10s')).code).toBe(0);
    const refused = await simulate('--rig', 'rigs/two-ports.yaml');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/two-ports\.yaml: ends\.near: virtual time knows no real port/);
  });

  test('an interrupt leaves a complete, valid, partial result', async () => {
    const running = start([
      ...['simulate', '--duration', '30d', '--ui', 'plain', '--runs', join(place, 'cut')],
    ]);
    await running.printed(/round trip/);
    running.process.kill('SIGINT');
    const { code } = await running.finished;
    expect(code).toBe(130);
    const [run] = readdirSync(join(place, 'cut'));
    const result = JSON.parse(readFileSync(join(place, 'cut', run!, 'result.json'), 'utf8')) as Result;
    expect(result.verdict).toBe('incomplete');
  });

  test('a soak refuses ends that are simulated, and says what they are for', async () => {
    const { code, stderr } = await dplink(['soak', '--rig', 'rigs/simulated.yaml', '--runs', place]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/simulated\.yaml: ends: .*dplink simulate/);
  });
});

test('a simulated run leaves 3,600 samples of each end behind at most, whole seconds apart', () => {
  expect(sampleInterval(undefined)).toBe(SECOND);
  expect(sampleInterval(4 * 3600 * SECOND)).toBe(4 * SECOND);
  expect(sampleInterval(15 * SECOND)).toBe(SECOND);
  expect(sampleInterval(3600 * SECOND)).toBe(SECOND);
  expect(sampleInterval(86_400 * SECOND)).toBe(30 * SECOND);
  expect(sampleInterval(90_001 * SECOND)).toBe(30 * SECOND);
});
