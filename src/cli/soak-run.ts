/** One soak from open ports to exit code: starts both ends, watches, keeps, judges. Parses no flags. */
import { writeFileSync } from 'node:fs';
import { InvariantError, PortError } from '../base/failure.ts';
import { SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import { junitText } from '../report/junit.ts';
import { RunDirectory } from '../report/run-directory.ts';
import { type OpenRig, openRig } from '../rig/open-rig.ts';
import type { RigFile } from '../rig/rig-file.ts';
import { buildResult } from '../soak/build-result.ts';
import { type Plan, planOf } from '../soak/plan.ts';
import type { Profile } from '../soak/profile.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { beginView, fold, type ViewState } from '../view/state.ts';
import type { View } from '../view/view.ts';
import { openView, type ViewWish } from './choose-view.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { onInterrupt } from './interrupt.ts';
import { LineControls } from './line-controls.ts';
import { LocalEnd, type LocalEndListener } from './local-end.ts';
import { printSummary } from './print-summary.ts';
import { productVersion } from './product-version.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { type CaptureRequest, RunCapture } from './run-capture.ts';

/** How often the ends are sampled. */
const SAMPLE_EVERY_MS = 1_000;

/** How long the run waits for a far end of this process to finish after the near end has. */
const FAR_FINISH_MS = 1_000;

/** What is to be run. */
export interface SoakRequest extends ViewWish {
  readonly rigFile: string;
  readonly rig: RigFile;
  readonly profile: Profile;
  readonly seed: string;
  /** Where run directories go. */
  readonly runs: string;
  readonly junit: string | undefined;
  readonly capture: CaptureRequest | undefined;
}

/** Runs a soak; resolves to the exit code. Throws UsageError and PortError while nothing has been sent. */
export async function runSoak(request: SoakRequest, console: Console): Promise<number> {
  const seed = new Random(request.seed);
  const surroundings = rigSurroundings(request.rigFile);
  const rig = await openRig(request.rig, surroundings, { random: seed.fork('line'), clock: monotonicClock });
  try {
    return await new SoakRun(request, console, rig, seed).run();
  } finally {
    await rig.close();
  }
}

/** See the head of the file. */
class SoakRun {
  readonly #request: SoakRequest;
  readonly #console: Console;
  readonly #rig: OpenRig;
  readonly #seed: Random;
  readonly #startedAt = new Date().toISOString();
  readonly #directory: RunDirectory;
  readonly #capture: RunCapture | undefined;
  readonly #ends: LocalEnd[] = [];
  readonly #view: View;
  #state: ViewState;
  #failure: unknown;
  #portLost: PortError | undefined;
  #controls: LineControls | undefined;
  #quit = false;
  #over: () => void = () => {};

  constructor(request: SoakRequest, console: Console, rig: OpenRig, seed: Random) {
    this.#request = request;
    this.#console = console;
    this.#rig = rig;
    this.#seed = seed;
    const complain = (text: string): void => this.#complain(text);
    this.#directory = new RunDirectory({
      root: request.runs,
      startedAt: this.#startedAt,
      name: request.profile.name,
      run: this.#asked(),
      onTrouble: complain,
    });
    this.#capture = this.#openCapture(complain);
    const plan = {
      profile: request.profile.name,
      rig: request.rig.name,
      seed: request.seed,
      durationSeconds: request.profile.duration === undefined ? null : request.profile.duration / SECOND,
      runDirectory: this.#directory.path ?? null,
      ends: (['near', 'far'] as const).map((name) => ({
        name,
        port: rig[name]?.path ?? 'elsewhere',
        settings: rig[name]?.settings ?? null,
      })),
    };
    this.#state = beginView(plan);
    this.#view = openView(request, plan, console, {
      onQuit: () => {
        // On a raw terminal Ctrl-C is a key like q: the operator interrupts either way.
        this.#quit = true;
        this.#stop();
      },
      onLine: (action) => void this.#controls?.act(action),
    });
  }

  /** The whole run. */
  async run(): Promise<number> {
    const interrupt = onInterrupt(() => this.#stop());
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    try {
      for (const warning of this.#rig.warnings) this.#complain(warning);
      const near = this.#startEnds();
      const timer = setInterval(() => this.#sampleAll(), SAMPLE_EVERY_MS);
      await over;
      clearInterval(timer);
      this.#sampleAll();
      await Promise.all(this.#ends.map((end) => end.close()));
      if (this.#failure !== undefined) throw this.#failure;
      return this.#conclude(near, interrupt.signal());
    } catch (error) {
      this.#view.close();
      throw error instanceof PortError ? error : this.#blame(error);
    } finally {
      interrupt.release();
      this.#capture?.close();
      await this.#directory.close();
    }
  }

  #startEnds(): LocalEnd {
    const plan = planOf(this.#request.profile, this.#request.seed, { near: 'near', far: 'far' });
    // The far end first: it should listen when the near end asks.
    if (this.#rig.far !== undefined) this.#startEnd('far', undefined);
    return this.#startEnd('near', plan);
  }

  #startEnd(name: 'near' | 'far', plan: Plan | undefined): LocalEnd {
    const port = this.#rig[name];
    if (port === undefined) throw new InvariantError(`the ${name} end has no port here`);
    const end = new LocalEnd(
      {
        name,
        role: plan === undefined ? 'host' : 'join',
        port,
        clock: monotonicClock,
        random: this.#seed.fork(name),
        startedAt: this.#rig.startedAt,
        ...(plan === undefined ? {} : { plan }),
        onlooker: this.#capture?.recorder(name === 'near' ? 0 : 1),
      },
      this.#listener(name),
    );
    this.#ends.push(end);
    if (name === 'near') this.#controls = new LineControls(end, monotonicClock);
    end.start();
    return end;
  }

  #listener(name: string): LocalEndListener {
    return {
      onEntry: (entry) => {
        this.#show(entry);
        if (entry.event === 'finished') this.#finished(name);
      },
      onLost: (error) => {
        this.#portLost ??= error;
        this.#over();
      },
      onFailure: (error) => {
        this.#failure = error;
        this.#over();
      },
    };
  }

  /** The near end's finish ends the run; a far end of this process gets a moment to finish too, so that its last figures count. */
  #finished(name: string): void {
    if (name !== 'near') {
      if (this.#ends.find((end) => end.name === 'near')?.engine.ended) this.#over();
    } else if (this.#rig.far === undefined) this.#over();
    else setTimeout(() => this.#over(), FAR_FINISH_MS);
  }

  #stop(): void {
    this.#ends.find((end) => end.name === 'near')?.stop();
  }

  #sampleAll(): void {
    for (const end of this.#ends.toReversed()) this.#show(end.sample());
    this.#captureLines();
  }

  /** Puts the control lines and UART errors of each port into the capture, and makes it readable. */
  #captureLines(): void {
    if (this.#capture === undefined) return;
    for (const { name, port, lines } of this.#ends) {
      const recorder = this.#capture.recorder(name === 'near' ? 0 : 1);
      const uart = port.uartCounters();
      if (uart !== null) recorder.uart(monotonicClock.now(), uart);
      if (lines) recorder.lines(monotonicClock.now(), lines);
    }
    this.#capture.flush();
  }

  #show(item: Sample | JournalEntry): void {
    if ('event' in item) this.#directory.entry(item);
    else this.#directory.sample(item);
    this.#state = fold(this.#state, item);
    this.#view.update(this.#state, item);
  }

  #conclude(near: LocalEnd, signal: NodeJS.Signals | undefined): number {
    const { outcome } = near.engine;
    if (outcome === undefined) throw new InvariantError('the near end ended without an outcome');
    // A far end of this process is asked directly: what it sent over the line was said before the line fell silent.
    const far = this.#ends.find((end) => end.name === 'far')?.engine.outcome;
    const known =
      far === undefined || outcome.partner === undefined ? outcome : { ...outcome, partner: far.own };
    const result = buildResult(known, {
      seed: this.#request.seed,
      startedAt: this.#startedAt,
      rig: this.#request.rig,
      profile: this.#request.profile,
      limits: this.#request.profile.limits,
    });
    this.#directory.result(result);
    this.#view.close(result);
    this.#publish(result);
    // An interrupt counts when it cut the run short; one that came after the last message changes nothing.
    if (result.verdict === 'incomplete' && (signal !== undefined || this.#quit)) {
      return signal === undefined || signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    }
    if (this.#portLost !== undefined) return EXIT.port;
    return result.verdict === 'pass' ? EXIT.passed : EXIT.failed;
  }

  #publish(result: Result): void {
    const { junit, json, jsonStream } = this.#request;
    if (junit !== undefined) {
      try {
        writeFileSync(junit, junitText(result, `${this.#request.profile.name} on ${this.#request.rig.name}`));
      } catch (error) {
        this.#complain(`${junit}: ${(error as Error).message}`);
      }
    }
    if (json) this.#console.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    const people = json || jsonStream ? this.#console.stderr : this.#console.stdout;
    printSummary(result, this.#directory.path, people, this.#console.env);
  }

  #openCapture(complain: (text: string) => void): RunCapture | undefined {
    const { capture } = this.#request;
    if (capture === undefined) return undefined;
    const lines = (['near', 'far'] as const).flatMap((name) => {
      const port = this.#rig[name];
      return port === undefined ? [] : [`${name} ${port.path}`];
    });
    const origin = Date.now() * 1_000 - monotonicClock.now();
    return new RunCapture(capture, lines, origin, complain);
  }

  #asked(): unknown {
    const { rigFile, rig, profile, seed } = this.#request;
    return {
      schema: 'dplink/run/1',
      startedAt: this.#startedAt,
      seed,
      rigFile,
      rig,
      profile,
      versions: { dplink: productVersion(), node: process.version },
      host: { platform: process.platform, arch: process.arch },
    };
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
