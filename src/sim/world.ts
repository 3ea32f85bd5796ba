/** Machines joined by simulated lines in virtual time: the same order of calls as on a port, without a clock. Checks nothing about what the machines say. */
import { InvariantError } from '../base/failure.ts';
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';

/** A machine at one end of a line; one with `gap` is told when its line falls idle. */
export interface WorldEnd<Event> {
  readonly name: string;
  readonly machine: Machine<Uint8Array, Uint8Array, Event> & { gap?(now: Instant): void };
  /** Told of every event; may give the machine commands. */
  readonly onEvent?: (now: Instant, event: Event) => void;
}

/** One direction of a line: takes what is written, gives what arrives. A `Channel`, or a packet pipe. */
export interface WorldLine {
  readonly carrier: Machine<Uint8Array, Uint8Array, unknown>;
  /** How long so many bytes occupy the line: the sender's own pacing, as a port driver paces. Absent: no time. */
  readonly lineTime?: (bytes: number) => Duration;
}

/** What a world is made with. */
export interface WorldOptions {
  /** A machine is polled while what it handed over before keeps the line busy for less than this. */
  readonly room?: Duration;
  /** Silence after which a machine with `gap` is told. */
  readonly gap?: Duration;
  /** Calls that lead to something within one instant before the world gives up on a machine that spins. */
  readonly stepsPerInstant?: number;
}

/** As much as a port driver needs to never let the line fall idle, and far less than two frames of a slow line. */
const ROOM: Duration = 20 * MILLISECOND;
const GAP: Duration = 20 * MILLISECOND;
const STEPS_PER_INSTANT = 100_000;

/** One machine's side of a line, whatever its events are. */
class Port {
  readonly name: string;
  readonly machine: Omit<WorldEnd<unknown>['machine'], 'next'>;
  /** Hands the machine's events on; returns whether there were any. */
  readonly report: (now: Instant) => boolean;
  readonly out: WorldLine;
  /** The line towards this machine. */
  readonly in: WorldLine;
  /** When everything handed to the line will be on the wire. */
  lineFree: Instant = 0;
  /** The last poll gave nothing, and nothing was called since. */
  isQuiet = false;
  gapAt: Instant | undefined;

  constructor(
    name: string,
    machine: Port['machine'],
    report: Port['report'],
    out: WorldLine,
    into: WorldLine,
  ) {
    this.name = name;
    this.machine = machine;
    this.report = report;
    this.out = out;
    this.in = into;
  }
}

/** Hands the events of one end to its listener. */
function reporter<Event>(end: WorldEnd<Event>): Port['report'] {
  return (now) => {
    let any = false;
    for (let event = end.machine.next(); event !== undefined; event = end.machine.next()) {
      any = true;
      end.onEvent?.(now, event);
    }
    return any;
  };
}

interface Scheduled {
  readonly at: Instant;
  readonly action: (now: Instant) => void;
}

/** Virtual time moves from deadline to deadline; at each, everything that can happen happens. */
export class World {
  readonly #ports: Port[] = [];
  readonly #scheduled: Scheduled[] = [];
  readonly #room: Duration;
  readonly #gap: Duration;
  readonly #stepsPerInstant: number;
  #now: Instant = 0;
  #digest = 0x811c9dc5;

  constructor(options: WorldOptions = {}) {
    this.#room = options.room ?? ROOM;
    this.#gap = options.gap ?? GAP;
    this.#stepsPerInstant = options.stepsPerInstant ?? STEPS_PER_INSTANT;
  }

  get now(): Instant {
    return this.#now;
  }

  /** Everything that arrived anywhere, when and where, in 32 bits: two runs of one seed must agree. */
  get digest(): number {
    return this.#digest;
  }

  /** Joins two machines by a line each way. */
  join<A, B>(near: WorldEnd<A>, far: WorldEnd<B>, toFar: WorldLine, toNear: WorldLine): void {
    this.#ports.push(
      new Port(near.name, near.machine, reporter(near), toFar, toNear),
      new Port(far.name, far.machine, reporter(far), toNear, toFar),
    );
  }

  /** Has `action` carried out at a moment not in the past: a command, a fault. */
  at(moment: Instant, action: (now: Instant) => void): void {
    let index = this.#scheduled.length;
    while (index > 0 && this.#scheduled[index - 1]!.at > moment) index--;
    this.#scheduled.splice(index, 0, { at: Math.max(moment, this.#now), action });
  }

  /** Runs until the moment `until`, until `isDone` says so, or until nothing is left to happen; returns the time. */
  run(until: Instant, isDone: () => boolean = () => false): Instant {
    for (;;) {
      this.#settle();
      if (isDone()) return this.#now;
      const next = this.#nextMoment();
      if (next === undefined || next > until) {
        this.#now = until;
        return this.#now;
      }
      this.#now = Math.max(next, this.#now);
    }
  }

  #nextMoment(): Instant | undefined {
    let next = this.#scheduled[0]?.at;
    for (const port of this.#ports) {
      next = earlier(next, earlier(port.machine.deadline, port.gapAt));
      next = earlier(next, port.in.carrier.deadline);
      if (!port.isQuiet) next = earlier(next, port.lineFree - this.#room);
    }
    return next;
  }

  /** Lets everything happen that can happen at this moment. */
  #settle(): void {
    for (let steps = 0, isBusy = true; isBusy; ) {
      isBusy = this.#runScheduled();
      for (const port of this.#ports) {
        const moved = this.#arrive(port) + this.#expire(port) + this.#send(port);
        if (moved === 0) continue;
        isBusy = true;
        steps += moved;
        if (steps > this.#stepsPerInstant) {
          throw new InvariantError(`${port.name} spins at ${this.#now} us: ${steps} steps in one instant`);
        }
      }
    }
  }

  #runScheduled(): boolean {
    let ran = false;
    while (this.#scheduled.length > 0 && this.#scheduled[0]!.at <= this.#now) {
      this.#scheduled.shift()!.action(this.#now);
      for (const port of this.#ports) port.isQuiet = false;
      ran = true;
    }
    return ran;
  }

  #arrive(port: Port): number {
    const { carrier } = port.in;
    let moved = 0;
    if (carrier.deadline !== undefined && carrier.deadline <= this.#now) {
      carrier.expire(this.#now);
      moved++;
    }
    for (;;) {
      const bytes = carrier.poll(this.#now);
      if (bytes === undefined) break;
      moved++;
      this.#note(port, bytes);
      port.machine.receive(this.#now, bytes);
      port.gapAt = port.machine.gap === undefined ? undefined : this.#now + this.#gap;
      this.#report(port);
    }
    while (carrier.next() !== undefined);
    return moved;
  }

  #expire(port: Port): number {
    let moved = 0;
    if (port.gapAt !== undefined && port.gapAt <= this.#now) {
      port.gapAt = undefined;
      port.machine.gap?.(this.#now);
      this.#report(port);
      moved++;
    }
    const { deadline } = port.machine;
    if (deadline !== undefined && deadline <= this.#now) {
      port.machine.expire(this.#now);
      this.#report(port);
      moved++;
    }
    return moved;
  }

  #send(port: Port): number {
    let moved = 0;
    while (!port.isQuiet && port.lineFree - this.#room <= this.#now) {
      const bytes = port.machine.poll(this.#now);
      if (bytes === undefined) {
        port.isQuiet = true;
        break;
      }
      moved++;
      port.lineFree = Math.max(port.lineFree, this.#now) + Math.ceil(port.out.lineTime?.(bytes.length) ?? 0);
      port.out.carrier.receive(this.#now, bytes);
      if (moved > this.#stepsPerInstant) break;
    }
    if (moved > 0) this.#report(port);
    return moved;
  }

  /** Hands the machine's events on; whoever hears them may give commands to any machine. */
  #report(port: Port): void {
    port.isQuiet = false;
    if (port.report(this.#now)) for (const other of this.#ports) other.isQuiet = false;
  }

  /** FNV-1a over what arrives, when and where. */
  #note(port: Port, bytes: Uint8Array): void {
    let h = this.#digest;
    const take = (value: number) => {
      h = Math.imul(h ^ (value & 0xff), 0x01000193);
    };
    take(this.#ports.indexOf(port));
    for (let rest = this.#now; rest >= 1; rest = Math.floor(rest / 256)) take(rest % 256);
    for (const byte of bytes) take(byte);
    this.#digest = h >>> 0;
  }
}
