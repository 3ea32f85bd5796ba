/** Calls over the softmodems of DOSBox, a modem that is not ours: session and traffic, dead number, hang-up, `+++`, both ways to answer. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { LocalEnd } from '../../src/cli/local-end.ts';
import type { DialerEvent } from '../../src/modem/dialer-event.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';
import type { CallPort } from '../../src/port/call-port.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import type { CallResult, ModemPort } from '../../src/port/modem-port.ts';
import { openModemEnd } from '../../src/rig/modem-end.ts';
import type { Result } from '../../src/soak/result.ts';
import { type Running, start } from '../cli/dplink.ts';
import { NO_SOFTMODEM, type Softmodem, type Softmodems, startSoftmodems } from './dosbox.ts';

/** Calls of each of two pairs, which call side by side. */
const CALLS = 10;
const until = { timeout: 60_000, interval: 50 };

const INIT = ['ATZ', 'ATE0V1Q0'];
/**
 * Of the end that dials. Behind a pty there is no DTR, so that the escape hangs up. ATZ after each call: else the `+` in
 * our first question falls into the time in which this modem waits for `+++` (docs/modems.md).
 */
const DIALS = `init: [${INIT}], dial: plain, hang_up: [escape], diagnostics: [${INIT}]`;
/** Of the end that answers and never hangs up: no `+` in its first answer can fall into that time, should it come late. */
const ANSWERS = `init: [${INIT}, ATS2=165], escape: as-is`;
/** The same for modems that this process drives. */
const DIALER: Partial<DialerOptions> = {
  init: INIT.map((command) => ({ command, optional: false })),
  dial: 'plain',
  hangUp: ['escape'],
};

/** The folder of this run. */
let place: string;

function fileOf(name: string, text: string): string {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

/** The rig of one end. */
function rigOf(name: string, { path }: Softmodem, modem: string): string {
  const near = `{ port: ${path}, baud: 115200, modem: { ${modem} } }`;
  return fileOf(`${name}.yaml`, `name: ${name}\nends:\n  near: ${near}\n  far: elsewhere\n`);
}

/** What a rig says of the modem that dials. */
function dials(number: string): string {
  return `${DIALS}, number: "${number}"`;
}

/** A profile of calls with a little traffic both ways. */
function profileOf(name: string, calls: string, amount = 'volume: 2kB', stream = 'from: both'): string {
  const streams = `[{ ${stream}, category: reliable-sequential, size: 100 }]`;
  return fileOf(`${name}-profile.yaml`, `name: ${name}\n${amount}\ncalls: ${calls}\nstreams: ${streams}\n`);
}

/** Runs `dplink dial` to its end; its code, its result, and what it said. */
async function dial(
  name: string,
  { rig, profile }: { rig: string; profile: string },
): Promise<{ code: number | null; result: Result; said: string }> {
  const runs = join(place, `runs-${name}`);
  const { code, stdout, stderr } = await start(
    ['dial', '--rig', rig, '--profile', profile, '--runs', runs, '--json'],
    {},
  ).finished;
  const kept = readdirSync(runs)[0];
  if (kept === undefined) throw new Error(`nothing was kept: ${stdout}${stderr}`);
  return { code, result: JSON.parse(readFileSync(join(runs, kept, 'result.json'), 'utf8')), said: stderr };
}

/** Starts `dplink host` and waits until it waits for a call. */
async function host(name: string, modem: Softmodem, by: 'command' | 'modem'): Promise<Running> {
  const rig = rigOf(name, modem, `${ANSWERS}, answer: { by: ${by} }`);
  const running = start(['host', '--rig', rig, '--runs', join(place, `runs-${name}`), '--ui', 'plain']);
  await running.printed(/waiting for a call/);
  return running;
}

async function end(running: Running): Promise<void> {
  running.process.kill('SIGINT');
  await running.finished;
}

const why = NO_SOFTMODEM === '' ? '' : ` (skipped: no ${NO_SOFTMODEM} here)`;

describe.skipIf(NO_SOFTMODEM !== '')(`DOSBox softmodems${why}`, { timeout: 300_000 }, () => {
  let softmodems: Softmodems;
  let modems: readonly [Softmodem, Softmodem, Softmodem, Softmodem];
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'dplink-softmodem-'));
    softmodems = await startSoftmodems(4);
    modems = softmodems.modems as unknown as typeof modems;
  }, 300_000);
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  }, 120_000);
  afterAll(() => {
    softmodems?.close();
    rmSync(place, { recursive: true, force: true });
  });

  /** A modem that this process drives, and what it has to say. */
  async function modemOn({ path }: Softmodem, dialer: Partial<DialerOptions> = {}) {
    const events: DialerEvent[] = [];
    const plan = {
      path,
      settings: { ...DEFAULT_LINE_SETTINGS, baud: 115_200 },
      modem: { dialer: { ...DIALER, ...dialer }, pace: 'line', number: undefined },
    } as const;
    const { modem } = await openModemEnd(plan, monotonicClock, (_now, event) => events.push(event));
    closing.push(() => modem.close());
    const told = (): string[] => events.flatMap((event) => (event.type === 'command' ? [event.text] : []));
    return { modem, events, told };
  }

  test('20 of 20 calls of dplink dial carry a session and its traffic: ten answered with ATA, ten by S0=1', async () => {
    const profile = profileOf('calls', `{ count: ${CALLS}, pause: 3s }`);
    const pair = async (name: 'command' | 'modem', near: Softmodem, far: Softmodem) => {
      const answering = await host(`${name}-far`, far, name);
      closing.push(() => end(answering));
      return await dial(name, { rig: rigOf(name, near, dials(far.number)), profile });
    };
    const ended = await Promise.all([
      pair('command', modems[0], modems[1]),
      pair('modem', modems[2], modems[3]),
    ]);
    for (const { code, result, said } of ended) {
      expect(result.calls?.statistics.outcomes, said).toEqual({ passed: CALLS });
      const attempts = result.calls?.attempts ?? [];
      expect(attempts).toHaveLength(CALLS);
      for (const { streams } of attempts) {
        expect(streams.map(({ sent, delivered, corrupted }) => [sent, delivered, corrupted])).toEqual([
          [20, 20, 0],
          [20, 20, 0],
        ]);
      }
      expect(code).toBe(0);
    }
  });

  test('a number where nobody listens is no carrier, tried again as the profile says, and fails the series', async () => {
    const profile = profileOf('dead', '{ count: 1, retry: { no-carrier: { times: 1 } } }');
    const { code, result } = await dial('dead', {
      rig: rigOf('dead', modems[0], dials('127.0.0.1:1')),
      profile,
    });
    expect(result.calls?.statistics.outcomes).toEqual({ noCarrier: 2 });
    expect(result.calls?.attempts.map(({ text }) => text)).toEqual(['NO CARRIER', 'NO CARRIER']);
    expect(code).toBe(1);
  });

  test('a call that the far end hangs up in the middle of the traffic is lost', async () => {
    const { modem } = await modemOn(modems[1]);
    const answered = modem.answer();
    // Its modem heeds the escape only where the near end is silent: that has nothing to send again.
    const stream = 'from: far, rate: { per_second: 2 }';
    const profile = profileOf('hung-up', '{ count: 1 }', 'duration: 10m', stream);
    const dialled = dial('hung-up', {
      rig: rigOf('hung-up', modems[0], dials(modems[1].number)),
      profile,
    });
    const over = dialled.then(({ said }) =>
      Promise.reject(new Error(`over before it was answered: ${said}`)),
    );
    const call = callOf(await Promise.race([answered, over]));
    over.catch(() => {});
    let agreed = false;
    const far = new LocalEnd(
      { name: 'far', role: 'host', port: call, clock: monotonicClock, random: new Random('far') },
      {
        onEntry: ({ event }) => {
          agreed ||= event === 'planAgreed';
        },
        onLost: () => {},
        onFailure: (error) => expect.fail(String(error)),
      },
    );
    closing.push(() => far.close());
    far.start();
    await expect.poll(() => agreed, until).toBe(true);
    await expect.poll(() => far.sample().streams.some(({ sent }) => sent > 4), until).toBe(true);
    await modem.hangUp();
    const { code, result } = await dialled;
    expect(result.calls?.statistics.outcomes).toEqual({ lost: 1 });
    expect(result.calls?.attempts[0]?.text).toContain('NO CARRIER');
    expect(code).toBe(1);
  });

  test('the probe finds that +++ in the data ends a call, for want of a guard time, and says what to set', async () => {
    const answering = await host('probed', modems[1], 'command');
    closing.push(() => end(answering));
    const profile = profileOf('probe', '{ count: 1, pause: 4s, escape: true }');
    const { result, said } = await dial('probe', {
      rig: rigOf('probe', modems[0], dials(modems[1].number)),
      profile,
    });
    const { advice, findings } = result.calls?.escape ?? {};
    expect(
      findings?.some(({ effect }) => effect !== 'none'),
      said,
    ).toBe(true);
    expect(advice?.safe).toBe('no');
    expect(result).toMatchObject({ verdict: 'fail', reasons: [expect.stringContaining('ATS2=255')] });
    expect(advice?.settings.join(', ')).toContain('ATS2=255');
    expect(said).toContain('+++ in the data');
  });

  test('with S2=255 +++ in the data passes unharmed; then only the far end can hang up', async () => {
    const near = await modemOn(modems[2], { escape: 'off' });
    const far = await modemOn(modems[3]);
    const [ours, theirs] = await connect(near.modem, far.modem, modems[3].number);
    const text = 'before+++behind, +++, and +++ATH\r the end';
    // Behind a second of silence, when this modem heeds its escape.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const heard = hear(theirs);
    ours.write(Buffer.from(text));
    await expect.poll(heard, until).toBe(text);
    const lost = new Promise((resolve) => ours.onLost(resolve));
    await far.modem.hangUp();
    expect(await lost).toMatchObject({ fault: 'lost' });
    await near.modem.whenReady();
  });

  test('RING is answered with ATA; where S0=1 is set the modem answers by itself, and ATA is never sent', async () => {
    const near = await modemOn(modems[2]);
    for (const by of ['command', 'modem'] as const) {
      const far = await modemOn(modems[3], { answer: { rings: 1, by } });
      const [ours, theirs] = await connect(near.modem, far.modem, modems[3].number);
      const heard = [hear(ours), hear(theirs)] as const;
      theirs.write(Buffer.from('who'));
      await expect.poll(heard[0], until).toBe('who');
      ours.write(Buffer.from('me'));
      await expect.poll(heard[1], until).toBe('me');
      await near.modem.hangUp();
      await far.modem.whenReady();
      expect(far.told().includes('ATA')).toBe(by === 'command');
      expect(far.told()).toContain(by === 'modem' ? 'ATS0=1' : 'ATS0=0');
      expect(far.events.some(({ type }) => type === 'ring')).toBe(true);
      await far.modem.close();
    }
  });
});

function callOf(result: CallResult): CallPort {
  if (result.is === 'failed') throw new Error(JSON.stringify(result.event));
  return result.call;
}

/** Calls `far` from `near`; both ends of the call. */
async function connect(near: ModemPort, far: ModemPort, number: string): Promise<[CallPort, CallPort]> {
  const answered = far.answer();
  const dialled = callOf(await near.dial(number));
  return [dialled, callOf(await answered)];
}

/** What `port` hears from now on. */
function hear(port: CallPort): () => string {
  let heard = '';
  port.onData((bytes) => {
    heard += Buffer.from(bytes).toString('latin1');
  });
  return () => heard;
}
