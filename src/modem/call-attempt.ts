/** One call being made or answered, from the dial command or the first ring to CONNECT or the result that is none. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import type { Activity } from './activity.ts';
import type { ReportKey } from './connect-report.ts';
import type { CallDirection, CallerId, CallFailure, CallTimings } from './dialer-event.ts';
import { type DialerOptions, resultWait } from './dialer-options.ts';
import type { ResultCode } from './result-code.ts';

/** How it ended. */
export type AttemptResult =
  | { readonly is: 'connected'; readonly code: ResultCode & { kind: 'connect' } }
  | {
      readonly is: 'failed';
      readonly failure: CallFailure;
      readonly text: string;
      readonly delay: Duration | undefined;
    };

/** Something on the way. */
export type AttemptSign =
  | {
      readonly type: 'ring';
      readonly count: number;
      readonly callerId: CallerId;
      readonly whileDialling: boolean;
    }
  | { readonly type: 'ringsStopped'; readonly count: number }
  | { readonly type: 'ringing' };

/** Between two rings there are 3 to 6 s; after this a call has gone away. */
const RING_GAP: Duration = 10 * SECOND;
/** Results that end an attempt, as they are called there. */
const FAILURES: ReadonlySet<string> = new Set<CallFailure>([
  'busy',
  'noCarrier',
  'noDialTone',
  'noAnswer',
  'error',
  'blacklisted',
  'voice',
  'fax',
  'lineInUse',
]);
/** Signs that wait to be told. */
const SIGNS_MAX = 64;

/** See the head of the file. With a dial command it dials; without, it waits for rings. */
export class CallAttempt implements Activity<AttemptResult> {
  result: AttemptResult | undefined;
  readonly direction: CallDirection;
  readonly #options: DialerOptions;
  readonly #command: string | undefined;
  readonly #patience: Duration;
  readonly #signs: AttemptSign[] = [];
  readonly #reports: Partial<Record<ReportKey, string>> = {};
  #callerId: CallerId = {};
  #phase: 'due' | 'listening' | 'waiting';
  #deadline: Instant | undefined;
  #startedAt: Instant | undefined;
  #ringingAt: Instant | undefined;
  #answeredAt: Instant | undefined;
  #rings = 0;

  /** `dialling` is the time that dialling itself may take. */
  constructor(options: DialerOptions, command?: string, dialling: Duration = 0) {
    this.#options = options;
    this.#command = command;
    this.direction = command === undefined ? 'answer' : 'dial';
    this.#patience = dialling + resultWait(options);
    this.#phase = command === undefined ? 'listening' : 'due';
  }

  get deadline(): Instant | undefined {
    return this.#phase === 'due' || this.result ? undefined : this.#deadline;
  }

  /** Whether the modem has been told to answer, or does so by itself. */
  get isAnswering(): boolean {
    return this.direction === 'answer' && this.#phase !== 'listening';
  }

  get callerId(): CallerId {
    return this.#callerId;
  }

  /** What lines before CONNECT told. */
  get reports(): Readonly<Partial<Record<ReportKey, string>>> {
    return this.#reports;
  }

  timings(now: Instant): CallTimings {
    const from = this.#startedAt ?? now;
    return {
      total: now - from,
      ...(this.#ringingAt === undefined ? {} : { ringing: this.#ringingAt - from }),
      ...(this.#answeredAt === undefined ? {} : { answered: this.#answeredAt - from }),
    };
  }

  /** The next sign on the way. */
  nextSign(): AttemptSign | undefined {
    return this.#signs.shift();
  }

  /** The call is given up from here. */
  abort(): void {
    this.result ??= { is: 'failed', failure: 'aborted', text: 'given up from here', delay: undefined };
  }

  poll(now: Instant): string | undefined {
    if (this.#phase !== 'due' || this.result) return undefined;
    this.#phase = 'waiting';
    this.#deadline = now + this.#patience;
    if (this.direction === 'dial') this.#startedAt = now;
    else this.#answeredAt = now;
    // No line feed: while dialling, any byte more would end the call.
    return `${this.#command ?? 'ATA'}\r`;
  }

  heard(now: Instant, code: ResultCode): void {
    if (code.kind === 'ring') this.#ring(now);
    else if (code.kind === 'callerId') this.#callerId = { ...this.#callerId, [code.key]: code.value };
    else if (code.kind === 'report') this.#reports[code.key] = code.value;
    // A modem that answers by itself may say CONNECT without ever having said RING.
    else if (code.kind === 'connect' && this.#phase !== 'due') this.result = { is: 'connected', code };
    else if (this.#phase !== 'waiting') return;
    else if (code.kind === 'ringing') {
      this.#ringingAt ??= now;
      this.#sign({ type: 'ringing' });
    } else if (code.kind === 'delayed') this.#fail('delayed', code.text, code.seconds * SECOND);
    else if (FAILURES.has(code.kind)) this.#fail(code.kind as CallFailure, code.text);
  }

  expire(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline || this.result) return;
    if (this.#phase === 'listening') {
      this.#sign({ type: 'ringsStopped', count: this.#rings });
      this.#rings = 0;
      this.#callerId = {};
      this.#startedAt = undefined;
      this.#deadline = undefined;
      return;
    }
    const seconds = Math.round(this.#patience / SECOND);
    this.#fail('noResult', `no result within ${seconds} s (S7=${this.#options.carrierWait} and a margin)`);
  }

  #ring(now: Instant): void {
    this.#rings++;
    const whileDialling = this.direction === 'dial';
    this.#sign({ type: 'ring', count: this.#rings, callerId: this.#callerId, whileDialling });
    if (this.#phase !== 'listening') return;
    this.#startedAt ??= now;
    this.#deadline = now + RING_GAP;
    if (this.#rings < this.#options.answer.rings) return;
    if (this.#options.answer.by === 'command') {
      this.#phase = 'due';
    } else {
      this.#phase = 'waiting';
      this.#answeredAt = now;
      this.#deadline = now + this.#patience;
    }
  }

  #fail(failure: CallFailure, text: string, delay?: Duration): void {
    const rang = this.direction === 'dial' && this.#rings > 0 ? ' (a call came in while dialling)' : '';
    this.result = { is: 'failed', failure, text: `${text}${rang}`, delay };
  }

  #sign(sign: AttemptSign): void {
    if (this.#signs.length < SIGNS_MAX) this.#signs.push(sign);
  }
}
