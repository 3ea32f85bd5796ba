/** One soak from open ports to exit code: starts both ends, watches, keeps, judges. Parses no flags. */
import { InvariantError, PortError } from '../base/failure.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import { type OpenRig, openRig } from '../rig/open-rig.ts';
import { type Plan, planOf } from '../soak/plan.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { beginView, fold, type ViewState } from '../view/state.ts';
import type { View } from '../view/view.ts';
import { openView } from './choose-view.ts';
import type { Console } from './console.ts';
import { onInterrupt } from './interrupt.ts';
import { LineControls } from './line-controls.ts';
import { LocalEnd, type LocalEndListener } from './local-end.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { RunCapture } from './run-capture.ts';
import { RunKeeper } from './run-keeper.ts';
import type { SoakRequest } from './soak-request.ts';

/** How often the ends are sampled. */
const SAMPLE_EVERY_MS = 1_000;

/** How long the run waits for a far end of this process to finish after the near end has. */
const FAR_FINISH_MS = 1_000;

/** Runs a soak, waiting for ports that were unplugged as long as `patience` says; resolves to the exit code. Throws UsageError and PortError while nothing has been sent. */
export async function runSoak(request: SoakRequest, patience: Duration, console: Console): Promise<number> {
  const seed = new Random(request.seed);
  const surroundings = rigSurroundings(request.rigFile);
  const rig = await openRig(request.rig, surroundings, {
    random: seed.fork('line'),
    clock: monotonicClock,
    patience,
  });
  try {
    return await new SoakRun(request, console, rig, seed, patience).run();
  } finally {
    await rig.close();
  }
}

/** See the head of the file. */
class SoakRun {
  readonly #request: SoakRequest;
  readonly #rig: OpenRig;
  readonly #seed: Random;
  readonly #patience: Duration;
  readonly #keeper: RunKeeper;
  readonly #capture: RunCapture | undefined;
  readonly #ends: LocalEnd[] = [];
  readonly #view: View;
  #state: ViewState;
  #failure: unknown;
  #portLost: PortError | undefined;
  #controls: LineControls | undefined;
  #quit = false;
  #over: () => void = () => {};

  constructor(request: SoakRequest, console: Console, rig: OpenRig, seed: Random, patience: Duration) {
    this.#patience = patience;
    this.#request = request;
    this.#rig = rig;
    this.#seed = seed;
    this.#keeper = new RunKeeper(request, console, {
      startedAt: new Date().toISOString(),
      sampleEvery: SAMPLE_EVERY_MS / 1_000,
      ends: (['near', 'far'] as const).flatMap((name) => {
        const port = rig[name];
        return port === undefined ? [] : [{ name, port: port.path, settings: port.settings }];
      }),
      simulated: false,
    });
    this.#capture = this.#openCapture();
    const plan = {
      profile: request.profile.name,
      rig: request.rig.name,
      seed: request.seed,
      durationSeconds: request.profile.duration === undefined ? null : request.profile.duration / SECOND,
      runDirectory: this.#keeper.path,
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
      for (const warning of this.#rig.warnings) this.#keeper.complain(warning);
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
      throw error instanceof PortError ? error : this.#keeper.blame(error);
    } finally {
      this.#capture?.close();
      await this.#keeper.close();
      // Not before all is on the disk: from here on a signal ends the process.
      interrupt.release();
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
        patience: this.#patience,
        ...(plan === undefined ? {} : { plan, faults: this.#request.profile.faults }),
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
        if (entry.event === 'faultBegan' || entry.event === 'faultEnded') void this.#controls?.inject(entry);
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
    this.#keeper.keep(item);
    this.#state = fold(this.#state, item);
    this.#view.update(this.#state, item);
  }

  #conclude(near: LocalEnd, signal: NodeJS.Signals | undefined): number {
    const outcome = near.engine.settledOutcome;
    if (outcome === undefined) throw new InvariantError('the near end ended without an outcome');
    const far = this.#ends.find((end) => end.name === 'far')?.engine;
    // A far end of this process that has served nobody knows why.
    const noise = far?.outcome === undefined ? far?.heardInstead : undefined;
    const reasons = noise === undefined ? outcome.reasons : [...outcome.reasons, `at far, ${noise}`];
    const result = this.#keeper.conclude({ ...outcome, reasons }, far?.settledOutcome);
    this.#view.close(result);
    const published = this.#keeper.publish(result);
    return this.#keeper.exitCode(published, { signal, quit: this.#quit, portLost: this.#portLost });
  }

  #openCapture(): RunCapture | undefined {
    const { capture } = this.#request;
    if (capture === undefined) return undefined;
    const lines = (['near', 'far'] as const).flatMap((name) => {
      const port = this.#rig[name];
      return port === undefined ? [] : [`${name} ${port.path}`];
    });
    const origin = Date.now() * 1_000 - monotonicClock.now();
    return new RunCapture(capture, lines, origin, (text) => this.#keeper.trouble(text));
  }
}
