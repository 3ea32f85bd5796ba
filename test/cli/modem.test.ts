/** `dplink modem` as a user runs it: what it prints, what it refuses, how it ends. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Console } from '../../src/cli/console.ts';
import { systemBinding } from '../../src/port/patched-binding.ts';
import { start } from './dplink.ts';

const place = mkdtempSync(join(tmpdir(), 'dplink-modem-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs `dplink modem` in this process, where it is refused: what it printed and its exit code. */
async function refused(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string): boolean => {
      written[name] += text;
      return true;
    },
  });
  const console = { stdout: stream('stdout'), stderr: stream('stderr'), stdin: {}, env: {} };
  const code = await runCommandLine(['modem', ...args], console as unknown as Console);
  return { code, ...written };
}

/** Opens a port and types a line. */
async function type(path: string, line: string): Promise<SerialPortStream> {
  const stream = new SerialPortStream({ binding: systemBinding(), path, baudRate: 115_200, autoOpen: false });
  stream.on('error', () => {});
  await new Promise<void>((resolve, reject) => stream.open((error) => (error ? reject(error) : resolve())));
  stream.resume();
  stream.write(line);
  return stream;
}

describe.runIf(process.platform === 'linux')('dplink modem', () => {
  test('names its ports and numbers, tells of each call, and ends with Ctrl-C', async () => {
    const script = join(place, 'one-call.yaml');
    writeFileSync(
      script,
      `modems: [{ number: "11" }, { number: "22", profile: "S0=1" }]
calls: [{ call: 1, at: 500ms, hang_up: called }, { call: 2, outcome: no-dial-tone }]
`,
    );
    const links = join(place, 'modem');
    const running = start([
      'modem',
      '--script',
      script,
      '--quick',
      '--links',
      links,
      '--seed',
      '7',
      '--latency',
      '5ms',
    ]);
    await running.printed(/Ctrl-C ends it/);
    const far = await type(`${links}1`, '');
    const near = await type(`${links}0`, 'ATDT22\r');
    await running.printed(/the called modem hung up/);
    near.write('ATDT22\r');
    await running.printed(/call 2 {2}11 is off hook/);
    running.process.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;
    near.destroy();
    far.destroy();
    expect(code).toBe(130);
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'line: 33600 bit/s, 5 ms each way, error correction on; seed 7',
      `modem on ${links}0  number 11`,
      `modem on ${links}1  number 22`,
      'Ctrl-C ends it',
    ]);
    const story = stdout.split('\n').slice(4, 10);
    expect(story.map((line) => line.replace(/^ *\d+\.\d{3} {2}/, ''))).toEqual([
      'call 1  11 is off hook',
      'call 1  11 dials 22',
      'call 1  22 rings (1)',
      'call 1  22 answers 11',
      'call 1  connected: 33600 bit/s, V34, LAPM, V.42bis',
      'call 1  the called modem hung up after 0.5 s: 0 bytes there, 0 back',
    ]);
    expect(existsSync(`${links}0`)).toBe(false);
  });

  test('tells programs the same, one object per line', async () => {
    const running = start([
      'modem',
      '--number',
      '11,*22',
      '--json-stream',
      '--quick',
      '--seed',
      '7',
      '--noise',
      '1e-6',
    ]);
    let printed = '';
    running.process.stdout.on('data', (piece: Buffer) => {
      printed += piece.toString();
    });
    await expect.poll(() => printed.includes('\n'), { timeout: 20_000 }).toBe(true);
    const { modems } = JSON.parse(printed.slice(0, printed.indexOf('\n')));
    const near = await type(modems[0].path, 'ATE0X3S7=1DT5\r');
    await running.printed(/"text":"NO CARRIER"/);
    running.process.kill('SIGTERM');
    const { code, stdout } = await running.finished;
    near.destroy();
    expect(code).toBe(143);
    const [opening, ...events] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(opening).toEqual({
      type: 'modems',
      seed: '7',
      line: { rate: 33_600, latencyMs: 20, bitErrorRatio: 1e-6, errorCorrection: true },
      modems: [
        { number: '11', path: expect.stringMatching(/^\/dev\//) },
        { number: '*22', path: expect.stringMatching(/^\/dev\//) },
      ],
    });
    expect(events.every(({ type, at }) => type === 'event' && typeof at === 'number')).toBe(true);
    expect(events.map(({ event }) => event)).toEqual([
      'command',
      'offHook',
      'dialled',
      'failed',
      'result',
      'cleared',
    ]);
    expect(events[3]).toMatchObject({ call: 1, from: '11', to: '5', outcome: 'unobtainable' });
  });
});

describe('a mistake is exit 2 and one line', () => {
  writeFileSync(join(place, 'bad.yaml'), 'calls: [{ at: 1s, carrier: last }]\n');
  test.each([
    [['--modems', '0'], '--modems: expected a whole number from 1 to 32'],
    [
      ['--number', '1,x'],
      '--number: expected a telephone number: digits, * and #, up to 32 of them, got "x"',
    ],
    [['--number', '1,1'], '--number: two modems have the number 1'],
    [['--modems', '3', '--number', '1,2'], '--number: expected 3 numbers, got 2'],
    [['--rate', '56000'], '--rate: expected a whole number from 300 to 33600'],
    [
      ['--latency', 'x'],
      '--latency: expected a length of time such as 500ms, 90s, 10m or 72h, 60s at most, got "x"',
    ],
    [['--links', '/nowhere/x'], '--links: no such directory: /nowhere'],
    [
      ['--script', 'exchanges/bad-dya.yaml'],
      'exchanges/bad-dya.yaml: no such file; did you mean exchanges/bad-day.yaml?',
    ],
    [
      ['--script', 'exchanges/bad-day.yaml', '--modems', '3'],
      '--modems: exchanges/bad-day.yaml names the modems already',
    ],
  ])('%j', async (args, text) => {
    expect(await refused(...args)).toEqual({ code: 2, stdout: '', stderr: `dplink: ${text}\n` });
  });

  test('in a script is told by its place', async () => {
    const { code, stderr } = await refused('--script', join(place, 'bad.yaml'));
    expect(code).toBe(2);
    expect(stderr).toContain(`${place}/bad.yaml:1:`);
    expect(stderr).toContain('calls.0');
  });
});
