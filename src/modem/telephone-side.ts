/** The side of a modem that faces the telephone wire: hook, dialling, waiting, carrier. Knows no commands and no data. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { PROGRESS_LEVELS } from './command-table.ts';
import type { DialPlan, DialStep } from './dial-steps.ts';
import type { LineTerms } from './line-terms.ts';
import type { ModemMemory } from './modem-memory.ts';
import type { LineAction, LineSignal } from './telephone-line.ts';

/** Where the modem stands towards the wire. */
export type TelephoneState =
  | 'onHook'
  | 'offHook'
  | 'awaitingTone'
  | 'dialling'
  | 'awaitingSilence'
  | 'awaitingCarrier'
  | 'training'
  | 'connected';

/** What came of it. */
export type TelephoneOutcome =
  /** A result to give; the modem is on hook, or off hook and idle where that is `OK` or RINGING. */
  | { readonly type: 'result'; readonly text: string }
  | { readonly type: 'connected'; readonly terms: LineTerms }
  /** The call is over without our doing. */
  | { readonly type: 'ended' };

/** How long a dial tone is waited for. */
const DIAL_TONE_WAIT: Duration = 5 * SECOND;
/** Silence that @ waits for. */
const QUIET: Duration = 5 * SECOND;
/** S10 at this value: it never hangs up by itself. */
const NEVER_HANGS_UP = 255;

/** Told the time like every machine; `action` and `outcome` are to be drained after each call. */
export class TelephoneSide {
  readonly #memory: ModemMemory;
  readonly #actions: LineAction[] = [];
  readonly #outcomes: TelephoneOutcome[] = [];
  #state: TelephoneState = 'onHook';
  #plan: DialPlan | undefined;
  #step = 0;
  #due: Instant | undefined;
  #toneHeard = false;
  #rang = false;
  #carrierGone: Instant | undefined;

  constructor(memory: ModemMemory) {
    this.#memory = memory;
  }

  get state(): TelephoneState {
    return this.#state;
  }

  /** Whether a call is being made or taken: any character from the port ends that. */
  get isSeeking(): boolean {
    return this.#state !== 'onHook' && this.#state !== 'offHook' && this.#state !== 'connected';
  }

  get deadline(): Instant | undefined {
    return this.#due;
  }

  /** The next thing done to the wire. */
  action(): LineAction | undefined {
    return this.#actions.shift();
  }

  /** The next thing to tell. */
  outcome(): TelephoneOutcome | undefined {
    return this.#outcomes.shift();
  }

  /** Goes off hook and dials. */
  dial(now: Instant, plan: DialPlan): void {
    this.#plan = plan;
    this.#step = 0;
    this.#rang = false;
    this.#toneHeard = false;
    if (this.#state === 'offHook') {
      this.#nextStep(now);
      return;
    }
    this.#actions.push({ type: 'offHook', purpose: 'dial' });
    // With a W in front the tone is waited for in any case.
    const blind = !this.#progress.dialTone && plan.steps[0]?.kind !== 'awaitDialTone';
    this.#enter(
      blind ? 'dialling' : 'awaitingTone',
      now + (blind ? this.#memory.s(6) * SECOND : DIAL_TONE_WAIT),
    );
  }

  /** Goes off hook and waits for the other modem, whether or not it rings. */
  answer(now: Instant): void {
    this.#plan = undefined;
    this.#rang = false;
    if (this.#state === 'onHook') this.#actions.push({ type: 'offHook', purpose: 'answer' });
    this.#enter('awaitingCarrier', now + this.#memory.s(7) * SECOND);
  }

  /** H1. */
  takeUp(): void {
    if (this.#state !== 'onHook') return;
    this.#actions.push({ type: 'offHook', purpose: 'hold' });
    this.#enter('offHook', undefined);
  }

  /** On hook, whatever is under way; a call that rings is rejected. */
  hangUp(): void {
    this.#actions.push({ type: 'onHook' });
    this.#enter('onHook', undefined);
  }

  /** Asks for a retrain. */
  retrain(): void {
    if (this.#state === 'connected') this.#actions.push({ type: 'retrain' });
  }

  /** Ends a seeking: a character came from the port. */
  abort(): void {
    this.#fail('NO CARRIER');
  }

  expire(now: Instant): void {
    if (this.#due === undefined || now < this.#due) return;
    const due = this.#due;
    this.#due = undefined;
    switch (this.#state) {
      case 'awaitingTone':
        this.#fail('NO DIALTONE');
        break;
      case 'dialling':
        this.#nextStep(due);
        break;
      case 'awaitingSilence':
        if (this.#rang && this.#toneHeard) this.#nextStep(due);
        else this.#fail('NO ANSWER');
        break;
      case 'awaitingCarrier':
        this.#fail(this.#rang && this.#progress.more ? 'NO ANSWER' : 'NO CARRIER');
        break;
      case 'connected':
        this.#end();
        break;
      default:
        break;
    }
  }

  /** Something is heard on the wire. Rings are none of its business. */
  hear(now: Instant, signal: LineSignal): void {
    switch (signal.type) {
      case 'dialTone':
        if (this.#state === 'awaitingTone') this.#enter('dialling', now + 200 * MILLISECOND);
        else this.#toneHeard = true;
        return;
      case 'inUse':
        if (this.isSeeking && this.#progress.more) this.#fail('LINE IN USE');
        return;
      case 'cleared':
        if (this.#state === 'connected') this.#end();
        return;
      case 'carrierLost':
        this.#loseCarrier(now);
        return;
      case 'carrierBack':
        this.#carrierGone = undefined;
        if (this.#state === 'connected') this.#due = undefined;
        return;
      default:
        if (this.#state === 'awaitingCarrier' || this.#state === 'awaitingSilence') this.#listen(now, signal);
        else if (this.#state === 'training') this.#train(signal);
    }
  }

  get #progress(): (typeof PROGRESS_LEVELS)[number] {
    return PROGRESS_LEVELS[this.#memory.setting('X')] ?? PROGRESS_LEVELS[4]!;
  }

  #enter(state: TelephoneState, due: Instant | undefined): void {
    this.#state = state;
    this.#due = due;
    this.#carrierGone = undefined;
  }

  /** On to the next thing in the dial string; a digit is out when its time is over. */
  #nextStep(now: Instant): void {
    const steps = this.#plan?.steps ?? [];
    const done = steps[this.#step - 1];
    if (done?.kind === 'digit' && this.#state === 'dialling') {
      this.#actions.push({ type: 'digit', digit: done.digit });
      this.#toneHeard = false;
    }
    const step = steps[this.#step];
    this.#step++;
    if (step === undefined) this.#finishDialling(now);
    else this.#begin(now, step);
  }

  #begin(now: Instant, step: DialStep): void {
    const patience = now + this.#memory.s(7) * SECOND;
    switch (step.kind) {
      case 'digit':
      case 'pause':
        this.#enter('dialling', now + step.takes);
        return;
      case 'awaitDialTone':
        // The tone for which the dialling began counts for a W in front.
        if (this.#step === 1 || this.#toneHeard) this.#nextStep(now);
        else this.#enter('awaitingTone', patience);
        return;
      case 'awaitSilence':
        this.#actions.push({ type: 'listen' });
        this.#toneHeard = false;
        this.#enter('awaitingSilence', patience);
    }
  }

  #finishDialling(now: Instant): void {
    if (this.#plan?.stays) {
      this.#enter('offHook', undefined);
      this.#outcomes.push({ type: 'result', text: 'OK' });
      return;
    }
    this.#actions.push({ type: 'listen' });
    this.#enter('awaitingCarrier', now + this.#memory.s(7) * SECOND);
  }

  #listen(now: Instant, signal: LineSignal): void {
    const { busy, more } = this.#progress;
    switch (signal.type) {
      case 'ringback':
        this.#rang = true;
        if (more) this.#outcomes.push({ type: 'result', text: 'RINGING' });
        return;
      case 'busy':
        if (busy) this.#fail('BUSY');
        return;
      case 'voice':
      case 'fax':
        if (this.#state === 'awaitingSilence') this.#quietFrom(now);
        else if (more) this.#fail(signal.type === 'voice' ? 'VOICE' : 'FAX');
        return;
      case 'modem':
        if (this.#state === 'awaitingSilence') this.#quietFrom(now);
        else this.#enter('training', undefined);
        return;
      default:
        this.#train(signal);
    }
  }

  /** Ringing is over: after a while of silence the dialling goes on. */
  #quietFrom(now: Instant): void {
    this.#rang = true;
    this.#toneHeard = true;
    this.#due = now + QUIET;
  }

  #train(signal: LineSignal): void {
    if (signal.type === 'connected') {
      this.#enter('connected', undefined);
      this.#outcomes.push({ type: 'connected', terms: signal.terms });
    } else if (signal.type === 'trainingFailed') {
      this.#fail('NO CARRIER');
    }
  }

  #loseCarrier(now: Instant): void {
    if (this.#state !== 'connected' || this.#carrierGone !== undefined) return;
    this.#carrierGone = now;
    const patience = this.#memory.s(10);
    if (patience < NEVER_HANGS_UP) this.#due = now + patience * 100 * MILLISECOND;
  }

  #end(): void {
    this.hangUp();
    this.#outcomes.push({ type: 'ended' });
  }

  #fail(text: string): void {
    this.hangUp();
    this.#outcomes.push({ type: 'result', text });
  }
}
