import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortError, UsageError } from '../../src/base/failure.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../../src/base/line-settings.ts';
import { libcSupported } from '../../src/port/libc.ts';
import type { OpenPort } from '../../src/port/open-port.ts';
import { openSerialPort, type SerialPortOptions } from '../../src/port/serial-port.ts';
import { terminalSettings } from '../../src/port/terminal.ts';
import { BarePty } from './bare-pty.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => boolean, ms = 5_000): Promise<void> => {
  for (const end = performance.now() + ms; !condition() && performance.now() < end; ) await pause(2);
  expect(condition()).toBe(true);
};

let folder = '';
const ptys: BarePty[] = [];
const ports: OpenPort[] = [];
const pty = (): BarePty => {
  const made = new BarePty();
  ptys.push(made);
  return made;
};
const open = async (
  path: string,
  settings: Partial<LineSettings> = {},
  more: Partial<SerialPortOptions> = {},
): Promise<OpenPort> => {
  const port = await openSerialPort({ path, settings: { ...DEFAULT_LINE_SETTINGS, ...settings }, ...more });
  ports.push(port);
  return port;
};
const fault = async (opening: Promise<unknown>): Promise<PortError> => {
  const error = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PortError);
  return error as PortError;
};
/** What this process has open on ttys. */
const descriptors = (): number => readdirSync('/proc/self/fd').length;

beforeEach(() => {
  folder = mkdtempSync(joinPath(tmpdir(), 'port-'));
});
afterEach(async () => {
  await Promise.all(ports.splice(0).map((port) => port.close()));
  for (const each of ptys.splice(0)) each.unplug();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(libcSupported())('opening a serial port', () => {
  it('a missing port is absent, in one clear line', async () => {
    const error = await fault(open('/dev/ttyNONE0'));
    expect(error.fault).toBe('absent');
    expect(error.message).toBe(
      '/dev/ttyNONE0 does not exist (`dplink ports` lists the ports of this machine)',
    );
  });

  it('a file that is no port is refused', async () => {
    const file = joinPath(folder, 'file');
    writeFileSync(file, '');
    expect((await fault(open(file))).message).toMatch(/not a serial port/);
  });

  it('a rate outside the limits is the operator’s mistake', async () => {
    await expect(open(pty().path, { baud: -9_600 })).rejects.toBeInstanceOf(UsageError);
  });

  it('what no OS can do is refused before the port is touched', async () => {
    expect((await fault(open('/dev/ttyNONE0', { flowcontrol: 'RTSDTR' }))).fault).toBe('unsupported');
  });

  it.runIf(process.platform === 'linux')(
    '1.5 stop bits are refused by name where there is a wire',
    async () => {
      expect((await fault(open('/dev/ttyNONE0', { stopbits: 1.5 }))).message).toMatch(/stopbits=1.5/);
    },
  );

  it('a port in use is busy, names who holds it, and keeps the holder’s settings', async () => {
    const far = pty();
    await open(far.path, { flowcontrol: 'XONXOFF', stopbits: 2 });
    const before = terminalSettings(far.master);
    const error = await fault(open(far.path, { baud: 300 }));
    expect(error.fault).toBe('busy');
    expect(error.message).toBe(`${far.path} is in use by this process`);
    expect(terminalSettings(far.master)).toEqual(before);
    expect(before).toMatchObject({ baud: 115_200, xonxoff: true, stopbits: 2 });
  });

  it('any rate reads back as it was set', async () => {
    for (const baud of [50, 300, 31_250, 57_600, 250_000, 921_600, 1_500_000, 4_000_000]) {
      const far = pty();
      await open(far.path, { baud });
      expect(terminalSettings(far.master)).toMatchObject({ baud, baudReceive: baud });
    }
  });

  it('a pseudo-terminal takes parity and stop bits and says that they have no effect', async () => {
    const port = await open(pty().path, { parity: 'MARK', stopbits: 1.5 });
    expect(port.notApplied.map((text) => text.split(':')[0])).toEqual(['parity=MARK', 'stopbits=1.5']);
    expect((await open(pty().path)).notApplied).toEqual([]);
  });

  it('XON/XOFF comes with its warning', async () => {
    expect((await open(pty().path, { flowcontrol: 'XONXOFF' })).warnings.join()).toContain('0x11');
  });

  it('a pseudo-terminal has no modem lines, no break and no counters: null and false, not zero', async () => {
    const port = await open(pty().path);
    expect(await port.modemLines()).toBeNull();
    expect(port.uartCounters()).toBeNull();
    expect(await port.setLines({ dtr: false })).toBe(false);
    expect(await port.sendBreak(1)).toBe(false);
    expect(port.unsent()).toBe(0);
  });
});

describe.runIf(libcSupported())('an open serial port', () => {
  it('carries every byte value both ways, and what it delivered stays what it was', async () => {
    const far = pty();
    const port = await open(far.path, {}, { readSliceMs: 0 });
    const pieces: Uint8Array[] = [];
    const received = () => pieces.reduce((sum, piece) => sum + piece.length, 0);
    port.onData((bytes) => pieces.push(bytes));
    const all = Uint8Array.from({ length: 256 }, (_, at) => at);
    for (let round = 1; round <= 400; round++) {
      far.write(all);
      if (round % 10 === 0) await until(() => received() === round * 256);
    }
    const joined = Buffer.concat(pieces);
    for (let at = 0; at < joined.length; at++) if (joined[at] !== (at & 0xff)) expect.fail(`byte ${at}`);
    port.write(all);
    await until(() => port.queued === 0);
    expect([...far.read()]).toEqual([...all]);
  });

  it('keeps what arrives before anybody listens', async () => {
    const far = pty();
    const port = await open(far.path);
    far.write(Buffer.from('early'));
    await pause(30);
    let text = '';
    port.onData((bytes) => {
      text += Buffer.from(bytes).toString();
    });
    await until(() => text === 'early');
  });

  it('signals a gap after data', async () => {
    const far = pty();
    const port = await open(far.path);
    let gaps = 0;
    port.onData(() => {});
    port.gapSignal(() => gaps++);
    far.write(Buffer.from('half a frame'));
    await until(() => gaps === 1);
  });

  it('counts what the system has not taken', async () => {
    const port = await open(pty().path);
    port.write(new Uint8Array(100_000));
    await pause(20);
    expect(port.queued).toBe(100_000);
  });

  it.each([
    ['while nobody listens', async () => {}],
    ['while idle', async (port: OpenPort) => void port.onData(() => {})],
    [
      'under receive load',
      async (port: OpenPort, far: BarePty) => {
        port.onData(() => {});
        far.load(60);
        await pause(30);
      },
    ],
    [
      'with a blocked write',
      async (port: OpenPort) => {
        port.onData(() => {});
        port.write(new Uint8Array(100_000));
        await pause(20);
      },
    ],
  ])('is lost once, within a second, when the plug is pulled %s', async (_name, prepare) => {
    const far = pty();
    const port = await open(far.path);
    const losses: PortError[] = [];
    port.onLost((error) => losses.push(error));
    await prepare(port, far);
    const pulled = performance.now();
    far.unplug();
    await until(() => losses.length > 0, 1_000);
    const took = performance.now() - pulled;
    port.write(new Uint8Array(10));
    await pause(50);
    expect(losses).toHaveLength(1);
    expect(losses[0]).toMatchObject({ fault: 'lost', port: far.path });
    expect(port.isOpen).toBe(false);
    expect(port.queued).toBe(0);
    expect(took).toBeLessThan(1_000);
    const late: PortError[] = [];
    port.onLost((error) => late.push(error));
    await pause(1);
    expect(late).toEqual(losses);
    await port.close();
  });
});

describe.runIf(libcSupported())('closing a serial port', () => {
  it('delivers what was written just before', async () => {
    const far = pty();
    const port = await open(far.path);
    port.write(Buffer.from('goodbye'));
    await port.close();
    expect(far.read().toString()).toBe('goodbye');
  });

  it('waits for a slow reader to take it all', async () => {
    const far = pty();
    const port = await open(far.path, {}, { closeWithinMs: 8_000 });
    port.write(new Uint8Array(60_000));
    let taken = 0;
    const reader = setInterval(() => {
      taken += far.read().length;
    }, 5);
    await port.close();
    clearInterval(reader);
    for (let rest = far.read(); rest.length > 0; rest = far.read()) taken += rest.length;
    expect(taken).toBe(60_000);
  });

  it('returns within its deadline although flow control has stopped the line, and gives the port free', async () => {
    const far = pty();
    const port = await open(far.path, { flowcontrol: 'XONXOFF' }, { closeWithinMs: 400 });
    const losses: unknown[] = [];
    port.onLost((error) => losses.push(error));
    port.onData(() => {});
    far.write(Buffer.of(0x13));
    await pause(30);
    port.write(new Uint8Array(50_000));
    await pause(30);
    expect(port.queued).toBe(50_000);
    const started = performance.now();
    await port.close();
    expect(performance.now() - started).toBeLessThan(1_400);
    expect(losses).toEqual([]);
    await open(far.path);
  });

  it('may be asked twice, and after a loss', async () => {
    const far = pty();
    const port = await open(far.path);
    const lost = new Promise((resolve) => port.onLost(resolve));
    far.unplug();
    await lost;
    await Promise.all([port.close(), port.close()]);
    const other = await open(pty().path);
    await Promise.all([other.close(), other.close()]);
    other.write(new Uint8Array(5));
    expect(other.queued).toBe(0);
    expect(other.isOpen).toBe(false);
    expect(await other.modemLines()).toBeNull();
  });

  it('says nothing more to anybody', async () => {
    const far = pty();
    const port = await open(far.path);
    let said = 0;
    port.onData(() => said++);
    port.gapSignal(() => said++);
    port.onLost(() => said++);
    far.write(Buffer.from('x'));
    const closing = port.close();
    const before = said;
    far.write(Buffer.from('y'));
    await closing;
    far.unplug();
    await pause(60);
    expect(said).toBe(before);
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor behind, closed, lost or refused', async () => {
    const round = async (how: 'close' | 'lose' | 'refuse') => {
      const far = new BarePty();
      const port = await openSerialPort({ path: far.path, settings: DEFAULT_LINE_SETTINGS });
      if (how === 'refuse') {
        await fault(openSerialPort({ path: far.path, settings: DEFAULT_LINE_SETTINGS }));
      }
      const lost = new Promise((resolve) => port.onLost(resolve));
      port.write(new Uint8Array(how === 'lose' ? 100_000 : 10));
      if (how === 'lose') {
        far.unplug();
        await lost;
      }
      await port.close();
      far.unplug();
    };
    await round('close');
    const before = descriptors();
    for (let i = 0; i < 10; i++) for (const how of ['close', 'lose', 'refuse'] as const) await round(how);
    expect(descriptors()).toBe(before);
  });
});
