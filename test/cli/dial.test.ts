/** `dplink modem`, `dplink host` and `dplink dial` side by side, as a user runs them on one desk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';
import { start } from './dplink.ts';

const place = mkdtempSync(join(tmpdir(), 'dplink-dial-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

describe.runIf(process.platform === 'linux')('dplink dial', () => {
  test('makes two calls that dplink host answers one after the other', async () => {
    const links = join(place, 'modem');
    const modems = start(['modem', '--links', links, '--quick']);
    await modems.printed(/Ctrl-C ends it/);
    const rig = fileOf(
      'far.yaml',
      `name: far\nends:\n  near: { port: ${links}1, modem: {} }\n  far: elsewhere\n`,
    );
    const host = start(['host', '--rig', rig, '--runs', join(place, 'hosted')]);
    await host.printed(/waiting for a call/);
    const profile = fileOf(
      'two.yaml',
      `name: two
duration: 1s
calls: { count: 2, pause: 1s }
streams: [{ from: both, category: reliable-sequential, size: 60, rate: { per_second: 4 } }]
`,
    );
    const call = async (number: string) => {
      const line = ['--port', `${links}0`, '--phonenumber', number, '--runs', join(place, 'runs')];
      const { code, stdout } = await start(['dial', ...line, '--profile', profile, '--json']).finished;
      return { code, result: JSON.parse(stdout) as Result };
    };
    const both = await call('5551002');
    expect(both.result.calls?.statistics.outcomes).toEqual({ passed: 2 });
    expect(both.code).toBe(0);
    host.process.kill('SIGINT');
    expect((await host.finished).code).toBe(130);
    modems.process.kill('SIGINT');
    await modems.finished;
  }, 120_000);
});
