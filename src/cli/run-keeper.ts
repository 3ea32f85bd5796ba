/** What `soak` and `simulate` keep and hand out of a run: its directory, its result in every form asked for, its exit code. */
import { type PortError, UsageError } from '../base/failure.ts';
import { SECOND } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { plannedDiskUse } from '../report/disk-use.ts';
import { type KeptResult, RunDirectory } from '../report/run-directory.ts';
import { buildResult } from '../soak/build-result.ts';
import type { Outcome } from '../soak/outcome.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { outputForPeople } from './choose-view.ts';
import type { Console } from './console.ts';
import { diskUseText } from './disk-use-text.ts';
import { EXIT } from './exit-code.ts';
import { handOut } from './hand-out.ts';
import { printSummary } from './print-summary.ts';
import { productVersion } from './product-version.ts';
import type { SoakRequest } from './soak-request.ts';

/** What the keeper is told of a run besides what was asked. */
export interface KeeperOptions {
  /** When it began, RFC 3339. */
  readonly startedAt: string;
  /** Seconds between two samples of an end. */
  readonly sampleEvery: number;
  /** The ends that are sampled here. */
  readonly ends: readonly KeptEnd[];
  /** Whether its time is virtual. */
  readonly simulated: boolean;
}

/** An end as `run.json` tells of it. */
export interface KeptEnd {
  readonly name: string;
  /** The port's path, or `simulated`. */
  readonly port: string;
  readonly settings: LineSettings;
}

/** Why a run was cut short, if it was. */
export interface CutShort {
  readonly signal: NodeJS.Signals | undefined;
  /** The operator quit at the keyboard. */
  readonly quit: boolean;
  readonly portLost?: PortError | undefined;
}

/** See the head of the file. */
export class RunKeeper {
  readonly #request: SoakRequest;
  readonly #console: Console;
  readonly #options: KeeperOptions;
  readonly #directory: RunDirectory;
  readonly #path: string;

  /** Makes the run directory; throws UsageError when nothing could be kept there: better now than after 72 hours. */
  constructor(request: SoakRequest, console: Console, options: KeeperOptions) {
    this.#request = request;
    this.#console = console;
    this.#options = options;
    const { profile, runs } = request;
    const diskUse = plannedDiskUse({
      seconds: profile.duration === undefined ? null : profile.duration / SECOND,
      sampleEvery: options.sampleEvery,
      ends: options.ends.length,
      streams: profile.streams.length,
    });
    const troubles: string[] = [];
    let started = false;
    this.#directory = new RunDirectory({
      root: runs,
      startedAt: options.startedAt,
      name: profile.name,
      run: { ...this.#asked(), diskUse },
      onTrouble: (text) => (started ? this.complain(text) : troubles.push(text)),
    });
    if (this.#directory.path === undefined) throw new UsageError(`--runs: ${runs}: ${troubles.join('; ')}`);
    started = true;
    this.#path = this.#directory.path;
    const told = diskUseText(this.#path, diskUse);
    if (told !== undefined) this.complain(told);
  }

  /** Where the run is kept. */
  get path(): string {
    return this.#path;
  }

  /** Keeps a sample or an entry. */
  keep(item: Sample | JournalEntry): void {
    if ('event' in item) this.#directory.entry(item);
    else this.#directory.sample(item);
  }

  /** Tells that something of the run could not be kept; the result will say so too. */
  trouble(text: string): void {
    this.#directory.trouble(text);
  }

  /** Tells the operator something, in a line on standard error. */
  complain(text: string): void {
    this.#console.stderr.write(`dplink: ${text}\n`);
  }

  /**
   * The result of the run, written to its directory. A far end of this process is asked directly: what it sent over
   * the line was said before the line fell silent.
   */
  conclude(near: Outcome, far: Outcome | undefined): KeptResult {
    const known = far === undefined || near.partner === undefined ? near : { ...near, partner: far.own };
    const { seed, rig, profile } = this.#request;
    const { startedAt } = this.#options;
    return this.#directory.result(
      buildResult(known, { seed, startedAt, rig, profile, limits: profile.limits }),
    );
  }

  /** Keeps a result that was made elsewhere, of a series of calls. */
  concludeWith(result: Result): KeptResult {
    return this.#directory.result(result);
  }

  /** Hands the result out in every form that was asked for; returns it with what could not be written. */
  publish(result: KeptResult): KeptResult {
    const { profile, rig } = this.#request;
    const suite = `${profile.name} on ${rig.name}${this.#options.simulated ? ', simulated' : ''}`;
    const last = handOut(result, this.#request, this.#directory, suite, this.#console);
    printSummary(last, this.#path, outputForPeople(this.#request, this.#console), this.#console.env);
    return last;
  }

  /** The exit code. An interrupt counts when it cut the run short; one that came after the last message changes nothing. */
  exitCode({ verdict, shortfall }: KeptResult, { signal, quit, portLost }: CutShort): number {
    if (verdict === 'incomplete' && (signal !== undefined || quit)) {
      return signal === undefined || signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    }
    if (portLost !== undefined) return EXIT.port;
    if (verdict !== 'pass') return EXIT.failed;
    return shortfall === undefined ? EXIT.passed : EXIT.usage;
  }

  /** Our own fault carries what is needed to see it again. */
  blame(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    error.message += ` (seed ${this.#request.seed}, run kept in ${this.#path})`;
    return error;
  }

  /** Brings everything to the disk. */
  async close(): Promise<void> {
    await this.#directory.close();
  }

  #asked(): Readonly<Record<string, unknown>> {
    const { rigFile, rig, profile, seed } = this.#request;
    const { startedAt, simulated, ends } = this.#options;
    return {
      schema: 'dplink/run/1',
      startedAt,
      ...(simulated ? { simulated } : {}),
      seed,
      rigFile,
      rig,
      profile,
      ends,
      versions: { dplink: productVersion(), node: process.version },
      host: { platform: process.platform, arch: process.arch },
    };
  }
}
