/** Our side of the conversation with a modem: sets it up, makes and answers calls, hands on their bytes, ends them. Opens no port. */
import { InvariantError } from '../base/failure.ts';
import { type Duration, earlier, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { Activity, CallLines } from './activity.ts';
import { type AttemptResult, CallAttempt } from './call-attempt.ts';
import { CommandSequence, type SequenceResult } from './command-sequence.ts';
import { CommandState, type CommandStateResult, hangUpSteps, synchroniseSteps } from './command-state.ts';
import { callReport } from './connect-report.ts';
import { DialAbort } from './dial-abort.ts';
import type { DialerEvent, DialerStep, LossSign } from './dialer-event.ts';
import {
  commandWait,
  DEFAULT_DIALER_OPTIONS,
  type DialerOptions,
  type HangUpMethod,
  initCommands,
} from './dialer-options.ts';
import { allows, type DialerCommand, type DialerState, leadsTo } from './dialer-state.ts';
import { ForbiddenNumbers } from './forbidden-numbers.ts';
import { OnlineCall } from './online-call.ts';
import { dialCommand, diallingTime, dialString, NUMBER_EXPECTED } from './phone-number.ts';
import { type ResultCode, readResult } from './result-code.ts';
import { ResultReader } from './result-reader.ts';
import { silenceText } from './silence-text.ts';

/** A modem says NO CARRIER after DCD fell; its words are let pass before it is asked anything. */
const LOSS_REST: Duration = 700 * MILLISECOND;
/** Patience with a question of the post-call diagnostics: a screen of text. */
const DIAGNOSIS_WAIT: Duration = 10 * SECOND;

/** What is being done, by kind. */
type Doing =
  | { readonly is: 'synchronise'; readonly then: 'initialise' | 'ready'; readonly activity: CommandState }
  | { readonly is: 'initialise' | 'diagnose'; readonly activity: CommandSequence }
  | { readonly is: 'call'; readonly activity: CallAttempt }
  | { readonly is: 'abort'; readonly activity: DialAbort }
  | {
      readonly is: 'hangUp';
      readonly activity: CommandState;
      /** The call that is ended; `undefined` for one that should not have come to be. */
      readonly call: OnlineCall | undefined;
      readonly since: Instant;
    };

/**
 * The machine. Commands may be given only in the states that list them (see dialer-state.ts); anything else is our own
 * fault and throws {@link InvariantError}. Bytes from the modem never throw.
 */
export class Dialer implements ByteMachine<DialerEvent> {
  readonly options: DialerOptions;
  readonly #reader = new ResultReader();
  readonly #events: DialerEvent[] = [];
  readonly #forbidden = new ForbiddenNumbers();
  #state: DialerState = 'idle';
  #doing: Doing | undefined;
  #call: OnlineCall | undefined;
  #lines: CallLines | undefined;
  /** DCD was seen to be off. */
  #wasOff = false;
  #dtr = true;
  #isSetUp = false;
  #number = '';
  /** Rings while nobody waited for a call. */
  #strayRings = 0;
  /** Bytes received since the modem was first asked for an answer. */
  #received = 0;

  constructor(options: Partial<DialerOptions> = {}) {
    this.options = { ...DEFAULT_DIALER_OPTIONS, ...options };
  }

  /** See dialer-state.ts. */
  get state(): DialerState {
    return this.#state;
  }

  /** Makes the modem ready: finds it, out of a call if need be, and sends the setting-up commands. Ends in `ready` or `failed`. */
  initialise(now: Instant): void {
    this.#allow('initialise');
    this.#isSetUp = false;
    this.#synchronise(now, 0, 'initialise');
  }

  /**
   * Dials. Ends in `connected` or `callFailed`. A number that the modem has forbidden (BLACKLISTED, DELAYED) is not
   * dialled again before its time. Throws {@link InvariantError} for what is no number: ask `dialString` first.
   */
  dial(now: Instant, number: string): void {
    this.#allow('dial');
    const dialled = dialString(number);
    if (dialled === undefined) throw new InvariantError(`${number}: expected ${NUMBER_EXPECTED}`);
    this.#number = dialled;
    const refusal = this.#forbidden.refusal(now, dialled);
    if (refusal) {
      this.#events.push(refusal, { type: 'ready', skipped: [] });
      return;
    }
    const { dial } = this.options;
    this.#enter('dialling');
    const command = dialCommand(dialled, dial);
    this.#doing = {
      is: 'call',
      activity: new CallAttempt(this.options, command, diallingTime(dialled, dial)),
    };
  }

  /** Waits for a call and answers it. Ends in `connected`, `callFailed` or by `abort`. */
  listen(): void {
    this.#allow('listen');
    this.#enter('listening');
    this.#doing = { is: 'call', activity: new CallAttempt(this.options) };
  }

  /** Gives up dialling, answering or waiting for a call. Ends in `callFailed` and, once the modem answers again, `ready`. */
  abort(now: Instant): void {
    this.#allow('abort');
    if (this.#doing?.is === 'call') this.#doing.activity.abort();
    this.#settle(now);
  }

  /** Ends the call. Ends in `hungUp` and `ready`, or in `failed`. */
  hangUp(now: Instant): void {
    this.#allow('hangUp');
    this.#hangUp(now, this.#call);
  }

  /** Asks the questions of the rig about the call that was. Ends in `diagnosed` and `ready`. */
  diagnose(now: Instant): void {
    this.#allow('diagnose');
    this.#enter('diagnosing');
    const commands = this.options.diagnostics.map((command) => {
      return { command, optional: true, wait: DIAGNOSIS_WAIT };
    });
    const activity = new CommandSequence(now, commands, this.options.commandPause);
    this.#doing = { is: 'diagnose', activity };
    this.#settle(now);
  }

  /**
   * The modem's lines now; `null` where the port has none (then DTR cannot hang up). To be told before the first
   * command, and at every change.
   */
  lines(now: Instant, lines: CallLines | null): void {
    this.#lines = lines ?? undefined;
    if (lines === null) return;
    if (this.#call) this.#call.lines(now, lines);
    else if (!lines.dcd) this.#wasOff = true;
    const activity: Activity<unknown> | undefined = this.#doing?.activity;
    activity?.lines?.(now, lines);
    this.#settle(now);
  }

  receive(now: Instant, bytes: Uint8Array): void {
    this.#received += bytes.length;
    const activity: Activity<unknown> | undefined = this.#doing?.activity;
    if (bytes.length > 0) activity?.received?.(now);
    let at = 0;
    while (at < bytes.length) {
      if (this.#call) {
        const data = this.#call.take(now, at === 0 ? bytes : bytes.subarray(at));
        if (data.length > 0) this.#events.push({ type: 'data', bytes: data });
        return;
      }
      const { line, next } = this.#reader.take(bytes, at);
      at = next;
      if (line !== undefined) this.#heard(now, line);
    }
  }

  /** Silence: what has begun and not ended is no result code, and nothing hangs on it. */
  gap(_now: Instant): void {}

  expire(now: Instant): void {
    this.#doing?.activity.expire(now);
    this.#call?.expire(now);
    this.#settle(now);
  }

  get deadline(): Instant | undefined {
    return earlier(this.#doing?.activity.deadline, this.#call?.deadline);
  }

  poll(now: Instant): Uint8Array | undefined {
    const text = this.#doing?.activity.poll(now);
    if (text === undefined) return undefined;
    this.#events.push({ type: 'command', text: text.trim() === '' ? 'any key' : text.trim() });
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  next(): DialerEvent | undefined {
    return this.#events.shift();
  }

  #allow(command: DialerCommand): void {
    if (allows(this.#state, command)) return;
    throw new InvariantError(`${command} was asked of a dialer that is ${this.#state}`);
  }

  #enter(state: DialerState): void {
    if (!leadsTo(this.#state, state))
      throw new InvariantError(`a dialer went from ${this.#state} to ${state}`);
    this.#state = state;
  }

  #ready(skipped: readonly string[] = []): void {
    this.#enter('ready');
    this.#doing = undefined;
    this.#strayRings = 0;
    this.#events.push({ type: 'ready', skipped });
  }

  #failed(step: DialerStep, text: string): void {
    this.#enter('failed');
    this.#doing = undefined;
    this.#events.push({ type: 'failed', step, text });
  }

  /** What can be done about a call on this port. */
  get #methods(): readonly HangUpMethod[] {
    const can = { dtr: this.#lines !== undefined, escape: this.options.escape !== 'off' };
    return this.options.hangUp.filter((method) => can[method]);
  }

  #synchronise(now: Instant, rest: Duration, then: 'initialise' | 'ready'): void {
    this.#enter('synchronising');
    this.#received = 0;
    const steps = synchroniseSteps(this.#methods);
    const activity = new CommandState(now, rest, steps, this.options, this.#lines, false);
    this.#doing = { is: 'synchronise', then, activity };
  }

  /** `call` is the one that was asked to be ended; one that should not be is ended without a word. */
  #hangUp(now: Instant, call: OnlineCall | undefined): void {
    this.#call = undefined;
    this.#enter('hangingUp');
    const steps = hangUpSteps(this.#methods);
    const follows = call?.followsCarrier ?? false;
    const activity = new CommandState(now, 0, steps, this.options, this.#lines, follows);
    this.#doing = { is: 'hangUp', activity, call, since: now };
    this.#settle(now);
  }

  #heard(now: Instant, line: string): void {
    const { maker, extraResults: extra } = this.options;
    const code = readResult(line, { maker, extra }, this.options.numeric || !this.#isSetUp);
    this.#events.push({ type: 'heard', text: line });
    const doing = this.#doing;
    doing?.activity.heard(now, code);
    if (code.kind === 'ring' && doing?.is !== 'call') {
      this.#strayRings++;
      this.#events.push({ type: 'ring', count: this.#strayRings, callerId: {}, whileDialling: false });
    }
    // Answered by the modem while nobody waited for a call.
    const isStray =
      code.kind === 'connect' && (doing === undefined || doing.activity instanceof CommandSequence);
    if (isStray) this.#hangUp(now, undefined);
    else this.#settle(now);
  }

  /** Looks whether what is being done is over, and goes on. */
  #settle(now: Instant): void {
    const doing = this.#doing;
    this.#applyDtr(doing?.activity);
    if (doing?.is === 'call') this.#signs(doing.activity);
    if (this.#call?.lost) this.#lost(now, this.#call, this.#call.lost);
    if (doing?.activity.result === undefined) return;
    if (doing.is === 'synchronise') this.#synchronised(now, doing.then, doing.activity.result!);
    else if (doing.is === 'initialise') this.#initialised(doing.activity.result!);
    else if (doing.is === 'diagnose') this.#diagnosed(now, doing.activity.result!);
    else if (doing.is === 'call') this.#attemptEnded(now, doing.activity, doing.activity.result!);
    else if (doing.is === 'hangUp') this.#hungUp(now, doing, doing.activity.result!);
    // The byte came too late.
    else if (doing.activity.result === 'connected') this.#hangUp(now, undefined);
    else this.#synchronise(now, this.options.commandPause * MILLISECOND, 'ready');
  }

  #applyDtr(activity: Activity<unknown> | undefined): void {
    const dtr = activity?.dtr ?? true;
    if (dtr === this.#dtr) return;
    this.#dtr = dtr;
    this.#events.push({ type: 'dtr', on: dtr });
  }

  #signs(attempt: CallAttempt): void {
    for (let sign = attempt.nextSign(); sign; sign = attempt.nextSign()) this.#events.push(sign);
    if (attempt.isAnswering && this.#state === 'listening') this.#enter('answering');
  }

  #synchronised(now: Instant, then: 'initialise' | 'ready', result: CommandStateResult): void {
    if (!result.isReached) {
      this.#failed('synchronise', silenceText(result, this.#received));
    } else if (then === 'ready') {
      this.#ready();
    } else {
      this.#enter('initialising');
      const commands = initCommands(this.options).map(({ command, optional }) => {
        return { command, optional, wait: commandWait(command, this.options) };
      });
      const activity = new CommandSequence(now, commands, this.options.commandPause);
      this.#doing = { is: 'initialise', activity };
    }
  }

  #initialised({ refused, skipped }: SequenceResult): void {
    if (refused === undefined) {
      this.#isSetUp = true;
      this.#ready(skipped);
      return;
    }
    const how = refused.ending === 'silent' ? 'was not answered' : 'was refused';
    this.#failed('initialise', `${refused.command} ${how}${refused.text === '' ? '' : `: ${refused.text}`}`);
  }

  #diagnosed(now: Instant, { answers }: SequenceResult): void {
    this.#events.push({ type: 'diagnosed', answers });
    if (answers.at(-1)?.ending === 'silent') this.#synchronise(now, 0, 'ready');
    else this.#ready();
  }

  #attemptEnded(now: Instant, attempt: CallAttempt, result: AttemptResult): void {
    if (result.is === 'connected') this.#connected(now, attempt, result.code);
    else this.#callFailed(now, attempt, result);
  }

  #callFailed(now: Instant, attempt: CallAttempt, result: AttemptResult & { is: 'failed' }): void {
    const { failure, text, delay = 0 } = result;
    const { direction } = attempt;
    const isForbidden = failure === 'blacklisted' || failure === 'delayed';
    const retry = isForbidden ? this.#forbidden.forbid(now, this.#number, failure, text, delay) : 'now';
    this.#events.push({
      type: 'callFailed',
      direction,
      failure,
      text,
      retry,
      timings: attempt.timings(now),
    });
    // Still listening, the modem was told nothing that it would have to be stopped in.
    if (this.#state !== 'listening' && (failure === 'noResult' || failure === 'aborted')) {
      this.#enter('aborting');
      this.#doing = { is: 'abort', activity: new DialAbort() };
    } else {
      this.#ready();
    }
  }

  #connected(now: Instant, attempt: CallAttempt, code: ResultCode & { kind: 'connect' }): void {
    const { rate, portBaud, numeric } = this.options;
    this.#enter('online');
    this.#doing = undefined;
    this.#call = new OnlineCall(now, code.text, this.#wasOff, this.#lines, numeric);
    this.#events.push({
      type: 'connected',
      direction: attempt.direction,
      report: callReport(code.text, code.report, attempt.reports, rate, portBaud),
      timings: attempt.timings(now),
      callerId: attempt.callerId,
    });
  }

  #lost(now: Instant, call: OnlineCall, sign: LossSign): void {
    this.#call = undefined;
    const text = sign === 'dcd' ? 'the carrier was lost: DCD fell' : 'the carrier was lost: NO CARRIER';
    this.#events.push({ type: 'lost', sign, text, lasted: call.lasted(now) });
    this.#synchronise(now, LOSS_REST, 'ready');
  }

  #hungUp(now: Instant, { call, since }: Doing & { is: 'hangUp' }, result: CommandStateResult): void {
    if (!result.isReached) {
      const tried = this.#methods.join(', then ');
      this.#failed('hangUp', tried === '' ? 'there is no way to hang up here' : `tried ${tried}: in vain`);
      return;
    }
    if (call) {
      const by = result.by ?? 'farEnd';
      this.#events.push({ type: 'hungUp', by, took: now - since, lasted: call.lasted(since) });
    }
    if (this.#isSetUp) this.#ready();
    else this.#synchronise(now, 0, 'initialise');
  }
}
