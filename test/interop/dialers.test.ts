/** Dialers that others wrote, against `dplink modem`: ppp's chat and C-Kermit. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, test } from 'vitest';
import { systemBinding } from '../../src/port/patched-binding.ts';
import { type Running, start } from '../cli/dplink.ts';

/** Whether a program is here; it need not succeed. */
function has(program: string, ...args: string[]): boolean {
  return process.platform === 'linux' && spawnSync(program, args, { input: '' }).error === undefined;
}

const HAS_CHAT = has('chat', '-V');
const HAS_KERMIT = has('kermit', '-h');
const cleanups: (() => void | Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a finished program said, on both streams. */
interface Said {
  readonly code: number | null;
  readonly text: string;
}

function run(program: string, args: readonly string[]): Promise<Said> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

/** Two modems of a running `dplink modem`; whoever calls the second is answered, greeted, and told what it says. */
async function bench(
  ...flags: string[]
): Promise<{ place: string; near: string; modems: Running; heard(): string }> {
  const place = mkdtempSync(join(tmpdir(), 'dialers-'));
  cleanups.push(() => rmSync(place, { recursive: true, force: true }));
  const modems = start([
    'modem',
    '--quick',
    '--answer',
    '1',
    '--links',
    join(place, 'modem'),
    '--verbose',
    ...flags,
  ]);
  cleanups.push(async () => {
    modems.process.kill('SIGINT');
    await modems.finished;
  });
  await modems.printed(/Ctrl-C ends it/);
  const far = new SerialPortStream({
    binding: systemBinding(),
    path: join(place, 'modem1'),
    baudRate: 115_200,
  });
  cleanups.push(() => new Promise((resolve) => far.close(resolve)));
  let heard = '';
  far.on('data', (piece: Buffer) => {
    heard += piece.toString('latin1');
    if (/^login me\r/m.test(heard)) {
      heard = '';
      far.write('welcome, me\r\n');
    }
  });
  return { place, near: join(place, 'modem0'), modems, heard: () => heard };
}

describe.skipIf(!HAS_CHAT)(`ppp's chat${HAS_CHAT ? '' : ' (absent: Debian package ppp)'}`, () => {
  const chat = (near: string, ...script: string[]): Promise<Said> => {
    const words = script.map((word) => `'${word}'`).join(' ');
    return run('sh', [
      '-c',
      `stty raw -echo 57600 <>'${near}' >&0; exec chat -v -s -t 20 ${words} <>'${near}' >&0`,
    ]);
  };
  const SCRIPT = ['ABORT', 'BUSY', 'ABORT', 'NO CARRIER', 'ABORT', 'NO DIALTONE', '', 'ATZ', 'OK', 'ATE0'];

  test('dials, connects at its own rate, logs in, and hangs up by closing the port', async () => {
    const { near, modems } = await bench();
    const { code, text } = await chat(
      near,
      ...SCRIPT,
      'OK',
      'ATDT5551002',
      'CONNECT',
      'login me',
      'welcome, me',
    );
    expect(code, text).toBe(0);
    await modems.printed(/says CONNECT 57600/);
    await modems.printed(/the caller hung up after .* 9 bytes there, 13 back/);
  });

  test('is told BUSY and that nobody has a number', async () => {
    const { near } = await bench();
    // chat ends with 4 for the first string that aborts, 5 for the second.
    expect((await chat(near, ...SCRIPT, 'OK', 'ATDT5551001', 'CONNECT', '')).code).toBe(4);
    expect((await chat(near, ...SCRIPT, 'OK', 'ATS7=2DT5559', 'CONNECT', '')).code).toBe(5);
  });
});

describe.skipIf(!HAS_KERMIT)(`C-Kermit${HAS_KERMIT ? '' : ' (absent: Debian package ckermit)'}`, () => {
  // A pty has no modem lines: there is no carrier to watch, and DTR cannot be set.
  const HEAD = (near: string): string[] => [
    'set modem type hayes-high-speed',
    'set carrier-watch off',
    `set line ${near}`,
    'if fail exit 9 the line cannot be opened',
    'set speed 57600',
    'set flow none',
    'set dial timeout 30',
    'set dial display on',
    'set dial retries 1',
    'set dial hangup off',
  ];
  const kermit = (place: string, near: string, ...script: string[]): Promise<Said> => {
    const file = join(place, 'script.ksc');
    writeFileSync(file, [...HEAD(near), ...script, ''].join('\n'));
    return run('kermit', ['-y', file]);
  };

  test('dials with its own init strings, talks, escapes with +++ and hangs up', async () => {
    const { place, near, modems } = await bench();
    const { code, text } = await kermit(
      place,
      near,
      'dial 5551002',
      'if fail exit 3 not connected',
      'lineout login me',
      'input 10 {welcome, me}',
      'if fail exit 4 no answer',
      'hangup',
      'exit 0',
    );
    expect(code, text).toBe(0);
    await modems.printed(/connected: 33600 bit\/s/);
    await modems.printed(/found the escape in the data/);
    await modems.printed(/hears ATQ0H0/);
    await modems.printed(/the caller hung up/);
  });

  test('knows BUSY', async () => {
    const { place, near } = await bench();
    const { code, text } = await kermit(
      place,
      near,
      'dial 5551001',
      'if fail exit \\v(dialstatus)',
      'exit 0',
    );
    // 22 is busy in C-Kermit's dial status.
    expect(code, text).toBe(22);
  });
});
