/** A series of calls from the rig to the exit code. Parses no flags; what one call is stands in dial-call.ts, what is shown in dial-view.ts. */

import { InvariantError, PortError, UsageError } from '../base/failure.ts';
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { Random } from '../base/random.ts';
import { type Attempt, CallCycle } from '../modem/call-cycle.ts';
import type { CallPlan } from '../modem/call-plan.ts';
import type { DialerEvent } from '../modem/dialer-event.ts';
import { DEFAULT_DIALER_OPTIONS } from '../modem/dialer-options.ts';
import type { EscapeAdvice, EscapeFinding } from '../modem/escape-safety.ts';
import { monotonicClock } from '../port/clock.ts';
import type { ModemPort } from '../port/modem-port.ts';
import { planEnd } from '../rig/end-settings.ts';
import { type ModemEnd, openModemEnd } from '../rig/modem-end.ts';
import type { ModemPlan } from '../rig/modem-settings.ts';
import { buildResult } from '../soak/build-result.ts';
import type { Outcome } from '../soak/outcome.ts';
import { planOf } from '../soak/plan.ts';
import type { AttemptResult, Result, Verdict } from '../soak/result.ts';
import type { JournalEntry } from '../soak/sample.ts';
import { viewKind } from './choose-view.ts';
import type { Console } from './console.ts';
import { DialCall, type DialledCall } from './dial-call.ts';
import { attemptLine, callText, type SeriesProgress, throughputLines } from './dial-text.ts';
import { type DialView, openDialView } from './dial-view.ts';
import { probeEscape } from './escape-probe.ts';
import { onInterrupt } from './interrupt.ts';
import { LineControls } from './line-controls.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { RunKeeper } from './run-keeper.ts';
import { setUpAgain } from './set-up-again.ts';
import { sleep } from './sleep.ts';
import type { SoakRequest } from './soak-request.ts';

/** Attempts that a result holds; earlier ones stay in the journal alone. */
const ATTEMPTS_MAX = 10_000;

/** The modem that dials. */
interface DiallingEnd {
  readonly path: string;
  readonly settings: LineSettings;
  readonly modem: ModemPlan;
  readonly number: string;
}

/** Makes the calls of the rig's near end; resolves to the exit code. Throws UsageError. A port that fails is told by the result. */
export async function runDial(request: SoakRequest, calls: CallPlan, console: Console): Promise<number> {
  const plan = await planEnd(request.rig, request.rig.ends.near, rigSurroundings(request.rigFile));
  if (plan.kind !== 'modem' || plan.modem.number === undefined) {
    throw new UsageError(
      `${request.rigFile}: expected a modem with a number to dial at this end: modem.number, or --phonenumber`,
    );
  }
  // A dashboard that cannot be drawn is refused before anything is kept.
  if (!request.jsonStream) viewKind(request, console);
  const { path, settings, modem } = plan;
  const end = { path, settings, modem, number: plan.modem.number };
  return await new DialRun(request, calls, console, end).run();
}

/** See the head of the file. */
class DialRun {
  readonly #request: SoakRequest;
  readonly #calls: CallPlan;
  readonly #end: DiallingEnd;
  readonly #keeper: RunKeeper;
  readonly #view: DialView;
  readonly #cycle: CallCycle;
  readonly #seed: Random;
  readonly #startedAt = new Date().toISOString();
  readonly #beganAt = monotonicClock.now();
  readonly #attempts: AttemptResult[] = [];
  readonly #stopping = new AbortController();
  #modem: ModemPort | undefined;
  #now: DialCall | undefined;
  #controls: LineControls | undefined;
  #last: Result | undefined;
  /** When the carrier of the present call went, until it is on again. */
  #awaySince: Instant | undefined;
  /** For how long it was gone, once it is on again. */
  #outage: Duration | undefined;
  #fault: PortError | undefined;
  #quit = false;
  #escape: { findings: readonly EscapeFinding[]; advice: EscapeAdvice } | undefined;

  constructor(request: SoakRequest, calls: CallPlan, console: Console, end: DiallingEnd) {
    this.#request = request;
    this.#calls = calls;
    this.#end = end;
    this.#cycle = new CallCycle(calls);
    this.#seed = new Random(request.seed);
    const { path, settings, number } = end;
    const { profile, rig, seed } = request;
    this.#keeper = new RunKeeper(request, console, {
      startedAt: this.#startedAt,
      sampleEvery: 1,
      ends: [{ name: 'near', port: path, settings }],
      simulated: false,
    });
    const series = {
      profile: profile.name,
      rig: rig.name,
      seed,
      count: calls.count,
      durationSeconds: profile.duration === undefined ? null : profile.duration / SECOND,
      runDirectory: this.#keeper.path,
      ...{ port: path, settings, number },
    };
    this.#view = openDialView(request, series, console, {
      onQuit: () => {
        // On a raw terminal Ctrl-C is a key like q: the operator interrupts either way.
        this.#quit = true;
        this.#stop();
      },
      onLine: (action) => {
        if (this.#controls === undefined) this.#view.say(`${action}: no call is on`);
        else void this.#controls.act(action);
      },
    });
  }

  /** The whole series. */
  async run(): Promise<number> {
    const interrupt = onInterrupt(() => this.#stop());
    try {
      await this.#faultless(async () => {
        await this.#open();
        await this.#callAll();
        if (this.#calls.escape && this.#cycle.isComplete) await this.#probe();
      });
      const result = this.#keeper.concludeWith(this.#result());
      this.#view.close(result);
      const published = this.#keeper.publish(result);
      const cut = { signal: interrupt.signal(), quit: this.#quit, portLost: this.#fault };
      return this.#keeper.exitCode(published, cut);
    } catch (error) {
      this.#view.close();
      throw this.#keeper.blame(error);
    } finally {
      await this.#modem?.close();
      await this.#keeper.close();
      // Not before all is on the disk: from here on a signal ends the process.
      interrupt.release();
    }
  }

  /** Does `what`; a fault of port or modem ends the series, by name. */
  async #faultless(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      this.#fault = error;
      this.#view.complain(error.message);
      this.#cycle.stop(error.message);
    }
  }

  #stop(): void {
    this.#cycle.stop('stopped by the operator');
    this.#stopping.abort();
    this.#now?.stop();
  }

  async #open(): Promise<void> {
    const end: ModemEnd = await openModemEnd(this.#end, monotonicClock, (at, event) =>
      this.#heard(at, event),
    );
    this.#modem = end.modem;
    for (const warning of end.warnings) this.#view.complain(warning);
  }

  async #callAll(): Promise<void> {
    for (;;) {
      const step = this.#cycle.next(monotonicClock.now());
      if (step.is === 'over') return;
      if (step.is === 'wait') {
        const ms = Math.ceil((step.until - monotonicClock.now()) / 1_000);
        await sleep(Math.max(1, ms), this.#stopping.signal);
        continue;
      }
      const { fault } = await this.#callOnce(step.call, step.attempt);
      // Behind the last call nobody needs the modem; that its port is gone counts all the same.
      if (fault !== undefined && !(fault.fault === 'failed' && this.#cycle.isComplete))
        await this.#revive(fault);
    }
  }

  async #callOnce(call: number, attempt: number): Promise<DialledCall> {
    const { profile, seed } = this.#request;
    const { number, modem } = this.#end;
    this.#entry({ event: 'callBegan', call, attempt, number });
    this.#view.began(this.#progress(call, attempt));
    const now = new DialCall({
      modem: this.#opened,
      number,
      call,
      attempt,
      plan: planOf(profile, seed, { near: 'near', far: 'far' }),
      throughput: this.#calls.throughput,
      random: this.#seed.fork(`call ${call}.${attempt}`),
      clock: monotonicClock,
      startedAt: this.#beganAt,
      asks: (modem.dialer.diagnostics ?? []).length > 0,
      judge: (outcome) => this.#judge(outcome),
      onEnd: (end, { profile: name, duration }) => {
        this.#controls = end && new LineControls(end, monotonicClock);
        const durationSeconds = duration === undefined ? null : duration / SECOND;
        if (end !== undefined) this.#view.running({ name, durationSeconds, settings: end.port.settings });
      },
      show: (item) => {
        this.#keeper.keep(item);
        this.#view.show(item);
        if ('event' in item && item.event === 'firstFrame') this.#backAgain();
      },
    });
    this.#now = now;
    const done = await now.run();
    this.#now = undefined;
    // A call that was given up says least of all.
    if (done.judged !== undefined && (done.attempt.outcome !== 'aborted' || this.#last === undefined)) {
      this.#last = done.judged;
    }
    this.#ended(done);
    return done;
  }

  #ended({ attempt, judged, diagnostics, lostAt }: DialledCall): void {
    const outage = this.#outage;
    this.#outage = undefined;
    const told: Attempt = outage === undefined ? attempt : { ...attempt, outage };
    const retried = this.#cycle.ended(monotonicClock.now(), told);
    this.#awaySince = retried ? (lostAt ?? this.#awaySince) : undefined;
    const result: AttemptResult = { ...told, retried, streams: judged?.streams ?? [], diagnostics };
    this.#attempts.push(result);
    if (this.#attempts.length > ATTEMPTS_MAX) this.#attempts.shift();
    this.#entry({ event: 'callEnded', ...result });
    const { count } = this.#calls;
    for (const line of [attemptLine(result, count), ...throughputLines(result, count)]) this.#view.say(line);
  }

  /** A frame came: a session that had lost its carrier is on again. */
  #backAgain(): void {
    if (this.#awaySince === undefined) return;
    this.#outage = monotonicClock.now() - this.#awaySince;
    this.#awaySince = undefined;
    this.#entry({ event: 'outageOver', silentMs: this.#outage / 1_000 });
  }

  /** The modem did not do as told. Throws PortError where it does not come back: the series is over. */
  async #revive(fault: PortError): Promise<void> {
    this.#view.complain(fault.message);
    if (await setUpAgain(this.#opened, this.#stopping.signal)) this.#view.say('the modem is ready again');
  }

  async #probe(): Promise<void> {
    const { number, modem } = this.#end;
    const { escape: escaping, guardTime } = { ...DEFAULT_DIALER_OPTIONS, ...modem.dialer };
    const stopped = new Promise<undefined>((resolve) => {
      this.#stopping.signal.addEventListener('abort', () => resolve(undefined));
    });
    const probing = probeEscape(this.#opened, number, escaping, guardTime);
    // Given up, it ends when the modem is closed.
    probing.catch(() => {});
    const probed = await Promise.race([probing, stopped]);
    if (probed === undefined) return;
    if ('failed' in probed) {
      this.#view.complain(`the call for +++ failed: ${probed.failed}`);
      return;
    }
    this.#escape = probed;
    this.#entry({ event: 'escapeProbed', ...probed });
    this.#view.say(adviceText(probed.advice));
  }

  get #opened(): ModemPort {
    if (this.#modem === undefined) throw new InvariantError('a call is made without a modem');
    return this.#modem;
  }

  #heard(at: Instant, event: DialerEvent): void {
    this.#now?.heard(at, event);
    if (event.type === 'lost') this.#entry({ event: 'carrierLost', sign: event.sign, text: event.text });
    if (event.type !== 'connected' || this.#now === undefined) return;
    const { text } = event.report;
    const { call, attempt } = this.#now.place;
    this.#entry({ event: 'callConnected', call, attempt, report: event.report });
    const after = `${(event.timings.total / SECOND).toFixed(1)} s`;
    this.#view.say(`${callText({ call, attempt, count: this.#calls.count })}: ${text} after ${after}`);
  }

  #progress(call: number, attempt: number): SeriesProgress {
    const { count } = this.#calls;
    const made = call - 1;
    const spent = (monotonicClock.now() - this.#beganAt) / SECOND;
    const secondsLeft = made === 0 ? undefined : (spent / made) * (count - made);
    return { call, attempt, count, outcomes: this.#cycle.statistics.outcomes, secondsLeft };
  }

  #judge(outcome: Outcome): Result {
    const { seed, rig, profile } = this.#request;
    return buildResult(outcome, { seed, startedAt: this.#startedAt, rig, profile, limits: profile.limits });
  }

  /** What is wrong although enough calls passed, in words. */
  get #unsafe(): string | undefined {
    return this.#escape?.advice.safe === 'no' ? adviceText(this.#escape.advice) : undefined;
  }

  /** An operator who stops the series before its last call leaves it incomplete; whatever else ends it is judged. */
  #verdict(): Verdict {
    const { isComplete, pass } = this.#cycle;
    if (this.#stopping.signal.aborted && !isComplete) return 'incomplete';
    return pass && this.#unsafe === undefined ? 'pass' : 'fail';
  }

  #result(): Result {
    const { seed, rig, profile } = this.#request;
    const { count, pass: needed } = this.#calls;
    const { passed, pass, statistics, isComplete } = this.#cycle;
    const over = this.#cycle.next(Number.MAX_SAFE_INTEGER);
    const stopped = isComplete || over.is !== 'over' || over.reason === undefined ? [] : [over.reason];
    const verdict = this.#verdict();
    const unsafe = this.#unsafe === undefined ? [] : [this.#unsafe];
    const short = pass ? [] : [`${passed} of ${count} calls passed, ${needed} are needed`];
    return {
      schema: 'dplink/result/1',
      verdict,
      reasons: verdict === 'pass' ? [] : [...stopped, ...unsafe, ...short],
      seed,
      startedAt: this.#startedAt,
      durationSeconds: (monotonicClock.now() - this.#beganAt) / SECOND,
      rig,
      profile,
      ...(verdict === 'pass' && stopped.length > 0 ? { warnings: stopped } : {}),
      ends: this.#last?.ends ?? [],
      ...(this.#last?.directions === undefined ? {} : { directions: this.#last.directions }),
      streams: this.#last?.streams ?? [],
      limits: [],
      calls: {
        wanted: count,
        passed,
        needed,
        statistics,
        attempts: this.#attempts,
        ...(this.#escape === undefined ? {} : { escape: this.#escape }),
      },
    };
  }

  /** Keeps an entry of the series itself. */
  #entry(what: { readonly event: string; readonly [detail: string]: unknown }): void {
    const entry: JournalEntry = { at: (monotonicClock.now() - this.#beganAt) / SECOND, end: 'near', ...what };
    this.#keeper.keep(entry);
    this.#view.note(entry);
  }
}

/** What was found about `+++`, and what to change. */
function adviceText({ text, settings }: EscapeAdvice): string {
  return `+++ in the data: ${text}${settings.length === 0 ? '' : `; set ${settings.join(', ')}`}`;
}
