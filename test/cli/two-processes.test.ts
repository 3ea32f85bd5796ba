import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';
import { dplink, type Running, start } from './dplink.ts';

const socat = spawnSync('socat', ['-V']).status === 0;
const place = mkdtempSync(join(tmpdir(), 'dplink-two-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const profile = join(place, 'short.yaml');
writeFileSync(
  profile,
  `name: short
duration: 2s
streams:
  - { from: both, category: reliable-sequential, size: 1024 }
`,
);

/** Resolves once `file` exists. */
async function appeared(file: string): Promise<void> {
  for (let tries = 0; tries < 200 && !existsSync(file); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe.skipIf(!socat)('dplink soak against dplink host in another process (needs socat)', () => {
  const near = join(place, 'near');
  const far = join(place, 'far');
  let cable: ChildProcess;
  let host: Running;

  beforeEach(async () => {
    cable = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`]);
    await Promise.all([appeared(near), appeared(far)]);
    host = start(['host', '--port', far, '--runs', join(place, 'runs-far')]);
    await host.printed(/waiting/);
  });

  afterEach(async () => {
    host.process.kill('SIGINT');
    await host.finished;
    cable.kill();
  });

  test('two soaks in a row pass, with both ends in one result', { timeout: 60_000 }, async () => {
    for (const seed of ['first', 'second']) {
      const { code, stdout, stderr } = await dplink([
        ...['soak', '--port', near, '--profile', profile, '--json', '--seed', seed],
        ...['--runs', join(place, 'runs-near')],
      ]);
      expect(stderr).toContain('PASS');
      expect(code).toBe(0);
      const result = JSON.parse(stdout) as Result;
      expect(result).toMatchObject({ verdict: 'pass', seed });
      expect(result.ends.map(({ name, role }) => `${name} ${role}`)).toEqual(['near join', 'far host']);
      expect(result.streams.map(({ from, lost }) => `${from} ${lost}`)).toEqual(['near 0', 'far 0']);
    }
    host.process.kill('SIGINT');
    const { code, stdout } = await host.finished;
    expect(code).toBe(130);
    expect(stdout.match(/run \d+ ended/g)).toHaveLength(2);
  });
});
