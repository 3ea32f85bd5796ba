/** One end of a line in this process: a port, its driver and the stack over it. Decides nothing. */
import type { PortError } from '../base/failure.ts';
import type { Duration, Instant } from '../base/instant.ts';
import type { ModemLines } from '../base/modem-lines.ts';
import type { Random } from '../base/random.ts';
import type { Clock } from '../port/clock.ts';
import { Driver } from '../port/driver.ts';
import type { OpenPort, PortOutage, Unsubscribe } from '../port/open-port.ts';
import type { SoakEnd } from '../soak/end.ts';
import type { PlannedFault } from '../soak/fault-schedule.ts';
import { type Onlooker, SoakLink } from '../soak/link.ts';
import type { Plan } from '../soak/plan.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';

/** How long an end may take to tell its partner that it is gone, and how often that is looked at. */
const LAST_WORDS_MS = 500;
const LAST_WORDS_LOOK_MS = 20;

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
  readonly onlooker?: Onlooker | undefined;
  /** What this end does to its line on purpose; what a port must do, the owner does when the journal says so. */
  readonly faults?: readonly PlannedFault[] | undefined;
  /** How long the line may be dead without ending the run. */
  readonly patience?: Duration | undefined;
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
  readonly #clock: Clock;
  readonly #link: SoakLink;
  readonly #driver: Driver<JournalEntry>;
  readonly #listener: LocalEndListener;
  readonly #forget: Unsubscribe;
  #lines: ModemLines | null | undefined;

  constructor(options: LocalEndOptions, listener: LocalEndListener) {
    const { port, clock, ...rest } = options;
    this.name = options.name;
    this.port = port;
    this.#clock = clock;
    this.#listener = listener;
    this.#link = new SoakLink({
      ...rest,
      line: port.settings,
      uart: () => port.uartCounters(),
      hostLag: () => this.#driver.lag.snapshot(),
    });
    this.#driver = new Driver(this.#link, port, clock, {
      onEvent: (_now, entry) => listener.onEntry(entry),
      onLost: (now, error) => this.#lost(now, error),
      onFailure: (error) => listener.onFailure(error),
    });
    this.#forget = port.onOutage((outage) => this.#outage(outage));
  }

  /** The engine, for its figures. */
  get engine(): SoakEnd {
    return this.#link.end;
  }

  start(): void {
    // First: a call may have brought bytes already, and the driver hands them over at once.
    this.engine.start(this.#clock.now());
    this.#driver.start();
  }

  /** The operator wants an end; twice, at once. */
  stop(): void {
    this.engine.stop(this.#clock.now());
    this.wake();
  }

  /** The port's control lines as of the last sample; `undefined` until the port has answered once. */
  get lines(): ModemLines | null | undefined {
    return this.#lines;
  }

  /** What this end knows of itself now. */
  sample(): Sample {
    // The answer comes too late for this sample: it holds what the lines were a sample ago.
    void this.port.modemLines().then((lines) => {
      this.#lines = lines;
    });
    const sample = this.engine.sample(this.#clock.now());
    return this.#lines === undefined ? sample : { ...sample, lines: this.#lines };
  }

  /** Stops sending new messages, or goes on with it; true while stopped. */
  hold(): boolean {
    this.engine.held = !this.engine.held;
    this.wake();
    return this.engine.held;
  }

  /** To be called after the engine was given a command. */
  wake(): void {
    if (this.#driver.isRunning) this.#driver.wake();
    else this.#drain();
  }

  /** Stops driving and closes the port; what was handed to the port still gets a moment to leave. */
  async close(): Promise<void> {
    await this.#lastWords();
    await this.#driver.stop();
    // Below a call the port goes on: it must not hold every end that there was.
    this.#forget();
    await this.port.close();
  }

  /** Not told that this end is gone, the partner would wait for half a minute. */
  async #lastWords(): Promise<void> {
    for (let waited = 0; this.#driver.isRunning && this.engine.isParting; waited += LAST_WORDS_LOOK_MS) {
      if (waited >= LAST_WORDS_MS) return;
      await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_LOOK_MS));
    }
  }

  /** The engine goes on: for it, the line is silent for a while. */
  #outage(outage: PortOutage): void {
    if (outage.type === 'lost') this.engine.portLost(outage.at, outage.error.message);
    else this.engine.portBack(outage.at, outage.path);
    this.wake();
  }

  #lost(now: Instant, error: PortError): void {
    this.engine.lost(now, error.message);
    this.#drain();
    this.#listener.onLost(error);
  }

  #drain(): void {
    for (let entry = this.#link.next(); entry !== undefined; entry = this.#link.next()) {
      this.#listener.onEntry(entry);
    }
  }
}
