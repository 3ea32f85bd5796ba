/** `dplink chat` on a terminal: what is typed stays whole while others talk. Needs tmux. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const usable = process.platform === 'linux' && spawnSync('tmux', ['-V']).status === 0;
const place = mkdtempSync(join(tmpdir(), 'dplink-chat-terminal-'));

/** Runs tmux on a server of this test's own. */
function tmux(...args: string[]): string {
  return spawnSync('tmux', ['-S', join(place, 'tmux'), ...args], { encoding: 'utf8' }).stdout;
}

const type = (...keys: string[]): void => void tmux('send-keys', '-t', 'chat', ...keys);

/** What the terminal shows, once it matches `pattern`. */
async function shows(pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const screen = tmux('capture-pane', '-p', '-t', 'chat');
    if (pattern.test(screen)) return screen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never showed ${pattern}:\n${tmux('capture-pane', '-p', '-t', 'chat')}`);
}

afterAll(() => {
  tmux('kill-server');
  rmSync(place, { recursive: true, force: true });
});

test.skipIf(!usable)(
  'a half-typed line stays below what others say, and Ctrl-C leaves with 130',
  {
    timeout: 90_000,
  },
  async () => {
    const command = 'node --import tsx src/cli/main.ts chat --rig rigs/in-process.yaml --name Ann';
    tmux('new-session', '-d', '-s', 'chat', '-x', '80', '-y', '20', '-c', ROOT, 'bash --norc -i');
    await shows(/[#$] *$/m);
    type(`export LANG=C.UTF-8; ${command}; echo code $?`, 'Enter');
    await shows(/far is in, hosted by Ann/);
    // What was said before the next line was typed is heard behind its beginning.
    type('hello', 'Enter', 'half');
    await shows(/^\[far\] <Ann> hello\n> half$/m);
    type(' done', 'Enter');
    await shows(/^\[far\] <Ann> half done$/m);
    type('C-c');
    await shows(/^code 130$/m);
  },
);
