/** The serialport binding of Linux with its stalls, lost hang-ups and late deliveries cured. Knows no line settings. */
import { readSync, writeSync } from 'node:fs';
import {
  autoDetect,
  type BindingInterface,
  type BindingPortInterface,
  BindingsError,
  LinuxBinding,
  type LinuxOpenOptions,
  type LinuxPortBinding,
  type OpenOptions,
  type SetOptions,
  type UpdateOptions,
} from '@serialport/bindings-cpp';

/** Events of the native poller; libuv's uv_poll_event. */
const READABLE = 1;
const WRITABLE = 2;

/** How a patched binding behaves. */
export interface PatchOptions {
  /**
   * Least time between two reads of one port, in milliseconds, 0..20: while bytes stream in they are taken in
   * slices, which saves most wake-ups of a busy line. The first byte after a pause is never delayed. 0 switches it off.
   */
  readonly readSliceMs?: number;
}

/** One who waits for the descriptor to become readable or writable. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Whether a system call failed only because it would have had to wait. */
function wouldBlock(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR';
}

/** The error that the stream takes for "closed by us", and not for a loss. */
function canceled(): BindingsError {
  return new BindingsError('Canceled', { canceled: true });
}

/**
 * Waits on one descriptor for both directions at once. The poller of bindings-cpp forgets one direction when it is
 * asked for the other, so a writer that waits for room is forgotten as soon as a reader waits for bytes.
 */
class DescriptorWatch {
  readonly #poller: LinuxPortBinding['poller'];
  readonly #waiters = new Map<number, Waiter>();

  constructor(poller: LinuxPortBinding['poller']) {
    this.#poller = poller;
    poller.on('readable', (error: Error | null) => this.#happened(READABLE, error));
    poller.on('writable', (error: Error | null) => this.#happened(WRITABLE, error));
  }

  /** Resolves when the event came; rejects when polling failed (a hang-up) or was canceled. */
  wait(event: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.set(event, { resolve, reject });
      this.#poll();
    });
  }

  /** Asks for everything that is awaited, and for nothing else: the native side would ask for all it ever was asked. */
  #poll(): void {
    let events = 0;
    for (const event of this.#waiters.keys()) events |= event;
    this.#poller.poller.poll(events);
  }

  #happened(event: number, error: Error | null): void {
    const waiter = this.#waiters.get(event);
    this.#waiters.delete(event);
    if (!(error instanceof BindingsError)) this.#poll();
    if (!waiter) return;
    // From Node 26.4 on, promises resolved inside the native callback wait for some other event of the loop.
    setImmediate(() => (error ? waiter.reject(error) : waiter.resolve()));
  }
}

/** An open port of bindings-cpp whose reading, writing and waiting are our own. */
export class PatchedPort implements BindingPortInterface {
  readonly #port: LinuxPortBinding;
  readonly #watch: DescriptorWatch;
  readonly #readSliceMs: number;
  #writing: Promise<void> = Promise.resolve();
  #lastRead = Number.NEGATIVE_INFINITY;
  /** Whether the last read took all there was. */
  #drained = false;

  constructor(port: LinuxPortBinding, options: PatchOptions = {}) {
    this.#port = port;
    this.#watch = new DescriptorWatch(port.poller);
    this.#readSliceMs = options.readSliceMs ?? 0;
  }

  get openOptions(): Required<LinuxOpenOptions> {
    return this.#port.openOptions;
  }

  get isOpen(): boolean {
    return this.#port.isOpen;
  }

  /** The descriptor, for what serialport does not offer; `null` once closed. */
  get fd(): number | null {
    return this.#port.fd;
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    // An attempt in vain costs more than asking the poller, so one is made only where bytes can be expected.
    if (!(await this.#sliceEnded()) && this.#drained) await this.#watch.wait(READABLE);
    for (let empty = 0; ; ) {
      const bytesRead = this.#tryRead(buffer, offset, length);
      if (bytesRead > 0) {
        this.#drained = bytesRead < length;
        this.#lastRead = performance.now();
        return { buffer, bytesRead };
      }
      // A descriptor that is readable and gives nothing, twice, has hung up; it would say so for ever.
      if (bytesRead === 0 && ++empty === 2) throw new Error('it hung up');
      await this.#watch.wait(READABLE);
    }
  }

  async write(buffer: Buffer): Promise<void> {
    this.#writing = this.#writeAll(buffer);
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.#port.close();
  }

  update(options: UpdateOptions): Promise<void> {
    return this.#port.update(options);
  }

  set(options: SetOptions): Promise<void> {
    return this.#port.set(options);
  }

  get(): ReturnType<LinuxPortBinding['get']> {
    return this.#port.get();
  }

  getBaudRate(): Promise<{ baudRate: number }> {
    return this.#port.getBaudRate();
  }

  flush(): Promise<void> {
    return this.#port.flush();
  }

  async drain(): Promise<void> {
    await this.#writing;
    await this.#port.drain();
  }

  /** Lets bytes gather when the last read is very recent; whether it did. */
  async #sliceEnded(): Promise<boolean> {
    const rest = this.#readSliceMs - (performance.now() - this.#lastRead);
    if (this.#readSliceMs === 0 || rest <= 0) return false;
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(rest)));
    return true;
  }

  /** Bytes read, 0 for the end of the file, -1 when there is nothing yet. The descriptor never blocks. */
  #tryRead(buffer: Buffer, offset: number, length: number): number {
    const fd = this.#port.fd;
    if (fd === null) throw canceled();
    try {
      return readSync(fd, buffer, offset, length, null);
    } catch (error) {
      if (wouldBlock(error)) return -1;
      throw error;
    }
  }

  async #writeAll(buffer: Buffer): Promise<void> {
    for (let written = 0; written < buffer.length; ) {
      const fd = this.#port.fd;
      if (fd === null) throw canceled();
      try {
        written += writeSync(fd, buffer, written, buffer.length - written);
      } catch (error) {
        if (!wouldBlock(error)) throw error;
        await this.#watch.wait(WRITABLE);
      }
    }
  }
}

/** The Linux binding whose open ports are {@link PatchedPort}s. */
export function patchedLinuxBinding(
  options: PatchOptions = {},
): BindingInterface<PatchedPort, LinuxOpenOptions> {
  return {
    list: () => LinuxBinding.list(),
    // A call of its own for each port: open() of bindings-cpp leaves the descriptor in the object it is called on.
    open: async (openOptions) => new PatchedPort(await LinuxBinding.open(openOptions), options),
  };
}

/** The binding for this OS: patched on Linux, as it comes elsewhere. */
export function systemBinding(
  options: PatchOptions = {},
): BindingInterface<BindingPortInterface, OpenOptions> {
  if (process.platform === 'linux')
    return patchedLinuxBinding(options) as BindingInterface<BindingPortInterface, OpenOptions>;
  return autoDetect() as unknown as BindingInterface<BindingPortInterface, OpenOptions>;
}
