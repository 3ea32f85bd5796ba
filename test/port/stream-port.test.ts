import type { BindingInterface, BindingPortInterface, SetOptions } from '@serialport/bindings-cpp';
import { describe, expect, it } from 'vitest';
import { PortError } from '../../src/base/failure.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';

/** A port with modem lines that can be told to misbehave; nothing below it. */
class FakePort implements BindingPortInterface {
  readonly openOptions = {} as BindingPortInterface['openOptions'];
  isOpen = true;
  readonly sets: SetOptions[] = [];
  baudRate = DEFAULT_LINE_SETTINGS.baud;
  closeHangs = false;
  closeTakesMs = 0;
  closeFailures = 0;
  writeFails: Error | undefined;
  flushes = 0;
  #cancel: (() => void) | undefined;

  async close(): Promise<void> {
    if (this.closeHangs) await new Promise(() => {});
    if (this.closeTakesMs > 0) await new Promise((resolve) => setTimeout(resolve, this.closeTakesMs));
    if (this.closeFailures-- > 0) throw new Error('not now');
    this.isOpen = false;
    this.#cancel?.();
  }
  read(): Promise<{ buffer: Buffer; bytesRead: number }> {
    return new Promise((_, reject) => {
      this.#cancel = () => reject(Object.assign(new Error('Canceled'), { canceled: true }));
    });
  }
  async write(): Promise<void> {
    if (this.writeFails) throw this.writeFails;
  }
  async update(): Promise<void> {}
  async set(options: SetOptions): Promise<void> {
    this.sets.push(options);
  }
  async get(): Promise<{ cts: boolean; dsr: boolean; dcd: boolean }> {
    return { cts: true, dsr: false, dcd: true };
  }
  async getBaudRate(): Promise<{ baudRate: number }> {
    return { baudRate: this.baudRate };
  }
  async flush(): Promise<void> {
    this.flushes++;
  }
  async drain(): Promise<void> {}
}

const opened = async (fake: FakePort, closeWithinMs = 200) => {
  const binding: BindingInterface = { list: async () => [], open: async () => fake };
  return openSerialPort({ path: 'fake', settings: DEFAULT_LINE_SETTINGS, binding, closeWithinMs });
};

describe('a port over a binding of our own', () => {
  it('reads the lines, with what was set for those that cannot be read back', async () => {
    const fake = new FakePort();
    const port = await opened(fake);
    await port.setLines({ rts: false });
    expect(await port.modemLines()).toEqual({
      cts: true,
      dsr: false,
      dcd: true,
      ri: null,
      dtr: true,
      rts: false,
    });
    await port.close();
  });

  it('setting one line keeps the other, and a break keeps both', async () => {
    const fake = new FakePort();
    const port = await opened(fake);
    expect(await port.setLines({ dtr: false })).toBe(true);
    expect(await port.setLines({ rts: false })).toBe(true);
    expect(await port.sendBreak(1)).toBe(true);
    expect(fake.sets.map(({ dtr, rts, brk }) => [dtr, rts, brk])).toEqual([
      [false, true, false],
      [false, false, false],
      [false, false, true],
      [false, false, false],
    ]);
    await port.close();
  });

  it('a rate that reads back wrong is refused and the port is given back', async () => {
    const fake = new FakePort();
    fake.baudRate = 9_600;
    const error = await opened(fake).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PortError);
    expect(error).toMatchObject({
      fault: 'unsupported',
      message: expect.stringContaining('baud=115200 was set as 9600'),
    });
    expect(fake.isOpen).toBe(false);
  });

  it('a failed write is a loss, told once, and the port is given back', async () => {
    const fake = new FakePort();
    const port = await opened(fake);
    const losses: PortError[] = [];
    port.onLost((error) => losses.push(error));
    fake.writeFails = new Error('EIO: i/o error, write');
    port.write(new Uint8Array(3));
    port.write(new Uint8Array(3));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(losses.map((error) => error.fault)).toEqual(['lost']);
    expect(fake.isOpen).toBe(false);
    await port.close();
  });

  it('closing after a loss waits until the port is really given back', async () => {
    const fake = new FakePort();
    const port = await opened(fake, 2_000);
    const lost = new Promise((resolve) => port.onLost(resolve));
    fake.closeTakesMs = 80;
    fake.writeFails = new Error('EIO: i/o error, write');
    port.write(new Uint8Array(3));
    await lost;
    await port.close();
    expect(fake.isOpen).toBe(false);
  });

  it('a port that was lost and did not close is closed again', async () => {
    const fake = new FakePort();
    const port = await opened(fake);
    const lost = new Promise((resolve) => port.onLost(resolve));
    fake.closeFailures = 1;
    fake.writeFails = new Error('EIO: i/o error, write');
    port.write(new Uint8Array(3));
    await lost;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(fake.isOpen).toBe(false);
    await port.close();
  });

  it('who no longer listens is not told of a loss, not even of an old one', async () => {
    const fake = new FakePort();
    const port = await opened(fake);
    const lost = new Promise((resolve) => port.onLost(resolve));
    fake.writeFails = new Error('EIO: i/o error, write');
    port.write(new Uint8Array(3));
    await lost;
    let told = 0;
    port.onLost(() => told++)();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told).toBe(0);
    await port.close();
  });

  it('closing ends within the deadline although the system never closes', async () => {
    const fake = new FakePort();
    fake.closeHangs = true;
    const port = await opened(fake, 150);
    const started = performance.now();
    await port.close();
    expect(performance.now() - started).toBeLessThan(1_150);
    expect(fake.flushes).toBe(1);
  });
});
