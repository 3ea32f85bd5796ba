import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linuxTtys } from '../../src/port/linux-ttys.ts';
import { listPorts } from '../../src/port/port-list.ts';

let root = '';
const put = (path: string, text = '') => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const link = (path: string, target: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(join(root, target), join(root, path));
};

/** A machine with a UART, an empty 8250 slot, a virtual terminal, and two adapters, one of them without a serial number. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ttys-'));
  put('sys/devices/serial8250/tty/ttyS0/type', '4\n');
  put('sys/devices/serial8250/port0/uevent');
  put('sys/class/tty/tty0/uevent');
  put('sys/class/tty/console/active', 'tty0 ttyS0\n');
  for (const [slot, type] of [
    ['ttyS0', '4'],
    ['ttyS1', '0'],
  ] as const) {
    put(`sys/class/tty/${slot}/type`, `${type}\n`);
    link(`sys/class/tty/${slot}/device`, 'sys/devices/serial8250/port0');
  }
  for (const [name, serial] of [
    ['ttyUSB10', 'A9007UX1'],
    ['ttyUSB2', undefined],
  ] as const) {
    const usb = `sys/devices/usb1/${name}`;
    put(`${usb}/idVendor`, '0403\n');
    put(`${usb}/idProduct`, '6001\n');
    put(`${usb}/product`, 'FT232R USB UART\n');
    put(`${usb}/manufacturer`, 'FTDI\n');
    if (serial) put(`${usb}/serial`, `${serial}\n`);
    put(`${usb}/interface/${name}/uevent`);
    put('sys/bus/drivers/ftdi_sio/uevent');
    link(`${usb}/interface/${name}/driver`, 'sys/bus/drivers/ftdi_sio');
    link(`sys/class/tty/${name}/device`, `${usb}/interface/${name}`);
    put(`dev/${name}`);
    link(`dev/serial/by-path/pci-usb-${name}`, `dev/${name}`);
  }
  link('dev/serial/by-id/usb-FTDI_A9007UX1-if00', 'dev/ttyUSB10');
  link('dev/serial/by-id/usb-FTDI-if00', 'dev/ttyUSB2');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const noSystem = () => Promise.reject(new Error('spawn udevadm ENOENT'));

describe('the ports of a Linux machine', () => {
  it('are those with hardware behind them, in the order people count', () => {
    expect(linuxTtys(root).map((tty) => tty.path)).toEqual(['/dev/ttyS0', '/dev/ttyUSB2', '/dev/ttyUSB10']);
  });

  it('carry what USB and the kernel say', () => {
    expect(linuxTtys(root).at(-1)).toMatchObject({
      driver: 'ftdi_sio',
      manufacturer: 'FTDI',
      product: 'FT232R USB UART',
      serialNumber: 'A9007UX1',
      vendorId: '0403',
      productId: '6001',
      isConsole: false,
    });
  });

  it('are listed although udevadm is missing', async () => {
    const ports = await listPorts({ system: noSystem, linux: () => linuxTtys(root) });
    expect(ports.map((port) => port.path)).toEqual(['/dev/ttyS0', '/dev/ttyUSB2', '/dev/ttyUSB10']);
    expect(ports[0]?.description).toBe('UART, the console of this system');
    expect(ports[1]).toMatchObject({
      description: 'FT232R USB UART',
      manufacturer: 'FTDI',
      serialNumber: null,
    });
    expect(new Set(ports.map((port) => port.deviceGuid)).size).toBe(3);
  });

  it('with a serial number keep their GUID in another socket, without one they are known by the socket', async () => {
    const [, plain, numbered] = await listPorts({ system: noSystem, linux: () => linuxTtys(root) });
    expect(numbered?.stablePath).toContain('by-id');
    expect(plain?.stablePath).toContain('by-path');
    const moved = linuxTtys(root).map((tty) => ({
      ...tty,
      path: '/dev/ttyUSB77',
      byPath: '/dev/serial/by-path/other',
    }));
    const [, plainMoved, numberedMoved] = await listPorts({ system: noSystem, linux: () => moved });
    expect(numberedMoved?.deviceGuid).toBe(numbered?.deviceGuid);
    expect(plainMoved?.deviceGuid).not.toBe(plain?.deviceGuid);
  });

  it('of this very machine can be listed', async () => {
    for (const port of await listPorts()) expect(port.deviceGuid).toMatch(/^\{[0-9A-F-]{36}\}$/);
  });
});

describe.runIf(process.platform !== 'linux')('the ports of other systems', () => {
  it('are what serialport lists', async () => {
    const system = async () => [
      { path: 'COM3', friendlyName: 'USB Serial Port (COM3)', pnpId: 'FTDIBUS\\X' },
    ];
    const [port] = await listPorts({ system, linux: () => [] });
    expect(port).toMatchObject({ path: 'COM3', description: 'USB Serial Port (COM3)' });
  });
});
