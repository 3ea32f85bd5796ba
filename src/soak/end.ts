/** One end of a soak over a serial line: a session and the runs over it. The near end makes one run, the far end serves run after run. */
import { InvariantError } from '../base/failure.ts';
import { Histogram, type HistogramSnapshot } from '../base/histogram.ts';
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import type { Message } from '../wire/message.ts';
import { connectionSample } from './connection-figures.ts';
import { type FaultChange, FaultSchedule, type PlannedFault } from './fault-schedule.ts';
import { hostFigures } from './host-lag.ts';
import { Journal } from './journal.ts';
import { counted, NO_COUNTERS, since } from './line-counters.ts';
import { LineWatch, type Moment } from './line-watch.ts';
import { Outages } from './outages.ts';
import type { Outcome } from './outcome.ts';
import { Partnership, type PartnershipOptions } from './partnership.ts';
import type { Plan } from './plan.ts';
import type { EndName, HostFigures, LineCounters } from './result.ts';
import { Run } from './run.ts';
import type { JournalEntry, Phase, Sample } from './sample.ts';

/** What an end is called until a plan gives it a name. */
const OWN_NAME = { join: 'near', host: 'far' } as const;

/** Bytes of a frame that are taken for the beginning of one, at most. */
const FRAME_SIZE_MAX = 1_500;

/** What an end is given. */
export interface SoakEndOptions {
  /** `join` (near): connects, proposes `plan`, collects the results. `host` (far): listens and takes part. */
  readonly role: 'join' | 'host';
  /** This end's name until a plan gives it one: `near` or `far` unless said otherwise. */
  readonly name?: EndName;
  readonly line: LineSettings;
  /** Draws what the session draws. */
  readonly random: Random;
  /** What to do; must be given to the near end, and only to it. */
  readonly plan?: Plan;
  /** Counters of the line so far, read whenever figures are wanted; absent, they are all 0. */
  readonly lineCounters?: () => LineCounters;
  /** Bytes received from the line up to the end of the frame that is being handed in; absent: all of them. */
  readonly received?: () => number;
  /** How late the timers of this host fired, in microseconds, since whenever; `undefined` where nobody measures it. */
  readonly hostLag?: () => HistogramSnapshot | undefined;
  /** Passed on to the transport. */
  readonly connection?: PartnershipOptions['connection'];
  /**
   * How long a line may be dead without ending the run: frames are repeated for so long. What the transport bears by itself
   * (about 25 s) when left out.
   */
  readonly patience?: Duration | undefined;
  /** What this end does to its line on purpose while there is traffic. */
  readonly faults?: readonly PlannedFault[] | undefined;
  /** When the run began for the journal and the samples; absent: with {@link SoakEnd.start}, at a host with each run. */
  readonly startedAt?: Instant;
}

/**
 * Commands: {@link start}, {@link stop}, {@link lost}, {@link portLost}, {@link portBack}, {@link damaged}, {@link note}. Getters: {@link outcome},
 * {@link ended}, {@link phase}, {@link sample}. The rest is the machine. Nothing a partner sends makes it throw.
 */
export class SoakEnd implements Machine<Message, Message, JournalEntry> {
  readonly #options: SoakEndOptions;
  readonly #journal: Journal;
  #now: Instant = 0;
  #runs = 0;
  #started = false;
  #stopped = false;
  readonly #partnership: Partnership;
  #run: Run | undefined;
  #outcome: Outcome | undefined;
  /** The line's counters when the present run began, and when the latest that ended did. */
  #before: LineCounters = NO_COUNTERS;
  #endedBefore: LineCounters = NO_COUNTERS;
  #lagBefore: HistogramSnapshot = new Histogram().snapshot();
  #watch: LineWatch;
  #arrived = 0;
  #outages = new Outages();
  /** What is wrong with the line on purpose; whoever carries bytes to and fro heeds it. */
  readonly faults: FaultSchedule;
  #heard = false;
  /** While set, this end sends no new probe messages; what was sent is still repeated and acknowledged. */
  held = false;

  constructor(options: SoakEndOptions) {
    if ((options.role === 'join') !== (options.plan !== undefined)) {
      throw new InvariantError('the near end of a soak has a plan, the far end has none');
    }
    this.#options = options;
    this.faults = new FaultSchedule(options.faults ?? []);
    const { role, line, random, connection, patience = 0 } = options;
    this.#partnership = new Partnership({
      role,
      name: options.name ?? OWN_NAME[role],
      line,
      random,
      connection,
      patience,
    });
    this.#watch = this.#newWatch();
    this.#journal = new Journal(() => this.name, options.startedAt);
  }

  /** This end's name: the plan's, once there is one. */
  get name(): EndName {
    return this.#run?.name ?? this.#options.name ?? OWN_NAME[this.#options.role];
  }

  /** What the latest run that ended left behind. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /**
   * The same with the line's counters as they are now: this end's part in the farewell comes behind the end of its run.
   * For who has both ends here, and while nobody else has come.
   */
  get settledOutcome(): Outcome | undefined {
    if (this.#outcome === undefined) return undefined;
    const { own } = this.#outcome;
    const counters = since(this.#options.lineCounters?.() ?? NO_COUNTERS, this.#endedBefore);
    const { injected } = this.faults;
    return {
      ...this.#outcome,
      own: { ...own, counters },
      ...(injected.length > 0 ? { faults: injected } : {}),
    };
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

  /** What comes from the line, in words, while nobody is there yet and no frame is among it; `undefined` otherwise. */
  get heardInstead(): string | undefined {
    const { bytes, frames } = this.#counters();
    const isNoise = this.phase === 'connecting' && bytes.received > 0 && frames.received === 0;
    return isNoise ? this.#watch.heardInstead : undefined;
  }

  /** Whether the partner has still to be told that this end breaks off or leaves. */
  get isParting(): boolean {
    return this.#partnership.connection?.state === 'closing';
  }

  /** Begins to connect, or to listen. Once only. */
  start(now: Instant): void {
    this.#now = now;
    if (this.#started) return;
    this.#started = true;
    this.#newRun(now);
    this.#partnership.start(now);
  }

  /** The operator wants an end: a complete, valid, partial outcome within about two seconds; asked again, within half a second; the third time at once. */
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
    this.#partnership.lineLost(now);
    this.#pump(now);
  }

  /** The port is away, for `reason`, and is waited for: the run goes on. */
  portLost(now: Instant, reason: string): void {
    this.#journal.write(now, 'portLost', { text: reason });
    this.#outages.lost(this.#journal.seconds(now), reason);
  }

  /** The port is back, at `path`. */
  portBack(now: Instant, path: string): void {
    this.#journal.write(now, 'portBack', { path });
    this.#outages.back(this.#journal.seconds(now));
  }

  /** Journals a damaged frame that the framing reports; `details` say what it knows of it. */
  damaged(now: Instant, details: Readonly<Record<string, unknown>>): void {
    this.#watch.damaged(details.sample);
    this.#journal.often(now, 'damage', details);
  }

  /** Journals something that whoever drives this end wants remembered. */
  note(now: Instant, event: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.#journal.write(now, event, details);
  }

  receive(now: Instant, message: Message): void {
    this.#now = now;
    if (!this.#heard) {
      this.#heard = true;
      this.#journal.write(now, 'firstFrame');
    }
    // A query is no answer: it may be our own, come back.
    if (message.kind !== 'enumerationQuery') this.#run?.heard();
    const silent = this.#outages.heard(this.#journal.seconds(now));
    if (silent !== undefined) this.#journal.write(now, 'outageOver', { silentMs: 1_000 * silent });
    this.#watch.received(now, message);
    this.#partnership.receive(now, message);
    this.#pump(now);
  }

  expire(now: Instant): void {
    this.#now = now;
    const { deadline } = this.#partnership;
    if (deadline !== undefined && now >= deadline) this.#partnership.expire(now);
    this.#pump(now);
    this.#run?.expire(now);
    this.#pump(now);
    const { secondAt } = this.#watch;
    if (secondAt !== undefined && now >= secondAt) this.#watch.tick(now, this.#moment);
    for (const change of this.faults.expire(now)) this.#faultChanged(now, change);
    this.#journal.flush(now);
  }

  get deadline(): Instant | undefined {
    if (!this.#started) return undefined;
    // After the last run too: what the partner repeats is still answered.
    const own = earlier(
      earlier(this.#run?.deadline(this.#now), this.#journal.deadline),
      this.#watch.secondAt,
    );
    return earlier(earlier(this.#partnership.deadline, this.faults.deadline), own);
  }

  poll(now: Instant): Message | undefined {
    this.#now = now;
    if (!this.#started) return undefined;
    if (!this.held && !this.faults.isPaused) this.#run?.fill(now);
    const message = this.#partnership.poll(now);
    if (message !== undefined) this.#watch.sent(message);
    this.#pump(now);
    return message;
  }

  next(): JournalEntry | undefined {
    return this.#journal.next();
  }

  /** Everything this end knows of itself at `now`; counters are a delta of the present run, delays are those since the sample before. */
  sample(now: Instant): Sample {
    return {
      at: this.#journal.seconds(now),
      end: this.name,
      phase: this.phase,
      ...this.#counters(),
      connection: connectionSample(this.#partnership, this.#watch.resent),
      session: this.#partnership.figures,
      seconds: this.#watch.seconds,
      host: this.#host(),
      bytesArrived: this.#bytesArrived(),
      streams: this.#run?.streams?.takeSample() ?? [],
    };
  }

  get #moment(): Moment {
    const retries = this.#partnership.connection?.statistics.retries ?? 0;
    return { isExpecting: this.#run?.isExpecting ?? false, retries };
  }

  /** Never less than before: a message under way that will not become whole is left out when it is given up. */
  #bytesArrived(): number {
    const flows = this.phase === 'running' || this.phase === 'draining';
    const held = flows ? this.#partnership.connection?.statistics.heldBytes : 0;
    // Of a frame under way, too, what is there; at most a frame, because noise is none.
    const { lineCounters, received } = this.#options;
    const behind = lineCounters && received ? lineCounters().bytes.received - received() : 0;
    const begun = flows ? Math.min(behind, FRAME_SIZE_MAX) : 0;
    const delivered = this.#run?.streams?.bytesDelivered ?? 0;
    this.#arrived = Math.max(this.#arrived, delivered + (held ?? 0) + begun);
    return this.#arrived;
  }

  #host(): HostFigures | null {
    const lag = this.#options.hostLag?.();
    return lag === undefined ? null : hostFigures(lag, this.#lagBefore);
  }

  #newWatch(): LineWatch {
    const { line, received } = this.#options;
    const counters = (): LineCounters => this.#counters();
    return new LineWatch(line, counters, received ?? (() => counters().bytes.received));
  }

  #faultChanged(now: Instant, { planned, isOn }: FaultChange): void {
    const { kind, length, bitErrorRatio } = planned;
    const details = isOn ? { forMs: length / MILLISECOND, bitErrorRatio } : {};
    this.#journal.write(now, isOn ? 'faultBegan' : 'faultEnded', { fault: kind, ...details });
  }

  /** Seconds are counted, and faults injected, while traffic is made. */
  #watchTraffic(now: Instant): void {
    const running = this.phase === 'running';
    if (running && !this.faults.isRunning) this.faults.begin(now);
    if (!running && this.faults.isRunning) {
      for (const change of this.faults.end(now)) this.#faultChanged(now, change);
    }
    if (running === (this.#watch.secondAt !== undefined)) return;
    if (running) this.#watch.begin(now, this.#moment);
    else this.#watch.end();
  }

  #counters(): LineCounters {
    return since(this.#options.lineCounters?.() ?? NO_COUNTERS, this.#before);
  }

  #newRun(now: Instant): void {
    const { role, line, plan, startedAt } = this.#options;
    this.#runs++;
    this.#heard = false;
    this.#before = counted(this.#options.lineCounters?.() ?? NO_COUNTERS);
    this.#lagBefore = this.#options.hostLag?.() ?? this.#lagBefore;
    this.#watch = this.#newWatch();
    this.#arrived = 0;
    this.#outages = new Outages();
    if (startedAt === undefined) this.#journal.restart(now);
    this.#run = new Run(now, {
      role,
      name: this.#options.name ?? (role === 'join' ? 'near' : 'far'),
      line,
      partnership: this.#partnership,
      journal: this.#journal,
      lineCounters: () => this.#counters(),
      watch: this.#watch,
      outages: this.#outages,
      patience: this.#options.patience ?? 0,
      host: () => this.#host(),
      plan,
    });
    this.#journal.write(now, role === 'join' ? 'connecting' : 'listening', { run: this.#runs });
  }

  /** Hands what the partnership reports to the run; a host whose run has ended begins the next. */
  #pump(now: Instant): void {
    while (this.#run !== undefined) {
      const { outcome } = this.#run;
      if (outcome !== undefined && outcome !== this.#outcome) this.#conclude(now, outcome);
      const event = this.#partnership.next();
      this.#watchTraffic(now);
      if (event === undefined) return;
      if (!this.ended) this.#run.take(now, event);
    }
  }

  /** A run is over. Who is still there has nothing more to say. */
  #conclude(now: Instant, outcome: Outcome): void {
    this.#outcome = outcome;
    this.#endedBefore = this.#before;
    if (this.#partnership.isConnected) this.#partnership.abort(now);
    if (this.#options.role === 'host' && !this.#stopped) this.#newRun(now);
    else this.#partnership.close(now);
  }
}
