/** One attempt at a call: dial, join a session, carry the traffic, hang up, ask the modem. Repeats nothing. */
import { PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { Attempt } from '../modem/call-cycle.ts';
import type { Diagnosis } from '../modem/dialer-event.ts';
import type { CallPort } from '../port/call-port.ts';
import type { Clock } from '../port/clock.ts';
import type { CallResult, ModemPort } from '../port/modem-port.ts';
import type { Outcome } from '../soak/outcome.ts';
import type { Plan } from '../soak/plan.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { LocalEnd } from './local-end.ts';

const SAMPLE_EVERY_MS = 1_000;

/** What an attempt needs. */
export interface DialCallOptions {
  readonly modem: ModemPort;
  readonly number: string;
  readonly call: number;
  readonly attempt: number;
  readonly plan: Plan;
  readonly random: Random;
  readonly clock: Clock;
  readonly startedAt: Instant;
  readonly asks: boolean;
  /** Whether what the end left is a pass, and if not, why. */
  readonly judge: (outcome: Outcome) => { readonly pass: boolean; readonly text: string };
  readonly show: (item: Sample | JournalEntry) => void;
}

/** What is left of an attempt. */
export interface DialledCall {
  readonly attempt: Attempt;
  readonly diagnostics: readonly Diagnosis[];
  /** What the traffic came to; `undefined` where there was no call. */
  readonly outcome: Outcome | undefined;
}

/** See the head of the file. */
export class DialCall {
  readonly #options: DialCallOptions;
  #end: LocalEnd | undefined;
  #isStopped = false;

  constructor(options: DialCallOptions) {
    this.#options = options;
  }

  /** Gives the call up: a dialling one at once, one that is on in good order, and the second time at once. */
  stop(): void {
    this.#isStopped = true;
    this.#options.modem.abort();
    this.#end?.stop();
  }

  /** The whole attempt. Throws {@link PortError} where the port or the modem fails. */
  async run(): Promise<DialledCall> {
    const { modem, number } = this.#options;
    const result = await modem.dial(number);
    if (result.is === 'failed') return this.#failed(result.event);
    return await this.#online(result.call, result.event);
  }

  #failed(event: (CallResult & { is: 'failed' })['event']): DialledCall {
    const { call, attempt } = this.#options;
    const { failure, text, retry, timings } = event;
    const { ringing, total } = timings;
    return {
      attempt: {
        call,
        attempt,
        outcome: failure,
        text,
        retry,
        dialled: total,
        ...(ringing === undefined ? {} : { ringing }),
      },
      diagnostics: [],
      outcome: undefined,
    };
  }

  async #online(port: CallPort, event: (CallResult & { is: 'connected' })['event']): Promise<DialledCall> {
    const { modem, call, attempt, clock, judge, asks } = this.#options;
    const connectedAt = clock.now();
    const carried = await this.#carry(port, connectedAt);
    await modem.whenReady();
    const diagnostics = asks ? await modem.diagnose() : [];
    const { outcome, lost, firstFrame, took } = carried;
    const { pass, text } = judge(outcome);
    const came = lost === undefined ? (pass ? 'passed' : 'trafficFailed') : 'lost';
    const { ringing, total } = event.timings;
    const { lineRate } = event.report;
    return {
      attempt: {
        call,
        attempt,
        outcome: this.#isStopped ? 'aborted' : came,
        text: lost?.message ?? text,
        retry: 'now',
        dialled: total,
        ...(ringing === undefined ? {} : { ringing }),
        ...(firstFrame === undefined ? {} : { firstFrame }),
        ...(lost === undefined ? { hangUp: took } : {}),
        ...(lineRate === undefined ? {} : { lineRate }),
      },
      diagnostics,
      outcome,
    };
  }

  /** Runs the traffic over the call until its end or the carrier's. */
  async #carry(
    port: CallPort,
    connectedAt: Instant,
  ): Promise<{
    outcome: Outcome;
    lost: PortError | undefined;
    firstFrame: number | undefined;
    /** How long the hang-up took, in microseconds. */
    took: number;
  }> {
    const { clock, random, plan, startedAt, show } = this.#options;
    let lost: PortError | undefined;
    let firstFrame: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      const end = await new Promise<LocalEnd>((resolve, reject) => {
        const near = new LocalEnd(
          { name: 'near', role: 'join', port, clock, random, plan, startedAt },
          {
            onEntry: (entry) => {
              show(entry);
              if (entry.event === 'finished') resolve(near);
            },
            onLost: (error) => {
              lost = error;
              resolve(near);
            },
            onFailure: reject,
          },
        );
        this.#end = near;
        near.start();
        port.onData(() => {
          firstFrame ??= clock.now() - connectedAt;
        });
        timer = setInterval(() => show(near.sample()), SAMPLE_EVERY_MS);
        if (this.#isStopped) near.stop();
      });
      const hangUpAt = clock.now();
      await end.close();
      const took = clock.now() - hangUpAt;
      const { outcome } = end.engine;
      if (outcome === undefined)
        throw new PortError('lost', port.path, `${port.path}: the call left nothing`);
      return { outcome, lost, firstFrame, took };
    } finally {
      clearInterval(timer);
      this.#end = undefined;
    }
  }
}
