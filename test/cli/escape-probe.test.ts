/** The call that tries `+++`, over emulated modems with all their lines, in real time. */
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { probeEscape } from '../../src/cli/escape-probe.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';
import { type ExchangeModem, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { InProcessModems } from '../../src/port/in-process-modems.ts';
import { ModemPort } from '../../src/port/modem-port.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';

const closing: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A modem that is set up and calls another, which answers. */
async function caller(like: Partial<ExchangeModem>, dialer: Partial<DialerOptions>): Promise<ModemPort> {
  const modems = new InProcessModems({
    exchange: {
      modems: [
        { number: '1', ...like },
        { number: '2', profile: 'S0=1' },
      ],
      random: new Random('escape'),
      timings: QUICK_TIMINGS,
    },
  });
  closing.push(() => modems.close());
  const { binding, paths } = modems;
  const open = (path: string) => openSerialPort({ path, settings: DEFAULT_LINE_SETTINGS, binding });
  const far = await open(paths[1]!);
  closing.push(() => far.close());
  const modem = new ModemPort(await open(paths[0]!), {
    clock: monotonicClock,
    dialer: { commandPause: 5, guardTime: 20, ...dialer },
  });
  closing.push(() => modem.close());
  await modem.start();
  await modem.initialise();
  return modem;
}

describe('a call on which +++ is tried', () => {
  test.concurrent('goes on whatever is sent with S2=255, and is hung up by DTR', {
    timeout: 120_000,
  }, async () => {
    const modem = await caller({}, { escape: 'off' });
    const probed = await probeEscape(modem, '2', 'off', 20);
    expect(probed).toMatchObject({ advice: { safe: 'yes', settings: [] } });
    expect('findings' in probed && probed.findings.map(({ effect }) => effect)).toEqual(
      Array(6).fill('none'),
    );
    // Ready for the next call.
    const again = await modem.dial('2');
    expect(again.is).toBe('connected');
    await modem.hangUp();
  });

  test.concurrent('ends where the modem has a time-independent escape: S2=255 is named', {
    timeout: 120_000,
  }, async () => {
    const modem = await caller({ escape: 'command' }, {});
    expect(await probeEscape(modem, '2', 'guarded', 20)).toMatchObject({
      findings: [
        { pattern: 'inside', effect: 'none' },
        { pattern: 'command', effect: 'lost' },
      ],
      advice: { safe: 'no', settings: ['ATS2=255 (escape: off)'] },
    });
    expect((await modem.dial('2')).is).toBe('connected');
  });

  test.concurrent('that does not come to be says why', { timeout: 60_000 }, async () => {
    const modem = await caller({}, {});
    expect(await probeEscape(modem, '1', 'guarded', 20)).toEqual({ failed: 'BUSY' });
  });
});
