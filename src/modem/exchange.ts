/** An emulated telephone exchange and the modems on its lines, told the time. No ports: these are its caller's. */
import { earlier, type Instant, SECOND } from '../base/instant.ts';
import { EmulatedModem } from './emulated-modem.ts';
import type { ModemOutputs } from './emulated-modem-options.ts';
import { type CallParty, ExchangeCall } from './exchange-call.ts';
import type { CallEvent, ExchangeEvent } from './exchange-event.ts';
import {
  type CallOutcome,
  DEFAULT_LINE,
  DEFAULT_TIMINGS,
  type ExchangeModem,
  type ExchangeOptions,
  type ExchangeTimings,
  type TelephoneLine,
} from './exchange-options.ts';
import type { CallerNumber, LineAction } from './telephone-line.ts';

/** Digits that the exchange keeps of what is dialled. */
const DIGITS_MAX = 64;
/** Reports that wait to be fetched; the oldest go first. */
const EVENTS_MAX = 4_096;
/** Things that modems and calls do to each other at one moment, at most; far more than there are. */
const ROUNDS_MAX = 1_000;

/** One telephone line with its modem. */
interface Subscriber extends CallParty {
  readonly modem: EmulatedModem;
  readonly settings: ExchangeModem;
  isOffHook: boolean;
  /** When the dial tone comes. */
  toneDue: Instant | undefined;
  digits: string;
  /** The attempt under way, from 1; 0 for none. */
  attempt: number;
  outcome: CallOutcome | undefined;
}

/**
 * A machine with a port per modem: `receive`, `poll`, `setInputs` and the like name the modem by its place in
 * `options.modems`. Calls told a later time than a deadline do what was due before.
 */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #line: TelephoneLine;
  readonly #timings: ExchangeTimings;
  readonly #began: Instant;
  readonly #subscribers: readonly Subscriber[];
  readonly #events: ExchangeEvent[] = [];
  #calls: ExchangeCall[] = [];
  #attempts = 0;

  constructor(now: Instant, options: ExchangeOptions) {
    this.#options = options;
    this.#line = { ...DEFAULT_LINE, ...options.line };
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#began = now;
    this.#subscribers = options.modems.map((settings) => subscriber(settings));
  }

  /** The modem at a place; for its state, outputs and room. */
  modem(place: number): EmulatedModem {
    return this.#subscribers[place]!.modem;
  }

  /** The control lines that a modem shows now. */
  outputs(place: number): ModemOutputs {
    return this.modem(place).outputs;
  }

  /** When `expire` is next wanted. */
  get deadline(): Instant | undefined {
    let due: Instant | undefined;
    for (const { modem, toneDue } of this.#subscribers) due = earlier(due, earlier(modem.deadline, toneDue));
    for (const call of this.#calls) due = earlier(due, call.deadline);
    return due;
  }

  /** Bytes from the port of a modem. */
  receive(now: Instant, place: number, bytes: Uint8Array): void {
    this.expire(now);
    this.modem(place).receive(now, bytes);
    this.#pump(now);
  }

  /** Control lines that the port of a modem shows. */
  setInputs(now: Instant, place: number, inputs: { readonly dtr?: boolean; readonly rts?: boolean }): void {
    this.expire(now);
    this.modem(place).setInputs(now, inputs);
    this.#pump(now);
  }

  /** The rate at which the port of a modem is set, bits per second. */
  setPortRate(place: number, rate: number): void {
    this.modem(place).setPortRate(rate);
  }

  /** Up to `max` bytes for the port of a modem. */
  poll(now: Instant, place: number, max?: number): Uint8Array | undefined {
    const bytes = this.modem(place).poll(now, max);
    // Room for the port's data may be what a call waits for.
    if (bytes !== undefined) this.#pump(now);
    return bytes;
  }

  /** Does all that is due by `now`, each at its own moment. */
  expire(now: Instant): void {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      const due = this.deadline;
      if (due === undefined || due > now) return;
      this.#tick(due);
    }
    this.#tick(now);
  }

  /** The next thing that happened. */
  next(): ExchangeEvent | undefined {
    return this.#events.shift();
  }

  #tick(at: Instant): void {
    for (const line of this.#subscribers) {
      const { modem } = line;
      if (modem.deadline !== undefined && modem.deadline <= at) modem.expire(at);
      if (line.toneDue !== undefined && line.toneDue <= at) {
        line.toneDue = undefined;
        modem.hear(at, { type: 'dialTone' });
      }
    }
    this.#pump(at);
  }

  /** Lets modems and calls act on each other until none has anything to do. */
  #pump(now: Instant): void {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      for (const call of this.#calls) call.expire(now);
      let acted = false;
      for (const line of this.#subscribers) {
        this.#forward(now, line);
        for (let action = line.modem.action(); action !== undefined; action = line.modem.action()) {
          this.#act(now, line, action);
          acted = true;
        }
      }
      this.#calls = this.#calls.filter((call) => !call.isOver);
      if (!acted) break;
    }
    for (const line of this.#subscribers) this.#forward(now, line);
  }

  #forward(now: Instant, { modem, number }: Subscriber): void {
    for (let event = modem.next(); event !== undefined; event = modem.next()) {
      this.#push({ at: now, modem: number, event });
    }
  }

  #act(now: Instant, line: Subscriber, action: LineAction): void {
    switch (action.type) {
      case 'offHook':
        this.#lift(now, line, action.purpose === 'dial');
        break;
      case 'digit':
        if (line.digits.length < DIGITS_MAX) line.digits += action.digit;
        break;
      case 'listen':
        this.#route(now, line);
        break;
      case 'retrain':
        this.#callOf(line)?.retrain(now);
        break;
      case 'onHook':
        line.isOffHook = false;
        line.toneDue = undefined;
        line.attempt = 0;
        this.#callOf(line)?.hangUp(now, line);
        break;
    }
  }

  #lift(now: Instant, line: Subscriber, dials: boolean): void {
    line.isOffHook = true;
    line.digits = '';
    const incoming = this.#calls.find((call) => call.ringsAt(line));
    if (incoming) {
      incoming.answer(now);
      return;
    }
    if (dials) this.#beginAttempt(now, line);
    const trouble = this.#trouble(now, line) ?? line.outcome;
    if (trouble === 'line-in-use') line.modem.hear(now, { type: 'inUse' });
    else if (trouble !== 'no-dial-tone') line.toneDue = now + this.#timings.dialTone;
  }

  #beginAttempt(now: Instant, line: Subscriber): void {
    line.attempt = ++this.#attempts;
    line.outcome = this.#outcomeOf(line.attempt);
    this.#report(now, line.attempt, { type: 'offHook', from: line.number });
  }

  /** What is wrong with a line at this time. */
  #trouble(now: Instant, { number }: Subscriber): CallOutcome | undefined {
    const since = now - this.#began;
    const found = this.#options.troubles?.find(
      (each) =>
        each.number === number && each.at <= since && since < each.at + (each.for ?? Number.MAX_SAFE_INTEGER),
    );
    return found?.kind;
  }

  /** What the script, else chance, makes of an attempt. */
  #outcomeOf(attempt: number): CallOutcome | undefined {
    const scripted = this.#options.outcomes?.find(({ call }) => call === attempt);
    if (scripted) return scripted.outcome;
    let draw = this.#options.random.fork(`outcome ${attempt}`).uint32() / 2 ** 32;
    for (const [outcome, chance] of Object.entries(this.#options.chances ?? {})) {
      if (draw < chance) return outcome as CallOutcome;
      draw -= chance;
    }
    return undefined;
  }

  #route(now: Instant, line: Subscriber): void {
    if (this.#callOf(line)) return;
    const to = line.digits;
    // Digits without a dial tone are heard by nobody.
    const deaf =
      line.outcome === 'no-dial-tone' || line.outcome === 'line-in-use' || this.#trouble(now, line);
    if (to === '' || deaf || !line.isOffHook) return;
    if (line.attempt === 0) this.#beginAttempt(now, line);
    const call = line.attempt;
    const called = this.#subscribers.find((each) => each.number === to);
    this.#report(now, call, { type: 'dialled', from: line.number, to });
    this.#calls.push(
      new ExchangeCall(now, {
        caller: line,
        called,
        to,
        isEngaged: () => called !== undefined && (called.isOffHook || this.#callOf(called) !== undefined),
        outcome: line.outcome ?? (called ? undefined : this.#options.numbers?.[to]),
        callerId: { when: this.#options.callerId ?? 'after-first-ring', who: this.#callerNumber(now, line) },
        line: this.#line,
        timings: this.#timings,
        changes: (this.#options.changes ?? [])
          .filter((each) => each.call === undefined || each.call === call)
          .sort((a, b) => a.at - b.at),
        random: this.#options.random.fork(`call ${call}`),
        report: (at, event) => this.#report(at, call, event),
      }),
    );
  }

  #callerNumber(now: Instant, line: Subscriber): CallerNumber {
    const { date, minute } = this.#options.began ?? { date: '0101', minute: 0 };
    const minutes = minute + Math.floor((now - this.#began) / (60 * SECOND));
    const two = (value: number): string => String(value).padStart(2, '0');
    const time = two(Math.floor(minutes / 60) % 24) + two(minutes % 60);
    return { date, time, number: line.number, name: line.settings.name ?? '' };
  }

  #callOf(line: Subscriber): ExchangeCall | undefined {
    return this.#calls.find((call) => call.has(line) && !call.isOver);
  }

  #report(at: Instant, call: number, event: CallEvent): void {
    this.#push({ at, call, event });
  }

  #push(event: ExchangeEvent): void {
    this.#events.push(event);
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
  }
}

/** A modem on hook with its line. */
function subscriber(settings: ExchangeModem): Subscriber {
  const modem = new EmulatedModem(settings);
  return {
    modem,
    settings,
    number: settings.number,
    ends: modem.ends,
    get wishes() {
      return modem.wishes;
    },
    get seeksCarrier() {
      return modem.seeksCarrier;
    },
    hear: (now, signal) => modem.hear(now, signal),
    isOffHook: false,
    toneDue: undefined,
    digits: '',
    attempt: 0,
    outcome: undefined,
  };
}
