import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const usable = process.platform === 'linux' && spawnSync('tmux', ['-V']).status === 0;
const place = mkdtempSync(join(tmpdir(), 'dplink-terminal-'));
const socket = join(place, 'tmux');

/** Runs tmux on a server of this test's own. */
function tmux(...args: string[]): string {
  return spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' }).stdout;
}

/** What the terminal shows, once it matches `pattern`. */
async function shows(pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const screen = tmux('capture-pane', '-p', '-t', 'soak');
    if (pattern.test(screen)) return screen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never showed ${pattern}:\n${tmux('capture-pane', '-p', '-t', 'soak')}`);
}

afterAll(() => {
  tmux('kill-server');
  rmSync(place, { recursive: true, force: true });
});

describe.skipIf(!usable)('the dashboard in a terminal (needs tmux)', () => {
  test('is drawn, ends with Ctrl-C, and gives the terminal back as it was', { timeout: 90_000 }, async () => {
    const runs = join(place, 'runs');
    const command = `node --import tsx src/cli/main.ts soak --duration 60s --runs ${runs}`;
    tmux('new-session', '-d', '-s', 'soak', '-x', '100', '-y', '30', '-c', ROOT, 'bash --norc -i');
    await shows(/[#$] *$/m);
    tmux('send-keys', '-t', 'soak', `export LANG=C.UTF-8; stty -a > ${place}/before; ${command}`, 'Enter');
    const drawn = await shows(/RUNNING/);
    expect(drawn).toMatch(/near → far/);
    tmux('send-keys', '-t', 'soak', 'C-c');
    await shows(/kept in/);
    expect(tmux('capture-pane', '-p', '-S', '-100', '-t', 'soak')).toMatch(/INCOMPLETE/);
    expect(tmux('display-message', '-p', '-t', 'soak', '#{alternate_on} #{cursor_flag}').trim()).toBe('0 1');
    tmux('send-keys', '-t', 'soak', `echo code $?; stty -a > ${place}/after; echo don''e`, 'Enter');
    const after = await shows(/^done/m);
    expect(after).toMatch(/^code 130/m);
    expect(readFileSync(join(place, 'after'), 'utf8')).toBe(readFileSync(join(place, 'before'), 'utf8'));
    const [run] = readdirSync(runs);
    const result = JSON.parse(readFileSync(join(runs, run!, 'result.json'), 'utf8')) as Result;
    expect(result.verdict).toBe('incomplete');
  });
});
