/** A null-modem cable between two ports made here: ptys joined by paced, imperfect channels. Linux only; elsewhere see in-process-binding.ts. */
import { lstatSync, rmSync, symlinkSync } from 'node:fs';
import type { Duration, Instant } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { Random } from '../base/random.ts';
import { Channel } from '../line/channel.ts';
import { type DirectionOptions, type End, other } from '../line/direction.ts';
import type { Injected, LineEvent } from '../line/line-event.ts';
import type { ScriptedFault } from '../line/noise.ts';
import { type Clock, monotonicClock } from './clock.ts';
import { openPty, type Pty } from './pty.ts';
import type { TerminalSettings } from './terminal.ts';
import { type Passage, VirtualDirection } from './virtual-direction.ts';

/** How often the slaves' settings are looked at. */
const SETTINGS_EVERY: Duration = 16_000;
/** Milliseconds between two looks at a line that fell idle, and at one that has been idle for `IDLE_LOOKS` of them. */
const IDLE_TICK_MS = 4;
const SLEEPY_TICK_MS = 10;
const IDLE_LOOKS = 250;

/** What to make. */
export interface VirtualNullModemOptions {
  /** The line's settings; what is left out is 115200 8N1. Its parity costs time on the wire, but a pty cannot check it. */
  readonly settings?: Partial<LineSettings>;
  /**
   * `line` (the default): the wire has the pace of `settings`, and a port that is opened at another rate reads
   * and sends garbage. `ports`: each direction has the pace of its sender, as on a bare cable; ports set
   * differently garble.
   */
  readonly pace?: 'line' | 'ports';
  /** What both directions are like. */
  readonly line?: DirectionOptions;
  /** What the direction from end 0 and from end 1 is like, where it differs. */
  readonly directions?: readonly [DirectionOptions, DirectionOptions];
  /** Seeds the noise; default `virtual`. */
  readonly random?: Random;
  /** Symbolic links to make to the ports: they stay the same when the ports are unplugged and plugged again. */
  readonly links?: readonly [string, string];
  /** Milliseconds between two moves while bytes are under way, 1..10; default 2. */
  readonly tickMs?: number;
  /** Called for everything that the line does; `from` is the sending end. */
  readonly onEvent?: (from: End, event: LineEvent) => void;
  readonly clock?: Clock;
}

/** Both ends joined, while they are plugged in. */
interface Joint {
  readonly ptys: readonly [Pty, Pty];
  readonly directions: readonly [VirtualDirection, VirtualDirection];
}

/** Two ports joined by a cable. Anybody may open `paths`, any number of times; close it when done. */
export class VirtualNullModem {
  readonly #options: VirtualNullModemOptions;
  readonly #settings: LineSettings;
  readonly #clock: Clock;
  readonly #channels: readonly [Channel, Channel];
  readonly #began: Instant;
  #joint: Joint | undefined;
  #paths: readonly [string, string] = ['', ''];
  #timer: NodeJS.Timeout | undefined;
  #settingsDue: Instant = 0;
  #idleLooks = 0;
  #found: readonly [TerminalSettings | null, TerminalSettings | null] = [null, null];
  #closed = false;
  #passed: [Passage, Passage] = [NOTHING, NOTHING];

  /** Opens it. Use {@link openVirtualNullModem}. */
  constructor(options: VirtualNullModemOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_LINE_SETTINGS, ...options.settings };
    this.#clock = options.clock ?? monotonicClock;
    this.#began = this.#clock.now();
    const random = options.random ?? new Random('virtual');
    this.#channels = [this.#channel(0, random.fork('0')), this.#channel(1, random.fork('1'))];
    this.plug();
  }

  /** The ports' paths: the links if asked for, else the ptys' own, which change when plugged in again. */
  get paths(): readonly [string, string] {
    return this.#options.links ?? this.#paths;
  }

  /** What the line did to the bytes sent by end 0 and by end 1. */
  get injected(): readonly [Injected, Injected] {
    return [this.#channels[0].injected, this.#channels[1].injected];
  }

  /** What passed from end 0 and from end 1. */
  get passages(): readonly [Passage, Passage] {
    const here = this.#joint?.directions;
    if (here === undefined) return this.#passed;
    return [sum(this.#passed[0], here[0].passage), sum(this.#passed[1], here[1].passage)];
  }

  /** Loses the carrier in both directions for `duration`, or until {@link restore}. */
  cut(duration?: Duration): void {
    for (const channel of this.#channels) channel.cut(this.#clock.now(), duration);
  }

  /** Ends the cuts under way. */
  restore(): void {
    for (const channel of this.#channels) channel.restore(this.#clock.now());
  }

  /** Adds a fault to the direction sent from `from`; offsets count from the opening. */
  script(from: End, fault: ScriptedFault): void {
    this.#channels[from].script(fault);
  }

  /** Takes both ports away: whoever has one open is hung up. Bytes under way are lost. */
  unplug(): void {
    if (this.#joint === undefined) return;
    this.#passed = [...this.passages];
    clearTimeout(this.#timer);
    for (const direction of this.#joint.directions) direction.drop(this.#clock.now());
    for (const pty of this.#joint.ptys) pty.close();
    this.#joint = undefined;
    for (const link of this.#options.links ?? []) removeLink(link);
  }

  /** Brings both ports back, at the same `links`, otherwise at new paths. */
  plug(): void {
    if (this.#joint !== undefined || this.#closed) return;
    for (const channel of this.#channels) channel.poll(this.#clock.now());
    const near = openPty(this.#settings);
    const ptys: [Pty, Pty] = [near, openPtyOr(near, this.#settings)];
    const [there, back] = this.#channels;
    this.#joint = {
      ptys,
      directions: [
        new VirtualDirection(there, ptys[0], ptys[1], this.#settings),
        new VirtualDirection(back, ptys[1], ptys[0], this.#settings),
      ],
    };
    this.#paths = [ptys[0].path, ptys[1].path];
    this.#options.links?.forEach((link, end) => {
      removeLink(link);
      symlinkSync(this.#paths[end]!, link);
    });
    this.#settingsDue = 0;
    this.#tick();
  }

  /** Takes the ports away for good. */
  async close(): Promise<void> {
    this.unplug();
    this.#closed = true;
  }

  #channel(from: End, random: Random): Channel {
    const options = { ...this.#options.line, ...this.#options.directions?.[from] };
    const events = (options.events ?? []).map((each) => ({ ...each, at: this.#began + each.at }));
    return new Channel({ ...options, events, settings: this.#settings, random });
  }

  #tick(): void {
    const joint = this.#joint;
    if (joint === undefined) return;
    const now = this.#clock.now();
    if (now >= this.#settingsDue) this.#look(joint, now);
    const [there, back] = joint.directions;
    const [found0, found1] = this.#found;
    const movedThere = there.advance(now, back.senderPresent, found1);
    const movedBack = back.advance(now, there.senderPresent, found0);
    this.#report();
    this.#idleLooks = movedThere || movedBack ? 0 : this.#idleLooks + 1;
    this.#timer = setTimeout(() => this.#tick(), this.#tickMs());
  }

  #tickMs(): number {
    if (this.#idleLooks === 0) return this.#options.tickMs ?? 2;
    return this.#idleLooks < IDLE_LOOKS ? IDLE_TICK_MS : SLEEPY_TICK_MS;
  }

  #report(): void {
    for (const from of [0, 1] as const) {
      const channel = this.#channels[from];
      for (let event = channel.next(); event !== undefined; event = channel.next()) {
        this.#options.onEvent?.(from, event);
      }
    }
  }

  /** Looks at how the ports are set now and tells the directions if that changed. */
  #look(joint: Joint, now: Instant): void {
    this.#settingsDue = now + SETTINGS_EVERY;
    const before = this.#found;
    this.#found = [joint.ptys[0].settings, joint.ptys[1].settings];
    const same = (end: End) =>
      before[end]?.baud === this.#found[end]?.baud && before[end]?.stopbits === this.#found[end]?.stopbits;
    if (same(0) && same(1)) return;
    const ends = [this.#asSet(this.#found[0]), this.#asSet(this.#found[1])] as const;
    for (const from of [0, 1] as const) {
      const [sender, receiver] = this.#wireBetween(ends[from], ends[other(from)]);
      joint.directions[from].retune(now, sender, receiver);
    }
  }

  /** A port's settings in the line's words; the parity, which a pty does not keep, is the line's. */
  #asSet(found: TerminalSettings | null): LineSettings {
    if (found === null || found.baud === 0) return this.#settings;
    const stopbits =
      found.stopbits === 1 || this.#settings.stopbits === 1 ? found.stopbits : this.#settings.stopbits;
    return { ...this.#settings, baud: found.baud, stopbits };
  }

  /** What paces a direction, and what reads it. */
  #wireBetween(sender: LineSettings, receiver: LineSettings): [LineSettings, LineSettings] {
    if (this.#options.pace === 'ports') return [sender, receiver];
    const line = this.#settings;
    return [line, receiver.baud === line.baud ? { ...line, baud: sender.baud } : receiver];
  }
}

const NOTHING: Passage = { taken: 0, given: 0, unheard: 0 };

function sum(a: Passage, b: Passage): Passage {
  return { taken: a.taken + b.taken, given: a.given + b.given, unheard: a.unheard + b.unheard };
}

/** A second pty; when there is none, the first is closed again. */
function openPtyOr(first: Pty, settings: LineSettings): Pty {
  try {
    return openPty(settings);
  } catch (error) {
    first.close();
    throw error;
  }
}

/** Removes a symbolic link; anything else of that name is left, and making the link then fails. */
function removeLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
}

/** Makes two ports and joins them. Throws PortError `unsupported` where there are no ptys, `failed` when the system refuses. */
export async function openVirtualNullModem(options: VirtualNullModemOptions = {}): Promise<VirtualNullModem> {
  return new VirtualNullModem(options);
}
