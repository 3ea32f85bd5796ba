/** A dialer over real ports: a pty for the bytes, an in-process line for the modem lines. */
import { afterEach, describe, expect, test } from 'vitest';
import { PortError } from '../../src/base/failure.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import type { DialerEvent } from '../../src/modem/dialer-event.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';
import { callSettings } from '../../src/port/call-port.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { InProcessLine } from '../../src/port/in-process-binding.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { type CallResult, ModemPort } from '../../src/port/modem-port.ts';
import type { OpenPort } from '../../src/port/open-port.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import { WireModem } from './wire-modem.ts';

const SETTINGS = DEFAULT_LINE_SETTINGS;
const QUICK: Partial<DialerOptions> = {
  init: [],
  commandPause: 5,
  guardTime: 20,
  dtrOff: 300,
  carrierWait: 5,
};
const until = { timeout: 20_000, interval: 5 };

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Bench {
  readonly modem: ModemPort;
  readonly wire: WireModem;
  readonly near: OpenPort;
  readonly events: DialerEvent[];
}

async function benchOf(
  kind: 'pty' | 'in-process',
  words: Record<string, string>,
  dialer: Partial<DialerOptions> = {},
): Promise<Bench> {
  const line = kind === 'pty' ? await openVirtualNullModem({ settings: SETTINGS }) : new InProcessLine();
  closing.push(() => line.close());
  const binding = 'binding' in line ? { binding: line.binding } : {};
  const open = (path: string) => openSerialPort({ path, settings: SETTINGS, ...binding });
  const far = await open(line.paths[1]);
  await far.setLines({ dtr: false });
  const near = await open(line.paths[0]);
  closing.push(() => far.close());
  const events: DialerEvent[] = [];
  const wire = new WireModem(far, words);
  closing.push(() => wire.close());
  const modem = new ModemPort(near, {
    clock: monotonicClock,
    dialer: { ...QUICK, ...dialer },
    onEvent: (_now, event) => events.push(event),
  });
  closing.push(() => modem.close());
  await modem.start();
  return { modem, wire, near, events };
}

function connected(result: CallResult) {
  if (result.is === 'failed') throw new Error(result.event.text);
  return result.call;
}

const kinds = libcSupported() ? (['pty', 'in-process'] as const) : (['in-process'] as const);

describe.each(kinds)('a modem on a port (%s)', (kind) => {
  test('is set up, dials, carries bytes both ways, and hangs up as the port can', async () => {
    const { modem, wire, events } = await benchOf(kind, { ATDT123: '\r\nCONNECT 9600/ARQ\r\n' });
    expect(await modem.initialise()).toEqual([]);
    const call = connected(await modem.dial('1-23'));
    expect(call.report).toMatchObject({ lineRate: 9_600, protocol: 'ARQ' });
    const received: number[] = [];
    call.onData((bytes) => received.push(...bytes));
    call.write(Uint8Array.of(1, 2, 0xcc, 13, 10));
    await expect.poll(() => wire.data, until).toEqual([1, 2, 0xcc, 13, 10]);
    wire.say('\xcc\x80+++');
    await expect.poll(() => received, until).toEqual([0xcc, 0x80, 0x2b, 0x2b, 0x2b]);
    const hungUp = await modem.hangUp();
    expect(hungUp?.by).toBe(kind === 'pty' ? 'escape' : 'dtr');
    expect(call.isOpen).toBe(false);
    expect(wire.commands.at(-1)).toBe('ATH');
    expect(events.filter(({ type }) => type === 'dtr')).toHaveLength(kind === 'pty' ? 0 : 2);
    expect(connected(await modem.dial('123')).isOpen).toBe(true);
  });

  test('no byte is lost or overtaken between CONNECT and the protocol, however fast they come', async () => {
    const burst = Array.from({ length: 3_000 }, (_, i) => String.fromCharCode((i * 31) & 0xff)).join('');
    const { modem, wire } = await benchOf(kind, { ATDT1: `\r\nCONNECT\r\n${burst}` });
    await modem.initialise();
    const call = connected(await modem.dial('1'));
    wire.say(burst);
    const received: string[] = [];
    call.onData((bytes) => received.push(Buffer.from(bytes).toString('latin1')));
    await expect.poll(() => received.join('').length, until).toBe(2 * burst.length);
    expect(received.join('')).toBe(burst + burst);
  });

  test('a pause of the modems’ own is no gap, a long one is, once', async () => {
    const { modem, wire } = await benchOf(kind, { ATDT1: '\r\nCONNECT\r\n' });
    await modem.initialise();
    const call = connected(await modem.dial('1'));
    let gaps = 0;
    const forget = call.gapSignal(() => gaps++);
    for (let i = 0; i < 4; i++) {
      wire.say('half a frame');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(gaps).toBe(0);
    await expect.poll(() => gaps, until).toBe(1);
    wire.say('more');
    forget();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(gaps).toBe(1);
  });

  test('a lost carrier loses the call, not the port: the next one is dialled on it', async () => {
    const { modem, wire, near, events } = await benchOf(kind, { ATDT1: '\r\nCONNECT 2400\r\n' });
    await modem.initialise();
    const call = connected(await modem.dial('1'));
    const lost = new Promise<PortError>((resolve) => call.onLost(resolve));
    await new Promise((resolve) => setTimeout(resolve, 150));
    await wire.hangUp();
    expect((await lost).message).toContain('the carrier was lost');
    expect(call.isOpen).toBe(false);
    expect(near.isOpen).toBe(true);
    await modem.whenReady();
    expect(events.find(({ type }) => type === 'lost')).toMatchObject({
      sign: kind === 'pty' ? 'text' : 'dcd',
    });
    expect(connected(await modem.dial('1')).isOpen).toBe(true);
  });

  test('a call that fails resolves with its reason, and the modem is ready for the next', async () => {
    const { modem } = await benchOf(kind, { ATDT1: '\r\nBUSY\r\n', ATDT2: '\r\nDELAYED 00:01:00\r\n' });
    await modem.initialise();
    expect(await modem.dial('1')).toMatchObject({ is: 'failed', event: { failure: 'busy' } });
    expect(await modem.dial('2')).toMatchObject({ is: 'failed', event: { failure: 'delayed' } });
    expect(await modem.dial('2')).toMatchObject({
      event: { text: 'not dialled: the modem said DELAYED 00:01:00' },
    });
  });

  test('answers a call, and asks the modem about it afterwards', async () => {
    const { modem, wire } = await benchOf(
      kind,
      { ATA: '\r\nCONNECT 9600\r\n', ATI6: '\r\nAll well\r\n\r\nOK\r\n' },
      { diagnostics: ['ATI6'] },
    );
    await modem.initialise();
    const answered = modem.answer();
    wire.say('\r\nRING\r\n');
    connected(await answered);
    await wire.hangUp();
    await modem.whenReady();
    expect(await modem.diagnose()).toEqual([{ command: 'ATI6', text: 'All well', ending: 'ok' }]);
  });

  test('waiting for a call can be given up', async () => {
    const { modem } = await benchOf(kind, {});
    await modem.initialise();
    const answered = modem.answer();
    modem.abort();
    expect(await answered).toMatchObject({ is: 'failed', event: { failure: 'aborted' } });
    modem.abort();
  });

  test('a modem that refuses its set-up rejects with the command, and a lost port with its loss', async () => {
    const init = [{ command: 'AT\\N3', optional: false }];
    const { modem } = await benchOf(kind, { 'AT\\N3': '\r\nERROR\r\n' }, { init });
    await expect(modem.initialise()).rejects.toThrow(/AT\\N3 was refused/);
  });
});

test('a port that is lost ends the call and everything that is waited for', async () => {
  const line = new InProcessLine();
  closing.push(() => line.close());
  const open = (path: string) => openSerialPort({ path, settings: SETTINGS, binding: line.binding });
  const far = await open(line.paths[1]);
  const near = await open(line.paths[0]);
  const wire = new WireModem(far, { ATDT1: '\r\nCONNECT\r\n' });
  closing.push(() => wire.close());
  const modem = new ModemPort(near, { clock: monotonicClock, dialer: QUICK });
  await modem.start();
  await modem.initialise();
  const call = connected(await modem.dial('1'));
  expect(wire.isOnline).toBe(true);
  const lost = new Promise<PortError>((resolve) => call.onLost(resolve));
  line.unplug();
  expect(await lost).toBeInstanceOf(PortError);
  await expect(modem.dial('1')).rejects.toBeInstanceOf(PortError);
  await modem.close();
  await far.close();
});

test('the sender is paced at the telephone line’s rate, eight bits to a byte and its frames under error correction', () => {
  const settings = { ...SETTINGS, baud: 115_200 };
  const report = { text: 'CONNECT', lineRate: 28_800 };
  expect(callSettings(settings, report, 'line').baud).toBe(28_800);
  expect(callSettings(settings, { ...report, protocol: 'LAPM' }, 'line').baud).toBe(33_840);
  expect(callSettings(settings, { ...report, protocol: 'NONE' }, 'line').baud).toBe(28_800);
  expect(callSettings(settings, report, 'port').baud).toBe(115_200);
  expect(callSettings({ ...settings, baud: 9_600 }, report, 'line').baud).toBe(9_600);
  expect(callSettings(settings, { text: 'CONNECT' }, 'line')).toBe(settings);
});
