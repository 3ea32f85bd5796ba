/** `dplink dial` on a terminal: the dashboard, call after call. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CallingDesk } from './calling.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const usable = process.platform === 'linux' && spawnSync('tmux', ['-V']).status === 0;
const desk = new CallingDesk();
afterAll(() => desk.clear());

describe.skipIf(!usable)('dplink dial on a terminal (needs tmux)', () => {
  test('is drawn from call to call: which call, what came of those before, and the rate of the telephone line', {
    timeout: 240_000,
  }, async () => {
    await desk.powerOn('calls: [{ call: 1, outcome: busy }]\n');
    await desk.answer();
    const profile = desk.profile('{ count: 3, pause: 1s }', '4s');
    const tmux = (...args: string[]) =>
      spawnSync('tmux', ['-S', join(desk.place, 'tmux'), ...args], { encoding: 'utf8' }).stdout;
    const screen = () => tmux('capture-pane', '-p', '-t', 'dial');
    const shows = async (pattern: RegExp): Promise<string> => {
      for (let tries = 0; tries < 900; tries++) {
        const text = screen();
        if (pattern.test(text)) return text;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`never showed ${pattern}:\n${screen()}`);
    };
    try {
      tmux('new-session', '-d', '-s', 'dial', '-x', '120', '-y', '34', '-c', ROOT, 'bash --norc -i');
      await shows(/[#$] *$/m);
      const flags = `--rig ${desk.rig()} --profile ${profile} --runs ${join(desk.place, 'runs')}`;
      const command = `node --import tsx src/cli/main.ts dial ${flags}`;
      tmux('send-keys', '-t', 'dial', `export LANG=C.UTF-8; ${command}; echo code $?`, 'Enter');
      const first = await shows(/CONNECTING {3}calls, call 1 of 3 on near/);
      expect(first).toContain('dial  call 1 of 3: dialling 5551002');
      const second = await shows(/RUNNING {3}calls, call 2 of 3 \(1 busy; about \d:\d\d left\) on near/);
      expect(second).toContain('39480 8N1');
      await shows(/call 2 of 3: passed/);
      await shows(/RUNNING {3}calls, call 3 of 3 \(1 busy, 1 passed;/);
      tmux('send-keys', '-t', 'dial', 'q');
      const after = await shows(/^code 130/m);
      expect(after).toContain('kept in');
      expect(tmux('capture-pane', '-p', '-S', '-200', '-t', 'dial')).toMatch(/1 of 3 calls passed/);
    } finally {
      tmux('kill-server');
    }
  });
});
