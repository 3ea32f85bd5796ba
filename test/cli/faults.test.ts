import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOTH_ENDS, socatIsHere } from './cable.ts';
import { FaultBench, type Kept } from './fault-bench.ts';
import type { FaultScript } from './fault-script.ts';
import { LINE_FAULTS } from './line-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { checkAgreement, checkResult } from './result-check.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const hasPtys = process.platform === 'linux';
const tmuxIsHere = spawnSync('tmux', ['-V']).status === 0;

/** Throws unless the near end printed what its kept result says, and nothing but JSON. */
function checkPrinted(stdout: string, { result }: Kept, output: FaultScript['output']): void {
  if (output === 'json') {
    expect(JSON.parse(stdout)).toEqual(result);
    return;
  }
  const lines = stdout.split('\n').slice(0, -1);
  const told = lines.map((line) => JSON.parse(line) as { type: string });
  expect(told.filter(({ type }) => !['run', 'sample', 'event', 'result'].includes(type))).toEqual([]);
  expect(told.at(-1)).toEqual({ type: 'result', ...result });
}

/** Throws unless the verdict is the one expected. */
function checkVerdict(kept: Kept | undefined, expected: FaultScript['verdict']): void {
  const verdict = kept?.result?.verdict ?? 'none';
  if (expected === 'noPass') expect(['fail', 'incomplete']).toContain(verdict);
  else expect(verdict).toBe(expected);
}

/** Throws unless a result is there, valid, and what the near end's journal and samples say. */
function checkNear(kept: Kept, verdict: FaultScript['verdict'], reasons: RegExp | undefined): void {
  checkVerdict(kept, verdict);
  checkResult(kept.result);
  checkAgreement(kept, 'near');
  expect(kept.result?.reasons.join('; ')).toMatch(reasons ?? /^$/);
}

/** Plays the part of the near end and judges what it left. */
async function playNear(script: FaultScript, bench: FaultBench): Promise<Kept> {
  bench.startSoak();
  if (script.output !== 'json') await bench.reached('connecting');
  await script.strike?.(bench);
  const { code, stdout, stderr } = await bench.soak.finished;
  const [kept] = bench.kept('near');
  if (kept === undefined) throw new Error(`no run was kept:\n${stdout}\n${stderr}`);
  expect(stderr).not.toMatch(/fault of dplink/);
  expect(code, stderr).toBe(script.code);
  if (script.verdict === 'none') checkVerdict(kept, 'none');
  else checkNear(kept, script.verdict, script.reasons);
  if (!script.isSilenced) checkPrinted(stdout, kept, script.output);
  await script.also?.(kept, bench);
  return kept;
}

/** Throws unless the host comes to the end of its first run within so many milliseconds. */
async function freeWithin(ms: number, bench: FaultBench): Promise<void> {
  const freed = bench.host.printed(/run 1 ended/).then(() => true);
  expect(await Promise.race([freed, bench.wait(ms).then(() => false)]), 'the host is free').toBe(true);
}

/** Judges what the host left, and that nothing ended it but what should: an interrupt, unless the fault did. */
async function judgeHost(script: FaultScript, bench: FaultBench): Promise<void> {
  const { verdict = script.verdict, code, freeWithinMs } = script.host ?? {};
  if (freeWithinMs !== undefined) await freeWithin(freeWithinMs, bench);
  const ended = code === undefined ? bench.endHost() : bench.host.finished;
  expect((await ended).code).toBe(code === undefined ? 130 : code);
  const runs = bench.kept('far');
  checkVerdict(runs[0], verdict);
  for (const kept of runs.filter(({ result }) => result !== undefined)) {
    checkResult(kept.result);
    checkAgreement(kept, 'far');
  }
}

/** Plays a script from the plugging of the cable to the end of the host. */
async function play(script: FaultScript): Promise<void> {
  const bench = new FaultBench(script);
  const hasHost = script.rig === undefined && script.far !== 'nobody';
  try {
    if (script.rig === undefined) await Promise.all(BOTH_ENDS.map((end) => bench.cable.plug(end)));
    await script.prepare?.(bench);
    if (hasHost) await bench.startHost();
    await playNear(script, bench);
    if (hasHost) await judgeHost(script, bench);
  } finally {
    await bench.clear();
  }
}

/** What a script lacks on this machine, in words; empty where nothing. */
function lacking({ needsMount, rig }: FaultScript): string {
  if (needsMount === 'lacking') return ' (needs the right to mount)';
  if (rig !== undefined) return hasPtys ? '' : ' (needs Linux ptys)';
  return socatIsHere ? '' : ' (needs socat)';
}

/** All of them, the slow ones where they wait while others are played. */
function inPlayingOrder(): FaultScript[] {
  const all = [...LINE_FAULTS, ...PROCESS_FAULTS];
  const slow = all.filter(({ isSlow }) => isSlow);
  const quick = all.filter(({ isSlow }) => !isSlow);
  const half = slow.length / 2;
  return [...slow.slice(0, half), ...quick.slice(0, 16), ...slow.slice(half), ...quick.slice(16)];
}

describe('a soak ends with a valid result and the right verdict in spite of', () => {
  for (const script of inPlayingOrder()) {
    const lack = lacking(script);
    const run = lack === '' ? test.concurrent : test.skip;
    run(`${script.name}${lack}`, { timeout: 180_000 }, () => play(script));
  }

  const inTerminal = tmuxIsHere && hasPtys ? test.concurrent : test.skip;
  inTerminal('a terminal that is closed (needs tmux)', { timeout: 180_000 }, async () => {
    const bench = new FaultBench({
      rig: 'name: virtual\nends: { near: virtual, far: virtual }\n',
      duration: '60s',
    });
    const tmux = (...args: string[]): string =>
      spawnSync('tmux', ['-S', join(bench.place, 'tmux'), ...args], { encoding: 'utf8' }).stdout;
    bench.later(() => tmux('kill-server'));
    try {
      const command = `node --import tsx src/cli/main.ts ${bench.soakArguments.join(' ')}`;
      tmux('new-session', '-d', '-s', 'soak', '-x', '100', '-y', '30', '-c', ROOT, 'bash --norc -i');
      tmux('send-keys', '-t', 'soak', `export LANG=C.UTF-8; ${command}`, 'Enter');
      await bench.until(() => tmux('capture-pane', '-p', '-t', 'soak').includes('RUNNING'));
      tmux('kill-session', '-t', 'soak');
      await bench.until(() => bench.kept('near')[0]?.result !== undefined);
      checkNear(bench.kept('near')[0]!, 'incomplete', /^stopped at near by its operator/);
    } finally {
      await bench.clear();
    }
  });
});

const onCable = socatIsHere ? test.concurrent : test.skip;
onCable(
  'a host says that somebody sends what it cannot understand (needs socat)',
  { timeout: 90_000 },
  async () => {
    const bench = new FaultBench();
    try {
      await Promise.all(BOTH_ENDS.map((end) => bench.cable.plug(end)));
      await bench.startHost();
      const babble = setInterval(() => bench.cable.send('far', Buffer.from([0x80, 0xf8, 0, 0x1c])), 200);
      await bench.host.printed(/\d+ bytes arrived and no frame among them: are baud/);
      clearInterval(babble);
      expect((await bench.endHost()).code).toBe(130);
    } finally {
      await bench.clear();
    }
  },
);
