/** `dplink dial` over emulated modems: what becomes of calls, and what the profile has tried again. */
import { afterAll, describe, expect, test } from 'vitest';
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

describe.runIf(process.platform === 'linux').concurrent('dplink dial', () => {
  test('tries again what the profile says, cause by cause, and passes with as many calls as are needed', {
    timeout: 240_000,
  }, async () => {
    const desk = await newDesk(`calls:
  - { call: 1, outcome: busy }
  - { call: 2, outcome: no-dial-tone }
  - { call: 3, outcome: busy }
  - { call: 5, outcome: no-carrier }
`);
    await desk.answer();
    const retry = '{ busy: { times: 2, pause: 500ms }, no-dial-tone: { times: 1, pause: 500ms } }';
    const profile = desk.profile(`{ count: 3, pass: 2, pause: 1s, retry: ${retry} }`);
    const { code, calls, result, junit, journal } = await desk.dial(desk.rig(), profile);
    const made = calls.attempts.map((each) => `${each.call}.${each.attempt} ${each.outcome} ${each.retried}`);
    expect(made).toEqual([
      '1.1 busy true',
      '1.2 noDialTone true',
      '1.3 busy true',
      '1.4 passed false',
      '2.1 noCarrier false',
      '3.1 passed false',
    ]);
    expect([result.verdict, code, calls.passed, calls.needed]).toEqual(['pass', 0, 2, 2]);
    expect(calls.statistics.outcomes).toEqual({ busy: 2, noDialTone: 1, noCarrier: 1, passed: 2 });
    const told = journal.filter(({ event }) => event === 'callEnded');
    expect(told.map(({ outcome }) => outcome)).toEqual(calls.attempts.map(({ outcome }) => outcome));
    expect(junit.match(/<testcase classname="dplink.call" name="call \d"/g)).toHaveLength(3);
    expect(junit).toMatch(/name="call 2"[^>]*>\s*<skipped/);
  });

  test('one call more that fails fails the series', { timeout: 240_000 }, async () => {
    const desk = await newDesk('calls: [{ call: 1, outcome: busy }, { call: 2, outcome: reject }]\n');
    const { code, result, junit } = await desk.dial(
      desk.rig(),
      desk.profile('{ count: 2, pass: 1, pause: 500ms }'),
    );
    expect([result.verdict, code]).toEqual(['fail', 1]);
    expect(result.reasons).toEqual(['0 of 2 calls passed, 1 are needed']);
    expect(junit).toMatch(/name="call 2"[^>]*>\s*<failure message="busy: BUSY"/);
  });

  test('a call has its times, what the modem said of it, and what it carried each way', {
    timeout: 240_000,
  }, async () => {
    const desk = await newDesk();
    await desk.answer();
    const rig = desk.rig(', diagnostics: [ATI6]');
    const { calls, journal } = await desk.dial(rig, desk.profile('{ count: 1, throughput: 3s }', '2s'));
    const [attempt] = calls.attempts;
    expect(attempt).toMatchObject({
      outcome: 'passed',
      lineRate: 33_600,
      report: { text: 'CONNECT 115200', lineRate: 33_600, portRate: 115_200 },
      hangUpBy: 'escape',
    });
    expect(attempt?.report?.protocol).toMatch(/LAPM/);
    expect(attempt?.report?.compression).toMatch(/V\.?42BIS/i);
    for (const stage of ['dialled', 'firstFrame', 'hangUp'] as const) {
      expect(attempt?.[stage], stage).toBeGreaterThan(10_000);
    }
    expect(attempt?.diagnostics).toMatchObject([{ command: 'ATI6', ending: 'ok' }]);
    expect(attempt?.diagnostics[0]?.text).toContain('Modulation            V.34');
    const ways = attempt?.streams.map(({ from, to, goodputBytesPerSecond }) => [
      from,
      to,
      goodputBytesPerSecond > 0,
    ]);
    expect(ways).toEqual([
      ['near', 'far', true],
      ['far', 'near', true],
    ]);
    expect(attempt?.throughput?.map(({ bytesPerSecond, ...measure }) => measure)).toEqual([
      { payload: 'random', from: 'near', to: 'far', bothWays: false },
      { payload: 'zeros', from: 'near', to: 'far', bothWays: false },
      { payload: 'random', from: 'near', to: 'far', bothWays: true },
      { payload: 'random', from: 'far', to: 'near', bothWays: true },
      { payload: 'zeros', from: 'near', to: 'far', bothWays: true },
      { payload: 'zeros', from: 'far', to: 'near', bothWays: true },
    ]);
    expect(attempt?.throughput?.every(({ bytesPerSecond = 0 }) => bytesPerSecond > 500)).toBe(true);
    // 33,600 bit/s carry no more than 4.2 kB/s; with zeros the modems make more of it.
    expect(attempt?.throughput?.[0]?.bytesPerSecond).toBeLessThan(4_500);
    expect(attempt?.throughput?.[1]?.bytesPerSecond).toBeGreaterThan(4_500);
    const ended = journal.find(({ event }) => event === 'callEnded');
    const { event, at, end, ...told } = ended!;
    expect(told).toEqual(attempt);
    // What is sent is paced at the telephone line, and reckoned against it.
    expect(attempt?.streams[0]?.lineUtilisation).toBeCloseTo(
      attempt!.streams[0]!.goodputBytesPerSecond / 3948,
      2,
    );
  });

  test('a number that nobody has is no carrier, and the next call is made all the same', {
    timeout: 240_000,
  }, async () => {
    const desk = await newDesk();
    const rig = desk.rig('', '5559999');
    const { code, calls } = await desk.dial(rig, desk.profile('{ count: 2, pause: 500ms }'));
    expect(calls.attempts.map(({ outcome, text }) => `${outcome}: ${text}`)).toEqual([
      'noCarrier: NO CARRIER',
      'noCarrier: NO CARRIER',
    ]);
    expect(code).toBe(1);
  });

  test('a carrier lost in mid-session is dialled and joined again; how it went and for how long stands in the record', {
    timeout: 240_000,
  }, async () => {
    const desk = await newDesk('calls: [{ call: 1, at: 4s, carrier: lost }]\n');
    await desk.answer();
    const profile = desk.profile('{ count: 1, retry: { lost: { times: 1, pause: 1s } } }', '6s');
    const { code, calls, result, journal } = await desk.dial(desk.rig(), profile);
    const [lost, again] = calls.attempts;
    expect(lost).toMatchObject({
      outcome: 'lost',
      text: 'the carrier was lost: NO CARRIER',
      carrierLost: { sign: 'text' },
      retried: true,
    });
    expect(lost?.carrierLost?.after).toBeGreaterThan(3_000_000);
    expect(lost).not.toHaveProperty('hangUp');
    expect(again).toMatchObject({ call: 1, attempt: 2, outcome: 'passed' });
    expect(again?.outage).toBeGreaterThan(1_000_000);
    expect([result.verdict, code]).toEqual(['pass', 0]);
    const events = journal.map(({ event }) => event);
    expect(events.indexOf('carrierLost')).toBeGreaterThan(events.indexOf('planAgreed'));
    // Told as soon as a frame came, not when the call was over.
    expect(events.lastIndexOf('outageOver')).toBeGreaterThan(events.indexOf('carrierLost'));
    expect(events.lastIndexOf('outageOver')).toBeLessThan(events.lastIndexOf('planAgreed'));
  });

  test('a number that the modem has blacklisted is not dialled again: the series stops', {
    timeout: 240_000,
  }, async () => {
    const desk = await newDesk(`modems:
  - { number: "5551001", redial: { delay_after: 5, delay: 1s, blacklist_after: 2 } }
  - { number: "5551002" }
numbers: { "5559001": busy }
`);
    const profile = desk.profile('{ count: 9, pause: 500ms, retry: { busy: { times: 9 } } }');
    const { code, calls, result } = await desk.dial(desk.rig('', '5559001'), profile);
    expect(calls.attempts.map(({ outcome }) => outcome)).toEqual(['busy', 'busy', 'blacklisted']);
    expect(result.reasons[0]).toBe('the modem forbids the number: BLACKLISTED');
    expect([result.verdict, code]).toEqual(['fail', 1]);
    desk.modems?.process.kill('SIGINT');
    const exchange = (await desk.modems!.finished).stdout;
    expect(exchange.match(/dials 5559001/g)).toHaveLength(2);
  });

  test('DELAYED is waited for', { timeout: 240_000 }, async () => {
    const desk = await newDesk(`modems:
  - { number: "5551001", redial: { delay_after: 1, delay: 6s, blacklist_after: 9 } }
  - { number: "5551002" }
calls: [{ call: 1, outcome: busy }]
`);
    await desk.answer();
    const profile = desk.profile('{ count: 3, pass: 1, pause: 200ms }');
    const { code, calls, journal } = await desk.dial(desk.rig(), profile);
    expect(calls.attempts.map(({ outcome }) => outcome)).toEqual(['busy', 'delayed', 'passed']);
    expect(calls.attempts[1]?.text).toMatch(/^DELAYED 00:00:0\d$/);
    expect(code).toBe(0);
    const began = journal.filter(({ event }) => event === 'callBegan');
    const waited = Number(began[2]?.at) - Number(began[1]?.at);
    expect(waited * 1_000_000).toBeGreaterThan(Number(calls.attempts[1]?.retry));
  });
});
