/** Machines joined by simulated lines in virtual time: the same order of calls as on a port, without a clock. Checks nothing about what the machines say. */
import { crc16 } from '../base/crc16.ts';
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
  /** Silence after which a machine with `gap` is told; longer than any carrier holds bytes back, or frames seem cut off. */
  readonly gap?: Duration;
  /** Calls that lead to something within one instant before the world gives up on a machine that spins. */
  readonly stepsPerInstant?: number;
}

/** As much as a port driver needs to never let the line fall idle, and far less than two frames of a slow line. */
const ROOM: Duration = 20 * MILLISECOND;
/** As the gap signal of a port: longer than an adapter holds bytes back. */
const GAP: Duration = 50 * MILLISECOND;
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
  /** When something next happens here, as of the last look that found nothing to do. */
  next: Instant | undefined;
  /** Until then nothing calls the machine or reads its line. */
  frozenUntil: Instant = 0;

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

  /** Stops the machine `name` for `duration`, as a busy or sleeping host is stopped: nothing calls it, nothing reads its line. */
  freeze(name: string, duration: Duration): void {
    for (const port of this.#ports) if (port.name === name) port.frozenUntil = this.#now + duration;
  }

  /** Runs until the moment `until`, until `isDone` says so, or until nothing is left to happen; returns the time. */
  run(until: Instant, isDone: () => boolean = () => false): Instant {
    for (;;) {
      const next = this.#settle();
      if (isDone()) return this.#now;
      if (next === undefined || next > until) {
        this.#now = until;
        return this.#now;
      }
      this.#now = Math.max(next, this.#now);
    }
  }

  /** Lets everything happen that can happen at this moment; returns the next moment at which something can. */
  #settle(): Instant | undefined {
    for (let steps = 0; ; ) {
      let isBusy = this.#runScheduled();
      let next = this.#scheduled[0]?.at;
      for (const port of this.#ports) {
        if (port.frozenUntil > this.#now) {
          next = earlier(next, port.frozenUntil);
          continue;
        }
        const moved = this.#arrive(port) + this.#expire(port) + this.#send(port);
        if (moved > 0) {
          isBusy = true;
          steps += moved;
        } else if (!isBusy) next = earlier(next, port.next);
        if (steps > this.#stepsPerInstant) {
          throw new InvariantError(`${port.name} spins at ${this.#now} us: ${steps} steps in one instant`);
        }
      }
      if (!isBusy) return next;
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
    const due = carrier.deadline;
    port.next = due;
    if (due === undefined || due > this.#now) return 0;
    carrier.expire(this.#now);
    let moved = 1;
    for (let bytes = carrier.poll(this.#now); bytes !== undefined; bytes = carrier.poll(this.#now)) {
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
    port.next = earlier(port.next, earlier(deadline, port.gapAt));
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
    else if (!port.isQuiet) port.next = earlier(port.next, port.lineFree - this.#room);
    return moved;
  }

  /** Hands the machine's events on; whoever hears them may give commands to any machine. */
  #report(port: Port): void {
    port.isQuiet = false;
    if (port.report(this.#now)) for (const other of this.#ports) other.isQuiet = false;
  }

  /** Takes what arrives, when and where into the digest. */
  #note(port: Port, bytes: Uint8Array): void {
    const { length } = bytes;
    let h = Math.imul(this.#digest ^ (this.#ports.indexOf(port) + 2 * length), 0x01000193);
    h = Math.imul(h ^ (this.#now % 0x1_0000_0000), 0x01000193);
    h = Math.imul(h ^ crc16(bytes) ^ (bytes[length - 1]! << 16), 0x01000193);
    this.#digest = (h ^ (h >>> 15)) >>> 0;
  }
}
