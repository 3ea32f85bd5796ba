/** Modems as ends of a rig: what a rig may say, and calls over ptys. */
import { afterEach, describe, expect, test } from 'vitest';
import { PortError, UsageError } from '../../src/base/failure.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import { planEnd, type RigSurroundings } from '../../src/rig/end-settings.ts';
import { modemPlan } from '../../src/rig/modem-settings.ts';
import { openRig } from '../../src/rig/open-rig.ts';
import { parseRig } from '../../src/rig/rig-file.ts';
import { WireModem } from '../port/wire-modem.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const AROUND: RigSurroundings = {
  file: 'rigs/x.yaml',
  resolveAddress: (text) => ({
    device: 'AAAAAAAA-0000-0000-0000-000000000000',
    settings: DEFAULT_LINE_SETTINGS,
    ...(text === 'serial' ? {} : { phoneNumber: text }),
  }),
  findDevice: async () => '/dev/modem',
};
const OPTIONS = { random: new Random('modem-end'), clock: monotonicClock };

/** A rig with two ends as YAML. */
function rigOf(near: string, far: string) {
  return parseRig('rigs/x.yaml', `name: x\nends:\n  near: ${near}\n  far: ${far}\n`);
}

function complaint(near: string): string {
  try {
    rigOf(near, 'elsewhere');
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('what a rig says of a modem', () => {
  test('is turned into the dialer’s words, and nothing is made up', () => {
    expect(modemPlan('x', {})).toEqual({ dialer: {}, pace: 'line', number: undefined });
    expect(
      modemPlan('x', {
        init: ['AT&F1', { send: 'ATX4', optional: true }],
        number: '555-1',
        dial: 'pulse',
        answer: { rings: 3 },
        carrier_wait: 90,
        escape: 'as-is',
        guard_time: 40,
        hang_up: ['escape'],
        rate: 'dce',
        pace: 'port',
        results: { maker: 'rockwell', numeric: true, extra: { 86: 'BUSY' } },
        diagnostics: ['ATI6'],
        pause_ms: 250,
      }),
    ).toEqual({
      dialer: {
        init: [
          { command: 'AT&F1', optional: false },
          { command: 'ATX4', optional: true },
        ],
        dial: 'pulse',
        answer: { rings: 3, by: 'command' },
        carrierWait: 90,
        escape: 'asIs',
        guardTime: 40,
        hangUp: ['escape'],
        rate: 'dce',
        maker: 'rockwell',
        numeric: true,
        extraResults: { 86: 'BUSY' },
        diagnostics: ['ATI6'],
        commandPause: 250,
      },
      pace: 'port',
      number: '555-1',
    });
  });

  test.each([
    ['number: 5551234', 'ends.near.modem.number: expected a telephone number'],
    ['number: "call me"', 'ends.near.modem.number: expected a telephone number'],
    ['init: [X4]', 'ends.near.modem.init.0: expected a command that begins with AT'],
    ['init: ["ATZ\\r"]', 'expected a command that begins with AT'],
    ['results: { extra: { A: B } }', 'expected the usual text of a result code'],
    ['escape: never', 'expected guarded, off or as-is'],
    ['baud: 3', 'ends.near.modem.baud: unknown key'],
  ])('%s is refused', (text, complaints) => {
    expect(complaint(`{ port: /dev/a, modem: { ${text} } }`)).toContain(complaints);
  });

  test('a modem address brings its number, a rig may describe the modem, and two numbers are refused', async () => {
    const plan = async (text: string) => planEnd(rigOf('elsewhere', 'virtual'), JSON.parse(text), AROUND);
    expect(await plan('{"address":"serial"}')).toMatchObject({ kind: 'port', path: '/dev/modem' });
    expect(await plan('{"address":"555-2"}')).toMatchObject({ kind: 'modem', modem: { number: '555-2' } });
    expect(await plan('{"address":"","modem":{}}')).toMatchObject({
      kind: 'modem',
      modem: { number: undefined },
    });
    await expect(plan('{"address":"555-2","modem":{"number":"555-3"}}')).rejects.toThrow('give one');
    await expect(plan('{"address":"5;5"}')).rejects.toThrow(UsageError);
  });

  test('modems that could not call each other are refused before anything is opened', async () => {
    const a = (modem: string, path = '/dev/a'): string => `{ port: ${path}, modem: { ${modem} } }`;
    const open = (near: string, far: string) => openRig(rigOf(near, far), AROUND, OPTIONS);
    await expect(open(a(''), a('', '/dev/b'))).rejects.toThrow('one dials and one answers');
    await expect(open(a('number: "1"'), a('number: "2"', '/dev/b'))).rejects.toThrow('one dials');
    await expect(open(a('number: "1"'), a(''))).rejects.toThrow('the same port');
    await expect(open(a('number: "1"'), '{ port: /dev/b }')).rejects.toThrow('a modem needs a modem');
  });
});

describe.skipIf(!libcSupported())('calls of a rig (ptys; this system has none otherwise)', () => {
  /** A port behind which a modem answers. */
  async function modemPath(words: Record<string, string>): Promise<{ path: string; wire: WireModem }> {
    const line = await openVirtualNullModem({ settings: DEFAULT_LINE_SETTINGS });
    const far = await openSerialPort({ path: line.paths[1], settings: DEFAULT_LINE_SETTINGS });
    const wire = new WireModem(far, words);
    closing.push(
      () => line.close(),
      () => far.close(),
      () => wire.close(),
    );
    return { path: line.paths[0], wire };
  }

  test('an open rig is an open call: bytes pass, warnings are told, closing hangs up', async () => {
    const { path, wire } = await modemPath({ ATDT1: '\r\nCONNECT 2400\r\n', ATX4: '\r\nERROR\r\n' });
    const near = `{ port: ${path}, modem: { number: "1", guard_time: 20, pause_ms: 5 } }`;
    const rig = await openRig(rigOf(near, 'elsewhere'), AROUND, OPTIONS);
    expect(rig.warnings).toContain(`${path}: the modem refused ATX4: the call goes on without it`);
    expect(rig.near?.settings.baud).toBe(2_400);
    rig.near?.write(Uint8Array.of(1, 2, 3));
    await expect.poll(() => wire.data, { timeout: 10_000 }).toEqual([1, 2, 3]);
    await rig.close();
    expect(wire.isOnline).toBe(false);
    expect(wire.commands.at(-1)).toBe('ATH');
  });

  test('a call that fails is a port error with the number, the cause and the modem’s words; the port is closed', async () => {
    const { path } = await modemPath({ ATDT12: '\r\nNO DIAL TONE\r\n' });
    const rig = rigOf(`{ port: ${path}, modem: { number: "12", init: [], pause_ms: 5 } }`, 'elsewhere');
    for (let i = 0; i < 2; i++) {
      const error = await openRig(rig, AROUND, OPTIONS).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(PortError);
      expect((error as Error).message).toBe(`${path}: the call to 12 failed: no dial tone (NO DIAL TONE)`);
    }
  });
});
