/** Turns one machine of messages and endpoints, and several ports, into a running session: serial lines framed, UDP as it is. Knows no protocol. */
import { InvariantError, type PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import type { DeframerOptions } from '../framing/deframer.ts';
import { Framed, type FramedCounters } from '../framing/framed.ts';
import type { DamageEvent } from '../framing/framing-event.ts';
import type { Endpoint } from '../session/endpoint.ts';
import type { Outgoing } from '../session/outgoing.ts';
import { decodeDatagram, encodeDatagram, isMessage } from '../wire/datagram.ts';
import type { Malformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import { Driver } from './driver.ts';
import { type LineOnlooker, Observed } from './observed.ts';
import type { OpenPort, Unsubscribe } from './open-port.ts';
import type { Datagram, UdpPort } from './udp-port.ts';
import { throwUncaught } from './uncaught.ts';

/** A machine that has this much to say at one time is saying it for ever. */
const EVENTS_MAX = 1_000_000;
/** A machine that wants to be woken this often without time passing will want it for ever. */
const EXPIRATIONS_MAX = 1_000;
/** Lines that find something to do this often between two inputs will do so for ever. */
const ROUNDS_MAX = 1_000;

/** A machine over several lines, each of which pulls its own: a session, or who asks for sessions. */
export interface EndpointMachine<E> {
  receive(now: Instant, endpoint: Endpoint, message: Message): void;
  expire(now: Instant): void;
  readonly deadline: Instant | undefined;
  poll(now: Instant, line: string): Outgoing | undefined;
  next(): E | undefined;
  /** A line is gone for good. */
  lineLost(now: Instant, line: string): void;
}

/** A line of the session and the open port that it runs over. Who opened the port closes it. */
export type DrivenLine =
  | {
      readonly name: string;
      readonly kind: 'serial';
      readonly port: OpenPort;
      readonly framing?: DeframerOptions;
      readonly onlooker?: LineOnlooker | undefined;
    }
  | { readonly name: string; readonly kind: 'udp'; readonly port: UdpPort };

/** Who is told what happens. All are called from inside the driver and may give the machine commands, and call `wake` and `stop`. */
export interface SessionDriverListener<E> {
  /** Something that the machine reports. */
  onEvent(now: Instant, event: E): void;
  /** Bytes of a serial line were no intact frame. */
  onDamage?(now: Instant, line: string, event: DamageEvent): void;
  /** A datagram was no packet. */
  onMalformed?(now: Instant, endpoint: Endpoint, malformed: Malformed): void;
  /** A port was lost; the machine knows already. The other lines go on. */
  onLineLost?(now: Instant, line: string, error: PortError): void;
  /** The machine or a listener threw: our own fault; the driver has stopped. Left out, it is thrown as uncaught. */
  onFailure?(error: unknown): void;
}

/** Datagrams of a UDP line that reached nobody. */
export interface StrayCounters {
  /** No packets. */
  readonly malformed: number;
  /** What came to the well-known port and asks for no session. */
  readonly misdirected: number;
}

/**
 * See the head of the file. Serial lines have a {@link Driver} each, with its pace and its line's timer; the machine's own
 * timer, its events, and the waking of all lines after every turn of any are here.
 */
export class SessionDriver<E> {
  readonly #machine: EndpointMachine<E>;
  readonly #clock: Clock;
  readonly #listener: SessionDriverListener<E>;
  readonly #serial = new Map<string, { driver: Driver<DamageEvent>; framed: Framed<never> }>();
  readonly #udp = new Map<string, UdpPort>();
  /** UDP lines whose system took no more. */
  readonly #starved = new Set<string>();
  readonly #strays = { malformed: 0, misdirected: 0 };
  #subscriptions: Unsubscribe[] = [];
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  readonly #alarm: Alarm;
  /** Whether a round of waking all lines is about to come. */
  #isRoundDue = false;
  #rounds = 0;

  constructor(
    machine: EndpointMachine<E>,
    lines: readonly DrivenLine[],
    clock: Clock,
    listener: SessionDriverListener<E>,
  ) {
    this.#machine = machine;
    this.#clock = clock;
    this.#listener = listener;
    this.#alarm = new Alarm(clock, () => this.wake());
    for (const line of lines) {
      const { name } = line;
      if (this.#serial.has(name) || this.#udp.has(name)) throw new InvariantError(`two lines named ${name}`);
      if (line.kind === 'udp') this.#udp.set(name, line.port);
      else this.#serial.set(name, this.#serialLine(line));
    }
  }

  /** Between `start` and `stop` or a failure. */
  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get strays(): StrayCounters {
    return { ...this.#strays };
  }

  /** Bytes and frames of a serial line since the driver was made; `undefined` for other lines. */
  countersOf(line: string): FramedCounters | undefined {
    return this.#serial.get(line)?.framed.counters;
  }

  /** Listens to the ports and gives the machine its first chance to speak. Throws {@link InvariantError} the second time. */
  start(): void {
    if (this.#state !== 'idle') throw new InvariantError('a driver is started once');
    this.#state = 'running';
    for (const { driver } of this.#serial.values()) driver.start();
    for (const [name, port] of this.#udp) {
      this.#subscriptions.push(
        port.onDatagram((datagram) => this.#datagram(name, datagram)),
        port.onRoom(() => this.#starved.delete(name) && this.#unsettle()),
        port.onLost((error) => this.#lineLost(name, error)),
      );
    }
    this.wake();
  }

  /** To be called after the machine was given a command: it may have something to send, to report, or a new deadline. */
  wake(): void {
    this.#enter(() => {});
  }

  /**
   * Stops: nothing more is sent, delivered or timed. Resolves when the serial lines have had the time to take what was written.
   * The ports stay open; they are the caller's to close.
   */
  async stop(): Promise<void> {
    this.#halt();
    await Promise.all([...this.#serial.values()].map(({ driver }) => driver.stop()));
  }

  #serialLine(line: Extract<DrivenLine, { kind: 'serial' }>): {
    driver: Driver<DamageEvent>;
    framed: Framed<never>;
  } {
    const { name, port, onlooker, framing } = line;
    const framed = new Framed(this.#outlet(name), framing);
    const machine = onlooker === undefined ? framed : new Observed(framed, onlooker);
    const driver = new Driver<DamageEvent>(machine, port, this.#clock, {
      onEvent: (now, event) => this.#listener.onDamage?.(now, name, event),
      onLost: (_now, error) => this.#lineLost(name, error),
      onFailure: (error) => this.#failed(error),
    });
    return { driver, framed };
  }

  /** The machine as one serial line sees it. Its time and its events are this driver's affair. */
  #outlet(name: string): Machine<Message, Message, never> {
    const endpoint: Endpoint = { line: name, address: '' };
    return {
      receive: (now, message) => this.#enter(() => this.#machine.receive(now, endpoint, message)),
      expire: () => {},
      deadline: undefined,
      poll: (now) => this.#poll(now, name)?.message,
      next: () => undefined,
    };
  }

  #poll(now: Instant, line: string): Outgoing | undefined {
    if (!this.isRunning) return undefined;
    const out = this.#machine.poll(now, line);
    const said = this.#report(now);
    if (out !== undefined || said) this.#unsettle();
    return out;
  }

  #datagram(line: string, { bytes, from, toWellKnown }: Datagram): void {
    const endpoint: Endpoint = { line, address: from };
    this.#enter((now) => {
      const message = decodeDatagram(bytes);
      if (!isMessage(message)) {
        this.#strays.malformed++;
        this.#listener.onMalformed?.(now, endpoint, message);
      } else if (toWellKnown && message.kind !== 'enumerationQuery') this.#strays.misdirected++;
      else this.#machine.receive(now, endpoint, message);
    });
  }

  #lineLost(line: string, error: PortError): void {
    this.#enter((now) => {
      this.#machine.lineLost(now, line);
      this.#listener.onLineLost?.(now, line, error);
    });
  }

  /** One entry into the machine; what follows from it on all lines comes once the present call stack has ended. */
  #enter(action: (now: Instant) => void): void {
    if (!this.isRunning) return;
    try {
      const now = this.#clock.now();
      action(now);
      this.#report(now);
      this.#unsettle();
    } catch (error) {
      this.#failed(error);
    }
  }

  #unsettle(): void {
    if (this.#isRoundDue) return;
    this.#isRoundDue = true;
    queueMicrotask(() => this.#round());
  }

  /** Wakes all lines. Whoever sends or reports something in it makes another one due. */
  #round(): void {
    this.#isRoundDue = false;
    if (!this.isRunning) return;
    try {
      if (++this.#rounds === ROUNDS_MAX) throw new InvariantError('the lines wake each other without end');
      this.#expire();
      for (const { driver } of this.#serial.values()) driver.wake();
      for (const [name, port] of this.#udp) this.#pump(name, port);
      this.#arm();
      if (!this.#isRoundDue) this.#rounds = 0;
    } catch (error) {
      this.#failed(error);
    }
  }

  #pump(name: string, port: UdpPort): void {
    while (this.isRunning && port.hasRoom) {
      const out = this.#poll(this.#clock.now(), name);
      if (out === undefined) return;
      port.send(encodeDatagram(out.message), out.endpoint.address);
    }
    this.#starved.add(name);
  }

  #expire(): void {
    for (let count = 0; this.isRunning; count++) {
      const now = this.#clock.now();
      const { deadline } = this.#machine;
      if (deadline === undefined || deadline > now) return;
      if (count === EXPIRATIONS_MAX) throw new InvariantError('the machine asks to be woken without end');
      this.#machine.expire(now);
      this.#report(now);
    }
  }

  /** Whether there was anything to report. */
  #report(now: Instant): boolean {
    for (let count = 0; this.isRunning; count++) {
      const event = this.#machine.next();
      if (event === undefined) return count > 0;
      if (count === EVENTS_MAX) throw new InvariantError('the machine reports without end');
      this.#listener.onEvent(now, event);
    }
    return true;
  }

  #arm(): void {
    const { deadline } = this.#machine;
    if (deadline !== undefined && this.isRunning) this.#alarm.set(this.#clock.now(), deadline);
  }

  #halt(): void {
    this.#state = 'stopped';
    this.#alarm.clear();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#subscriptions = [];
  }

  #failed(error: unknown): void {
    if (!this.isRunning) return;
    this.#halt();
    for (const { driver } of this.#serial.values()) void driver.stop();
    if (this.#listener.onFailure) this.#listener.onFailure(error);
    else throwUncaught(error);
  }
}
