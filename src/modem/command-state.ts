/** Brings a modem to where it waits for commands, on hook: by asking, by DTR, by the escape. Sets nothing up. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { Activity, CallLines } from './activity.ts';
import { type DialerOptions, guardSilence, type HangUpMethod } from './dialer-options.ts';
import type { ResultCode } from './result-code.ts';

/** How it went. */
export interface CommandStateResult {
  readonly isReached: boolean;
  /** What was done last before the modem answered; `undefined` when asking was enough. */
  readonly by: HangUpMethod | 'farEnd' | undefined;
  /** Lines that came and were no result, the last one; `undefined` when none came. */
  readonly stray: string | undefined;
  /** Whether our commands came back, and nothing else. */
  readonly isEcho: boolean;
}

type Step = { readonly do: 'ask'; readonly command: string } | { readonly do: HangUpMethod };

/** DTR is off at least so long, also where the carrier fell at once: S25 of modems that were told otherwise. */
const DTR_OFF_MIN: Duration = 300 * MILLISECOND;
/** After DTR came back on, modems may reset. */
const DTR_REST: Duration = 500 * MILLISECOND;
/** A modem answers AT at once. */
const ASK_WAIT: Duration = 1_500 * MILLISECOND;
/** Hanging up may take a disconnecting exchange with the far end. */
const HANG_UP_WAIT: Duration = 10 * SECOND;
/** After DTR the modem is on hook already, or takes ATH for data. */
const CHECK_WAIT: Duration = 3 * SECOND;
/** The far end is waited for so long to fall silent: some modems heed no escape before, and others' answer would be hidden. */
const SILENCE_WAIT: Duration = 10 * SECOND;
/** How long an answer to the escape may take behind its guard time. */
const ESCAPE_WAIT: Duration = 1_500 * MILLISECOND;

const AT = { do: 'ask', command: 'AT' } as const;
/** Wakes up a modem that was told to be quiet or to answer in numbers. */
const AT_PLAIN = { do: 'ask', command: 'ATQ0V1E0' } as const;
const ATH = { do: 'ask', command: 'ATH' } as const;

/** The steps to a modem of which nothing is known: asked first, and only then taken out of a call. */
export function synchroniseSteps(methods: readonly HangUpMethod[]): readonly Step[] {
  return [AT, AT_PLAIN, AT_PLAIN, ...methods.flatMap((method) => [{ do: method }, ATH, AT_PLAIN])];
}

/** The steps out of a call. */
export function hangUpSteps(methods: readonly HangUpMethod[]): readonly Step[] {
  // What the far end still sends may hide the answer to an escape: it is made again.
  const attempt: Step[] = [{ do: 'escape' }, ATH, ATH];
  const ways = { dtr: [{ do: 'dtr' }, ATH], escape: [...attempt, ...attempt, ...attempt] } as const;
  return methods.flatMap((method): readonly Step[] => ways[method]);
}

/** Goes through its steps until the modem answers a question with OK and shows no carrier. */
export class CommandState implements Activity<CommandStateResult> {
  result: CommandStateResult | undefined;
  dtr: boolean | undefined;
  readonly #steps: readonly Step[];
  readonly #options: DialerOptions;
  #at = 0;
  /** `rest` before a step, `due` to be sent, `waiting` for its effect. */
  #phase: 'rest' | 'due' | 'waiting' = 'rest';
  #deadline: Instant;
  #since: Instant;
  #restedSince: Instant;
  #lines: CallLines | undefined;
  /** Whether DCD is known to follow the carrier; else it is no proof of anything. */
  readonly #followsCarrier: boolean;
  #by: CommandStateResult['by'];
  #hasActed = false;
  #stray: string | undefined;
  #isEcho = false;

  /** Waits `rest` before the first step. */
  constructor(
    now: Instant,
    rest: Duration,
    steps: readonly Step[],
    options: DialerOptions,
    lines: CallLines | undefined,
    followsCarrier: boolean,
  ) {
    this.#steps = steps;
    this.#options = options;
    this.#lines = lines;
    this.#followsCarrier = followsCarrier;
    this.#since = now;
    this.#restedSince = now;
    this.#deadline = now;
    if (steps.length === 0) this.#end(false);
    else this.#rest(now, rest);
  }

  get deadline(): Instant | undefined {
    return this.#phase === 'due' || this.result ? undefined : this.#deadline;
  }

  lines(now: Instant, lines: CallLines): void {
    this.#lines = lines;
    const isWaiting = this.#step.do === 'dtr' && this.#phase === 'waiting';
    if (isWaiting && this.#followsCarrier && !lines.dcd) this.#fallen();
    if (now >= this.#deadline) this.expire(now);
  }

  received(now: Instant): void {
    if (this.result || this.#phase !== 'rest' || this.#step.do !== 'escape') return;
    const silentAt = Math.min(now + guardSilence(this.#options), this.#restedSince + SILENCE_WAIT);
    this.#deadline = Math.max(this.#deadline, silentAt);
  }

  heard(now: Instant, code: ResultCode): void {
    if (code.kind === 'echo') this.#isEcho = true;
    if (code.kind === 'text') this.#stray = code.text;
    if (code.kind === 'noCarrier' && !this.#hasActed) this.#by = 'farEnd';
    if (this.#phase !== 'waiting') return;
    const isOver = code.kind === 'ok' || code.kind === 'noCarrier';
    const step = this.#step;
    if (step.do === 'dtr' && isOver) this.#fallen();
    if (step.do === 'escape' && isOver) this.#next(now, this.#pause);
    if (step.do !== 'ask') return;
    // NO CARRIER after ATH is as good as OK; after AT it is a leftover.
    if (code.kind === 'ok' || (isOver && step.command === 'ATH')) this.#answered(now);
    else if (code.kind === 'error') this.#next(now, this.#pause);
  }

  expire(now: Instant): void {
    if (now < this.#deadline || this.result) return;
    if (this.#phase === 'rest') this.#begin(now);
    else if (this.#phase === 'waiting') {
      if (this.#step.do === 'dtr') this.#raiseDtr(now);
      else this.#next(now, this.#pause);
    }
  }

  poll(now: Instant): string | undefined {
    if (this.#phase !== 'due' || this.result) return undefined;
    const step = this.#step;
    this.#phase = 'waiting';
    this.#hasActed = true;
    if (step.do === 'ask') {
      const patience = this.#by === 'dtr' ? CHECK_WAIT : HANG_UP_WAIT;
      this.#deadline = now + (step.command === 'ATH' ? patience : ASK_WAIT);
      return `${step.command}\r`;
    }
    this.#by = 'escape';
    this.#deadline = now + guardSilence(this.#options) + ESCAPE_WAIT;
    return '+++';
  }

  get #step(): Step {
    return this.#steps[this.#at]!;
  }

  get #pause(): Duration {
    return this.#options.commandPause * MILLISECOND;
  }

  #begin(now: Instant): void {
    this.#since = now;
    // The call ended while the guard time ran: it only remains to ask.
    if (this.#by === 'farEnd' && this.#at === 0 && this.#step.do !== 'ask') this.#next(now, 0);
    else if (this.#step.do === 'dtr') this.#dropDtr(now);
    else this.#phase = 'due';
  }

  #dropDtr(now: Instant): void {
    this.#phase = 'waiting';
    this.#hasActed = true;
    this.#by = 'dtr';
    this.dtr = false;
    this.#deadline = now + Math.max(DTR_OFF_MIN, this.#options.dtrOff * MILLISECOND);
  }

  #raiseDtr(now: Instant): void {
    this.dtr = true;
    // The carrier stays whatever DTR does: the modem would take a question for data.
    const isVain = this.#followsCarrier && this.#lines?.dcd === true;
    while (isVain && this.#steps[this.#at + 1]?.do === 'ask') this.#at++;
    this.#next(now, DTR_REST);
  }

  /** DTR has done its work: it need not be off for all of its time. */
  #fallen(): void {
    this.#deadline = Math.min(this.#deadline, this.#since + DTR_OFF_MIN);
  }

  #rest(now: Instant, least: Duration): void {
    this.#phase = 'rest';
    this.#restedSince = now;
    const silence = this.#step.do === 'escape' ? guardSilence(this.#options) : 0;
    this.#deadline = now + Math.max(least, silence);
  }

  #answered(now: Instant): void {
    if (this.#followsCarrier && this.#lines?.dcd) this.#next(now, this.#pause);
    else this.#end(true);
  }

  #next(now: Instant, rest: Duration): void {
    this.#at++;
    if (this.#at === this.#steps.length) this.#end(false);
    else this.#rest(now, rest);
  }

  #end(isReached: boolean): void {
    if (this.dtr === false) this.dtr = true;
    this.result = { isReached, by: this.#by, stray: this.#stray, isEcho: this.#isEcho };
  }
}
