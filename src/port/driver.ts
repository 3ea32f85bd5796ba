/** Turns a machine of bytes and a port into a running link: one port, one timer, sending at the line's own pace. Knows no protocol. */
import { InvariantError, type PortError } from '../base/failure.ts';
import { Histogram } from '../base/histogram.ts';
import { type Duration, earlier, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { charactersPerSecond } from '../base/line-settings.ts';
import type { ByteMachine } from '../base/machine.ts';
import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';
import { HORIZON, LineClock } from './line-clock.ts';
import type { OpenPort, Unsubscribe } from './open-port.ts';
import { throwUncaught } from './uncaught.ts';

/** While the operating system has not taken this many bytes of ours (or two horizons' worth), nothing more is drawn. */
const QUEUED_MAX = 2_048;
/** When a full queue is looked at again. */
const QUEUED_RETRY: Duration = 5 * MILLISECOND;
/** How often at most the system is asked what it holds unsent. */
const UNSENT_EVERY: Duration = 50 * MILLISECOND;
/** A machine that wants to be woken this often without time passing will want it for ever. */
const EXPIRATIONS_MAX = 1_000;
/** A machine that has this much to say at one time is saying it for ever. */
const EVENTS_MAX = 1_000_000;
/** A listener that calls `wake` this often in one turn will do so for ever. */
const WAKES_MAX = 1_000;
/** `stop` waits this long at most for the line to take what was written. */
const STOP_WAIT_MAX: Duration = 2_000 * MILLISECOND;

/** Who is told what happens on a link. All are called from inside the driver and may call its `wake` and `stop`. */
export interface DriverListener<E> {
  /** Something that the machine reports. */
  onEvent(now: Instant, event: E): void;
  /** The port was lost; the driver has stopped. Left out, nothing happens: listen to the port itself. */
  onLost?(now: Instant, error: PortError): void;
  /**
   * The machine (or a listener) threw: our own fault; the driver has stopped. Left out, the error is thrown
   * where the process sees it as uncaught.
   */
  onFailure?(error: unknown): void;
}

/** What a driver can be told besides; defaults in parentheses. */
export interface DriverOptions {
  /** Line time that may stand between us and the wire before the next bytes are drawn (20 ms). */
  readonly horizon?: Duration;
}

/**
 * Drives one machine over one port. Bytes are drawn from the machine only while the line has room by our own
 * reckoning and the operating system takes them, so what is sent is fresh; every entry drains the events.
 */
export class Driver<E> {
  /** How late the timer fired, in microseconds: what the event loop of this process adds to every delay. */
  readonly lag = new Histogram();
  readonly #machine: ByteMachine<E>;
  readonly #port: OpenPort;
  readonly #clock: Clock;
  readonly #listener: DriverListener<E>;
  readonly #line: LineClock;
  readonly #queuedMax: number;
  #subscriptions: Unsubscribe[] = [];
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  readonly #alarm: Alarm;
  /** Whether sending stopped for want of something to send, and not for want of room. */
  #hungry = true;
  #inside = false;
  /** What is to be done in the turn under way: a port may answer from inside `write`, a listener may call `wake`. */
  #waiting: ((now: Instant) => void)[] = [];
  #unsentAskedAt: Instant = Number.NEGATIVE_INFINITY;
  #bytesSent = 0;

  constructor(
    machine: ByteMachine<E>,
    port: OpenPort,
    clock: Clock,
    listener: DriverListener<E>,
    options: DriverOptions = {},
  ) {
    this.#machine = machine;
    this.#port = port;
    this.#clock = clock;
    this.#listener = listener;
    this.#alarm = new Alarm(clock, (lateness) => {
      this.lag.add(lateness);
      this.#turn(() => {});
    });
    const horizon = options.horizon ?? HORIZON;
    this.#line = new LineClock(port.settings, horizon);
    const horizonBytes = (charactersPerSecond(port.settings) * horizon) / SECOND;
    this.#queuedMax = Math.max(QUEUED_MAX, 2 * horizonBytes);
  }

  /** Whether the link runs: between `start` and `stop`, a loss or a failure. */
  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Bytes drawn from the machine and written to the port. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Line time between us and the wire, in microseconds. */
  get ahead(): Duration {
    return this.#line.ahead(this.#clock.now());
  }

  /** Listens to the port and gives the machine its first chance to speak. Throws {@link InvariantError} the second time. */
  start(): void {
    if (this.#state !== 'idle') throw new InvariantError('a driver is started once');
    this.#state = 'running';
    this.#subscriptions = [
      this.#port.onData((bytes) => this.#turn((now) => this.#machine.receive(now, bytes))),
      this.#port.gapSignal(() => this.#turn((now) => this.#machine.gap(now))),
      this.#port.onLost((error) => this.#lost(error)),
    ];
    this.wake();
  }

  /** To be called after the machine was given a command: it may have something to send, to report, or a new deadline. */
  wake(): void {
    // Called from a listener, the turn under way looks again before it ends.
    this.#turn(() => {});
  }

  /**
   * Stops: nothing more is drawn, delivered or timed. Resolves when the line has had the time to take what was
   * written, or after two seconds. The port stays open; it is the caller's to close.
   */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#halt();
    const wait = Math.min(this.ahead, STOP_WAIT_MAX);
    if (wait > 0 && this.#port.isOpen) {
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(wait / MILLISECOND)));
    }
  }

  /** One entry into the machine and all that follows from it. */
  #turn(enter: (now: Instant) => void): void {
    if (this.#state !== 'running') return;
    this.#waiting.push(enter);
    if (this.#inside) return;
    this.#inside = true;
    try {
      const now = this.#clock.now();
      this.#work(now);
      if (this.isRunning) this.#arm(now);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#inside = false;
      if (!this.isRunning) this.#waiting = [];
    }
  }

  #work(now: Instant): void {
    for (let count = 0; this.isRunning; count++) {
      if (count === WAKES_MAX) throw new InvariantError('the driver is woken from inside without end');
      for (let enter = this.#waiting.shift(); enter && this.isRunning; enter = this.#waiting.shift()) {
        enter(now);
        this.#report(now);
      }
      this.#expire(now);
      this.#send(now);
      if (this.#waiting.length === 0) return;
    }
  }

  #expire(now: Instant): void {
    for (let count = 0; this.isRunning; count++) {
      const deadline = this.#machine.deadline;
      if (deadline === undefined || deadline > now) return;
      if (count === EXPIRATIONS_MAX) throw new InvariantError('the machine asks to be woken without end');
      this.#machine.expire(now);
      this.#report(now);
    }
  }

  /** Draws from the machine while there is room. Every byte drawn takes of the room, so this ends by itself. */
  #send(now: Instant): void {
    while (this.isRunning && this.#roomAt(now) === undefined) {
      const bytes = this.#machine.poll(now);
      this.#report(now);
      if (bytes === undefined) {
        this.#hungry = true;
        return;
      }
      if (bytes.length === 0) throw new InvariantError('the machine sends nothing at all');
      this.#port.write(bytes);
      this.#line.sent(now, bytes.length);
      this.#bytesSent += bytes.length;
    }
    this.#hungry = false;
  }

  /** `undefined` when the next bytes may be drawn now, else when to look again. */
  #roomAt(now: Instant): Instant | undefined {
    if (!this.#line.hasRoom(now)) return this.#line.roomAt(now);
    if (this.#port.queued >= this.#queuedMax) return now + QUEUED_RETRY;
    if (now - this.#unsentAskedAt < UNSENT_EVERY) return undefined;
    this.#unsentAskedAt = now;
    // A line that is slower than its settings say, or stopped by flow control, shows in the system's own queue.
    this.#line.waiting(now, this.#port.unsent() ?? 0);
    return this.#line.hasRoom(now) ? undefined : this.#line.roomAt(now);
  }

  #report(now: Instant): void {
    for (let count = 0; this.isRunning; count++) {
      const event = this.#machine.next();
      if (event === undefined) return;
      if (count === EVENTS_MAX) throw new InvariantError('the machine reports without end');
      this.#listener.onEvent(now, event);
    }
  }

  #arm(now: Instant): void {
    const wanted = earlier(this.#machine.deadline, this.#hungry ? undefined : (this.#roomAt(now) ?? now));
    if (wanted !== undefined) this.#alarm.set(now, wanted);
  }

  #halt(): void {
    this.#state = 'stopped';
    this.#alarm.clear();
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#subscriptions = [];
  }

  #lost(error: PortError): void {
    if (!this.isRunning) return;
    this.#halt();
    this.#listener.onLost?.(this.#clock.now(), error);
  }

  #failed(error: unknown): void {
    this.#halt();
    if (this.#listener.onFailure) this.#listener.onFailure(error);
    else throwUncaught(error);
  }
}
