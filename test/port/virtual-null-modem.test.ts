/** The virtual null-modem through real ttys and the real serialport binding. */
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import type { LineEvent } from '../../src/line/line-event.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { systemBinding } from '../../src/port/patched-binding.ts';
import {
  openVirtualNullModem,
  type VirtualNullModem,
  type VirtualNullModemOptions,
} from '../../src/port/virtual-null-modem.ts';

const openStreams: SerialPortStream[] = [];
const openLines: VirtualNullModem[] = [];

afterEach(async () => {
  for (const stream of openStreams.splice(0)) {
    if (stream.isOpen) await new Promise<void>((resolve) => stream.close(() => resolve()));
  }
  for (const line of openLines.splice(0)) await line.close();
});

async function lineOf(options: VirtualNullModemOptions = {}): Promise<VirtualNullModem> {
  const line = await openVirtualNullModem(options);
  openLines.push(line);
  return line;
}

interface Port {
  readonly stream: SerialPortStream;
  received(): Buffer;
}

async function open(
  path: string,
  baudRate = 115_200,
  more: { stopBits?: 2; rtscts?: true } = {},
): Promise<Port> {
  const stream = new SerialPortStream({
    binding: systemBinding({ readSliceMs: 0 }),
    path,
    baudRate,
    autoOpen: false,
    ...more,
  });
  await new Promise<void>((resolve, reject) => stream.open((error) => (error ? reject(error) : resolve())));
  openStreams.push(stream);
  stream.on('error', () => {});
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(Buffer.from(piece)));
  return { stream, received: () => Buffer.concat(pieces) };
}

async function openBoth(line: VirtualNullModem, baud = 115_200): Promise<[Port, Port]> {
  const near = await open(line.paths[0], baud);
  const far = await open(line.paths[1], baud);
  // Until the line has looked, it takes both for absent and their bytes for unheard.
  await new Promise((resolve) => setTimeout(resolve, 40));
  return [near, far];
}

const until = { timeout: 10_000, interval: 5 };

describe.skipIf(!libcSupported())('a virtual null-modem', () => {
  test('carries every byte value both ways at once, in order', async () => {
    const line = await lineOf();
    const [near, far] = await openBoth(line);
    const there = Buffer.from(new Random('there').fill(new Uint8Array(3_000)));
    const back = Buffer.from(new Random('back').fill(new Uint8Array(3_000)));
    for (let at = 0; at < 3_000; at += 500) {
      near.stream.write(there.subarray(at, at + 500));
      far.stream.write(back.subarray(at, at + 500));
      await expect.poll(() => far.received().length, until).toBe(at + 500);
      await expect.poll(() => near.received().length, until).toBe(at + 500);
    }
    expect(far.received().equals(there)).toBe(true);
    expect(near.received().equals(back)).toBe(true);
    expect(line.passages).toEqual([
      { taken: 3_000, given: 3_000, unheard: 0 },
      { taken: 3_000, given: 3_000, unheard: 0 },
    ]);
  });

  test('is no faster than a wire', async () => {
    const line = await lineOf({ settings: { baud: 9_600 } });
    const [near, far] = await openBoth(line, 9_600);
    const began = process.hrtime.bigint();
    near.stream.write(Buffer.alloc(480, 0x55));
    await expect.poll(() => far.received().length, until).toBe(480);
    // 480 bytes of ten bits at 9600: half a second. A machine under load may only be slower.
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeGreaterThanOrEqual(499);
  });

  test('a blocked event loop loses nothing', async () => {
    const line = await lineOf({ settings: { baud: 1_000_000 } });
    const [near, far] = await openBoth(line, 1_000_000);
    const sent = Buffer.from(new Random('sent').fill(new Uint8Array(3_000)));
    near.stream.write(sent);
    for (let i = 0; i < 5; i++) {
      const end = performance.now() + 60;
      while (performance.now() < end);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await expect.poll(() => far.received().length, until).toBe(3_000);
    expect(far.received().equals(sent)).toBe(true);
  });

  test('what arrives differs from what was sent exactly by the faults it reports', async () => {
    const events: LineEvent[][] = [[], []];
    const line = await lineOf({
      random: new Random('noisy'),
      line: { bitErrorRatio: 1e-3 },
      directions: [
        { script: [{ kind: 'drop', offset: 10 }] },
        { script: [{ kind: 'insert', offset: 20, byte: 1 }] },
      ],
      onEvent: (from, event) => events[from]!.push(event),
    });
    const [near, far] = await openBoth(line);
    near.stream.write(Buffer.alloc(1_000));
    far.stream.write(Buffer.alloc(1_000));
    await expect.poll(() => far.received().length, until).toBe(999);
    await expect.poll(() => near.received().length, until).toBe(1_001);
    const ones = (bytes: Buffer) =>
      bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    const told = (from: 0 | 1) => events[from]!.filter((event) => event.kind === 'bitError').length;
    expect(told(0)).toBeGreaterThan(0);
    expect(ones(far.received())).toBe(told(0));
    expect(ones(near.received())).toBe(told(1) + 1);
    expect(line.injected[0]).toMatchObject({ bitErrors: told(0), drops: 1, inserts: 0 });
    expect(line.injected[1]).toMatchObject({ bitErrors: told(1), drops: 0, inserts: 1 });
    expect(told(0)).not.toBe(0);
  });

  test('during a cut nothing passes, and what was lost is counted', async () => {
    const events: LineEvent[] = [];
    const line = await lineOf({ onEvent: (from, event) => from === 0 && events.push(event) });
    const [near, far] = await openBoth(line);
    line.cut();
    near.stream.write(Buffer.alloc(300, 1));
    await expect.poll(() => line.injected[0].lostToCuts, until).toBe(300);
    line.restore();
    await expect.poll(() => events.at(-1)?.kind, until).toBe('restored');
    near.stream.write(Buffer.alloc(200, 2));
    await expect.poll(() => far.received().length, until).toBe(200);
    expect(events).toMatchObject([{ kind: 'cut' }, { kind: 'restored', lost: 300 }]);
  });

  test('a port opened at another rate than the line reads garbage until it is set right', async () => {
    const line = await lineOf();
    const near = await open(line.paths[0]);
    const far = await open(line.paths[1], 57_600);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const sent = Buffer.from('The quick brown fox jumps over the lazy dog');
    near.stream.write(sent);
    await expect.poll(() => line.injected[0].garbled, until).toBe(sent.length);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(far.received().includes('fox')).toBe(false);
    far.stream.update({ baudRate: 115_200 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    near.stream.write(sent);
    await expect.poll(() => far.received().includes(sent), until).toBe(true);
    expect(line.injected[0].garbled).toBe(sent.length);
  });

  test('with the pace of its ports, two ports at a rate of their own agree', async () => {
    const line = await lineOf({ pace: 'ports' });
    const [near, far] = await openBoth(line, 230_400);
    near.stream.write('hello');
    await expect.poll(() => far.received().toString(), until).toBe('hello');
    expect(line.injected[0].garbled).toBe(0);
  });

  test('bytes sent while nobody listens are gone, and a port can be closed and opened again', async () => {
    const line = await lineOf();
    const near = await open(line.paths[0]);
    near.stream.write('lost');
    await expect.poll(() => line.passages[0].unheard, until).toBe(4);
    for (const text of ['one', 'two']) {
      const far = await open(line.paths[1]);
      await new Promise((resolve) => setTimeout(resolve, 40));
      near.stream.write(text);
      await expect.poll(() => far.received().toString(), until).toBe(text);
      await new Promise<void>((resolve) => far.stream.close(() => resolve()));
    }
  });

  test('unplugging hangs up both ports; plugging brings them back under the same links', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dplink-'));
    const line = await lineOf({ links: [join(folder, 'near'), join(folder, 'far')] });
    const [near, far] = await openBoth(line);
    const hungUp = [near, far].map(
      ({ stream }) => new Promise<unknown>((resolve) => stream.once('close', resolve)),
    );
    const before = readlinkSync(line.paths[0]);
    expect(existsSync(before)).toBe(true);
    line.unplug();
    expect(existsSync(line.paths[0])).toBe(false);
    for (const error of await Promise.all(hungUp)) expect(error).toMatchObject({ disconnected: true });
    line.plug();
    const [again, there] = await openBoth(line);
    again.stream.write('back');
    await expect.poll(() => there.received().toString(), until).toBe('back');
    await line.close();
    expect(existsSync(line.paths[1])).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test('a cut by script counts from the opening', async () => {
    const line = await lineOf({ line: { events: [{ kind: 'cut', at: 0, for: 600 * SECOND }] } });
    const [near] = await openBoth(line);
    near.stream.write('nothing');
    await expect.poll(() => line.injected[0].lostToCuts, until).toBe(7);
  });

  test('a full receiver without flow control loses bytes; one with RTS flow control stops the sender', async () => {
    for (const flow of [false, true]) {
      const line = await lineOf({ settings: { baud: 4_000_000 } });
      const near = await open(line.paths[0], 4_000_000);
      const far = await open(line.paths[1], 4_000_000, flow ? { rtscts: true } : {});
      far.stream.pause();
      const sent = 400_000;
      near.stream.write(Buffer.alloc(sent));
      const settled = () => line.injected[0].overrun > 0 || line.passages[0].given > 64_000;
      await expect.poll(settled, until).toBe(true);
      far.stream.resume();
      await expect.poll(() => far.received().length + line.injected[0].overrun, until).toBe(sent);
      if (flow) expect(line.injected[0].overrun).toBe(0);
    }
  });
});
