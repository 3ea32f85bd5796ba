/** A series of calls from an open modem to the exit code. Parses no flags; what one call is stands in dial-call.ts. */

import { PortError, UsageError } from '../base/failure.ts';
import { SECOND } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { CallCycle } from '../modem/call-cycle.ts';
import type { CallPlan } from '../modem/call-plan.ts';
import { DEFAULT_DIALER_OPTIONS } from '../modem/dialer-options.ts';
import type { EscapeAdvice, EscapeFinding } from '../modem/escape-safety.ts';
import { monotonicClock } from '../port/clock.ts';
import { planEnd } from '../rig/end-settings.ts';
import { type ModemEnd, openModemEnd } from '../rig/modem-end.ts';
import { buildResult } from '../soak/build-result.ts';
import type { Outcome } from '../soak/outcome.ts';
import { planOf } from '../soak/plan.ts';
import type { AttemptResult, Result, Verdict } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { jsonLine } from '../view/json-stream.ts';
import type { Console } from './console.ts';
import { DialCall, type DialledCall } from './dial-call.ts';
import { probeEscape } from './escape-probe.ts';
import { onInterrupt } from './interrupt.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { RunKeeper } from './run-keeper.ts';
import { sleep } from './sleep.ts';
import type { SoakRequest } from './soak-request.ts';

/** Attempts that a result holds; earlier ones stay in the journal alone. */
const ATTEMPTS_MAX = 10_000;

/** Opens the modem of the rig's near end and makes its calls; resolves to the exit code. Throws UsageError and PortError. */
export async function runDial(request: SoakRequest, calls: CallPlan, console: Console): Promise<number> {
  const plan = await planEnd(request.rig, request.rig.ends.near, rigSurroundings(request.rigFile));
  if (plan.kind !== 'modem' || plan.modem.number === undefined) {
    throw new UsageError(
      `${request.rigFile}: expected a modem with a number to dial at this end: modem.number, or --phonenumber`,
    );
  }
  const end = await openModemEnd(plan, monotonicClock);
  try {
    const { number, dialer } = plan.modem;
    return await new DialRun(request, calls, console, end, { number, dialer }).run();
  } finally {
    await end.modem.close();
  }
}

/** See the head of the file. */
class DialRun {
  readonly #request: SoakRequest;
  readonly #calls: CallPlan;
  readonly #console: Console;
  readonly #end: ModemEnd;
  readonly #number: string;
  readonly #dialer: Partial<typeof DEFAULT_DIALER_OPTIONS>;
  readonly #keeper: RunKeeper;
  readonly #cycle: CallCycle;
  readonly #seed: Random;
  readonly #startedAt = new Date().toISOString();
  readonly #beganAt = monotonicClock.now();
  readonly #attempts: AttemptResult[] = [];
  readonly #stopping = new AbortController();
  #now: DialCall | undefined;
  #last: Result | undefined;
  #portLost: PortError | undefined;
  #escape: { findings: readonly EscapeFinding[]; advice: EscapeAdvice } | undefined;

  constructor(
    request: SoakRequest,
    calls: CallPlan,
    console: Console,
    end: ModemEnd,
    { number, dialer }: { number: string; dialer: Partial<typeof DEFAULT_DIALER_OPTIONS> },
  ) {
    this.#request = request;
    this.#calls = calls;
    this.#console = console;
    this.#end = end;
    this.#number = number;
    this.#dialer = dialer;
    this.#cycle = new CallCycle(calls);
    this.#seed = new Random(request.seed);
    const { path, settings } = end.modem.port;
    this.#keeper = new RunKeeper(request, console, {
      startedAt: this.#startedAt,
      sampleEvery: 1,
      ends: [{ name: 'near', port: path, settings }],
      simulated: false,
    });
  }

  async run(): Promise<number> {
    const interrupt = onInterrupt(() => {
      this.#cycle.stop('stopped by the operator');
      this.#stopping.abort();
      this.#now?.stop();
    });
    try {
      for (const warning of this.#end.warnings) this.#keeper.complain(warning);
      await this.#callAll();
      if (this.#calls.escape && !this.#stopping.signal.aborted && !this.#portLost) await this.#probe();
      const published = this.#keeper.publish(this.#keeper.concludeWith(this.#result()));
      const signal = interrupt.signal();
      return this.#keeper.exitCode(published, { signal, quit: false, portLost: this.#portLost });
    } catch (error) {
      throw error instanceof PortError ? error : this.#keeper.blame(error);
    } finally {
      interrupt.release();
      await this.#keeper.close();
    }
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
      try {
        await this.#callOnce(step.call, step.attempt);
      } catch (error) {
        if (!(error instanceof PortError)) throw error;
        this.#portLost = error;
        this.#keeper.complain(error.message);
        this.#cycle.stop(error.message);
      }
    }
  }

  async #callOnce(call: number, attempt: number): Promise<void> {
    const { profile, seed } = this.#request;
    this.#entry({ event: 'callBegan', call, attempt, number: this.#number });
    let judged: Result | undefined;
    this.#now = new DialCall({
      modem: this.#end.modem,
      number: this.#number,
      call,
      attempt,
      plan: planOf(profile, seed, { near: 'near', far: 'far' }),
      random: this.#seed.fork(`call ${call}.${attempt}`),
      clock: monotonicClock,
      startedAt: this.#beganAt,
      asks: (this.#dialer.diagnostics ?? []).length > 0,
      judge: (outcome) => {
        judged = this.#judge(outcome);
        return { pass: judged.verdict === 'pass', text: judged.reasons.join('; ') };
      },
      show: (item) => this.#show(item),
    });
    const done = await this.#now.run();
    this.#now = undefined;
    if (judged !== undefined && done.attempt.outcome !== 'aborted') this.#last = judged;
    this.#ended(done, judged);
  }

  #ended(done: DialledCall, judged: Result | undefined): void {
    const retried = this.#cycle.ended(monotonicClock.now(), done.attempt);
    const streams = judged?.streams ?? [];
    const { diagnostics, attempt } = done;
    this.#attempts.push({ ...attempt, retried, streams, diagnostics });
    if (this.#attempts.length > ATTEMPTS_MAX) this.#attempts.shift();
    this.#entry({ event: 'callEnded', ...attempt, retried, diagnostics });
    this.#say(lineOf(attempt, this.#calls.count, retried));
  }

  #judge(outcome: Outcome): Result {
    const { seed, rig, profile } = this.#request;
    return buildResult(outcome, { seed, startedAt: this.#startedAt, rig, profile, limits: profile.limits });
  }

  async #probe(): Promise<void> {
    const { escape: escaping, guardTime } = { ...DEFAULT_DIALER_OPTIONS, ...this.#dialer };
    const probed = await probeEscape(this.#end.modem, this.#number, escaping, guardTime);
    if ('failed' in probed) {
      this.#keeper.complain(`the call for +++ failed: ${probed.failed}`);
      return;
    }
    this.#escape = probed;
    this.#entry({ event: 'escapeProbed', ...probed });
    const set = probed.advice.settings.join(', ');
    this.#say(`+++ in the data: ${probed.advice.text}${set === '' ? '' : `; set ${set}`}`);
  }

  #result(): Result {
    const { seed, rig, profile } = this.#request;
    const { count, pass } = this.#calls;
    const { passed, statistics } = this.#cycle;
    const over = this.#cycle.next(Number.MAX_SAFE_INTEGER);
    const stopped = over.is === 'over' ? over.reason : undefined;
    const isShort = this.#stopping.signal.aborted;
    const verdict: Verdict = isShort ? 'incomplete' : this.#cycle.pass ? 'pass' : 'fail';
    const reasons = [
      ...(stopped === undefined ? [] : [stopped]),
      ...(verdict === 'pass' ? [] : [`${passed} of ${count} calls passed, ${pass} are needed`]),
    ];
    return {
      schema: 'dplink/result/1',
      verdict,
      reasons: verdict === 'pass' ? [] : reasons,
      seed,
      startedAt: this.#startedAt,
      durationSeconds: (monotonicClock.now() - this.#beganAt) / SECOND,
      rig,
      profile,
      ...(stopped !== undefined && verdict === 'pass' ? { warnings: [stopped] } : {}),
      ends: this.#last?.ends ?? [],
      ...(this.#last?.directions === undefined ? {} : { directions: this.#last.directions }),
      streams: this.#last?.streams ?? [],
      limits: [],
      calls: {
        wanted: count,
        passed,
        needed: pass,
        statistics,
        attempts: this.#attempts,
        ...(this.#escape === undefined ? {} : { escape: this.#escape }),
      },
    };
  }

  #entry(what: { readonly event: string; readonly [detail: string]: unknown }): void {
    this.#show({ at: (monotonicClock.now() - this.#beganAt) / SECOND, end: 'near', ...what });
  }

  #show(item: Sample | JournalEntry): void {
    this.#keeper.keep(item);
    if (!this.#request.jsonStream) return;
    const kind = 'event' in item ? 'event' : 'sample';
    this.#console.stdout.write(`${jsonLine(kind, item)}\n`);
  }

  /** A line for people. */
  #say(text: string): void {
    const { json, jsonStream } = this.#request;
    const output = json || jsonStream ? this.#console.stderr : this.#console.stdout;
    output.write(`dplink dial: ${text}\n`);
  }
}

/** A line per attempt. */
function lineOf(attempt: DialledCall['attempt'], count: number, retried: boolean): string {
  const { call, outcome, text, dialled, firstFrame, hangUp, lineRate } = attempt;
  const seconds = (time: number | undefined): string =>
    time === undefined ? '-' : `${(time / SECOND).toFixed(1)} s`;
  const stages = `dialled ${seconds(dialled)}, first bytes ${seconds(firstFrame)}, hang-up ${seconds(hangUp)}`;
  const rate = lineRate === undefined ? '' : `, ${lineRate} bit/s`;
  const why = text === '' ? '' : `: ${text}`;
  return `call ${call} of ${count}: ${outcome}${why} (${stages}${rate})${retried ? ', again' : ''}`;
}
