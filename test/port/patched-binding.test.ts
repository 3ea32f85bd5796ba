import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BindingPortInterface, LinuxBinding, type LinuxPortBinding } from '@serialport/bindings-cpp';
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, it } from 'vitest';
import { libcSupported } from '../../src/port/libc.ts';
import { PatchedPort, patchedLinuxBinding } from '../../src/port/patched-binding.ts';
import { BarePty, join } from './bare-pty.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What became of a promise by now. */
function outcome(promise: Promise<unknown>): { is: 'pending' | 'done' | 'failed' } {
  const seen: { is: 'pending' | 'done' | 'failed' } = { is: 'pending' };
  promise.then(
    () => {
      seen.is = 'done';
    },
    () => {
      seen.is = 'failed';
    },
  );
  return seen;
}

const ptys: BarePty[] = [];
const pty = (): BarePty => {
  const made = new BarePty();
  ptys.push(made);
  return made;
};
afterEach(() => {
  for (const each of ptys.splice(0)) each.unplug();
});

/** Writes 40 kB while a read waits, and takes it all at the far end: whether the write ended. */
async function writeWhileReading(port: BindingPortInterface, far: BarePty): Promise<string> {
  const written = outcome(port.write(Buffer.alloc(40_000, 0x41)));
  await pause(20);
  const read = port.read(Buffer.alloc(16), 0, 16).catch(() => {});
  for (let i = 0; i < 100 && written.is === 'pending'; i++) {
    await pause(5);
    far.read();
  }
  const result = written.is;
  await port.close();
  await read;
  return result;
}

/** Pulls the plug and only then reads: what became of the read after half a second, and the CPU it took. */
async function readAfterUnplug(
  port: BindingPortInterface,
  far: BarePty,
): Promise<{ is: string; cpuMs: number }> {
  far.unplug();
  await pause(10);
  const before = process.cpuUsage();
  const read = outcome(port.read(Buffer.alloc(16), 0, 16));
  await pause(500);
  const { user, system } = process.cpuUsage(before);
  const is = read.is;
  await port.close();
  await pause(10);
  return { is, cpuMs: (user + system) / 1_000 };
}

describe.runIf(libcSupported())('the patched binding, where the stock one fails', () => {
  it('a write goes on while a read waits', async () => {
    const far = pty();
    const port = await patchedLinuxBinding().open({ path: far.path, baudRate: 115_200 });
    expect(await writeWhileReading(port, far)).toBe('done');
  });

  it('the stock binding forgets the write (if this fails, the patch may go)', async () => {
    const far = pty();
    const port = await LinuxBinding.open({ path: far.path, baudRate: 115_200 });
    expect(await writeWhileReading(port, far)).toBe('pending');
  });

  it('a hang-up ends the read at once and costs no CPU', async () => {
    const far = pty();
    const port = await patchedLinuxBinding().open({ path: far.path, baudRate: 115_200 });
    const { is, cpuMs } = await readAfterUnplug(port, far);
    expect(is).toBe('failed');
    expect(cpuMs).toBeLessThan(150);
  });

  it('the stock binding reads nothing for ever (if this fails, the patch may go)', async () => {
    const far = pty();
    const port = await LinuxBinding.open({ path: far.path, baudRate: 115_200 });
    expect((await readAfterUnplug(port, far)).is).toBe('pending');
  });

  it('two megabytes each way at once arrive whole', async () => {
    const [left, right] = [pty(), pty()];
    const end = join(left, right);
    const total = 2_000_000;
    const open = (far: BarePty) =>
      new Promise<SerialPortStream>((resolve, reject) => {
        const binding = patchedLinuxBinding({ readSliceMs: 2 });
        const stream = new SerialPortStream({ binding, path: far.path, baudRate: 115_200, autoOpen: false });
        stream.open((error) => (error ? reject(error) : resolve(stream)));
      });
    const streams = await Promise.all([open(left), open(right)]);
    const arrived = streams.map(
      (stream) =>
        new Promise<void>((resolve, reject) => {
          let count = 0;
          stream.on('data', (bytes: Buffer) => {
            for (const byte of bytes) {
              if (byte !== ((count++ * 31) & 0xff)) reject(new Error(`byte ${count - 1} is wrong`));
            }
            if (count === total) resolve();
          });
        }),
    );
    const bytes = Buffer.from(Uint8Array.from({ length: total }, (_, at) => (at * 31) & 0xff));
    for (const stream of streams) {
      for (let at = 0; at < total; at += 50_000) stream.write(bytes.subarray(at, at + 50_000));
    }
    await Promise.all(arrived);
    end();
    await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.close(() => resolve()))));
  });

  it('no unplug under receive load goes unnoticed in 40 tries', async () => {
    for (let round = 0; round < 40; round++) {
      const far = pty();
      const binding = patchedLinuxBinding({ readSliceMs: round % 2 === 0 ? 0 : 2 });
      const stream = new SerialPortStream({ binding, path: far.path, baudRate: 115_200, autoOpen: false });
      await new Promise<void>((resolve, reject) =>
        stream.open((error) => (error ? reject(error) : resolve())),
      );
      stream.on('error', () => {});
      const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
      stream.resume();
      far.load(50);
      await pause(5 + (round % 7));
      far.unplug();
      await closed;
    }
  });

  it('bytes are delivered although nothing else happens in the process (Node 26.4 and later)', async () => {
    const far = pty();
    const port = await patchedLinuxBinding().open({ path: far.path, baudRate: 115_200 });
    // Another thread writes, so that no timer of this loop helps the delivery along.
    const script = `
      const { workerData } = require('node:worker_threads');
      setTimeout(() => require('node:fs').writeSync(workerData, 'x'), 200);
      setTimeout(() => {}, 60_000);`;
    const worker = new Worker(script, { eval: true, workerData: far.master });
    const alarm = setTimeout(() => {}, 3_000);
    const started = performance.now();
    await port.read(Buffer.alloc(16), 0, 16);
    expect(performance.now() - started).toBeLessThan(2_000);
    clearTimeout(alarm);
    await worker.terminate();
    await port.close();
  });

  it('reads in slices take a busy line in larger pieces and lose nothing', async () => {
    const far = pty();
    const port = await patchedLinuxBinding({ readSliceMs: 20 }).open({ path: far.path, baudRate: 115_200 });
    const feeder = setInterval(() => far.write(Buffer.alloc(6)), 1);
    const pieces: number[] = [];
    for (let i = 0; i < 10; i++) pieces.push((await port.read(Buffer.alloc(4_096), 0, 4_096)).bytesRead);
    clearInterval(feeder);
    expect(Math.max(...pieces.slice(1))).toBeGreaterThan(24);
    await port.close();
  });

  it('closing cancels a waiting read and a waiting write, so that the stream does not take it for a loss', async () => {
    const far = pty();
    const port = await patchedLinuxBinding().open({ path: far.path, baudRate: 115_200 });
    const write = port.write(Buffer.alloc(100_000));
    const read = port.read(Buffer.alloc(16), 0, 16);
    const both = Promise.allSettled([write, read]);
    await pause(20);
    await port.close();
    for (const result of await both) {
      expect(result).toMatchObject({ status: 'rejected', reason: { canceled: true } });
    }
    await expect(port.read(Buffer.alloc(1), 0, 1)).rejects.toMatchObject({ canceled: true });
  });
});

describe('the patched port over a poller in the test’s hand', () => {
  class FakePoller extends EventEmitter {
    readonly asked: number[] = [];
    readonly poller = { poll: (events: number) => this.asked.push(events) };
  }

  const blocked = () => {
    const far = pty();
    const poller = new FakePoller();
    return { far, poller };
  };

  it.runIf(libcSupported())(
    'asks for the union of what is awaited, and resolves from the loop, not from the event',
    async () => {
      const { far, poller } = blocked();
      const real = await LinuxBinding.open({ path: far.path, baudRate: 115_200 });
      const port = new PatchedPort({
        isOpen: true,
        fd: real.fd,
        poller,
        close: async () => {},
      } as unknown as LinuxPortBinding);
      const write = outcome(port.write(Buffer.alloc(100_000)));
      const read = outcome(port.read(Buffer.alloc(16), 0, 16));
      await pause(5);
      expect(poller.asked.at(-1)).toBe(3);
      far.write(Buffer.from('x'));
      await pause(5);
      poller.emit('readable', null);
      expect(poller.asked.at(-1)).toBe(2);
      for (let i = 0; i < 50; i++) await Promise.resolve();
      expect(read.is).toBe('pending');
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      expect(read.is).toBe('done');
      expect(write.is).toBe('pending');
      await real.close();
    },
  );
});
