/** A cross-wired line inside this process, behind serialport's binding interface: for what ptys cannot do, and where there are none. */
import type { BindingInterface, OpenOptions, PortInfo } from '@serialport/bindings-cpp';
import type { Duration, Instant } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { Random } from '../base/random.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import { CrossWiredLine } from '../line/cross-wired-line.ts';
import type { DirectionOptions, End } from '../line/direction.ts';
import type { Injected, LineEvent } from '../line/line-event.ts';
import type { ScriptedFault } from '../line/noise.ts';
import { type Clock, monotonicClock } from './clock.ts';
import { InProcessPort, type LineAccess, uartSettings, type Waiting } from './in-process-port.ts';

/** What to make; all may be left out. */
export interface InProcessLineOptions {
  /** How the ends are set before they are opened, where not 115200 8N1. */
  readonly settings?: Partial<LineSettings>;
  /** The names under which the ends are opened; default `in-process-0` and `in-process-1`. */
  readonly paths?: readonly [string, string];
  /** What both directions are like; times of scripted events count from the making. */
  readonly line?: DirectionOptions;
  /** What the direction sent from each end is like, where it differs. */
  readonly directions?: readonly [DirectionOptions, DirectionOptions];
  /** Bytes that an end holds unread; more are lost (overrun). Default 65,536, as a Linux tty. */
  readonly receiveBuffer?: number;
  /** Seeds the noise; default `in-process`. */
  readonly random?: Random;
  /** Called for everything that the line does; `from` is the sending end. */
  readonly onEvent?: (from: End, event: LineEvent) => void;
  readonly clock?: Clock;
}

/** Two ports joined by a cable in this process. `binding` opens them by `paths`; close the line when done. */
export class InProcessLine implements LineAccess {
  readonly paths: readonly [string, string];
  /** To be given to `SerialPortStream` or `openSerialPort`. */
  readonly binding: BindingInterface<InProcessPort>;
  readonly #options: InProcessLineOptions;
  readonly #settings: LineSettings;
  readonly #clock: Clock;
  readonly #line: CrossWiredLine;
  readonly #ports: [InProcessPort | undefined, InProcessPort | undefined] = [undefined, undefined];
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #plugged = true;

  constructor(options: InProcessLineOptions = {}) {
    this.#options = options;
    this.paths = options.paths ?? ['in-process-0', 'in-process-1'];
    this.#settings = { ...DEFAULT_LINE_SETTINGS, ...options.settings };
    this.#clock = options.clock ?? monotonicClock;
    const began = this.#clock.now();
    const direction = (from: End): DirectionOptions => {
      const merged = { ...options.line, ...options.directions?.[from] };
      return { ...merged, events: (merged.events ?? []).map((each) => ({ ...each, at: began + each.at })) };
    };
    this.#line = new CrossWiredLine({
      settings: this.#settings,
      random: options.random ?? new Random('in-process'),
      directions: [direction(0), direction(1)],
      ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
    });
    this.binding = { list: async () => this.#list(), open: async (open) => this.#open(open) };
    this.move();
  }

  /** What the line did to the bytes sent by each end. */
  get injected(): readonly [Injected, Injected] {
    return this.#line.injected;
  }

  /** What the UART at each end has counted since the line was made. */
  get uartCounters(): readonly [UartCounters, UartCounters] {
    return [this.#line.counters(0), this.#line.counters(1)];
  }

  /** Loses the carrier in both directions for `duration`, or until {@link restore}. */
  cut(duration?: Duration): void {
    for (const from of [0, 1] as const) this.#line.channel(from).cut(this.now(), duration);
    this.move();
  }

  /** Ends the cuts under way. */
  restore(): void {
    for (const from of [0, 1] as const) this.#line.channel(from).restore(this.now());
    this.move();
  }

  /** Adds a fault to the direction sent from `from`; offsets count from the making. */
  script(from: End, fault: ScriptedFault): void {
    this.#line.channel(from).script(fault);
  }

  /** Takes both ports away: what is open is lost, and opening fails until {@link plug}. */
  unplug(): void {
    this.#plugged = false;
    for (const end of [0, 1] as const) this.#ports[end]?.lose(new Error(`${this.paths[end]}: hung up`));
  }

  /** Brings both ports back, to be opened anew. */
  plug(): void {
    this.#plugged = true;
  }

  /** Takes both ports away for good and stops the line's timer. */
  async close(): Promise<void> {
    this.unplug();
    clearTimeout(this.#timer);
  }

  /** The line's own time. */
  now(): Instant {
    return this.#clock.now();
  }

  /** For {@link InProcessPort}: acts on the line and lets it go on from there. */
  act<T>(action: (line: CrossWiredLine, now: Instant) => T): T {
    const result = action(this.#line, this.now());
    this.move();
    return result;
  }

  /** For {@link InProcessPort}: tries now and again until done, or until `end` is closed. */
  wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.move();
  }

  /** For {@link InProcessPort}: closes an end; what waits for it ends with `error`. */
  release(end: End, error: Error): void {
    this.#ports[end] = undefined;
    this.#line.close(this.now(), end);
    const ended = this.#waiting.filter((each) => each.end === end);
    this.#waiting = this.#waiting.filter((each) => each.end !== end);
    for (const each of ended) each.cancel(error);
    this.move();
  }

  /** Brings the line up to date, serves what waits, reports, and sets the timer. */
  move(): void {
    const now = this.now();
    this.#line.advance(now);
    this.#waiting = this.#waiting.filter((each) => !each.attempt(this.#line, now));
    for (let told = this.#line.next(); told !== undefined; told = this.#line.next()) {
      this.#options.onEvent?.(told.from, told.event);
    }
    clearTimeout(this.#timer);
    let due = this.#line.deadline;
    for (const each of this.#waiting) {
      const wanted = each.due(this.#line);
      if (wanted !== undefined && (due === undefined || wanted < due)) due = wanted;
    }
    if (due === undefined || !this.#plugged) return;
    const delay = Math.min(Math.max(1, Math.ceil((due - now) / 1_000)), 60_000);
    this.#timer = setTimeout(() => this.move(), delay);
  }

  #list(): PortInfo[] {
    return this.paths.map((path) => ({
      path,
      manufacturer: undefined,
      serialNumber: undefined,
      pnpId: undefined,
      locationId: undefined,
      productId: undefined,
      vendorId: undefined,
    }));
  }

  #open(options: OpenOptions): InProcessPort {
    const end = this.paths.indexOf(options.path) as -1 | End;
    if (end === -1 || !this.#plugged)
      throw new Error(`Error: No such file or directory, cannot open ${options.path}`);
    if (this.#ports[end] !== undefined)
      throw new Error('Error Resource temporarily unavailable Cannot lock port');
    const settings = uartSettings(options, this.#settings);
    const port = new InProcessPort(this, end, options, settings);
    this.#ports[end] = port;
    this.act((line, now) => line.open(now, end, settings));
    return port;
  }
}
