/** How a series of calls by `dplink dial` ends before its time: the result is whole, and what was done until then is in it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/soak/result.ts';
import { CallingDesk } from './calling.ts';

const desks: CallingDesk[] = [];
afterAll(() => {
  for (const desk of desks) desk.clear();
});

async function newDesk(script?: string): Promise<CallingDesk> {
  const desk = new CallingDesk();
  desks.push(desk);
  await desk.powerOn(script);
  return desk;
}

const timeout = 240_000;

describe.runIf(process.platform === 'linux').concurrent('a series of calls', () => {
  test('stopped while a call is dialled keeps the calls before, and says 130', { timeout }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const dialling = desk.dialling(
      desk.rig(),
      desk.profile('{ count: 5, pause: 500ms }'),
      '--json',
      '--ui',
      'plain',
    );
    await dialling.printed(/call 2 of 5: dialling/);
    await new Promise((resolve) => setTimeout(resolve, 700));
    dialling.process.kill('SIGINT');
    const { code, result, calls, junit } = await desk.left(dialling);
    expect([code, result.verdict]).toEqual([130, 'incomplete']);
    expect(calls.attempts.map(({ call, outcome }) => [call, outcome])).toEqual([
      [1, 'passed'],
      [2, 'aborted'],
    ]);
    expect(calls.attempts[0]?.streams).toHaveLength(2);
    expect(result.reasons).toEqual(['stopped by the operator', '1 of 5 calls passed, 5 are needed']);
    expect(result.streams.every(({ delivered }) => delivered > 0)).toBe(true);
    expect(junit).toMatch(/name="calls 3 to 5"[^>]*>\s*<skipped/);
  });

  test('stopped in the traffic of a call hangs up in good order', { timeout }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const dialling = desk.dialling(
      desk.rig(),
      desk.profile('{ count: 2 }', '60s'),
      '--json',
      '--ui',
      'plain',
    );
    await dialling.printed(/plan agreed/);
    dialling.process.kill('SIGTERM');
    const { code, result, calls } = await desk.left(dialling);
    expect([code, result.verdict]).toEqual([143, 'incomplete']);
    expect(calls.attempts).toMatchObject([{ outcome: 'aborted', hangUpBy: 'escape' }]);
    expect(calls.attempts[0]?.text).toContain('stopped at near by its operator');
  });

  test('stopped while the last call is hung up has passed: its traffic had', { timeout }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const dialling = desk.dialling(desk.rig(), desk.profile('{ count: 1 }'), '--json', '--ui', 'plain');
    await dialling.printed(/finished {2}ending completed/);
    dialling.process.kill('SIGINT');
    const { code, result, calls } = await desk.left(dialling);
    expect(calls.attempts).toMatchObject([{ outcome: 'passed', hangUpBy: 'escape' }]);
    expect([code, result.verdict]).toEqual([0, 'pass']);
  });

  test('over a port that is not there is a result too, and says 3', { timeout }, async () => {
    const desk = new CallingDesk();
    desks.push(desk);
    const { code, result, calls, junit, stderr } = await desk.dial(desk.rig(), desk.profile('{ count: 3 }'));
    expect([code, result.verdict, calls.attempts]).toEqual([3, 'fail', []]);
    expect(result.reasons[0]).toContain(`${desk.links}0`);
    expect(stderr).toContain(result.reasons[0]);
    expect(junit).toMatch(/name="calls 1 to 3"[^>]*>\s*<skipped message="not made"/);
  });

  test('over a port that vanishes in a call tells that call, and says 3', { timeout }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const dialling = desk.dialling(
      desk.rig(),
      desk.profile('{ count: 3, pause: 500ms }', '30s'),
      '--json',
      '--ui',
      'plain',
    );
    await dialling.printed(/plan agreed/);
    desk.modems?.process.kill('SIGKILL');
    const { code, result, calls } = await desk.left(dialling);
    expect([code, result.verdict]).toEqual([3, 'fail']);
    expect(calls.attempts).toMatchObject([
      { call: 1, outcome: 'modemFailed', report: { text: 'CONNECT 115200' } },
    ]);
    expect(calls.attempts[0]?.text).toContain(`${desk.links}0`);
    expect(result.reasons[0]).toContain(`${desk.links}0`);
  });

  test('a modem that cannot be hung up fails the call by name, and the series goes on once it is on hook', {
    timeout,
  }, async () => {
    const desk = await newDesk(
      'calls: [{ call: 1, at: 12s, hang_up: called }, { call: 2, at: 12s, hang_up: called }]\n',
    );
    await desk.answer();
    // No escape, and a pty has no DTR.
    const { code, result, calls, stderr } = await desk.dial(
      desk.rig(', escape: "off"'),
      desk.profile('{ count: 2, pause: 500ms }'),
    );
    expect(calls.attempts.map(({ outcome, hangUpBy }) => [outcome, hangUpBy])).toEqual([
      ['hangUpFailed', 'failed'],
      ['hangUpFailed', 'failed'],
    ]);
    expect(calls.attempts[0]?.text).toContain('there is no way to hang up here');
    expect(calls.attempts[0]?.streams).toHaveLength(2);
    expect(calls.statistics.outcomes).toEqual({ hangUpFailed: 2 });
    expect(stderr).toContain('there is no way to hang up here');
    expect([code, result.verdict]).toEqual([1, 'fail']);
  });

  test('a modem that does not come back after that ends the series by name', { timeout }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const { code, result, calls, journal } = await desk.dial(
      desk.rig(', escape: "off"'),
      desk.profile('{ count: 3, pause: 500ms }'),
    );
    expect(calls.attempts.map(({ outcome }) => outcome)).toEqual(['hangUpFailed']);
    expect(journal.filter(({ event }) => event === 'callEnded')).toHaveLength(1);
    expect(result.reasons[0]).toContain(`${desk.links}0: `);
    expect([code, result.verdict]).toEqual([3, 'fail']);
  });

  test('as JSON lines begins with the run and ends with its result', { timeout }, async () => {
    const desk = await newDesk('numbers: { "5559001": busy }\n');
    const dialling = desk.dialling(desk.rig('', '5559001'), desk.profile('{ count: 1 }'), '--json-stream');
    const { code, stdout, stderr } = await dialling.finished;
    const lines = stdout.trimEnd().split('\n');
    const items = lines.map((line) => JSON.parse(line) as { type: string; event?: string });
    expect(items.map(({ type, event }) => event ?? type)).toEqual([
      'run',
      'callBegan',
      'callEnded',
      'result',
    ]);
    expect((items.at(-1) as unknown as Result).calls?.statistics.outcomes).toEqual({ busy: 1 });
    expect(stderr).toContain('call 1 of 1: busy: BUSY');
    expect(code).toBe(1);
  });

  test('with --ui none says nothing but its summary; with plain each call', { timeout }, async () => {
    const desk = await newDesk('numbers: { "5559001": busy }\n');
    const rig = desk.rig('', '5559001');
    const profile = desk.profile('{ count: 2, pause: 200ms }');
    const quiet = await desk.dialling(rig, profile, '--ui', 'none').finished;
    expect(quiet.stdout).toMatch(/^ *FAIL/);
    expect(quiet.stderr).toBe('');
    const plain = await desk.dialling(rig, profile, '--ui', 'plain').finished;
    expect(plain.stdout).toMatch(
      /call 1 of 2: dialling 5559001\n.*call 1 of 2: busy: BUSY \(dialled \d\.\d s\)\n/,
    );
    expect(plain.stdout).toMatch(/call 2 of 2: dialling 5559001 \(1 busy; about 0:\d\d left\)\n/);
    expect(readdirSync(join(desk.place, 'runs'))).toHaveLength(2);
  });

  test('is served by a host that numbers its runs on, and with --once ends with the call that had one', {
    timeout,
  }, async () => {
    const desk = await newDesk();
    const host = await desk.answer();
    const both = await desk.dial(desk.rig(), desk.profile('{ count: 2, pause: 500ms }'));
    expect(both.code).toBe(0);
    await host.printed(/call 2 ended/);
    host.process.kill('SIGINT');
    const { stdout } = await host.finished;
    expect(stdout.match(/dplink host: (call|run) \d+ (answered|ended).*/g)).toEqual([
      'dplink host: call 1 answered: CONNECT 115200',
      'dplink host: run 1 ended, pass',
      'dplink host: call 1 ended',
      'dplink host: call 2 answered: CONNECT 115200',
      'dplink host: run 2 ended, pass',
      'dplink host: call 2 ended',
    ]);
    expect(stdout).not.toContain('!!');
    const once = await desk.answer('--once', '--json', '--ui', 'plain');
    const one = await desk.dial(desk.rig(), desk.profile('{ count: 1 }'));
    expect(one.calls.attempts).toMatchObject([{ outcome: 'passed', hangUpBy: 'escape' }]);
    const served = await once.finished;
    expect([one.code, served.code]).toEqual([0, 0]);
    expect((JSON.parse(served.stdout) as Result).verdict).toBe('pass');
  });
});
