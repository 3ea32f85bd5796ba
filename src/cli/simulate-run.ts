/** One simulated soak from rig to exit code: moves virtual time, keeps, shows, judges. Parses no flags and opens no port. */
import { writeFileSync } from 'node:fs';
import { InvariantError, UsageError } from '../base/failure.ts';
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { junitText } from '../report/junit.ts';
import { RunDirectory } from '../report/run-directory.ts';
import { simulatedSettings } from '../rig/end-settings.ts';
import { lineDirections } from '../rig/line-directions.ts';
import { SoakWorld } from '../sim/soak-world.ts';
import { buildResult } from '../soak/build-result.ts';
import { planOf } from '../soak/plan.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import type { LineAction } from '../view/keys.ts';
import { beginView, fold, type ViewState } from '../view/state.ts';
import type { View } from '../view/view.ts';
import { openView } from './choose-view.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { onInterrupt } from './interrupt.ts';
import { printSummary } from './print-summary.ts';
import { productVersion } from './product-version.ts';
import { RunCapture } from './run-capture.ts';
import type { SoakRequest } from './soak-run.ts';

/** Samples of each end that a simulated run leaves behind at most; a second is the closest they stand. */
const SAMPLES_MAX = 3_600;

/** Names of the two ends. */
const NAMES = { near: 'near', far: 'far' } as const;

/** Virtual time that passes at most before anybody else gets a turn. */
const STEP: Duration = 10 * SECOND;

/** How long the simulation runs, in milliseconds of real time, before the terminal and the files get their turn. */
const TURN_MS = 50;

/** No soak is longer than 60 days and what its slowest ending takes. */
const TIME_MAX: Instant = 90 * 86_400 * SECOND;

/** Virtual time between two samples: a second, or a 3,600th of a longer run, in whole seconds. */
export function sampleInterval(duration: Duration | undefined): Duration {
  const seconds = Math.max(1, Math.ceil((duration ?? 0) / SECOND / SAMPLES_MAX));
  // Whole steps of the simulation, so that a long run can be interrupted between two samples.
  return seconds > STEP / SECOND ? Math.ceil((seconds * SECOND) / STEP) * STEP : seconds * SECOND;
}

/** Runs a soak in virtual time; resolves to the exit code. Throws UsageError for a rig that is not all virtual. */
export async function runSimulation(request: SoakRequest, console: Console): Promise<number> {
  return new Simulation(request, console).run();
}

/** See the head of the file. */
class Simulation {
  readonly #request: SoakRequest;
  readonly #console: Console;
  readonly #startedAt = new Date();
  readonly #directory: RunDirectory;
  readonly #capture: RunCapture | undefined;
  readonly #world: SoakWorld;
  readonly #view: View;
  #state: ViewState;
  #quit = false;

  constructor(request: SoakRequest, console: Console) {
    this.#request = request;
    this.#console = console;
    const { rig, profile } = request;
    const settings = simulatedSettings(rig, request.rigFile);
    if (rig.line?.uart_buffer !== undefined) {
      throw new UsageError(
        `${request.rigFile}: line.uart_buffer: a simulated host always reads in time: leave it out`,
      );
    }
    this.#directory = new RunDirectory({
      root: request.runs,
      startedAt: this.#startedAt.toISOString(),
      name: profile.name,
      run: this.#asked(),
      onTrouble: (text) => this.#complain(text),
    });
    this.#capture = this.#openCapture();
    this.#world = new SoakWorld({
      plan: planOf(profile, request.seed, NAMES),
      settings,
      directions: lineDirections(rig),
      random: new Random(request.seed),
      onEntry: (entry) => this.#show(entry),
      onlookers: this.#capture && [this.#capture.recorder(0), this.#capture.recorder(1)],
    });
    const plan = {
      profile: profile.name,
      rig: rig.name,
      seed: request.seed,
      durationSeconds: profile.duration === undefined ? null : profile.duration / SECOND,
      runDirectory: this.#directory.path ?? null,
      ends: [
        { name: NAMES.near, port: 'simulated', settings: settings[0] },
        { name: NAMES.far, port: 'simulated', settings: settings[1] },
      ],
    };
    this.#state = beginView(plan);
    this.#view = openView(request, plan, console, {
      onQuit: () => {
        // On a raw terminal Ctrl-C is a key like q: the operator interrupts either way.
        this.#quit = true;
        this.#world.stop();
      },
      onLine: (action) => this.#act(action),
    });
  }

  /** The whole run. */
  async run(): Promise<number> {
    const interrupt = onInterrupt(() => this.#world.stop());
    try {
      await this.#moveTime();
      this.#sample();
      return this.#conclude(interrupt.signal());
    } catch (error) {
      this.#view.close();
      throw this.#blame(error);
    } finally {
      interrupt.release();
      this.#capture?.close();
      await this.#directory.close();
    }
  }

  /** From sample to sample, until the near end has finished; signals, keys and files get their turn in between. */
  async #moveTime(): Promise<void> {
    const interval = sampleInterval(this.#request.profile.duration);
    const step = Math.min(interval, STEP);
    let turn = performance.now();
    for (let until = step; !this.#world.run(until); until += step) {
      if (until % interval === 0) this.#sample();
      if (until > TIME_MAX) throw new InvariantError('the simulated soak does not end');
      if (performance.now() - turn < TURN_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }

  #sample(): void {
    const { near, far, now } = this.#world;
    for (const link of [near, far]) this.#show(link.end.sample(now));
    this.#capture?.flush();
  }

  #show(item: Sample | JournalEntry): void {
    if ('event' in item) this.#directory.entry(item);
    else this.#directory.sample(item);
    this.#state = fold(this.#state, item);
    this.#view.update(this.#state, item);
  }

  #conclude(signal: NodeJS.Signals | undefined): number {
    const { outcome } = this.#world.near.end;
    if (outcome === undefined) throw new InvariantError('the near end ended without an outcome');
    // The far end is asked directly: what it sent over the line was said before the line fell silent.
    const far = this.#world.far.end.outcome;
    const known =
      far === undefined || outcome.partner === undefined ? outcome : { ...outcome, partner: far.own };
    const { seed, rig, profile } = this.#request;
    const startedAt = this.#startedAt.toISOString();
    const result = buildResult(known, { seed, startedAt, rig, profile, limits: profile.limits });
    this.#directory.result(result);
    this.#view.close(result);
    this.#publish(result);
    if (signal === 'SIGINT' || (signal === undefined && this.#quit)) return EXIT.interrupted;
    if (signal !== undefined) return EXIT.terminated;
    return result.verdict === 'pass' ? EXIT.passed : EXIT.failed;
  }

  #publish(result: Result): void {
    const { junit, json, jsonStream, profile, rig } = this.#request;
    if (junit !== undefined) {
      try {
        writeFileSync(junit, junitText(result, `${profile.name} on ${rig.name}, simulated`));
      } catch (error) {
        this.#complain(`${junit}: ${(error as Error).message}`);
      }
    }
    if (json) this.#console.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    const people = json || jsonStream ? this.#console.stderr : this.#console.stdout;
    printSummary(result, this.#directory.path, people, this.#console.env);
  }

  #openCapture(): RunCapture | undefined {
    const { capture } = this.#request;
    if (capture === undefined) return undefined;
    const lines = [NAMES.near, NAMES.far].map((name) => `${name} simulated`);
    return new RunCapture(capture, lines, this.#startedAt.getTime() * 1_000, (text) => this.#complain(text));
  }

  #asked(): unknown {
    const { rigFile, rig, profile, seed } = this.#request;
    return {
      schema: 'dplink/run/1',
      startedAt: this.#startedAt.toISOString(),
      simulated: true,
      seed,
      rigFile,
      rig,
      profile,
      versions: { dplink: productVersion(), node: process.version },
      host: { platform: process.platform, arch: process.arch },
    };
  }

  /** There is no port to break or switch; a mark is all that virtual time can take. */
  #act(action: LineAction): void {
    const text = action === 'mark' ? undefined : `${action}: not in a simulation`;
    this.#world.near.end.note(this.#world.now, 'mark', { by: 'operator', ...(text ? { text } : {}) });
  }

  #complain(text: string): void {
    this.#console.stderr.write(`dplink: ${text}\n`);
  }

  /** Our own fault carries what is needed to see it again. */
  #blame(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    error.message += ` (seed ${this.#request.seed}, run kept in ${this.#directory.path ?? 'no directory'})`;
    return error;
  }
}
