/** Emulated modems on ptys, joined by an emulated exchange: anybody may open the paths and dial. Linux only. */
import { lstatSync, rmSync, symlinkSync } from 'node:fs';
import { PortError } from '../base/failure.ts';
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { Exchange } from '../modem/exchange.ts';
import type { ExchangeEvent } from '../modem/exchange-event.ts';
import type { ExchangeOptions } from '../modem/exchange-options.ts';
import { type Clock, monotonicClock } from './clock.ts';
import { PortPace } from './port-pace.ts';
import { openPty, type Pty } from './pty.ts';

/** Milliseconds between two moves while bytes pass, and while none do. */
const BUSY_TICK_MS = 2;
const IDLE_TICK_MS = 10;
/** How often the ports' settings are looked at. */
const SETTINGS_EVERY: Duration = 20 * MILLISECOND;
/** Bytes that one move takes from a port, or gives to it, at most: less than a modem has room for when it takes CTS off. */
const PIECE_MAX = 1_000;

/** What to make. */
export interface VirtualModemsOptions {
  readonly exchange: ExchangeOptions;
  /** Symbolic links to make to the ports, in the order of the modems. */
  readonly links?: readonly string[];
  readonly clock?: Clock;
  /** Called for everything that happens; times count from the making. */
  readonly onEvent?: (event: ExchangeEvent) => void;
  /** Our own fault; left out, thrown as uncaught. */
  readonly onFailure?: (error: unknown) => void;
}

/** One modem at its pty. */
interface Desk {
  readonly pty: Pty;
  readonly fromPort: PortPace;
  readonly toPort: PortPace;
  settings: LineSettings;
  /** Whether anybody has the port open: a pty's only control line. */
  open: boolean;
  /** What the port has not taken. */
  pending: Uint8Array;
}

/** The ports of an exchange. A port that nobody has open is one without DTR; a modem without CTS is not read from. */
export class VirtualModems {
  /** The links if asked for, else the ptys' own paths. */
  readonly paths: readonly string[];
  readonly #exchange: Exchange;
  readonly #options: VirtualModemsOptions;
  readonly #clock: Clock;
  readonly #began: Instant;
  readonly #desks: readonly Desk[];
  readonly #bytes = new Uint8Array(PIECE_MAX);
  #settingsDue: Instant = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Throws PortError `unsupported` where there are no ptys, `failed` when the system refuses. */
  constructor(options: VirtualModemsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock;
    this.#began = this.#clock.now();
    const ptys: Pty[] = [];
    try {
      for (const _modem of options.exchange.modems) ptys.push(openPty(DEFAULT_LINE_SETTINGS));
      for (const [place, link] of (options.links ?? []).entries()) makeLink(ptys[place]?.path ?? '', link);
    } catch (error) {
      for (const pty of ptys) pty.close();
      throw error;
    }
    this.#desks = ptys.map((pty) => ({
      pty,
      fromPort: new PortPace(),
      toPort: new PortPace(),
      settings: DEFAULT_LINE_SETTINGS,
      open: true,
      pending: new Uint8Array(0),
    }));
    this.paths = options.links ?? ptys.map(({ path }) => path);
    this.#exchange = new Exchange(0, options.exchange);
    this.#tick();
  }

  /** Takes the ports away: whoever has one open is hung up. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { pty } of this.#desks) pty.close();
    for (const link of this.#options.links ?? []) removeLink(link);
  }

  #tick(): void {
    try {
      const moved = this.#move(this.#clock.now() - this.#began);
      this.#timer = setTimeout(() => this.#tick(), moved ? BUSY_TICK_MS : IDLE_TICK_MS);
    } catch (error) {
      this.close();
      if (this.#options.onFailure === undefined) throw error;
      this.#options.onFailure(error);
    }
  }

  /** Does all that is due; whether anything moved. */
  #move(now: Instant): boolean {
    this.#exchange.expire(now);
    if (now >= this.#settingsDue) this.#look(now);
    let moved = false;
    for (const [place, desk] of this.#desks.entries()) {
      const heard = this.#hear(now, place, desk);
      moved = this.#say(now, place, desk) || heard || moved;
    }
    for (let event = this.#exchange.next(); event !== undefined; event = this.#exchange.next()) {
      this.#options.onEvent?.(event);
    }
    return moved;
  }

  #look(now: Instant): void {
    this.#settingsDue = now + SETTINGS_EVERY;
    for (const [place, desk] of this.#desks.entries()) {
      const found = desk.pty.settings;
      // A hung-up port is at rate 0: the modem keeps the last one.
      if (found === null || found.baud === 0 || found.baud === desk.settings.baud) continue;
      desk.settings = { ...desk.settings, baud: found.baud, stopbits: found.stopbits };
      this.#exchange.setPortRate(place, found.baud);
    }
  }

  /** Takes what the port sent, at its pace and as far as the modem has room. */
  #hear(now: Instant, place: number, desk: Desk): boolean {
    const allowed = desk.fromPort.allowance(now, desk.settings);
    const room = this.#exchange.outputs(place).cts ? Math.min(allowed, PIECE_MAX) : 0;
    if (room === 0) return false;
    const count = desk.pty.read(this.#bytes, room);
    this.#setOpen(now, place, desk, count !== undefined);
    const taken = count ?? 0;
    desk.fromPort.pass(taken, taken > 0 && desk.pty.readable > 0, desk.settings);
    if (taken > 0) this.#exchange.receive(now, place, this.#bytes.slice(0, taken));
    return taken > 0;
  }

  #setOpen(now: Instant, place: number, desk: Desk, open: boolean): void {
    if (open === desk.open) return;
    desk.open = open;
    this.#exchange.setInputs(now, place, { dtr: open });
  }

  /** Gives the port what the modem says, at its pace and as far as it takes it. */
  #say(now: Instant, place: number, desk: Desk): boolean {
    if (desk.pending.length === 0) {
      const allowed = Math.min(desk.toPort.allowance(now, desk.settings), PIECE_MAX);
      const bytes = allowed === 0 ? undefined : this.#exchange.poll(now, place, allowed);
      desk.toPort.pass(bytes?.length ?? 0, bytes?.length === allowed || allowed === 0, desk.settings);
      if (bytes === undefined) return false;
      desk.pending = bytes;
    }
    // Nobody there: the wire leads nowhere.
    const taken = desk.open ? desk.pty.write(desk.pending) : desk.pending.length;
    desk.pending = desk.pending.subarray(taken);
    return true;
  }
}

function makeLink(path: string, link: string): void {
  removeLink(link);
  try {
    symlinkSync(path, link);
  } catch (error) {
    throw new PortError('failed', link, `${link}: cannot be made: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Removes a symbolic link; anything else of that name is left, and making the link then fails. */
function removeLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
}
