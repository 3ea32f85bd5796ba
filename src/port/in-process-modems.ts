/** Emulated modems and their exchange inside this process, behind serialport's binding interface: with all modem lines, on any OS. */
import type { BindingInterface, OpenOptions } from '@serialport/bindings-cpp';
import { earlier, type Instant } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../base/line-settings.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { End } from '../line/direction.ts';
import { ModemCable } from '../line/modem-cable.ts';
import { Exchange } from '../modem/exchange.ts';
import type { ExchangeEvent } from '../modem/exchange-event.ts';
import type { ExchangeOptions } from '../modem/exchange-options.ts';
import { type Clock, monotonicClock } from './clock.ts';
import {
  InProcessPort,
  type LineAccess,
  type PortWire,
  uartSettings,
  type Waiting,
} from './in-process-port.ts';

/** What to make. */
export interface InProcessModemsOptions {
  readonly exchange: ExchangeOptions;
  readonly clock?: Clock;
  /** Called for everything that happens; times count from the making. */
  readonly onEvent?: (event: ExchangeEvent) => void;
}

/** A pass over all modems may make others act; this many are far more than there are. */
const PASSES_MAX = 100;
/** A timer is set no further ahead than this, in milliseconds. */
const TIMER_MAX_MS = 60_000;

/** One modem, its cable, and the port on it if it is open. */
interface Place extends LineAccess {
  readonly path: string;
  readonly cable: ModemCable;
  port: InProcessPort | undefined;
  waiting: Waiting[];
}

/** Ports are opened by `paths` through `binding`; close when done. */
export class InProcessModems {
  readonly paths: readonly string[];
  /** To be given to `SerialPortStream` or `openSerialPort`. */
  readonly binding: BindingInterface<InProcessPort>;
  readonly #options: InProcessModemsOptions;
  readonly #clock: Clock;
  readonly #began: Instant;
  readonly #exchange: Exchange;
  readonly #places: readonly Place[];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #moving = false;

  constructor(options: InProcessModemsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock;
    this.#began = this.#clock.now();
    this.#exchange = new Exchange(0, options.exchange);
    this.paths = options.exchange.modems.map(({ number }) => `in-process-modem-${number}`);
    this.#places = this.paths.map((path) => this.#place(path));
    this.binding = {
      list: async () => this.paths.map((path) => portInfo(path)),
      open: async (open) => this.#open(open),
    };
    this.#move();
  }

  /** Takes the ports away for good: what is open is lost. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const { port, path } of this.#places) port?.lose(new Error(`${path}: hung up`));
  }

  #now(): Instant {
    return this.#clock.now() - this.#began;
  }

  #place(path: string): Place {
    const { random } = this.#options.exchange;
    const cable = new ModemCable({ settings: DEFAULT_LINE_SETTINGS, random: random.fork(path) });
    const place: Place = {
      path,
      cable,
      port: undefined,
      waiting: [],
      get uartCounters(): readonly [UartCounters, UartCounters] {
        return [cable.counters, cable.counters];
      },
      act: <T>(action: (line: PortWire, now: Instant) => T): T => {
        const result = action(cable, this.#now());
        this.#move();
        return result;
      },
      wait: (waiting) => {
        place.waiting.push(waiting);
        this.#move();
      },
      release: (_end: End, error) => {
        place.port = undefined;
        cable.close(this.#now());
        for (const each of place.waiting.splice(0)) each.cancel(error);
        this.#move();
      },
    };
    return place;
  }

  #open(options: OpenOptions): InProcessPort {
    const place = this.#places.find(({ path }) => path === options.path);
    if (place === undefined || this.#closed)
      throw new Error(`Error: No such file or directory, cannot open ${options.path}`);
    if (place.port !== undefined) throw new Error('Error Resource temporarily unavailable Cannot lock port');
    const settings = uartSettings(options, DEFAULT_LINE_SETTINGS);
    place.port = new InProcessPort(place, 0, options, settings);
    place.cable.open(this.#now(), settings);
    this.#move();
    return place.port;
  }

  /** Brings everything up to date, serves what waits, reports, and sets the timer. */
  #move(): void {
    // What waits may be served by us and act on us in turn.
    if (this.#moving) return;
    this.#moving = true;
    const now = this.#now();
    for (let passes = 0; passes < PASSES_MAX && this.#pass(now); passes++);
    this.#moving = false;
    for (let event = this.#exchange.next(); event !== undefined; event = this.#exchange.next()) {
      this.#options.onEvent?.(event);
    }
    this.#setTimer(now);
  }

  /** Moves what can be moved at `now`; whether anything did. */
  #pass(now: Instant): boolean {
    let moved = false;
    this.#exchange.expire(now);
    for (const [index, { cable }] of this.#places.entries()) {
      cable.advance(now);
      this.#exchange.setPortRate(index, cable.rate);
      for (let heard = cable.hear(); heard !== undefined; heard = cable.hear()) {
        this.#exchange.receive(now, index, heard);
        moved = true;
      }
      this.#exchange.setInputs(now, index, { dtr: cable.dtr, rts: cable.rts });
    }
    for (const [index, place] of this.#places.entries()) {
      const { cable } = place;
      const said = cable.room > 0 ? this.#exchange.poll(now, index, cable.room) : undefined;
      if (said !== undefined) cable.say(now, said);
      cable.show(now, this.#exchange.outputs(index));
      const served = place.waiting.filter((each) => each.attempt(cable, now));
      place.waiting = place.waiting.filter((each) => !served.includes(each));
      moved = moved || said !== undefined || served.length > 0;
    }
    return moved;
  }

  #setTimer(now: Instant): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    let due = this.#exchange.deadline;
    for (const { cable, waiting } of this.#places) {
      due = earlier(due, cable.deadline);
      if (cable.room === 0) due = earlier(due, cable.roomAt);
      for (const each of waiting) due = earlier(due, each.due(cable));
    }
    if (due === undefined) return;
    const delay = Math.min(Math.max(1, Math.ceil((due - now) / 1_000)), TIMER_MAX_MS);
    this.#timer = setTimeout(() => this.#move(), delay);
  }
}

function portInfo(path: string): Awaited<ReturnType<BindingInterface['list']>>[number] {
  return {
    path,
    manufacturer: undefined,
    serialNumber: undefined,
    pnpId: undefined,
    locationId: undefined,
    productId: undefined,
    vendorId: undefined,
  };
}
