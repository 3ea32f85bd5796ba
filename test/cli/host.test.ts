import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';
import type { Sample } from '../../src/soak/sample.ts';
import { Cable, socatIsHere } from './cable.ts';
import { dplink, start } from './dplink.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'dplink-host-'));
const profile = join(place, 'short.yaml');
writeFileSync(
  profile,
  'name: short\nduration: 2s\nstreams: [{ from: both, category: reliable-sequential, size: 512 }]\n',
);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test.each(['json', 'junit', 'html'])('--%s is for one run: a host that goes on refuses it', async (flag) => {
  const value = flag === 'json' ? [] : [join(place, 'file')];
  const { code, stderr } = await dplink(['host', '--port', '/dev/null', `--${flag}`, ...value]);
  expect(stderr).toContain(`--${flag}: a host serves run after run: give --once too`);
  expect(code).toBe(2);
});

describe.skipIf(!socatIsHere)('dplink host (needs socat)', () => {
  let cable: Cable;
  beforeEach(async () => {
    cable = new Cable(mkdtempSync(join(place, 'cable-')));
    await Promise.all([cable.plug('near'), cable.plug('far')]);
  });
  afterEach(() => Promise.all([cable.unplug('near'), cable.unplug('far')]));

  const soak = () =>
    dplink([
      'soak',
      '--port',
      cable.near,
      '--profile',
      profile,
      '--ui',
      'none',
      '--runs',
      join(place, 'near'),
    ]);

  test('with --once hands out the result of its run in every form', { timeout: 60_000 }, async () => {
    const forms = { junit: join(place, 'far.xml'), html: join(place, 'far.html') };
    const host = start([
      ...['host', '--port', cable.far, '--once', '--json', '--ui', 'plain', '--runs', join(place, 'far')],
      ...['--junit', forms.junit, '--html', forms.html],
    ]);
    await host.printed(/waiting on/);
    const near = await soak();
    const { code, stdout, stderr } = await host.finished;
    expect([near.code, code], stderr).toEqual([0, 0]);
    const result = JSON.parse(stdout) as Result;
    expect(result).toMatchObject({ verdict: 'pass', profile: { name: 'short' } });
    const [kept = ''] = readdirSync(join(place, 'far'));
    const run = JSON.parse(readFileSync(join(place, 'far', kept, 'run.json'), 'utf8'));
    expect(run.diskUse.atMost).toBeGreaterThan(100_000);
    const samples = readFileSync(join(place, 'far', kept, 'samples.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const last = JSON.parse(samples.at(-1) ?? '') as Sample;
    // Nothing that was delivered came after the last sample.
    const delivered = last.streams.map((stream) => stream.delivered);
    const expected = result.streams.map((stream) => (stream.to === 'far' ? stream.delivered : 0));
    expect(delivered).toEqual(expected);
    expect(stderr).toMatch(/near → far|near -> far/);
    expect(readFileSync(forms.junit, 'utf8')).toContain('lostReliable');
    expect(readFileSync(forms.html, 'utf8')).toContain(result.seed);
  });

  test('with --ui none says nothing but the summaries', { timeout: 60_000 }, async () => {
    const host = start([
      'host',
      '--port',
      cable.far,
      '--once',
      '--ui',
      'none',
      '--runs',
      join(place, 'none'),
    ]);
    const [{ code }, { stdout }] = await Promise.all([soak(), host.finished]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ *PASS/);
    expect(stdout).not.toMatch(/waiting|plan agreed/);
  });

  const usable = spawnSync('tmux', ['-V']).status === 0;
  test.skipIf(!usable)(
    'on a terminal is drawn, from run to run (needs tmux)',
    { timeout: 90_000 },
    async () => {
      const socket = join(place, 'tmux');
      const tmux = (...args: string[]) =>
        spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' }).stdout;
      const shows = async (pattern: RegExp): Promise<string> => {
        for (let tries = 0; tries < 300; tries++) {
          const screen = tmux('capture-pane', '-p', '-t', 'host');
          if (pattern.test(screen)) return screen;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error(`never showed ${pattern}:\n${tmux('capture-pane', '-p', '-t', 'host')}`);
      };
      try {
        tmux('new-session', '-d', '-s', 'host', '-x', '110', '-y', '32', '-c', ROOT, 'bash --norc -i');
        await shows(/[#$] *$/m);
        const command = `node --import tsx src/cli/main.ts host --port ${cable.far} --runs ${join(place, 'drawn')}`;
        tmux('send-keys', '-t', 'host', `export LANG=C.UTF-8; ${command}; echo code $?`, 'Enter');
        expect(await shows(/waiting on/)).toContain('WAITING');
        for (const _ of [1, 2]) {
          const near = soak();
          await shows(/RUNNING {3}short/);
          expect((await near).code).toBe(0);
          await shows(/PASS {3}short/);
        }
        tmux('send-keys', '-t', 'host', 'q');
        const after = await shows(/^code 130/m);
        expect(after).toContain('kept in');
        expect(tmux('capture-pane', '-p', '-S', '-200', '-t', 'host')).toMatch(/dplink host: pass, kept in/);
      } finally {
        tmux('kill-server');
      }
    },
  );
});
