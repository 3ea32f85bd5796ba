/** One attempt at a call: dial, join a session, carry the traffic, hang up, ask the modem. Repeats nothing; whatever fails, the attempt is told. */
import { PortError } from '../base/failure.ts';
import type { Duration, Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { Attempt, CallThroughput } from '../modem/call-cycle.ts';
import type { AttemptOutcome } from '../modem/call-plan.ts';
import type { Diagnosis, DialerEvent } from '../modem/dialer-event.ts';
import type { CallPort } from '../port/call-port.ts';
import type { Clock } from '../port/clock.ts';
import { LentPort } from '../port/lent-port.ts';
import type { ModemPort } from '../port/modem-port.ts';
import type { Outcome } from '../soak/outcome.ts';
import type { Plan } from '../soak/plan.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import {
  THROUGHPUT_MEASURES,
  type ThroughputMeasure,
  throughputOf,
  throughputPlan,
} from '../soak/throughput-plan.ts';
import { LocalEnd } from './local-end.ts';

const SAMPLE_EVERY_MS = 1_000;

/** What an attempt needs. */
export interface DialCallOptions {
  readonly modem: ModemPort;
  readonly number: string;
  readonly call: number;
  readonly attempt: number;
  readonly plan: Plan;
  /** How long each measure of the throughput lasts, in microseconds; `undefined` takes none. */
  readonly throughput: Duration | undefined;
  readonly random: Random;
  readonly clock: Clock;
  readonly startedAt: Instant;
  /** Whether the rig has questions for the modem after the call. */
  readonly asks: boolean;
  readonly judge: (outcome: Outcome) => Result;
  /** The end that runs `plan` over the call, and `undefined` when it no longer does. */
  readonly onEnd: (end: LocalEnd | undefined, plan: Plan) => void;
  readonly show: (item: Sample | JournalEntry) => void;
}

/** What is left of an attempt. */
export interface DialledCall {
  readonly attempt: Attempt;
  readonly diagnostics: readonly Diagnosis[];
  /** What the traffic came to; `undefined` where there was none. */
  readonly judged: Result | undefined;
  /** How modem or port failed in it; the modem has to be set up again, if it can be. */
  readonly fault: PortError | undefined;
  /** When the carrier went. */
  readonly lostAt: Instant | undefined;
}

/** The latest event of each kind that tells of an attempt. */
type Heard = { readonly [Type in DialerEvent['type']]?: DialerEvent & { type: Type } };

/** See the head of the file. */
export class DialCall {
  readonly #options: DialCallOptions;
  readonly #beganAt: Instant;
  #end: LocalEnd | undefined;
  #isStopped = false;
  #heard: Heard = {};
  #connectedAt: Instant | undefined;
  #firstFrameAt: Instant | undefined;
  #lostAt: Instant | undefined;
  #judged: Result | undefined;
  #throughput: readonly CallThroughput[] | undefined;
  #isMeasuring = false;
  #diagnostics: readonly Diagnosis[] = [];
  #fault: PortError | undefined;

  constructor(options: DialCallOptions) {
    this.#options = options;
    this.#beganAt = options.clock.now();
  }

  /** Which attempt at which call it is. */
  get place(): { readonly call: number; readonly attempt: number } {
    const { call, attempt } = this.#options;
    return { call, attempt };
  }

  /** Gives the call up: a dialling one at once, one that is on in good order, and the second time at once. */
  stop(): void {
    this.#isStopped = true;
    this.#options.modem.abort();
    this.#end?.stop();
  }

  /** To be told everything that the modem's dialer reports. */
  heard(now: Instant, event: DialerEvent): void {
    this.#heard = { ...this.#heard, [event.type]: event };
    if (event.type === 'connected') this.#connectedAt = now;
    if (event.type === 'lost') this.#lostAt = now;
  }

  /** The whole attempt. Faults of modem and port are told with it; throws our own alone. */
  async run(): Promise<DialledCall> {
    try {
      await this.#pass();
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      this.#fault = error;
    }
    return {
      attempt: this.#attempt(),
      diagnostics: this.#diagnostics,
      judged: this.#judged,
      fault: this.#fault,
      lostAt: this.#lostAt,
    };
  }

  async #pass(): Promise<void> {
    const { modem, number, asks } = this.#options;
    const result = await modem.dial(number);
    if (result.is === 'failed') return;
    await this.#carry(result.call);
    const { failed } = this.#heard;
    if (failed) throw new PortError('failed', modem.port.path, `${modem.port.path}: ${failed.text}`);
    await modem.whenReady();
    if (asks) this.#diagnostics = await modem.diagnose();
  }

  /** Carries all that is to be carried, and hangs up. */
  async #carry(port: CallPort): Promise<void> {
    const { plan, judge } = this.#options;
    // What was carried is known before the hang-up, which may fail.
    const outcome = await this.#runOver(new LentPort(port), plan);
    if (outcome !== undefined) this.#judged = judge(outcome);
    await this.#measure(port, plan);
    await port.close();
  }

  /** Takes the measures that the profile asks for, while the call bears them. */
  async #measure(port: CallPort, plan: Plan): Promise<void> {
    const { throughput: duration, judge } = this.#options;
    if (duration === undefined) return;
    const taken: CallThroughput[] = [];
    this.#throughput = taken;
    for (const measure of THROUGHPUT_MEASURES) {
      if (this.#judged?.verdict !== 'pass' || this.#isStopped || !port.isOpen) return;
      const own = throughputPlan(plan, measure, duration);
      this.#isMeasuring = true;
      const outcome = await this.#runOver(new LentPort(port, this.#paceOf(measure)), own);
      if (outcome !== undefined && port.isOpen && !this.#isStopped)
        taken.push(...throughputOf(own, measure, judge(outcome)));
    }
    this.#isMeasuring = false;
  }

  /** What modems compress goes as fast as the port can: at the line's rate it could not show. */
  #paceOf({ payload }: ThroughputMeasure): LineSettings | undefined {
    const { compression = 'NONE' } = this.#heard.connected?.report ?? {};
    return payload === 'zeros' && compression !== 'NONE' ? this.#options.modem.port.settings : undefined;
  }

  /** Runs `plan` over the call until its end or the carrier's; the call stays on. */
  async #runOver(port: LentPort, plan: Plan): Promise<Outcome | undefined> {
    const { show, onEnd } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    try {
      const end = await new Promise<LocalEnd>((resolve, reject) => {
        const near = this.#newEnd(port, plan, resolve, reject);
        this.#end = near;
        onEnd(near, plan);
        near.start();
        timer = setInterval(() => show(near.sample()), SAMPLE_EVERY_MS);
        if (this.#isStopped) near.stop();
      });
      await end.close();
      return end.engine.outcome;
    } finally {
      clearInterval(timer);
      this.#end = undefined;
      onEnd(undefined, plan);
    }
  }

  #newEnd(
    port: LentPort,
    plan: Plan,
    over: (end: LocalEnd) => void,
    failed: (error: unknown) => void,
  ): LocalEnd {
    const { clock, random, startedAt, show } = this.#options;
    const near: LocalEnd = new LocalEnd(
      { name: 'near', role: 'join', port, clock, random: random.fork(plan.profile), plan, startedAt },
      {
        onEntry: (entry) => {
          if (entry.event === 'firstFrame') this.#firstFrameAt ??= clock.now();
          show(entry);
          if (entry.event === 'finished') over(near);
        },
        onLost: () => over(near),
        onFailure: failed,
      },
    );
    return near;
  }

  #attempt(): Attempt {
    const { call, attempt, clock } = this.#options;
    const { connected, callFailed, hungUp, failed, lost } = this.#heard;
    const timings = connected?.timings ?? callFailed?.timings;
    const { lineRate } = connected?.report ?? {};
    const hangUpBy = hungUp?.by ?? (failed?.step === 'hangUp' ? 'failed' : undefined);
    const firstFrame = lengthOf(this.#connectedAt, this.#firstFrameAt);
    return {
      call,
      attempt,
      ...this.#outcome(),
      retry: callFailed?.retry ?? 'now',
      dialled: timings?.total ?? clock.now() - this.#beganAt,
      ...(timings?.ringing === undefined ? {} : { ringing: timings.ringing }),
      ...(firstFrame === undefined ? {} : { firstFrame }),
      ...(hungUp === undefined ? {} : { hangUp: hungUp.took }),
      ...(hangUpBy === undefined ? {} : { hangUpBy }),
      ...(lineRate === undefined ? {} : { lineRate }),
      ...(connected === undefined ? {} : { report: connected.report }),
      ...(this.#throughput === undefined ? {} : { throughput: this.#throughput }),
      ...(lost === undefined ? {} : { carrierLost: { sign: lost.sign, after: lost.lasted } }),
    };
  }

  /** What came of it; what happened first and would have ended it alone comes first. */
  #outcome(): { readonly outcome: AttemptOutcome; readonly text: string } {
    const { connected, callFailed, lost, hungUp } = this.#heard;
    const fault = this.#fault?.message;
    const told = (text: string): string => [text, fault ?? ''].filter((each) => each !== '').join('; ');
    if (connected === undefined) {
      if (callFailed !== undefined) return { outcome: callFailed.failure, text: told(callFailed.text) };
      return { outcome: this.#isStopped ? 'aborted' : 'modemFailed', text: told('no result') };
    }
    const verdict = this.#judged?.verdict;
    const why = this.#judged?.reasons.join('; ') ?? '';
    const isCut = verdict !== 'pass' || this.#isMeasuring;
    if (lost !== undefined && isCut) return { outcome: 'lost', text: told(lost.text) };
    if (verdict === 'incomplete' && this.#isStopped) return { outcome: 'aborted', text: told(why) };
    if (verdict === undefined || (verdict !== 'pass' && this.#fault?.fault === 'lost')) {
      return { outcome: 'modemFailed', text: told('') };
    }
    if (verdict !== 'pass') return { outcome: 'trafficFailed', text: told(why) };
    // With the carrier gone or the modem on hook, what failed then belongs to no call.
    if (hungUp !== undefined || lost !== undefined) return { outcome: 'passed', text: '' };
    return { outcome: 'hangUpFailed', text: told('') };
  }
}

function lengthOf(from: Instant | undefined, until: Instant | undefined): number | undefined {
  return from === undefined || until === undefined ? undefined : until - from;
}
