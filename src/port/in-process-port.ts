/** One open end of an in-process line, as serialport drives a port. The line itself, its time and its timer are elsewhere. */
import type {
  BindingPortInterface,
  OpenOptions,
  PortStatus,
  SetOptions,
  UpdateOptions,
} from '@serialport/bindings-cpp';
import type { Instant } from '../base/instant.ts';
import { type LineSettings, PARITIES } from '../base/line-settings.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { CrossWiredLine } from '../line/cross-wired-line.ts';
import type { End } from '../line/direction.ts';
import type { UartSettings } from '../line/uart.ts';

/** What a port does with the line below it: a cross-wired one, or the cable of a modem. */
export type PortWire = Pick<
  CrossWiredLine,
  'read' | 'readable' | 'write' | 'writableAt' | 'drainedAt' | 'flush' | 'set' | 'inputs' | 'reset'
>;

/** Something that waits for the line: tried again whenever the line has moved. */
export interface Waiting {
  readonly end: End;
  /** Tries again; true when done. */
  readonly attempt: (line: PortWire, now: Instant) => boolean;
  /** When trying again makes sense although nothing arrives. */
  readonly due: (line: PortWire) => Instant | undefined;
  /** Called instead of a last attempt when the end was closed or lost. */
  readonly cancel: (error: Error) => void;
}

/** What a port needs of its line. */
export interface LineAccess {
  readonly uartCounters: readonly [UartCounters, UartCounters];
  /** Acts on the line and lets it go on from there. */
  act<T>(action: (line: PortWire, now: Instant) => T): T;
  /** Tries now, and again until done or until the end is released. */
  wait(waiting: Waiting): void;
  /** Closes an end; what waits for it ends with `error`. */
  release(end: End, error: Error): void;
}

/** The error of an operation that the closing of its port ended; serialport knows it by `canceled`. */
class CanceledError extends Error {
  readonly canceled = true;
}

const ALWAYS_OPTIONS = {
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
} as const;

/** The settings in serialport's `options`. Throws an error that names what no UART here can do. */
export function uartSettings(options: OpenOptions, before: LineSettings): UartSettings {
  const parity = (options.parity ?? 'none').toUpperCase();
  const known = PARITIES.find((each) => each === parity);
  if (known === undefined) throw new Error(`parity ${options.parity} is not supported`);
  if ((options.dataBits ?? 8) !== 8) throw new Error(`${options.dataBits} data bits are not supported`);
  return {
    line: { ...before, baud: checkedBaud(options.baudRate), parity: known, stopbits: options.stopBits ?? 1 },
    rtscts: options.rtscts ?? false,
    xon: options.xon ?? false,
    xoff: options.xoff ?? false,
  };
}

function checkedBaud(baud: number): number {
  if (Number.isInteger(baud) && baud >= 50 && baud <= 4_000_000) return baud;
  throw new Error(`baud rate ${baud} is not supported`);
}

/** An open end. Fails and ends as bindings-cpp does: `canceled` when closed here, any other error when lost. */
export class InProcessPort implements BindingPortInterface {
  readonly openOptions: Required<OpenOptions>;
  /** False after `close`; a lost port stays open until then, as a hung-up descriptor does. */
  isOpen = true;
  readonly #line: LineAccess;
  readonly #end: End;
  #settings: UartSettings;
  #lost: Error | undefined;

  /** Takes over an end that is about to be opened with `settings`. */
  constructor(line: LineAccess, end: End, options: OpenOptions, settings: UartSettings) {
    this.#line = line;
    this.#end = end;
    this.#settings = settings;
    this.openOptions = { ...ALWAYS_OPTIONS, ...options };
  }

  /** UART errors of this end since the line was made. */
  uartCounters(): UartCounters {
    return this.#line.uartCounters[this.#end];
  }

  /** The port is taken away: what is under way fails with `error`, and so does all that is tried later. */
  lose(error: Error): void {
    this.#lost = error;
    this.#line.release(this.#end, error);
  }

  async close(): Promise<void> {
    if (!this.isOpen) throw new Error('Port is not open');
    this.isOpen = false;
    if (this.#lost === undefined) this.#line.release(this.#end, new CanceledError('Canceled'));
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    const max = Math.min(length, buffer.length - offset);
    const bytes = await this.#eventually(
      (line, now) => (line.readable(this.#end) === 0 ? undefined : line.read(now, this.#end, max)),
      () => undefined,
    );
    buffer.set(bytes, offset);
    return { buffer, bytesRead: bytes.length };
  }

  async write(buffer: Buffer): Promise<void> {
    let written = 0;
    await this.#eventually(
      (line, now) => {
        written += line.write(now, this.#end, buffer.subarray(written));
        return written === buffer.length ? true : undefined;
      },
      (line) => line.writableAt(this.#end),
    );
  }

  async update(options: UpdateOptions): Promise<void> {
    const baud = checkedBaud(options.baudRate);
    this.#settings = { ...this.#settings, line: { ...this.#settings.line, baud } };
    this.#now((line, now) => line.reset(now, this.#end, this.#settings));
  }

  /** DTR, RTS and break; what is left out takes serialport's default (both on, no break), as every call sets all. */
  async set(options: SetOptions): Promise<void> {
    const { dtr = true, rts = true, brk = false } = options;
    this.#now((line, now) => line.set(now, this.#end, { dtr, rts, brk }));
  }

  async get(): Promise<PortStatus> {
    return this.#now((line, now) => line.inputs(now, this.#end));
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.#check();
    return { baudRate: this.#settings.line.baud };
  }

  async flush(): Promise<void> {
    this.#now((line, now) => line.flush(now, this.#end));
  }

  async drain(): Promise<void> {
    await this.#eventually(
      (line, now) => {
        const at = line.drainedAt(this.#end);
        return at !== undefined && at <= now ? true : undefined;
      },
      (line) => line.drainedAt(this.#end),
    );
  }

  #check(): void {
    if (!this.isOpen) throw new Error('Port is not open');
    if (this.#lost !== undefined) throw this.#lost;
  }

  #now<T>(action: (line: PortWire, now: Instant) => T): T {
    this.#check();
    return this.#line.act(action);
  }

  /** What `attempt` gives once it gives something. */
  #eventually<T>(
    attempt: (line: PortWire, now: Instant) => T | undefined,
    due: (line: PortWire) => Instant | undefined,
  ): Promise<T> {
    this.#check();
    return new Promise<T>((resolve, reject) => {
      this.#line.wait({
        end: this.#end,
        attempt: (line, now) => {
          const result = attempt(line, now);
          if (result !== undefined) resolve(result);
          return result !== undefined;
        },
        due,
        cancel: reject,
      });
    });
  }
}
