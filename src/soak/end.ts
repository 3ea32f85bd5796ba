/** One end of a soak over a serial line: a connection and the runs over it. The near end makes one run, the far end serves run after run. */
import { InvariantError } from '../base/failure.ts';
import { earlier, type Instant } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Connection } from '../transport/connection.ts';
import type { ConnectionOptions } from '../transport/connection-options.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { connectionSample } from './connection-figures.ts';
import { Journal } from './journal.ts';
import { counted, NO_COUNTERS, since } from './line-counters.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { EndName, LineCounters } from './result.ts';
import { Run } from './run.ts';
import type { JournalEntry, Phase, Sample } from './sample.ts';

/** What an end is given. */
export interface SoakEndOptions {
  /** `join` (near): connects, proposes `plan`, collects the results. `host` (far): listens and takes part. */
  readonly role: 'join' | 'host';
  /** This end's name until a plan gives it one: `near` or `far` unless said otherwise. */
  readonly name?: EndName;
  readonly line: LineSettings;
  /** Draws dwSessID; forked per run. */
  readonly random: Random;
  /** What to do; must be given to the near end, and only to it. */
  readonly plan?: Plan;
  /** Counters of the line so far, read whenever figures are wanted; absent, they are all 0. */
  readonly lineCounters?: () => LineCounters;
  /** Passed on to the transport. */
  readonly connection?: Omit<ConnectionOptions, 'random' | 'lineTime'>;
  /** When the run began for the journal and the samples; absent: with {@link SoakEnd.start}, at a host with each run. */
  readonly startedAt?: Instant;
}

/**
 * Commands: {@link start}, {@link stop}, {@link lost}, {@link damaged}, {@link note}. Getters: {@link outcome},
 * {@link ended}, {@link phase}, {@link sample}. The rest is the machine. Nothing a partner sends makes it throw.
 */
export class SoakEnd implements Machine<Message, Message, JournalEntry> {
  readonly #options: SoakEndOptions;
  readonly #journal: Journal;
  #now: Instant = 0;
  #runs = 0;
  #started = false;
  #stopped = false;
  #connection: Connection;
  #run: Run | undefined;
  #outcome: Outcome | undefined;
  #before: LineCounters = NO_COUNTERS;
  #heard = false;
  /** While set, this end sends no new probe messages; what was sent is still repeated and acknowledged. */
  held = false;

  constructor(options: SoakEndOptions) {
    if ((options.role === 'join') !== (options.plan !== undefined)) {
      throw new InvariantError('the near end of a soak has a plan, the far end has none');
    }
    this.#options = options;
    this.#connection = this.#newConnection();
    this.#journal = new Journal(() => this.name, options.startedAt);
  }

  /** This end's name: the plan's, once there is one. */
  get name(): EndName {
    return this.#run?.name ?? this.#options.name ?? (this.#options.role === 'join' ? 'near' : 'far');
  }

  /** What the latest run that ended left behind. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** How many runs have ended. */
  get runs(): number {
    return this.#run?.outcome === undefined ? Math.max(0, this.#runs - 1) : this.#runs;
  }

  /** Whether all is over: at the near end with the run, at a host only after {@link stop}. */
  get ended(): boolean {
    return this.#run?.outcome !== undefined;
  }

  get phase(): Phase {
    return this.#run?.phase ?? 'connecting';
  }

  /** Begins to connect, or to listen. Once only. */
  start(now: Instant): void {
    this.#now = now;
    if (this.#started) return;
    this.#started = true;
    this.#newRun(now);
  }

  /** The operator wants an end: a complete, valid, partial outcome within about two seconds; asked again, at once. */
  stop(now: Instant): void {
    this.#now = now;
    this.#stopped = true;
    this.#run?.stop(now);
    this.#pump(now);
  }

  /** The line is gone (unplugged, hung up), for `reason`: the run ends; a host listens again, should the line come back. */
  lost(now: Instant, reason: string): void {
    this.#now = now;
    this.#run?.lost(now, reason);
    this.#pump(now);
  }

  /** Journals a damaged frame that the framing reports; `details` say what it knows of it. */
  damaged(now: Instant, details: Readonly<Record<string, unknown>>): void {
    this.#journal.often(now, 'damage', details);
  }

  /** Journals something that whoever drives this end wants remembered. */
  note(now: Instant, event: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#journal.write(now, event, details);
  }

  receive(now: Instant, message: Message): void {
    this.#now = now;
    if (message.kind !== 'transport') {
      this.#journal.often(now, 'ignored', { kind: message.kind });
      return;
    }
    if (!this.#heard) {
      this.#heard = true;
      this.#journal.write(now, 'firstFrame');
    }
    this.#connection.receive(now, message.body);
    if (this.#connection.state === 'accepting') this.#run?.accepting(now);
    this.#pump(now);
  }

  expire(now: Instant): void {
    this.#now = now;
    const { deadline } = this.#connection;
    if (deadline !== undefined && now >= deadline) this.#connection.expire(now);
    this.#pump(now);
    this.#run?.expire(now);
    this.#pump(now);
    this.#journal.flush(now);
  }

  get deadline(): Instant | undefined {
    if (!this.#started) return undefined;
    if (this.ended) return this.#journal.deadline;
    const own = earlier(this.#run?.deadline(this.#now), this.#journal.deadline);
    return earlier(this.#connection.deadline, own);
  }

  poll(now: Instant): Message | undefined {
    this.#now = now;
    if (!this.#started) return undefined;
    if (!this.held) this.#run?.fill(now);
    const body = this.#connection.poll(now);
    this.#pump(now);
    return body === undefined ? undefined : { kind: 'transport', identifier: 0, body };
  }

  next(): JournalEntry | undefined {
    return this.#journal.next();
  }

  /** Everything this end knows of itself at `now`; counters are a delta of the present run. */
  sample(now: Instant): Sample {
    return {
      at: this.#journal.seconds(now),
      end: this.name,
      phase: this.phase,
      ...this.#counters(),
      connection: connectionSample(this.#connection),
      streams: this.#run?.streams?.counters ?? [],
    };
  }

  #counters(): LineCounters {
    return since(this.#options.lineCounters?.() ?? NO_COUNTERS, this.#before);
  }

  #newConnection(): Connection {
    const { random, line, connection } = this.#options;
    return new Connection({
      ...connection,
      random: random.fork(`run ${this.#runs + 1}`),
      lineTime: (bytes) => lineTime(line, bytes + MESSAGE_HEADER_SIZE),
    });
  }

  #newRun(now: Instant): void {
    const { role, line, plan, startedAt } = this.#options;
    if (this.#runs > 0) this.#connection = this.#newConnection();
    this.#runs++;
    this.#heard = false;
    this.#before = counted(this.#options.lineCounters?.() ?? NO_COUNTERS);
    if (startedAt === undefined) this.#journal.restart(now);
    this.#run = new Run(now, {
      role,
      name: this.#options.name ?? (role === 'join' ? 'near' : 'far'),
      line,
      connection: this.#connection,
      journal: this.#journal,
      lineCounters: () => this.#counters(),
      plan,
    });
    if (role === 'join') this.#connection.connect(now);
    else this.#connection.listen(now);
    this.#journal.write(now, role === 'join' ? 'connecting' : 'listening', { run: this.#runs });
  }

  /** Hands what the connection reports to the run; a host whose run has ended begins the next. */
  #pump(now: Instant): void {
    const run = this.#run;
    if (run === undefined || (this.ended && this.#outcome === run.outcome)) return;
    for (let event = this.#connection.next(); event; event = this.#connection.next()) run.take(now, event);
    if (run.outcome === undefined) return;
    this.#outcome = run.outcome;
    if (this.#options.role === 'host' && !this.#stopped) this.#newRun(now);
  }
}
