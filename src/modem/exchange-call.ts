/** One call through the exchange: routing, rings, training, data, the end. Knows no hook but those it is told of. */
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { CallDirection, type DirectionEnds } from './call-direction.ts';
import type { CallEvent, ClearedBy } from './exchange-event.ts';
import type { CallChange, CallOutcome, ExchangeTimings, TelephoneLine } from './exchange-options.ts';
import { agree, type LineTerms, type LineWishes, trainingTime } from './line-terms.ts';
import type { CallerNumber, LineSignal } from './telephone-line.ts';

/** A modem as a call sees it. */
export interface CallParty {
  readonly number: string;
  readonly wishes: LineWishes;
  readonly seeksCarrier: boolean;
  readonly ends: Pick<DirectionEnds, 'waiting' | 'take' | 'room' | 'give'>;
  hear(now: Instant, signal: LineSignal): void;
}

/** What a call is made of. */
export interface ExchangeCallOptions {
  readonly caller: CallParty;
  /** The modem that is called; `undefined` when nobody is there. */
  readonly called: CallParty | undefined;
  readonly to: string;
  /** Whether the called modem is off hook or has another call, asked when it is to ring. */
  readonly isEngaged: () => boolean;
  /** What is to become of it, where not what would. */
  readonly outcome: CallOutcome | undefined;
  readonly callerId: {
    readonly when: 'before-ring' | 'after-first-ring' | 'never';
    readonly who: CallerNumber;
  };
  readonly line: TelephoneLine;
  readonly timings: ExchangeTimings;
  /** In the order of their times. */
  readonly changes: readonly CallChange[];
  readonly random: Random;
  readonly report: (at: Instant, event: CallEvent) => void;
}

type CallState = 'routing' | 'ringing' | 'answered' | 'training' | 'connected' | 'stuck' | 'over';

/** Rings after which a person, a fax or a rejecting one takes the call. */
const TAKEN_AFTER = 2;
/** How often it is looked whether two modems off hook listen for each other. */
const LOOK_EVERY: Duration = 200 * MILLISECOND;
const FOREVER: Instant = Number.MAX_SAFE_INTEGER;

/** Told the time; call `expire` at the `deadline`, and after anything a modem of it did. */
export class ExchangeCall {
  readonly #options: ExchangeCallOptions;
  #state: CallState = 'routing';
  #due: Instant | undefined;
  #rings = 0;
  #bell = false;
  #connectedAt: Instant = 0;
  #terms: LineTerms | undefined;
  #directions: readonly [CallDirection, CallDirection] | undefined;
  #changes: CallChange[] = [];
  #noiseUntil: Instant | undefined;
  #cutUntil: Instant | undefined;

  constructor(now: Instant, options: ExchangeCallOptions) {
    this.#options = options;
    this.#due = now + options.timings.routing;
  }

  /** Whether `party` is one of its two; the called one from the first ring on. */
  has(party: CallParty): boolean {
    const { caller, called } = this.#options;
    return party === caller || (party === called && this.#state !== 'routing' && this.#state !== 'stuck');
  }

  /** Whether it rings at `party`. */
  ringsAt(party: CallParty): boolean {
    return this.#state === 'ringing' && party === this.#options.called;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  get deadline(): Instant | undefined {
    if (this.#state !== 'connected') return this.#due;
    const [there, back] = this.#directions ?? [];
    const change = this.#changes[0];
    const scripted = change && this.#connectedAt + change.at;
    const ends = earlier(this.#noiseUntil, this.#cutUntil);
    const due = earlier(earlier(there?.deadline, back?.deadline), earlier(scripted, ends));
    return due === FOREVER ? undefined : due;
  }

  expire(now: Instant): void {
    if (this.#state === 'connected') {
      this.#carry(now);
      return;
    }
    if (this.#due === undefined || now < this.#due) return;
    this.#due = undefined;
    switch (this.#state) {
      case 'routing':
        this.#route(now);
        break;
      case 'ringing':
        this.#ring(now);
        break;
      case 'answered':
        this.#listen(now);
        break;
      case 'training':
        this.#finishTraining(now);
        break;
      default:
        break;
    }
  }

  /** The called modem went off hook. */
  answer(now: Instant): void {
    const { caller, called, to, timings } = this.#options;
    if (called === undefined) return;
    this.#state = 'answered';
    this.#due = now + timings.answer;
    called.hear(now, { type: 'ringsStopped' });
    this.#options.report(now, { type: 'answered', from: caller.number, to });
  }

  /** `party` went on hook, or rejected the call that rings there. */
  hangUp(now: Instant, party: CallParty): void {
    if (this.#state === 'over') return;
    const { caller, called } = this.#options;
    const other = party === caller ? called : caller;
    if (this.ringsAt(party)) {
      this.#refuse(now, 'reject');
      return;
    }
    const before = this.#state;
    this.#clear(party === caller ? 'caller' : 'called', now);
    if (other === undefined) return;
    if (before === 'ringing') other.hear(now, { type: 'ringsStopped' });
    else if (before === 'answered' || before === 'training') other.hear(now, { type: 'trainingFailed' });
    // With LAPM the other is told; without, it notices.
    else if (before === 'connected')
      other.hear(now, { type: this.#terms?.corrected ? 'cleared' : 'carrierLost' });
  }

  /** A modem asks for a retrain. */
  retrain(now: Instant): void {
    if (this.#state === 'connected') this.#retrain(now, { for: this.#trainingTime >> 2 });
  }

  get #trainingTime(): Duration {
    const { caller, called, timings } = this.#options;
    return timings.training ?? (called ? trainingTime(caller.wishes, called.wishes) : 0);
  }

  #route(now: Instant): void {
    const { called, outcome } = this.#options;
    if (outcome === 'busy' || (outcome === undefined && this.#options.isEngaged())) this.#refuse(now, 'busy');
    else if (outcome === 'unobtainable' || (called === undefined && outcome === undefined))
      this.#stick(now, 'unobtainable');
    else {
      this.#state = 'ringing';
      const { when, who } = this.#options.callerId;
      if (when === 'before-ring' && this.#reaches) called?.hear(now, { type: 'callerId', caller: who });
      this.#ring(now);
    }
  }

  /** Whether the called modem hears the rings. */
  get #reaches(): boolean {
    const { outcome } = this.#options;
    return outcome === undefined || outcome === 'no-carrier';
  }

  /** Bell on, bell off. */
  #ring(now: Instant): void {
    const { called, caller, outcome, timings, to, callerId } = this.#options;
    if (this.#bell) {
      this.#bell = false;
      this.#due = now + timings.ringEvery - timings.ringOn;
      if (this.#reaches) called?.hear(now, { type: 'ringEnd' });
      return;
    }
    if (this.#rings >= TAKEN_AFTER && (outcome === 'voice' || outcome === 'fax')) {
      caller.hear(now, { type: outcome });
      this.#stick(now, outcome);
      return;
    }
    if (this.#rings >= TAKEN_AFTER && outcome === 'reject') {
      this.#refuse(now, 'reject');
      return;
    }
    if (this.#rings === TAKEN_AFTER && outcome === 'no-answer') {
      this.#options.report(now, { type: 'failed', from: caller.number, to, outcome });
    }
    this.#bell = true;
    this.#rings++;
    this.#due = now + timings.ringOn;
    this.#options.report(now, { type: 'ringing', from: caller.number, to, count: this.#rings });
    caller.hear(now, { type: 'ringback' });
    const who = this.#rings === 1 && callerId.when === 'after-first-ring' ? callerId.who : undefined;
    if (this.#reaches) called?.hear(now, { type: 'ring', caller: who });
  }

  /** Busy tone to the caller, and nothing more. */
  #refuse(now: Instant, outcome: 'busy' | 'reject'): void {
    const { called, caller } = this.#options;
    if (this.#reaches && this.#state === 'ringing') called?.hear(now, { type: 'ringsStopped' });
    this.#stick(now, outcome);
    caller.hear(now, { type: 'busy' });
  }

  /** Nothing more happens until the caller hangs up. */
  #stick(now: Instant, outcome: CallOutcome): void {
    const { caller, to } = this.#options;
    this.#state = 'stuck';
    this.#due = undefined;
    this.#options.report(now, { type: 'failed', from: caller.number, to, outcome });
  }

  /** Both off hook: as soon as both listen for a modem, they find each other. */
  #listen(now: Instant): void {
    const { caller, called } = this.#options;
    caller.hear(now, { type: 'modem' });
    called?.hear(now, { type: 'modem' });
    if (!caller.seeksCarrier || !called?.seeksCarrier) {
      this.#due = now + LOOK_EVERY;
      return;
    }
    this.#state = 'training';
    this.#due = now + this.#trainingTime;
  }

  #finishTraining(now: Instant): void {
    const { caller, called, line, outcome, to } = this.#options;
    if (called === undefined) return;
    const wishes = [caller.wishes, called.wishes].map((wish): LineWishes => {
      if (line.errorCorrection || wish.correction !== 'maybe') return wish;
      return { ...wish, correction: 'never' };
    });
    const forbidden = !line.errorCorrection && wishes.some(({ correction }) => correction === 'must');
    const terms = agree(wishes[0]!, wishes[1]!, line.rateMax);
    if (terms === undefined || forbidden || outcome === 'no-carrier') {
      this.#stick(now, 'no-carrier');
      caller.hear(now, { type: 'trainingFailed' });
      called.hear(now, { type: 'trainingFailed' });
      return;
    }
    this.#connect(now, called, terms);
    this.#options.report(now, { type: 'connected', from: caller.number, to, terms });
  }

  #connect(now: Instant, called: CallParty, terms: LineTerms): void {
    const { caller, line, random, changes } = this.#options;
    this.#state = 'connected';
    this.#connectedAt = now;
    this.#terms = terms;
    this.#changes = [...changes];
    const { latency, bitErrorRatio } = line;
    const direction = (from: CallParty, to: CallParty, label: string): CallDirection => {
      const { waiting, take } = from.ends;
      const { room, give } = to.ends;
      const seeded = random.fork(label);
      return new CallDirection(
        now,
        { waiting, take, room, give },
        { terms, latency, bitErrorRatio, random: seeded },
      );
    };
    caller.hear(now, { type: 'connected', terms });
    called.hear(now, { type: 'connected', terms });
    this.#directions = [direction(caller, called, 'there'), direction(called, caller, 'back')];
  }

  /** Everything due while connected, in the order of its time as far as that matters. */
  #carry(now: Instant): void {
    const change = this.#changes[0];
    if (change && this.#connectedAt + change.at <= now) {
      this.#changes.shift();
      this.#change(now, change);
    }
    if (this.#noiseUntil !== undefined && this.#noiseUntil <= now)
      this.#setNoise(now, this.#options.line.bitErrorRatio);
    if (this.#cutUntil !== undefined && this.#cutUntil <= now) this.#restore(now);
    for (const direction of this.#directions ?? []) direction.advance(now);
    if (this.#directions?.some(({ broken }) => broken)) this.#tellBoth(now, { type: 'cleared' });
  }

  #change(now: Instant, change: CallChange): void {
    const { caller, called, report } = this.#options;
    switch (change.kind) {
      case 'carrierLost':
        this.#cutUntil = change.for === undefined ? FOREVER : now + change.for;
        for (const direction of this.#directions ?? []) direction.cut(this.#cutUntil);
        report(now, { type: 'carrierLost', for: change.for ?? null });
        this.#tellBoth(now, { type: 'carrierLost' });
        break;
      case 'retrain':
        this.#retrain(now, change);
        break;
      case 'noise':
        this.#setNoise(now, change.bitErrorRatio);
        this.#noiseUntil = change.for === undefined ? undefined : now + change.for;
        break;
      case 'hangUp':
        (change.by === 'caller' ? caller : called)?.hear(now, { type: 'cleared' });
        break;
    }
  }

  #restore(now: Instant): void {
    this.#cutUntil = undefined;
    this.#options.report(now, { type: 'carrierBack' });
    this.#tellBoth(now, { type: 'carrierBack' });
  }

  #setNoise(now: Instant, ratio: number): void {
    this.#noiseUntil = undefined;
    for (const direction of this.#directions ?? []) direction.setNoise(ratio);
    this.#options.report(now, { type: 'noise', bitErrorRatio: ratio });
  }

  #retrain(now: Instant, { for: duration, rate }: { readonly for: Duration; readonly rate?: number }): void {
    if (this.#terms === undefined) return;
    this.#terms = rate === undefined ? this.#terms : { ...this.#terms, rate };
    for (const direction of this.#directions ?? []) direction.stall(now, duration, rate);
    this.#options.report(now, { type: 'retrain', rate: this.#terms.rate });
    this.#tellBoth(now, { type: 'retrained', terms: this.#terms });
  }

  #tellBoth(now: Instant, signal: LineSignal): void {
    this.#options.caller.hear(now, signal);
    this.#options.called?.hear(now, signal);
  }

  #clear(by: 'caller' | 'called', now: Instant): void {
    const directions = this.#directions;
    const lineDown = this.#cutUntil !== undefined || (directions?.some(({ broken }) => broken) ?? false);
    const cleared: ClearedBy = lineDown ? 'line' : by;
    this.#options.report(now, {
      type: 'cleared',
      by: cleared,
      lasted: directions ? now - this.#connectedAt : null,
      passed: directions ? [{ ...directions[0].counts }, { ...directions[1].counts }] : null,
    });
    this.#state = 'over';
    this.#due = undefined;
    this.#directions = undefined;
  }
}
