/** A Hayes modem, told the time: bytes and lines of its port on one side, a telephone wire on the other. Knows no exchange. */
import { type Duration, earlier, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { DirectionEnds } from './call-direction.ts';
import { type CallEnd, CallRecord } from './call-record.ts';
import { execute, type ModemHands } from './command-executor.ts';
import { CommandLine, type TypedLine } from './command-line.ts';
import { parseCommands } from './command-parser.ts';
import { LINE_RATE_MAX } from './command-table.ts';
import { planDial } from './dial-steps.ts';
import { DTR_UNIT, DtrWatch } from './dtr-watch.ts';
import type { EmulatedModemOptions, ModemEvent, ModemOutputs } from './emulated-modem-options.ts';
import { EscapeDetector } from './escape-detector.ts';
import { type LineWishes, lineWishes } from './line-terms.ts';
import { identityLines } from './modem-answers.ts';
import { ModemMemory } from './modem-memory.ts';
import { ModemSpeech } from './modem-speech.ts';
import { PortSide } from './port-side.ts';
import { RedialGuard } from './redial-guard.ts';
import type { CallerNumber, LineAction, LineSignal } from './telephone-line.ts';
import { type TelephoneOutcome, TelephoneSide } from './telephone-side.ts';

/** A character this soon behind a command line is its line feed, and aborts nothing, as V.250 has it. */
const DEAF_AFTER_LINE: Duration = 125 * MILLISECOND;
/** How long the bell of one ring sounds at most. */
const RING_ON: Duration = 2 * SECOND;
/** Reports that wait to be fetched; the oldest go first. */
const EVENTS_MAX = 1_024;
/** How the port is taken to be set until somebody says: bits per second. */
const PORT_RATE = 115_200;

/**
 * Drive it like any machine: `receive` bytes from the port, `poll` bytes for it, `expire` at the `deadline`; and for the
 * wire, `action` is drained after each call and `hear` tells what comes.
 */
export class EmulatedModem {
  readonly #options: EmulatedModemOptions;
  readonly #memory = new ModemMemory();
  readonly #port = new PortSide(this.#memory);
  readonly #wire = new TelephoneSide(this.#memory);
  readonly #line: CommandLine;
  readonly #guard: RedialGuard;
  readonly #speech: ModemSpeech;
  readonly #register = { number: 0 };
  readonly #events: ModemEvent[] = [];
  #mode: 'command' | 'data' = 'command';
  #escape: EscapeDetector | undefined;
  #lastLine = '';
  #lineEnded: Instant = -DEAF_AFTER_LINE;
  #portRate = PORT_RATE;
  readonly #dtr = new DtrWatch();
  #ringOff: Instant | undefined;
  #call: CallRecord | undefined;
  /** The number being dialled. */
  #dialled = '';

  constructor(options: EmulatedModemOptions = {}) {
    this.#options = options;
    this.#line = new CommandLine(options.commandLength ?? 40);
    this.#guard = new RedialGuard(options.redial);
    const spelling = { maker: options.maker ?? 'rockwell', spelling: options.spelling ?? {} };
    this.#speech = new ModemSpeech(this.#memory, this.#port, spelling, (text, said) =>
      this.#report({ type: 'result', text, said }),
    );
    const hands = this.#hands(0);
    for (const command of parseCommands(options.profile ?? '')) execute(command, hands, this.#register);
    this.#memory.store(0);
    this.#memory.store(1);
  }

  /** Whether it is in data state: what the port sends goes to the far end. */
  get isOnline(): boolean {
    return this.#mode === 'data';
  }

  /** The control lines as they are now. */
  get outputs(): ModemOutputs {
    const connected = this.#wire.state === 'connected';
    return {
      cts: this.#port.cts,
      dsr: this.#memory.setting('&S') === 0 || connected,
      dcd: this.#memory.setting('&C') === 0 || connected,
      ri: this.#ringOff !== undefined,
    };
  }

  /** What it can and wants on the line, as set now. */
  get wishes(): LineWishes {
    return lineWishes(this.#memory, this.#options.rateMax ?? LINE_RATE_MAX);
  }

  /** Bytes that `receive` would take without losing any. */
  get room(): number {
    return this.#mode === 'data' ? this.#port.sendRoom : Number.MAX_SAFE_INTEGER;
  }

  /** Whether it listens for another modem on the wire. */
  get seeksCarrier(): boolean {
    return this.#wire.state === 'awaitingCarrier' || this.#wire.state === 'training';
  }

  /** What a call's direction takes from this modem and gives to it. */
  get ends(): Pick<DirectionEnds, 'waiting' | 'take' | 'room' | 'give'> {
    const port = this.#port;
    return {
      waiting: () => port.waiting,
      take: (max) => port.takeForLine(max),
      room: () => port.receiveRoom,
      give: (_now, bytes) => this.#receiveData(bytes),
    };
  }

  get deadline(): Instant | undefined {
    const later = earlier(this.#escape?.deadline, this.#wire.deadline);
    return earlier(later, earlier(this.#dtr.deadline, this.#ringOff));
  }

  /** The port's rate, bits per second: what CONNECT says. */
  setPortRate(rate: number): void {
    this.#portRate = rate;
  }

  /** The lines that the port shows; on without one that has lines. */
  setInputs(now: Instant, { dtr, rts }: { readonly dtr?: boolean; readonly rts?: boolean }): void {
    if (rts !== undefined) this.#port.setRts(rts);
    if (dtr !== undefined) this.#dtr.set(now, dtr, this.#memory.s(25) * DTR_UNIT);
  }

  /** Bytes from the port: commands, or data of a call. */
  receive(now: Instant, bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#mode === 'data') {
        rest = this.#sendData(now, rest);
      } else {
        this.#type(now, rest[0]!);
        rest = rest.subarray(1);
      }
    }
    this.#settle(now);
  }

  /** Up to `max` bytes for the port. */
  poll(_now: Instant, max: number = Number.MAX_SAFE_INTEGER): Uint8Array | undefined {
    return this.#port.takeForPort(max);
  }

  expire(now: Instant): void {
    this.#wire.expire(now);
    this.#escape?.expire(now);
    this.#leaveData(now);
    if (this.#ringOff !== undefined && now >= this.#ringOff) this.#ringOff = undefined;
    if (this.#dtr.fell(now)) this.#obeyDtr(now);
    this.#settle(now);
  }

  /** The next thing it does to the telephone wire. */
  action(): LineAction | undefined {
    return this.#wire.action();
  }

  /** The next thing to report. */
  next(): ModemEvent | undefined {
    return this.#events.shift();
  }

  /** Something is heard on the telephone wire. */
  hear(now: Instant, signal: LineSignal): void {
    switch (signal.type) {
      case 'ring':
        this.#ring(now, signal.caller);
        break;
      case 'callerId':
        if (this.#wire.state === 'onHook') this.#speech.caller(signal.caller);
        break;
      case 'ringEnd':
        this.#ringOff = undefined;
        break;
      case 'ringsStopped':
        this.#ringOff = undefined;
        this.#memory.registers.set(1, 0);
        break;
      case 'retrained':
        this.#call?.retrained(signal.terms);
        break;
      default:
        this.#wire.hear(now, signal);
    }
    this.#settle(now);
  }

  #type(now: Instant, byte: number): void {
    if (this.#wire.isSeeking) {
      if (now - this.#lineEnded >= DEAF_AFTER_LINE) this.#wire.abort();
      return;
    }
    if (this.#port.withoutControls(Uint8Array.of(byte)).length === 0) return;
    if (this.#memory.setting('E') === 1) this.#port.say(Uint8Array.of(byte));
    const { registers } = this.#memory;
    const line = this.#line.type(byte, { end: registers.get(3), back: registers.get(5) });
    if (line) this.#run(now, line);
  }

  #run(now: Instant, line: TypedLine): void {
    this.#lineEnded = now;
    const result = this.#execute(now, line);
    if (result !== undefined) this.#speech.result(result);
  }

  /** The result to give now, if any. */
  #execute(now: Instant, line: TypedLine): string | undefined {
    if (line.kind === 'overflow') return 'ERROR';
    if (line.kind === 'line') this.#lastLine = line.body;
    this.#report({ type: 'command', text: line.kind === 'line' ? line.prefix + line.body : 'A/' });
    const hands = this.#hands(now);
    for (const command of parseCommands(this.#lastLine)) {
      const execution = execute(command, hands, this.#register);
      if (execution === 'error') return 'ERROR';
      if (execution === 'later') return undefined;
      if (execution === 'done') break;
    }
    return 'OK';
  }

  #hands(now: Instant): ModemHands {
    return {
      memory: this.#memory,
      say: (lines) => this.#speech.lines(lines),
      dial: (text) => this.#dial(now, text),
      answer: () => this.#answer(now),
      hangUp: () => this.#hangUp(now, 'command'),
      reset: (slot) => this.#reset(now, slot),
      takeUp: () => this.#wire.takeUp(),
      resume: (retrain) => this.#resume(now, retrain),
      identify: (topic) => this.#identify(now, topic),
      diagnose: () => this.#call?.pairs(now) ?? ['END=NONE'],
    };
  }

  #identify(now: Instant, topic: number): readonly string[] {
    const rateMax = this.#options.rateMax ?? LINE_RATE_MAX;
    const facts = { rateMax, blacklisted: this.#guard.blacklisted, call: this.#call };
    return identityLines(topic, this.#memory, now, facts);
  }

  #dial(now: Instant, text: string): boolean {
    const state = this.#wire.state;
    if (state !== 'onHook' && state !== 'offHook') return false;
    const memory = this.#memory;
    const plan = planDial(text, {
      pulse: memory.pulse,
      pauseSeconds: memory.s(8),
      toneMilliseconds: memory.s(11),
    });
    memory.lastDialled = text;
    const forbidden = this.#guard.forbids(now, plan.number);
    if (forbidden !== undefined) {
      this.#speech.result(forbidden);
      return true;
    }
    this.#dialled = plan.number;
    this.#wire.dial(now, plan);
    return true;
  }

  #answer(now: Instant): boolean {
    if (this.#wire.state === 'connected') return false;
    this.#dialled = '';
    this.#memory.registers.set(1, 0);
    this.#ringOff = undefined;
    this.#wire.answer(now);
    return true;
  }

  #hangUp(now: Instant, end: CallEnd): void {
    this.#wire.hangUp();
    this.#leave(now, end);
  }

  /** A call that rings is none of its business. */
  #reset(now: Instant, slot: number): void {
    if (this.#wire.state !== 'onHook') this.#hangUp(now, 'command');
    this.#memory.recall(slot);
  }

  #resume(now: Instant, retrain: boolean): boolean {
    if (this.#wire.state !== 'connected' || this.#call === undefined) return false;
    if (retrain) this.#wire.retrain();
    this.#speech.connect(this.#call.terms, this.#portRate);
    this.#goOnline(now);
    return true;
  }

  #ring(now: Instant, caller: CallerNumber | undefined): void {
    if (this.#wire.state !== 'onHook') return;
    const { registers } = this.#memory;
    registers.set(1, Math.min(255, registers.get(1) + 1));
    this.#ringOff = now + RING_ON;
    this.#speech.result('RING');
    if (caller) this.#speech.caller(caller);
    const wanted = registers.get(0);
    const allowed = this.#dtr.isOn || this.#memory.setting('&D') === 0;
    if (wanted > 0 && registers.get(1) >= wanted && allowed) this.#answer(now);
  }

  #obeyDtr(now: Instant): void {
    const meaning = this.#memory.setting('&D');
    if (meaning === 0) return;
    if (meaning === 1) {
      if (this.#mode === 'data') this.#toCommands();
      return;
    }
    const wasUsed = this.#wire.state !== 'onHook';
    if (wasUsed) this.#hangUp(now, 'dtr');
    if (meaning === 3) this.#memory.recall(0);
    this.#line.clear();
    if (wasUsed) this.#speech.result('NO CARRIER');
  }

  /** Sends data up to an escape that takes effect at once; gives what stands behind it. */
  #sendData(now: Instant, bytes: Uint8Array): Uint8Array {
    const data = this.#port.withoutControls(bytes);
    const taken = this.#escape?.see(now, data, this.#memory.escape) ?? data.length;
    const lost = this.#port.send(data.subarray(0, taken));
    if (this.#call) this.#call.sent += taken - lost;
    this.#lose('port', lost);
    this.#leaveData(now);
    return data.subarray(taken);
  }

  /** To command state, where an escape was found; the call stays. */
  #leaveData(now: Instant): void {
    const found = this.#escape?.found;
    if (found === undefined) return;
    this.#report({ type: 'escape' });
    this.#toCommands(found.command === undefined);
    if (found.command !== undefined) this.#run(now, { kind: 'line', prefix: 'AT', body: found.command });
  }

  #toCommands(says = true): void {
    this.#mode = 'command';
    this.#escape = undefined;
    if (says) this.#speech.result('OK');
  }

  #receiveData(bytes: Uint8Array): void {
    const lost = this.#port.receive(bytes, this.#mode === 'command');
    if (this.#call) this.#call.received += bytes.length - lost;
    this.#lose('line', lost);
  }

  #lose(from: 'port' | 'line', bytes: number): void {
    if (bytes === 0) return;
    if (this.#call) this.#call.lost += bytes;
    this.#report({ type: 'overflow', from, bytes });
  }

  /** What the wire's side has to tell. */
  #settle(now: Instant): void {
    for (let told = this.#wire.outcome(); told !== undefined; told = this.#wire.outcome())
      this.#take(now, told);
  }

  #take(now: Instant, told: TelephoneOutcome): void {
    if (told.type === 'connected') {
      this.#guard.note(now, this.#dialled, true);
      this.#call = new CallRecord(now, told.terms);
      this.#port.clearLine();
      this.#speech.terms(told.terms, this.#portRate);
      this.#speech.connect(told.terms, this.#portRate);
      this.#goOnline(now);
    } else if (told.type === 'ended') {
      this.#leave(now, 'carrier');
      this.#speech.result('NO CARRIER');
    } else {
      const failed = told.text !== 'OK' && told.text !== 'RINGING';
      if (failed && this.#dialled !== '') this.#guard.note(now, this.#dialled, false);
      this.#speech.result(told.text);
    }
  }

  #goOnline(now: Instant): void {
    this.#mode = 'data';
    this.#escape = new EscapeDetector(now, this.#options.escape ?? 'guarded');
    this.#port.endAside(true);
  }

  /** Back to commands without a call. */
  #leave(now: Instant, end: CallEnd): void {
    this.#call?.finish(now, end);
    this.#mode = 'command';
    this.#escape = undefined;
    this.#port.clearLine();
    this.#port.endAside(false);
  }

  #report(event: ModemEvent): void {
    this.#events.push(event);
    if (this.#events.length > EVENTS_MAX) this.#events.shift();
  }
}
