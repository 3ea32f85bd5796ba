/** Ports whose device is unplugged and comes back, over real ptys; and how a device is found again. */
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortError } from '../../src/base/failure.ts';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { findDevice, knowDevice } from '../../src/port/find-device.ts';
import type { LastingPort } from '../../src/port/lasting-port.ts';
import { libcSupported } from '../../src/port/libc.ts';
import type { PortOutage } from '../../src/port/open-port.ts';
import type { ListedPort } from '../../src/port/port-list.ts';
import { openLastingPort } from '../../src/port/serial-port.ts';
import { BarePty } from './bare-pty.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => boolean, ms = 5_000): Promise<void> => {
  for (const end = performance.now() + ms; !condition() && performance.now() < end; ) await pause(2);
  expect(condition()).toBe(true);
};

let folder = '';
let path = '';
let port: LastingPort | undefined;
const ptys: BarePty[] = [];
const outages: PortOutage[] = [];

/** Plugs a new device in at `path`. */
function plug(): BarePty {
  const pty = new BarePty();
  ptys.push(pty);
  if (existsSync(path)) rmSync(path);
  symlinkSync(pty.path, path);
  return pty;
}

function unplug(pty: BarePty): void {
  rmSync(path, { force: true });
  pty.unplug();
}

async function opened(patience = 10 * SECOND): Promise<LastingPort> {
  port = await openLastingPort({ path, settings: DEFAULT_LINE_SETTINGS }, patience);
  port.onOutage((outage) => outages.push(outage));
  return port;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lasting-'));
  path = join(folder, 'ttyBACK');
  outages.length = 0;
});
afterEach(async () => {
  await port?.close();
  port = undefined;
  for (const each of ptys.splice(0)) each.unplug();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(libcSupported())('a port whose device is unplugged', () => {
  it('goes on when the device is back, and says when it went and came; what was written meanwhile is dropped', async () => {
    const first = plug();
    const lasting = await opened();
    let heard = '';
    let gaps = 0;
    lasting.onData((bytes) => {
      heard += Buffer.from(bytes).toString();
    });
    lasting.gapSignal(() => gaps++);
    first.write(Buffer.from('one '));
    await until(() => heard === 'one ');
    unplug(first);
    await until(() => outages.length === 1);
    expect(outages[0]).toMatchObject({ type: 'lost', error: { fault: 'lost' } });
    expect(gaps).toBeGreaterThan(0);
    expect(lasting.isAway).toBe(true);
    expect(lasting.isOpen).toBe(true);
    lasting.write(Buffer.from('nowhere'));
    expect(lasting.droppedBytes).toBe(7);
    expect(lasting.queued).toBe(0);
    expect(await lasting.modemLines()).toBeNull();
    const second = plug();
    await until(() => outages.length === 2);
    expect(outages[1]).toMatchObject({ type: 'back', path });
    expect(lasting.isAway).toBe(false);
    second.write(Buffer.from('two'));
    await until(() => heard === 'one two');
    lasting.write(Buffer.from('back'));
    let sent = '';
    await until(() => {
      sent += second.read().toString();
      return sent === 'back';
    });
  });

  it('again and again, is found again each time', async () => {
    let device = plug();
    const lasting = await opened();
    let heard = 0;
    lasting.onData((bytes) => {
      heard += bytes.length;
    });
    for (let round = 1; round <= 5; round++) {
      unplug(device);
      await until(() => outages.length === 2 * round - 1);
      device = plug();
      await until(() => outages.length === 2 * round);
      device.write(Buffer.from('x'));
      await until(() => heard === round);
    }
  });

  it('is lost, once, when the device stays away', async () => {
    const device = plug();
    const lasting = await opened(100 * MILLISECOND);
    const lost: PortError[] = [];
    lasting.onLost((error) => lost.push(error));
    unplug(device);
    await until(() => lost.length > 0);
    expect(lost[0]).toBeInstanceOf(PortError);
    expect(lost[0]!.message).toContain('did not come back within 100ms');
    expect(lasting.isOpen).toBe(false);
    await pause(50);
    expect(lost).toHaveLength(1);
  });

  it('can be closed while the device is away', async () => {
    const device = plug();
    const lasting = await opened();
    unplug(device);
    await until(() => outages.length === 1);
    await lasting.close();
    plug();
    await pause(600);
    expect(outages).toHaveLength(1);
  });
});

describe('a device that comes back', () => {
  const listed = (at: string, serialNumber: string | null, productId = '6001'): ListedPort => ({
    path: at,
    description: '',
    manufacturer: null,
    serialNumber,
    vendorId: '0403',
    productId,
    stablePath: null,
    deviceGuid: '',
  });

  it('with a serial number is found at another path, whoever took its old one', async () => {
    const device = await knowDevice('/dev/ttyUSB0', async () => [listed('/dev/ttyUSB0', 'A1')]);
    const now = [
      listed('/dev/ttyUSB0', 'B2'),
      listed('/dev/ttyUSB3', 'A1', '6010'),
      listed('/dev/ttyUSB4', 'A1'),
    ];
    expect(await findDevice(device, async () => now)).toBe('/dev/ttyUSB4');
    expect(await findDevice(device, async () => now.slice(0, 2))).toBeUndefined();
  });

  it('with several ports under one serial number is found at its own path', async () => {
    const both = [listed('/dev/ttyUSB0', 'A1'), listed('/dev/ttyUSB1', 'A1')];
    const device = await knowDevice('/dev/ttyUSB1', async () => both);
    expect(await findDevice(device, async () => both)).toBe('/dev/ttyUSB1');
  });

  it('without a serial number is known by its path', async () => {
    const device = await knowDevice(path, async () => [listed(path, null)]);
    expect(device.identity).toBeUndefined();
    expect(await findDevice(device)).toBeUndefined();
    plug();
    expect(await findDevice(device)).toBe(path);
  });
});
