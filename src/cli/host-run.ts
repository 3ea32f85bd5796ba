/** Serves one port as the far end, run after run, and keeps what each run left. Parses no flags. */

import { PortError, UsageError } from '../base/failure.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import type { OpenPort } from '../port/open-port.ts';
import { plannedDiskUse } from '../report/disk-use.ts';
import { RunDirectory } from '../report/run-directory.ts';
import { planEnd } from '../rig/end-settings.ts';
import { type ModemEnd, openModemEnd } from '../rig/modem-end.ts';
import { openRig } from '../rig/open-rig.ts';
import type { RigFile } from '../rig/rig-file.ts';
import { buildResult } from '../soak/build-result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { settingsText } from '../view/figure-pane.ts';
import type { ViewWish } from './choose-view.ts';
import type { Console } from './console.ts';
import { diskUseText } from './disk-use-text.ts';
import { EXIT } from './exit-code.ts';
import { type Forms, handOut } from './hand-out.ts';
import { type HostView, openHostView } from './host-view.ts';
import { onInterrupt } from './interrupt.ts';
import { LineControls } from './line-controls.ts';
import { LocalEnd } from './local-end.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { type CaptureRequest, RunCapture } from './run-capture.ts';
import { seedFromFlags } from './run-flags.ts';
import { setUpAgain } from './set-up-again.ts';
import { sleep } from './sleep.ts';

/** How often the end is sampled while a run is on. */
const SAMPLE_EVERY_MS = 1_000;

/** So many samples with noise and nobody there are told to the operator. */
const NOISY_SAMPLES = 5;

/** What is to be served. */
export interface HostRequest extends ViewWish, Forms {
  readonly rigFile: string;
  /** The end served here stands as `near`. */
  readonly rig: RigFile;
  readonly runs: string;
  readonly seed: string | undefined;
  readonly once: boolean;
  /** How long an unplugged port is waited for. */
  readonly patience: Duration;
  readonly capture: CaptureRequest | undefined;
}

/** Serves until interrupted, until the port is lost, or with `once` for one run. Resolves to the exit code. */
export async function runHost(request: HostRequest, console: Console): Promise<number> {
  const seed = new Random(seedFromFlags(request));
  const around = rigSurroundings(request.rigFile);
  const plan = await planEnd(request.rig, request.rig.ends.near, around);
  if (plan.kind === 'modem' && plan.modem.number === undefined) {
    if (request.capture !== undefined) {
      throw new UsageError('--capture: calls are not captured; dplink soak captures one call');
    }
    return await answerCalls(request, console, await openModemEnd(plan, monotonicClock), seed);
  }
  const rig = await openRig(request.rig, around, {
    random: seed.fork('line'),
    clock: monotonicClock,
    patience: request.patience,
  });
  let desk: Desk | undefined;
  try {
    const port = rig.near;
    if (port === undefined)
      throw new UsageError(`${request.rigFile}: expected an end on this machine to host`);
    // Before the screen belongs to a dashboard.
    for (const warning of rig.warnings) console.stderr.write(`dplink: ${warning}\n`);
    desk = new Desk(request, port, console);
    return await new Host(request, console, desk, port, seed).serve();
  } finally {
    desk?.view.close();
    await rig.close();
  }
}

/** Where the operator sits: what is shown, and what the keys do to the end that is served now. */
class Desk {
  readonly view: HostView;
  controls: LineControls | undefined;
  /** Runs that came as far as a plan, whatever the line. */
  served = 0;

  constructor(request: HostRequest, port: Pick<OpenPort, 'path' | 'settings'>, console: Console) {
    const line = { rig: request.rig.name, port: port.path, settings: port.settings };
    this.view = openHostView(request, line, console, {
      // On a raw terminal Ctrl-C is a key like q: both are what the signal is elsewhere.
      onQuit: () => process.emit('SIGINT', 'SIGINT'),
      onLine: (action) => void this.controls?.act(action),
    });
  }
}

/** A modem must be on hook for a moment before it may be called again, in milliseconds. */
const ON_HOOK_MS = 500;

/** How long the caller is given to hang up when its run was the last one, in milliseconds. */
const CALLER_HANGS_UP_MS = 10_000;

/** Answers call after call, and serves each as a line that is there until the carrier goes; with `once`, one that a run came over. */
async function answerCalls(
  request: HostRequest,
  console: Console,
  { modem, warnings }: ModemEnd,
  seed: Random,
): Promise<number> {
  const stopping = new AbortController();
  const interrupt = onInterrupt(() => {
    stopping.abort();
    modem.abort();
  });
  let desk: Desk | undefined;
  try {
    for (const warning of warnings) console.stderr.write(`dplink: ${modem.port.path}: ${warning}\n`);
    desk = new Desk(request, modem.port, console);
    for (let call = 1; !stopping.signal.aborted; ) {
      try {
        desk.view.say(`waiting for a call on ${modem.port.path}`);
        const result = await modem.answer();
        if (result.is === 'failed') {
          if (!stopping.signal.aborted) desk.view.say(`a call was not answered: ${result.event.text}`);
          await sleep(ON_HOOK_MS, stopping.signal);
          continue;
        }
        desk.view.say(`call ${call} answered: ${result.event.report.text}`);
        const host = new Host(request, console, desk, result.call, seed.fork(`call ${call}`), true);
        const code = await host.serve();
        await modem.whenReady();
        if (host.served === 0) desk.view.say(`nothing was run over call ${call}`);
        desk.view.say(`call ${call} ended`);
        call++;
        if (request.once && host.served > 0) return code;
      } catch (error) {
        if (!(error instanceof PortError) || (request.once && desk.served > 0)) throw error;
        desk.view.complain(error.message);
        await setUpAgain(modem, stopping.signal);
      }
    }
    return interrupt.signal() === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  } finally {
    desk?.view.close();
    interrupt.release();
    await modem.close();
  }
}

/** See the head of the file. */
class Host {
  readonly #request: HostRequest;
  readonly #console: Console;
  readonly #desk: Desk;
  readonly #view: HostView;
  readonly #end: LocalEnd;
  readonly #capture: RunCapture | undefined;
  #served = 0;
  #noisySamples = 0;
  #startedAt = '';
  /** Kept while a run is on. */
  #directory: RunDirectory | undefined;
  readonly #closing: Promise<void>[] = [];
  /** Whether the line is a call: its end is no fault. */
  readonly #isCall: boolean;
  #exitCode: number | undefined;
  #failure: unknown;
  #over: () => void = () => {};
  #leaving: NodeJS.Timeout | undefined;

  constructor(
    request: HostRequest,
    console: Console,
    desk: Desk,
    port: OpenPort,
    seed: Random,
    isCall = false,
  ) {
    this.#desk = desk;
    this.#view = desk.view;
    this.#isCall = isCall;
    this.#request = request;
    this.#console = console;
    const { capture } = request;
    const origin = Date.now() * 1_000 - monotonicClock.now();
    this.#capture =
      capture && new RunCapture(capture, [`far ${port.path}`], origin, (text) => this.#view.complain(text));
    const onlooker = this.#capture?.recorder(0);
    this.#end = new LocalEnd(
      {
        name: 'far',
        role: 'host',
        port,
        clock: monotonicClock,
        random: seed.fork('far'),
        onlooker,
        patience: request.patience,
      },
      {
        onEntry: (entry) => this.#entry(entry),
        onLost: (error) => this.#lost(error),
        onFailure: (error) => {
          this.#failure = error;
          this.#over();
        },
      },
    );
    desk.controls = new LineControls(this.#end, monotonicClock);
  }

  /** Runs that came as far as a plan. */
  get served(): number {
    return this.#served;
  }

  async serve(): Promise<number> {
    const interrupt = onInterrupt(() => this.#end.stop());
    try {
      await this.#untilOver();
    } finally {
      // Not before all is on the disk: from here on a signal ends the process.
      interrupt.release();
    }
    if (this.#failure !== undefined) throw this.#failure;
    const signal = interrupt.signal();
    if (signal !== undefined) return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return this.#exitCode ?? EXIT.passed;
  }

  async #untilOver(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    const { path, settings } = this.#end.port;
    const flow = settings.flowcontrol === 'NONE' ? '' : `, flow control ${settings.flowcontrol}`;
    if (!this.#isCall) this.#view.say(`waiting on ${path} (${settingsText(settings)}${flow})`);
    this.#end.start();
    const timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
    await over;
    clearInterval(timer);
    clearTimeout(this.#leaving);
    try {
      await this.#end.close();
    } finally {
      this.#capture?.close();
      await Promise.all(this.#closing);
    }
  }

  #entry(entry: JournalEntry): void {
    if (entry.event === 'planAgreed') this.#runBegan(entry);
    this.#directory?.entry(entry);
    // Once the run has ended, its figures are gone: the last sample is that of the moment when there was nothing more to send.
    if (entry.phase === 'reporting' || entry.phase === 'closing') this.#sample();
    // A caller that hangs up between two runs fails nothing.
    const isParting = this.#isCall && !this.#end.port.isOpen && this.#directory === undefined;
    if (!isParting) this.#view.show(entry);
    if (entry.event === 'finished') this.#runEnded();
  }

  #runBegan(entry: JournalEntry): void {
    clearTimeout(this.#leaving);
    this.#startedAt = new Date().toISOString();
    const { profile, seed, duration, streams } = entry;
    const diskUse = plannedDiskUse({
      seconds: typeof duration === 'number' ? duration / SECOND : null,
      sampleEvery: SAMPLE_EVERY_MS / 1_000,
      ends: 1,
      streams: Number(streams),
    });
    this.#directory = new RunDirectory({
      root: this.#request.runs,
      startedAt: this.#startedAt,
      name: `host-${String(entry.profile)}`,
      run: {
        schema: 'dplink/run/1',
        startedAt: this.#startedAt,
        role: 'host',
        rig: this.#request.rig,
        plan: entry,
        diskUse,
      },
      onTrouble: (text) => this.#view.complain(text),
    });
    const { path } = this.#directory;
    const told = path === undefined ? undefined : diskUseText(path, diskUse);
    if (told !== undefined) this.#view.complain(told);
    this.#view.runBegan({
      profile: String(profile),
      seed: String(seed),
      duration: typeof duration === 'number' ? duration : undefined,
      runDirectory: path ?? null,
      settings: this.#end.port.settings,
    });
  }

  #sample(): void {
    this.#capture?.flush();
    this.#listenForNoise();
    if (this.#directory === undefined) return;
    const sample: Sample = this.#end.sample();
    this.#directory.sample(sample);
    this.#view.show(sample);
  }

  /** Somebody who cannot be understood is told of once: at the other end nobody seems to answer. */
  #listenForNoise(): void {
    const noise = this.#end.engine.heardInstead;
    this.#noisySamples = noise === undefined ? 0 : this.#noisySamples + 1;
    if (noise !== undefined && this.#noisySamples === NOISY_SAMPLES) this.#view.say(noise);
  }

  /** A run that came as far as a plan has a result; an attempt that did not is only an event. */
  #runEnded(): void {
    const { outcome, ended } = this.#end.engine;
    const directory = this.#directory;
    this.#directory = undefined;
    if (directory !== undefined && outcome?.plan !== undefined) {
      this.#served++;
      this.#desk.served++;
      const result = directory.result(
        buildResult(outcome, {
          seed: outcome.plan.seed,
          startedAt: this.#startedAt,
          rig: this.#request.rig,
          // A plan calls `profile` what a profile calls its name.
          profile: { ...outcome.plan, name: outcome.plan.profile },
          limits: outcome.plan.limits,
        }),
      );
      const suite = `${outcome.plan.profile} on ${this.#request.rig.name}, host`;
      const last = handOut(result, this.#forms, directory, suite, this.#console);
      this.#closing.push(directory.close());
      const kept = last.shortfall === undefined ? EXIT.passed : EXIT.usage;
      this.#exitCode ??= last.verdict === 'pass' ? kept : EXIT.failed;
      this.#view.runEnded(last, directory.path);
      this.#view.say(`run ${this.#desk.served} ended, ${last.verdict}`);
      if (this.#request.once) this.#lastRunEnded();
    }
    if (ended) this.#over();
  }

  /** A call may bring further runs, which measure what it carries: the first is the one that was asked for. */
  get #forms(): Forms {
    return this.#served > 1 ? { json: false, junit: undefined, html: undefined } : this.#request;
  }

  /** A caller hangs up by itself: done from here, the end of its run might not reach it. */
  #lastRunEnded(): void {
    if (this.#isCall) this.#leaving = setTimeout(() => this.#over(), CALLER_HANGS_UP_MS);
    else this.#over();
  }

  #lost(error: PortError): void {
    if (this.#isCall) {
      this.#over();
      return;
    }
    this.#view.complain(error.message);
    this.#exitCode = EXIT.port;
    this.#over();
  }
}
