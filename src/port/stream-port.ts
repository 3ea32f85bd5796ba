/** An open port over a SerialPortStream: data, loss, lines and closing. Does not open it or know why it is set so. */
import type { SetOptions } from '@serialport/bindings-cpp';
import type { SerialPortStream } from '@serialport/stream';
import type { PortError } from '../base/failure.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { ModemLines, OutputLines } from '../base/modem-lines.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { Clock } from './clock.ts';
import { GapSignal } from './gap-signal.ts';
import { modemLinesOf } from './modem-lines.ts';
import { lossOf } from './open-failure.ts';
import type { OpenPort, Unsubscribe } from './open-port.ts';
import { modemLineBits, rawUartCounters, unreadBytes, unsentBytes } from './terminal.ts';
import { type RawUartCounters, uartCountersBetween, uartCountersSince } from './uart-counters.ts';

/** How often a closing port is asked whether everything has left, in milliseconds. */
const LEAVE_POLL_MS = 5;
/** Where the system cannot say what is unsent, this long is waited for it, in milliseconds. */
const LEAVE_BLIND_MS = 50;
const BREAK_MAX_MS = 5_000;

/** What an open stream does not know of itself. */
export interface StreamPortDetails {
  readonly settings: LineSettings;
  readonly notApplied: readonly string[];
  readonly warnings: readonly string[];
  /** `close` returns within this many milliseconds. */
  readonly closeWithinMs: number;
  readonly clock: Clock;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The {@link OpenPort} of a serial port, whichever binding is below it. */
export class StreamPort implements OpenPort {
  readonly settings: LineSettings;
  readonly notApplied: readonly string[];
  readonly warnings: readonly string[];
  readonly #stream: SerialPortStream;
  readonly #details: StreamPortDetails;
  readonly #countersAtStart: RawUartCounters | null;
  readonly #ownCountersAtStart: UartCounters | null;
  readonly #dataListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #lostListeners = new Set<(error: PortError) => void>();
  readonly #gapListeners = new Set<() => void>();
  readonly #released: Promise<void>;
  #outputs = { dtr: true, rts: true };
  #gap: GapSignal | undefined;
  #flowing = false;
  #lost: PortError | undefined;
  #closing: Promise<void> | undefined;

  /** Takes over a stream that is open. */
  constructor(stream: SerialPortStream, details: StreamPortDetails) {
    this.#stream = stream;
    this.#details = details;
    this.settings = details.settings;
    this.notApplied = details.notApplied;
    this.warnings = details.warnings;
    const fd = this.#descriptor();
    this.#countersAtStart = fd === null ? null : rawUartCounters(fd);
    this.#ownCountersAtStart = this.#ownCounters();
    stream.on('error', (error: Error) => this.#end(error));
    this.#released = new Promise((resolve) => {
      stream.on('close', (error: Error | null | undefined) => {
        // A failed write makes the stream destroy itself, which says `close` while the descriptor is still open.
        if (stream.closing || stream.port?.isOpen) return;
        resolve();
        this.#end(error ?? new Error('it was closed'));
      });
    });
    // Reads ahead into the stream's buffer: a hang-up is noticed although nobody listens yet.
    stream.read(0);
  }

  get path(): string {
    return this.#stream.path;
  }

  get isOpen(): boolean {
    return this.#lost === undefined && this.#closing === undefined;
  }

  get queued(): number {
    return this.#lost === undefined ? this.#stream.writableLength : 0;
  }

  write(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    this.#stream.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  unsent(): number | null {
    const fd = this.#descriptor();
    return fd === null ? null : unsentBytes(fd);
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#dataListeners.add(listener);
    this.#flow();
    return () => this.#dataListeners.delete(listener);
  }

  onLost(listener: (error: PortError) => void): Unsubscribe {
    const lost = this.#lost;
    this.#lostListeners.add(listener);
    if (lost) {
      queueMicrotask(() => {
        if (this.#lostListeners.delete(listener)) listener(lost);
      });
    }
    return () => this.#lostListeners.delete(listener);
  }

  /** A stream does not outlive its device. */
  onOutage(): Unsubscribe {
    return () => {};
  }

  gapSignal(listener: () => void): Unsubscribe {
    this.#gapListeners.add(listener);
    if (this.isOpen) {
      this.#gap ??= new GapSignal(
        this.settings,
        this.#details.clock,
        () => {
          for (const each of this.#gapListeners) each();
        },
        () => this.#unread() > 0,
      );
    }
    return () => this.#gapListeners.delete(listener);
  }

  /** Received bytes that wait in the system; 0 where it cannot say. */
  #unread(): number {
    const fd = this.#descriptor();
    return fd === null ? 0 : (unreadBytes(fd) ?? 0);
  }

  async modemLines(): Promise<ModemLines | null> {
    const fd = this.#descriptor();
    const bits = fd === null ? null : modemLineBits(fd);
    if (bits !== null) return modemLinesOf(bits);
    try {
      const status = await this.#stream.port?.get();
      if (!status) return null;
      return { cts: status.cts, dsr: status.dsr, dcd: status.dcd, ri: null, ...this.#outputs };
    } catch {
      return null;
    }
  }

  uartCounters(): UartCounters | null {
    const own = this.#ownCounters();
    if (own !== null && this.#ownCountersAtStart !== null) {
      return uartCountersSince(this.#ownCountersAtStart, own);
    }
    const fd = this.#descriptor();
    const now = fd === null || this.#countersAtStart === null ? null : rawUartCounters(fd);
    return now === null || this.#countersAtStart === null
      ? null
      : uartCountersBetween(this.#countersAtStart, now);
  }

  /** What a port that is no system's (an in-process line) counts by itself; `null` for all others. */
  #ownCounters(): UartCounters | null {
    const port = this.#stream.port as { uartCounters?: () => UartCounters } | undefined;
    return port?.uartCounters?.() ?? null;
  }

  async setLines(lines: OutputLines): Promise<boolean> {
    this.#outputs = { ...this.#outputs, ...lines };
    return this.#set({});
  }

  async sendBreak(ms: number): Promise<boolean> {
    if (!(await this.#set({ brk: true }))) return false;
    await pause(Math.min(Math.max(ms, 1), BREAK_MAX_MS));
    return this.#set({});
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeWithin(this.#details.closeWithinMs);
    return this.#closing;
  }

  /** The descriptor, where the binding shows one and it is open. */
  #descriptor(): number | null {
    const port = this.#stream.port as { fd?: unknown } | undefined;
    return typeof port?.fd === 'number' && this.#stream.isOpen ? port.fd : null;
  }

  /** Every line is written at each call, so what was set before is repeated. */
  async #set(options: SetOptions): Promise<boolean> {
    if (!this.isOpen || !this.#stream.port) return false;
    try {
      await this.#stream.port.set({ brk: false, cts: false, ...this.#outputs, ...options });
      return true;
    } catch {
      return false;
    }
  }

  /** Starts the delivery of data; until somebody listens, it stays in the stream's buffer. */
  #flow(): void {
    if (this.#flowing) return;
    this.#flowing = true;
    this.#stream.on('data', (bytes: Buffer) => {
      if (!this.isOpen) return;
      this.#gap?.feed();
      for (const listener of this.#dataListeners) listener(bytes);
    });
  }

  /** The end that we did not ask for is reported once; what follows it, and everything after `close`, is swallowed. */
  #end(error: Error): void {
    if (!this.isOpen) return;
    this.#lost = lossOf(this.path, error);
    this.#gap?.end();
    for (const listener of this.#lostListeners) listener(this.#lost);
    this.#lostListeners.clear();
    // serialport closes the descriptor on most failures; on those where it does not, the lock must not stay behind.
    if (this.#stream.isOpen) this.#stream.close(() => {});
  }

  async #closeWithin(deadlineMs: number): Promise<void> {
    this.#gap?.end();
    const closed = this.#stream.isOpen ? this.#leaveAndClose(deadlineMs / 2) : this.#released;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([closed.catch(() => {}), deadline]);
    clearTimeout(timer);
    this.#dataListeners.clear();
    this.#gapListeners.clear();
    this.#lostListeners.clear();
  }

  /**
   * Waits for what was written to leave, throws away what did not, and closes. Without the throwing away, closing
   * a port that flow control has stopped hangs for the 30 s of the kernel's own patience.
   */
  async #leaveAndClose(leaveMs: number): Promise<void> {
    const left = await this.#allLeft(leaveMs);
    if (!left && this.#stream.isOpen) await this.#stream.port?.flush().catch(() => {});
    if (this.#stream.isOpen) this.#stream.close(() => {});
    await this.#released;
  }

  /** Whether everything written has left within `leaveMs`, as far as the system can say. */
  async #allLeft(leaveMs: number): Promise<boolean> {
    for (let waited = 0; waited < leaveMs; waited += LEAVE_POLL_MS) {
      if (!this.#stream.isOpen) return true;
      if (this.#stream.writableLength === 0) {
        const unsent = this.unsent();
        if (unsent === 0) return true;
        if (unsent === null) {
          await pause(Math.min(LEAVE_BLIND_MS, leaveMs));
          return false;
        }
      }
      await pause(LEAVE_POLL_MS);
    }
    return false;
  }
}
