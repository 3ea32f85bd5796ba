import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Console } from '../../src/cli/console.ts';
import { start } from './dplink.ts';

const place = mkdtempSync(join(tmpdir(), 'dplink-mistakes-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs a command line in this process: what it printed and its exit code. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string): boolean => {
      written[name] += text;
      return true;
    },
  });
  const console = { stdout: stream('stdout'), stderr: stream('stderr'), stdin: {}, env: {} };
  const code = await runCommandLine(args, console as unknown as Console);
  return { code, ...written };
}

describe('a mistake on the command line is exit 2 and one line that says what was expected', () => {
  test.each([
    [['sok'], 'unknown command sok; did you mean soak?'],
    [['zebra'], 'unknown command zebra: dplink --help lists them'],
    [['soak', 'extra'], 'unexpected argument extra'],
    [['soak', '--prot', '/dev/x'], 'unknown flag --prot; did you mean --port?'],
    [['soak', '--port'], '--port: a value is needed'],
    [['soak', '--port', 'a', '--port', 'b'], '--port is given more than once'],
    [['soak', '--duration', '1s', '--duration', '2s'], '--duration is given more than once'],
    [['soak', '--json=maybe'], '--json takes no value, got "maybe"'],
    [
      ['soak', '--port', 'x', '--parity', 'even'],
      '--parity: expected NONE, EVEN, ODD, MARK or SPACE, got "even"; did you mean EVEN?',
    ],
    [['soak', '--port', 'x', '--stopbits', '3'], '--stopbits: expected 1, 1.5 or 2, got "3"'],
    [['soak', '--port', 'x', '--baud', '3'], '--baud: expected 50 or more, got 3'],
    [['soak', '--port', 'x', '--baud', 'fast'], '--baud: expected a number, got "fast"'],
    [['modem', '--modems=two'], '--modems: expected a number, got "two"'],
    [
      ['soak', '--port', 'x', '--flowcontrol', 'rtscts'],
      '--flowcontrol: expected NONE, XONXOFF, RTS, DTR or RTSDTR, got "rtscts"; did you mean RTS?',
    ],
    [['chat', 'hosst'], 'role: expected host or join, got "hosst"; did you mean host?'],
    [
      ['soak', '--duration', '5'],
      '--duration: expected a length of time such as 500ms, 90s, 10m or 72h, 1s to 60d, got "5"; did you mean 5s?',
    ],
    [['wirng', '--help'], 'unknown command wirng: dplink --help lists them'],
    [['soka', '--help'], 'unknown command soka; did you mean soak?'],
    [
      ['soak', '--duration', '99999999h'],
      '--duration: expected a length of time such as 500ms, 90s, 10m or 72h, 1s to 60d, got "99999999h"',
    ],
    [['soak', '--rig', place], `${place}: is a directory, not a file`],
    [['soak', '--junit', '/nowhere/x.xml'], '--junit: /nowhere/x.xml: no such directory: /nowhere'],
    [['soak', '--capture-last', '1MB'], '--capture-last says how to capture: give --capture FILE too'],
    [
      ['host', '--port', '/dev/x', '--capture', join(place, 'x'), '--capture-last', '10'],
      '--capture-last: expected a size from 512KiB, such as 20MB, got "10"',
    ],
    [['soak', '--capture', place], `--capture: ${place}: is a directory, not a file`],
    [['host', '--address', 'hello'], '--address: "hello": expected x-directplay:/key=value;...'],
    [['decode', '/nowhere'], '/nowhere: no such file'],
    [['dissector', '-o', '/nowhere/x.lua'], '/nowhere/x.lua: no such directory: /nowhere'],
    [['dissector', '-o', place], `${place}: is a directory, not a file`],
  ])('%j', async (args, text) => {
    expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr: `dplink: ${text}\n` });
  });

  test('a profile that comes with dplink is suggested by its name', async () => {
    const { code, stderr } = await run('soak', '--profile', 'quikc');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dplink: quikc: no such file; did you mean \S*profiles[/\\]quick\.yaml\?\n$/);
  });

  test('where no name is near, the place of what comes with dplink is told', async () => {
    const { stderr } = await run('soak', '--profile', 'zzzzzzzz');
    expect(stderr).toMatch(
      /^dplink: zzzzzzzz: no such file; the profiles that come .* are in \S*profiles\n$/,
    );
  });

  test('text that is no hexadecimal is placed in its file, and another reading of it offered', async () => {
    const file = join(place, 'log.txt');
    writeFileSync(file, 'just text\n');
    const { code, stderr } = await run('decode', file);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `dplink: ${file}:1:1: expected hexadecimal digits, got "j" (neither hexadecimal text nor pcapng? then --format raw)\n`,
    });
    writeFileSync(file, 'abc');
    expect((await run('decode', '--format', 'hex', file)).stderr).toBe(
      `dplink: ${file}: an odd number of hexadecimal digits: the last byte is half a byte\n`,
    );
  });

  test('a file without end is refused', { skip: !existsSync('/dev/zero') }, async () => {
    expect((await run('soak', '--rig', '/dev/zero')).stderr).toContain('/dev/zero: larger than');
  });

  test('a place where no runs can be kept is refused before anything is sent', async () => {
    const taken = join(place, 'taken');
    writeFileSync(taken, '');
    expect((await run('soak', '--runs', taken)).stderr).toBe(
      `dplink: --runs: ${taken}: is not a directory\n`,
    );
    expect((await run('soak', '--runs', join(taken, 'runs'))).code).toBe(2);
  });

  test('in /proc, where making directories is answered strangely', {
    skip: !existsSync('/proc/self'),
  }, async () => {
    const { code, stderr } = await run('soak', '--runs', '/proc/runs');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'dplink: --runs: /proc/runs: no directory can be made there\n',
    });
  });
});

test('the examples of dplink address do what they say', async () => {
  const { stdout } = await run('address', '--provider', 'serial', '--baud', '57600', '--parity', 'NONE');
  const explained = await run('address', stdout.trim());
  expect(explained.code).toBe(0);
  expect(explained.stdout).toContain('57600 bits per second');
});

test('a URL that is built with a part that its kind of link does not use says so, beside the URL', async () => {
  const built = await run('address', '--provider', 'serial', '--baud', '9600', '--hostname', 'x');
  expect(built).toMatchObject({ code: 0, stderr: 'dplink: --hostname has no effect on this kind of link\n' });
  expect(built.stdout).toMatch(/^x-directplay:\S+\n$/);
});

describe.skipIf(process.platform !== 'linux')('output that nobody takes (needs Linux ptys)', () => {
  const soak = (runs: string) =>
    start(['soak', '--duration', '30s', '--ui', 'plain', '--runs', join(place, runs)]);

  test('a reader that goes away ends the run in good order, never as a pass', {
    timeout: 30_000,
  }, async () => {
    const running = soak('gone');
    await running.printed(/kept in/);
    running.process.stdout.destroy();
    const code = await new Promise((resolve) => running.process.on('exit', resolve));
    expect(code).toBe(143);
    const [run] = readdirSync(join(place, 'gone'));
    const result = JSON.parse(readFileSync(join(place, 'gone', run!, 'result.json'), 'utf8')) as unknown;
    expect(result).toMatchObject({ verdict: 'incomplete' });
  });
});

test('whoever lists processes sees the command, not that it runs on node', {
  skip: process.platform !== 'linux',
  timeout: 30_000,
}, async () => {
  const { process: child, finished } = start(['decode', '--json']);
  await vi.waitFor(
    () => expect(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')).toMatch(/^dplink decode --json\b/),
    { timeout: 20_000, interval: 100 },
  );
  expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('dplink decode -\n');
  child.stdin.end();
  await finished;
});
