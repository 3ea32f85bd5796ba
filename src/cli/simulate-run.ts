/** One simulated soak from rig to exit code: moves virtual time, keeps, shows, judges. Parses no flags and opens no port. */
import { InvariantError, UsageError } from '../base/failure.ts';
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { simulatedSettings } from '../rig/end-settings.ts';
import { lineDirections } from '../rig/line-directions.ts';
import type { RigFile } from '../rig/rig-file.ts';
import { type HostOptions, SoakWorld } from '../sim/soak-world.ts';
import { PORT_FAULTS } from '../soak/fault-schedule.ts';
import { planOf } from '../soak/plan.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import type { LineAction } from '../view/keys.ts';
import { beginView, fold, type ViewState } from '../view/state.ts';
import type { View } from '../view/view.ts';
import { openView } from './choose-view.ts';
import type { Console } from './console.ts';
import { onInterrupt } from './interrupt.ts';
import { RunCapture } from './run-capture.ts';
import { RunKeeper } from './run-keeper.ts';
import type { SoakRequest } from './soak-request.ts';

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

/** How the hosts at both ends read: when half of the UART's buffer is full, as an interrupt would make them, and as late as the rig says. */
function hostsOf({ line = {} }: RigFile): HostOptions {
  const { uart_buffer: buffer, reads_late_ms: late } = line;
  return {
    ...(buffer === undefined ? {} : { receiveBuffer: buffer, batchBytes: Math.max(1, buffer >> 1) }),
    ...(late === undefined ? {} : { jitter: Math.round(late * MILLISECOND) }),
  };
}

/** Runs a soak in virtual time; resolves to the exit code. Throws UsageError for a rig that is not all virtual. */
export async function runSimulation(request: SoakRequest, console: Console): Promise<number> {
  return new Simulation(request, console).run();
}

/** See the head of the file. */
class Simulation {
  readonly #request: SoakRequest;
  readonly #startedAt = new Date();
  readonly #keeper: RunKeeper;
  readonly #capture: RunCapture | undefined;
  readonly #world: SoakWorld;
  readonly #view: View;
  #state: ViewState;
  #quit = false;

  constructor(request: SoakRequest, console: Console) {
    this.#request = request;
    const { rig, profile } = request;
    const settings = simulatedSettings(rig, request.rigFile);
    for (const { kind } of profile.faults ?? []) {
      if (!PORT_FAULTS.has(kind)) continue;
      throw new UsageError(
        `${profile.name}: faults: do: ${kind}: expected a port that has it: a simulated line carries bytes and nothing else`,
      );
    }
    const ends = [
      { name: NAMES.near, port: 'simulated', settings: settings[0] },
      { name: NAMES.far, port: 'simulated', settings: settings[1] },
    ];
    this.#keeper = new RunKeeper(request, console, {
      startedAt: this.#startedAt.toISOString(),
      sampleEvery: sampleInterval(profile.duration) / SECOND,
      ends,
      simulated: true,
    });
    this.#capture = this.#openCapture();
    this.#world = new SoakWorld({
      plan: planOf(profile, request.seed, NAMES),
      settings,
      directions: lineDirections(rig),
      hosts: hostsOf(rig),
      faults: profile.faults,
      random: new Random(request.seed),
      onEntry: (entry) => this.#show(entry),
      onlookers: this.#capture && [this.#capture.recorder(0), this.#capture.recorder(1)],
    });
    const plan = {
      profile: profile.name,
      rig: rig.name,
      seed: request.seed,
      durationSeconds: profile.duration === undefined ? null : profile.duration / SECOND,
      runDirectory: this.#keeper.path,
      ends,
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
      throw this.#keeper.blame(error);
    } finally {
      interrupt.release();
      this.#capture?.close();
      await this.#keeper.close();
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
    this.#keeper.keep(item);
    this.#state = fold(this.#state, item);
    this.#view.update(this.#state, item);
  }

  #conclude(signal: NodeJS.Signals | undefined): number {
    const outcome = this.#world.near.end.settledOutcome;
    if (outcome === undefined) throw new InvariantError('the near end ended without an outcome');
    const result = this.#keeper.conclude(outcome, this.#world.far.end.settledOutcome);
    this.#view.close(result);
    return this.#keeper.exitCode(this.#keeper.publish(result), { signal, quit: this.#quit });
  }

  #openCapture(): RunCapture | undefined {
    const { capture } = this.#request;
    if (capture === undefined) return undefined;
    const lines = [NAMES.near, NAMES.far].map((name) => `${name} simulated`);
    return new RunCapture(capture, lines, this.#startedAt.getTime() * 1_000, (text) =>
      this.#keeper.trouble(text),
    );
  }

  /** There is no port to break or switch; a mark is all that virtual time can take. */
  #act(action: LineAction): void {
    const text = action === 'mark' ? undefined : `${action}: not in a simulation`;
    this.#world.near.end.note(this.#world.now, 'mark', { by: 'operator', ...(text ? { text } : {}) });
  }
}
