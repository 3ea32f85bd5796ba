/** A port that outlives its device: unplugged, it waits for the device to come back, at the same path or with the same serial number. */
import type { PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { ModemLines, OutputLines } from '../base/modem-lines.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { Clock } from './clock.ts';
import type { OpenPort, PortOutage, Unsubscribe } from './open-port.ts';

/** How a lasting port gets its device back. */
export interface LastingPortOptions {
  readonly clock: Clock;
  /** Opens the device again, once it is back; throws PortError when it gives up. Ends early when `signal` is aborted. */
  readonly reopen: (signal: AbortSignal) => Promise<OpenPort>;
}

const NO_UART_ERRORS: UartCounters = { framing: 0, parity: 0, overrun: 0, break: 0 };

/**
 * While the device is away the port is a line on which nothing arrives: what is written is dropped, as on a cable that
 * is cut. It is lost for those who listen to `onLost` only when the device does not come back.
 */
export class LastingPort implements OpenPort {
  readonly settings: LineSettings;
  readonly #options: LastingPortOptions;
  readonly #dataListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #lostListeners = new Set<(error: PortError) => void>();
  readonly #gapListeners = new Set<() => void>();
  readonly #outageListeners = new Set<(outage: PortOutage) => void>();
  readonly #giveUp = new AbortController();
  #port: OpenPort;
  #isAway = false;
  #lost: PortError | undefined;
  #closing: Promise<void> | undefined;
  #reopening: Promise<void> | undefined;
  #outputs: OutputLines = {};
  /** UART errors of the device's earlier openings. */
  #uartBefore = NO_UART_ERRORS;
  #droppedBytes = 0;

  /** Takes over an open port. */
  constructor(port: OpenPort, options: LastingPortOptions) {
    this.settings = port.settings;
    this.#options = options;
    this.#port = port;
    this.#attach(port);
  }

  get path(): string {
    return this.#port.path;
  }

  get notApplied(): readonly string[] {
    return this.#port.notApplied;
  }

  get warnings(): readonly string[] {
    return this.#port.warnings;
  }

  get isOpen(): boolean {
    return this.#lost === undefined && this.#closing === undefined;
  }

  /** Whether the device is away at the moment. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Bytes that were written while the device was away. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  get queued(): number {
    return this.#isAway ? 0 : this.#port.queued;
  }

  write(bytes: Uint8Array): void {
    if (this.#isAway) this.#droppedBytes += bytes.length;
    else this.#port.write(bytes);
  }

  unsent(): number | null {
    return this.#isAway ? 0 : this.#port.unsent();
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#dataListeners.add(listener);
    return () => this.#dataListeners.delete(listener);
  }

  onLost(listener: (error: PortError) => void): Unsubscribe {
    const lost = this.#lost;
    if (lost === undefined) this.#lostListeners.add(listener);
    else queueMicrotask(() => listener(lost));
    return () => this.#lostListeners.delete(listener);
  }

  gapSignal(listener: () => void): Unsubscribe {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  onOutage(listener: (outage: PortOutage) => void): Unsubscribe {
    this.#outageListeners.add(listener);
    return () => this.#outageListeners.delete(listener);
  }

  async modemLines(): Promise<ModemLines | null> {
    return this.#isAway ? null : this.#port.modemLines();
  }

  uartCounters(): UartCounters | null {
    const now = this.#port.uartCounters();
    return now === null
      ? this.#uartBefore === NO_UART_ERRORS
        ? null
        : this.#uartBefore
      : sum(this.#uartBefore, now);
  }

  async setLines(lines: OutputLines): Promise<boolean> {
    // Also while it is away: a device that is opened again begins with both lines on.
    this.#outputs = { ...this.#outputs, ...lines };
    return this.#isAway ? false : this.#port.setLines(lines);
  }

  async sendBreak(ms: number): Promise<boolean> {
    return this.#isAway ? false : this.#port.sendBreak(ms);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#giveUp.abort();
    await this.#reopening;
    await this.#port.close();
    this.#dataListeners.clear();
    this.#lostListeners.clear();
    this.#gapListeners.clear();
    this.#outageListeners.clear();
  }

  #attach(port: OpenPort): void {
    port.onData((bytes) => {
      for (const listener of this.#dataListeners) listener(bytes);
    });
    port.gapSignal(() => this.#gap());
    port.onLost((error) => this.#away(error));
  }

  /** A frame under way will not be completed. */
  #gap(): void {
    for (const listener of this.#gapListeners) listener();
  }

  #tell(outage: PortOutage): void {
    for (const listener of this.#outageListeners) listener(outage);
  }

  #away(error: PortError): void {
    if (!this.isOpen) return;
    const at = this.#options.clock.now();
    this.#uartBefore = this.uartCounters() ?? this.#uartBefore;
    this.#isAway = true;
    this.#gap();
    this.#tell({ type: 'lost', at, error });
    this.#reopening = this.#waitForDevice(at);
  }

  async #waitForDevice(since: Instant): Promise<void> {
    // The stream that had the error still holds the descriptor and its lock: no other could open the device.
    await this.#port.close();
    try {
      const port = await this.#options.reopen(this.#giveUp.signal);
      if (this.#giveUp.signal.aborted) {
        await port.close();
        return;
      }
      this.#port = port;
      if (Object.keys(this.#outputs).length > 0) await port.setLines(this.#outputs);
      this.#isAway = false;
      this.#attach(port);
      const at = this.#options.clock.now();
      this.#tell({ type: 'back', at, after: at - since, path: port.path });
    } catch (error) {
      if (this.#giveUp.signal.aborted) return;
      this.#lost = error as PortError;
      for (const listener of this.#lostListeners) listener(this.#lost);
      this.#lostListeners.clear();
    }
  }
}

function sum(a: UartCounters, b: UartCounters): UartCounters {
  return {
    framing: a.framing + b.framing,
    parity: a.parity + b.parity,
    overrun: a.overrun + b.overrun,
    break: a.break + b.break,
  };
}
