/** One end of a line in this process: port, driver, framing, soak engine, and a capture if asked. Decides nothing. */
import type { PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { Framed } from '../framing/framed.ts';
import type { FramingEvent } from '../framing/framing-event.ts';
import type { Clock } from '../port/clock.ts';
import { Driver } from '../port/driver.ts';
import type { OpenPort } from '../port/open-port.ts';
import { SoakEnd } from '../soak/end.ts';
import type { Plan } from '../soak/plan.ts';
import type { LineCounters } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { FrameTap, type TapTarget } from './frame-tap.ts';

/** What one end is made of. */
export interface LocalEndOptions {
  readonly name: string;
  /** `join` needs a plan, `host` has none. */
  readonly role: 'join' | 'host';
  readonly port: OpenPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly plan?: Plan;
  /** When the run began, for journal and samples; left out, each run of a host counts from its own beginning. */
  readonly startedAt?: Instant;
  readonly tap?: TapTarget;
}

/** Who is told what an end has to say. */
export interface LocalEndListener {
  onEntry(entry: JournalEntry): void;
  /** The port was lost; the engine knows already. */
  onLost(error: PortError): void;
  /** Our own fault. */
  onFailure(error: unknown): void;
}

/** One running end. */
export class LocalEnd {
  readonly name: string;
  readonly port: OpenPort;
  readonly engine: SoakEnd;
  readonly #clock: Clock;
  readonly #framed: Framed<JournalEntry>;
  readonly #driver: Driver<JournalEntry | FramingEvent>;
  readonly #listener: LocalEndListener;

  constructor(options: LocalEndOptions, listener: LocalEndListener) {
    const { name, role, port, clock, random, plan, startedAt, tap } = options;
    this.name = name;
    this.port = port;
    this.#clock = clock;
    this.#listener = listener;
    this.engine = new SoakEnd({
      role,
      name,
      line: port.settings,
      random,
      lineCounters: () => this.#lineCounters(),
      ...(plan === undefined ? {} : { plan }),
      ...(startedAt === undefined ? {} : { startedAt }),
    });
    this.#framed = new Framed(tap === undefined ? this.engine : new FrameTap(this.engine, tap));
    this.#driver = new Driver(this.#framed, port, clock, {
      onEvent: (now, event) => this.#take(now, event),
      onLost: (now, error) => this.#lost(now, error),
      onFailure: (error) => listener.onFailure(error),
    });
  }

  start(): void {
    this.#driver.start();
    this.engine.start(this.#clock.now());
    this.#driver.wake();
  }

  /** The operator wants an end; twice, at once. */
  stop(): void {
    this.engine.stop(this.#clock.now());
    if (this.#driver.isRunning) this.#driver.wake();
    else this.#drain();
  }

  /** What this end knows of itself now. */
  sample(): Sample {
    return this.engine.sample(this.#clock.now());
  }

  /** Stops driving and closes the port; what was handed to the port still gets a moment to leave. */
  async close(): Promise<void> {
    await this.#driver.stop();
    await this.port.close();
  }

  #lineCounters(): LineCounters {
    const { bytes, frames } = this.#framed.counters;
    return { bytes, frames, uart: this.port.uartCounters() };
  }

  #take(now: Instant, event: JournalEntry | FramingEvent): void {
    if ('event' in event) {
      this.#listener.onEntry(event);
      return;
    }
    if (event.type !== 'damage') return;
    const { type: _, at: __, sample, ...details } = event;
    this.engine.damaged(now, { ...details, sample: Buffer.from(sample).toString('hex') });
    this.#driver.wake();
  }

  #lost(now: Instant, error: PortError): void {
    this.engine.lost(now, error.message);
    this.#drain();
    this.#listener.onLost(error);
  }

  #drain(): void {
    for (let event = this.#framed.next(); event !== undefined; event = this.#framed.next()) {
      if ('event' in event) this.#listener.onEntry(event);
    }
  }
}
