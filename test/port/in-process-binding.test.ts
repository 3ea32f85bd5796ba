/** The in-process line behind the real serialport stream and behind our own open port. */
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import type { LineEvent } from '../../src/line/line-event.ts';
import { InProcessLine, type InProcessLineOptions } from '../../src/port/in-process-binding.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';

const lines: InProcessLine[] = [];

afterEach(async () => {
  for (const line of lines.splice(0)) await line.close();
});

function lineOf(options: InProcessLineOptions = {}): InProcessLine {
  const line = new InProcessLine(options);
  lines.push(line);
  return line;
}

async function open(line: InProcessLine, end: 0 | 1, more: object = {}) {
  const stream = new SerialPortStream({
    binding: line.binding,
    path: line.paths[end],
    baudRate: 115_200,
    autoOpen: false,
    ...more,
  });
  stream.on('error', () => {});
  await new Promise<void>((resolve, reject) => stream.open((error) => (error ? reject(error) : resolve())));
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(Buffer.from(piece)));
  return { stream, received: () => Buffer.concat(pieces) };
}

function inputs(stream: SerialPortStream): Promise<unknown> {
  return new Promise((resolve, reject) =>
    stream.get((error, status) => (error ? reject(error) : resolve(status))),
  );
}

function set(stream: SerialPortStream, options: object): Promise<void> {
  return new Promise((resolve, reject) =>
    stream.set(options, (error) => (error ? reject(error) : resolve())),
  );
}

const until = { timeout: 10_000, interval: 5 };

describe('an in-process line', () => {
  test('carries bytes both ways through serialport streams, in more than one buffer', async () => {
    const line = lineOf({ settings: { baud: 1_000_000 } });
    const near = await open(line, 0, { baudRate: 1_000_000 });
    const far = await open(line, 1, { baudRate: 1_000_000 });
    const sent = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7) & 0xff));
    near.stream.write(sent);
    far.stream.write(sent);
    await expect.poll(() => far.received().length, until).toBe(20_000);
    await expect.poll(() => near.received().length, until).toBe(20_000);
    expect(far.received().equals(sent) && near.received().equals(sent)).toBe(true);
  });

  test('crosses RTS to CTS and DTR to DSR and DCD', async () => {
    const line = lineOf();
    const near = await open(line, 0);
    expect(await inputs(near.stream)).toEqual({ cts: false, dsr: false, dcd: false });
    const far = await open(line, 1);
    expect(await inputs(near.stream)).toEqual({ cts: true, dsr: true, dcd: true });
    await set(far.stream, { rts: false, dtr: true });
    expect(await inputs(near.stream)).toEqual({ cts: false, dsr: true, dcd: true });
    await set(far.stream, { rts: true, dtr: false });
    expect(await inputs(near.stream)).toEqual({ cts: true, dsr: false, dcd: false });
  });

  test('a sender with RTS flow control waits while the other end has RTS off', async () => {
    const line = lineOf();
    const near = await open(line, 0, { rtscts: true });
    const far = await open(line, 1, { rtscts: true });
    await set(far.stream, { rts: false });
    near.stream.write('wait');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(far.received()).toHaveLength(0);
    await set(far.stream, { rts: true });
    await expect.poll(() => far.received().toString(), until).toBe('wait');
  });

  test('a receiver that does not read stops its sender with either flow control', async () => {
    for (const flow of [{ rtscts: true }, { xon: true, xoff: true }]) {
      const line = lineOf({ receiveBuffer: 512 });
      const near = await open(line, 0, { baudRate: 4_000_000, ...flow });
      const far = await open(line, 1, { baudRate: 4_000_000, highWaterMark: 256, ...flow });
      far.stream.pause();
      const sent = Buffer.alloc(30_000, 0x55);
      let taken = false;
      near.stream.write(sent, () => {
        taken = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(taken).toBe(false);
      far.stream.resume();
      await expect.poll(() => far.received().length, until).toBe(sent.length);
      expect(far.received().equals(sent)).toBe(true);
      expect(line.uartCounters[1].overrun).toBe(0);
    }
  });

  test('a break is a zero byte and counted at the other end', async () => {
    const line = lineOf();
    const near = await open(line, 0);
    const far = await open(line, 1);
    await set(near.stream, { brk: true });
    await expect.poll(() => [...far.received()], until).toEqual([0]);
    await set(near.stream, { brk: false });
    near.stream.write('x');
    await expect.poll(() => [...far.received()], until).toEqual([0, 0x78]);
    expect(line.uartCounters[1]).toEqual({ framing: 0, parity: 0, overrun: 0, break: 1 });
  });

  test('draining waits until all has left; flushing throws it away', async () => {
    const line = lineOf({ settings: { baud: 9_600 } });
    const near = await open(line, 0, { baudRate: 9_600 });
    const far = await open(line, 1, { baudRate: 9_600 });
    near.stream.write(Buffer.alloc(48));
    const began = performance.now();
    await new Promise((resolve) => near.stream.drain(resolve));
    expect(performance.now() - began).toBeGreaterThan(40);
    near.stream.write(Buffer.alloc(4_000));
    await new Promise((resolve) => near.stream.flush(resolve));
    await new Promise((resolve) => near.stream.drain(resolve));
    near.stream.write('end');
    await expect.poll(() => far.received().includes('end'), until).toBe(true);
    expect(far.received().length).toBeLessThan(48 + 4_000 + 3);
  });

  test('scripted faults, cuts and mismatched ends do what they do on every line', async () => {
    const events: LineEvent[] = [];
    const line = lineOf({
      directions: [{ script: [{ kind: 'bitError', offset: 1, bit: 0 }] }, {}],
      onEvent: (from, event) => from === 0 && events.push(event),
    });
    const near = await open(line, 0, { parity: 'even' });
    const far = await open(line, 1, { parity: 'even' });
    near.stream.write('aaa');
    await expect.poll(() => far.received().toString(), until).toBe('a`a');
    expect(line.uartCounters[1].parity).toBe(1);
    line.cut();
    near.stream.write('gone');
    await expect.poll(() => line.injected[0].lostToCuts, until).toBe(4);
    line.restore();
    await expect.poll(() => events.at(-1)?.kind, until).toBe('restored');
    far.stream.update({ baudRate: 9_600 });
    near.stream.write('garbled');
    await expect.poll(() => line.injected[0].garbled, until).toBe(7);
    expect(events.map((event) => event.kind)).toEqual(['bitError', 'cut', 'restored', 'mismatch']);
  });

  test('a port is opened once at a time, by a name that exists, with what a UART can do', async () => {
    const line = lineOf();
    await open(line, 0);
    await expect(open(line, 0)).rejects.toThrow('Cannot lock port');
    await expect(line.binding.open({ path: 'elsewhere', baudRate: 9_600 })).rejects.toThrow('No such file');
    const path = line.paths[1];
    await expect(line.binding.open({ path, baudRate: 9_600, dataBits: 7 })).rejects.toThrow('7 data bits');
    await expect(line.binding.open({ path, baudRate: -1 })).rejects.toThrow('baud rate -1');
    await expect(line.binding.open({ path, baudRate: 9_600, parity: 'most' })).rejects.toThrow('parity most');
    expect((await line.binding.list()).map((each) => each.path)).toEqual([...line.paths]);
  });

  test('unplugging is a disconnection, even in the middle of a write, and the port can be opened again', async () => {
    const line = lineOf();
    const near = await open(line, 0);
    await open(line, 1);
    const closed = new Promise<unknown>((resolve) => near.stream.once('close', resolve));
    near.stream.write(Buffer.alloc(50_000));
    line.unplug();
    expect(await closed).toMatchObject({ disconnected: true });
    await expect(open(line, 0)).rejects.toThrow('No such file');
    line.plug();
    const again = await open(line, 0);
    const far = await open(line, 1);
    again.stream.write('back');
    await expect.poll(() => far.received().toString(), until).toBe('back');
  });

  test('serves an open port of ours: data, modem lines, break, closing', async () => {
    const line = lineOf();
    const settings = { ...DEFAULT_LINE_SETTINGS, parity: 'MARK' as const, stopbits: 1.5 as const };
    const [near, far] = await Promise.all(
      line.paths.map((path) => openSerialPort({ path, settings, binding: line.binding })),
    );
    const received: number[] = [];
    far!.onData((bytes) => received.push(...bytes));
    near!.write(Uint8Array.of(1, 2, 3));
    await expect.poll(() => received, until).toEqual([1, 2, 3]);
    expect(await near!.setLines({ rts: false })).toBe(true);
    expect(await far!.modemLines()).toMatchObject({ cts: false, dsr: true, dcd: true });
    expect(await near!.sendBreak(5)).toBe(true);
    await expect.poll(() => line.uartCounters[1].break, until).toBe(1);
    await near!.close();
    expect(await far!.modemLines()).toMatchObject({ cts: false, dsr: false, dcd: false });
    await far!.close();
  });
});
