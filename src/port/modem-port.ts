/** A modem on a port: runs the dialer over it and gives out each call as a port of its own. Knows no protocol. */
import { PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import { Dialer } from '../modem/dialer.ts';
import type { Diagnosis, DialerEvent } from '../modem/dialer-event.ts';
import type { DialerOptions } from '../modem/dialer-options.ts';
import { type CallPace, CallPort } from './call-port.ts';
import type { Clock } from './clock.ts';
import { DialoguePort } from './dialogue-port.ts';
import { Driver } from './driver.ts';
import type { OpenPort } from './open-port.ts';

/** How often DCD is looked at, in milliseconds. */
const LINES_EVERY_MS = 50;
/** What was written is given this long to leave before a call is ended, in milliseconds. */
const LEAVE_MS = 2_000;
const LEAVE_POLL_MS = 20;

/** What a modem on a port can be told. */
export interface ModemPortOptions {
  readonly clock: Clock;
  readonly dialer?: Partial<DialerOptions>;
  /** Left out, the telephone line's rate. */
  readonly pace?: CallPace;
  /** Everything that the dialer reports but the bytes of calls. */
  readonly onEvent?: (now: Instant, event: DialerEvent) => void;
  /** Our own fault; left out, thrown as uncaught. */
  readonly onFailure?: (error: unknown) => void;
}

/** What became of a call: a port, or the reason why there is none. */
export type CallResult =
  | { readonly is: 'connected'; readonly call: CallPort; readonly event: DialerEvent & { type: 'connected' } }
  | { readonly is: 'failed'; readonly event: DialerEvent & { type: 'callFailed' } };

interface Waiter {
  readonly types: readonly DialerEvent['type'][];
  readonly resolve: (event: DialerEvent) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One modem. Its commands are asked one after the other; each rejects with {@link PortError} when the port is lost or
 * the modem does not do as told. Between calls the port below stays open.
 */
export class ModemPort {
  readonly #port: OpenPort;
  readonly #options: ModemPortOptions;
  readonly #dialogue: DialoguePort;
  readonly #dialer: Dialer;
  readonly #driver: Driver<DialerEvent>;
  #waiters: Waiter[] = [];
  #call: CallPort | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #dcd: boolean | null | undefined;
  #lost: PortError | undefined;

  /** Takes over an open port; `start` begins. */
  constructor(port: OpenPort, options: ModemPortOptions) {
    this.#port = port;
    this.#options = options;
    this.#dialogue = new DialoguePort(port);
    this.#dialer = new Dialer({ portBaud: port.settings.baud, ...options.dialer });
    this.#driver = new Driver(this.#dialer, this.#dialogue, options.clock, {
      onEvent: (now, event) => this.#event(now, event),
      onLost: (_now, error) => this.#portLost(error),
      onFailure: (error) => this.#failed(error),
    });
  }

  /** The port below. */
  get port(): OpenPort {
    return this.#port;
  }

  /** The call that is on. */
  get call(): CallPort | undefined {
    return this.#call;
  }

  /** Looks at the lines for the first time and begins to listen. */
  async start(): Promise<void> {
    await this.#look();
    this.#driver.start();
    this.#timer = setInterval(() => void this.#look(), LINES_EVERY_MS);
  }

  /** Sets the modem up. Resolves to the optional settings that it refused. */
  async initialise(): Promise<readonly string[]> {
    const ready = await this.#ask('ready', () => this.#dialer.initialise(this.#now));
    return ready.skipped;
  }

  /** Dials `number`. A call that fails resolves as well, once the modem is ready again. */
  dial(number: string): Promise<CallResult> {
    return this.#attempt(() => this.#dialer.dial(this.#now, number));
  }

  /** Waits for one call and answers it. */
  answer(): Promise<CallResult> {
    return this.#attempt(() => this.#dialer.listen());
  }

  /** Gives up what `dial` or `answer` is waiting for; they resolve as failed. Does nothing where there is nothing to give up. */
  abort(): void {
    const { state } = this.#dialer;
    if (state !== 'dialling' && state !== 'listening' && state !== 'answering') return;
    this.#dialer.abort(this.#now);
    this.#driver.wake();
  }

  /** Ends the call that is on, after what was written to it has left. Resolves to how it ended; `undefined` without a call. */
  async hangUp(): Promise<(DialerEvent & { type: 'hungUp' }) | undefined> {
    this.#call?.end();
    this.#call = undefined;
    await this.#allLeft();
    if (this.#dialer.state !== 'online') return undefined;
    this.#dialogue.text();
    const hungUp = this.#wait('hungUp');
    await this.#ask('ready', () => this.#dialer.hangUp(this.#now), [hungUp]);
    return await hungUp;
  }

  /** Asks the rig's questions about the last call. */
  async diagnose(): Promise<readonly Diagnosis[]> {
    const diagnosed = this.#wait('diagnosed');
    await this.#ask('ready', () => this.#dialer.diagnose(this.#now), [diagnosed]);
    return (await diagnosed).answers;
  }

  /** Resolves once the modem is ready for a command, as after a lost call. */
  async whenReady(): Promise<void> {
    if (this.#lost) throw this.#lost;
    if (this.#dialer.state !== 'ready') await this.#wait('ready');
  }

  /** Ends a call that is on, and closes the port. */
  async close(): Promise<void> {
    if (this.#port.isOpen && this.#driver.isRunning) await this.hangUp().catch(() => {});
    clearInterval(this.#timer);
    await this.#driver.stop();
    this.#dialogue.release();
    await this.#port.close();
  }

  get #now(): Instant {
    return this.#options.clock.now();
  }

  async #attempt(command: () => void): Promise<CallResult> {
    const ended = this.#wait('connected', 'callFailed');
    this.#give(command);
    const event = await ended;
    if (event.type === 'connected') return { is: 'connected', call: this.#call!, event };
    await this.whenReady();
    return { is: 'failed', event };
  }

  /** Gives `command` and resolves to the first event of `type`. `others` are waits that would go unheard with it. */
  async #ask<T extends DialerEvent['type']>(
    type: T,
    command: () => void,
    others: readonly Promise<unknown>[] = [],
  ): Promise<DialerEvent & { type: T }> {
    const answer = this.#wait(type);
    for (const other of others) other.catch(() => {});
    this.#give(command);
    return await answer;
  }

  #give(command: () => void): void {
    if (this.#lost) return;
    command();
    this.#driver.wake();
  }

  #wait<T extends DialerEvent['type']>(...types: T[]): Promise<DialerEvent & { type: T }> {
    if (this.#lost) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ types, reject, resolve: (event) => resolve(event as DialerEvent & { type: T }) });
    });
  }

  #event(now: Instant, event: DialerEvent): void {
    if (event.type === 'data') {
      this.#call?.deliver(event.bytes);
      return;
    }
    if (event.type === 'dtr') void this.#port.setLines({ dtr: event.on });
    if (event.type === 'connected') this.#connected(event);
    if (event.type === 'lost') this.#callLost(event.text);
    this.#options.onEvent?.(now, event);
    if (event.type === 'failed') {
      this.#reject(new PortError('failed', this.#port.path, `${this.#port.path}: ${event.text}`));
      return;
    }
    const heard = this.#waiters.filter(({ types }) => types.includes(event.type));
    this.#waiters = this.#waiters.filter((waiter) => !heard.includes(waiter));
    for (const { resolve } of heard) resolve(event);
  }

  #connected({ report }: DialerEvent & { type: 'connected' }): void {
    const call = new CallPort(this.#port, report, this.#options.pace ?? 'line', async () => {
      await this.hangUp();
    });
    this.#call = call;
    this.#dialogue.direct();
  }

  #callLost(text: string): void {
    const call = this.#call;
    this.#call = undefined;
    this.#dialogue.text();
    call?.lose(text);
  }

  #portLost(error: PortError): void {
    this.#lost = error;
    clearInterval(this.#timer);
    this.#call?.lose(error.message);
    this.#call = undefined;
    this.#reject(error);
  }

  #failed(error: unknown): void {
    clearInterval(this.#timer);
    this.#reject(error);
    if (this.#options.onFailure) this.#options.onFailure(error);
    else {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #reject(error: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(error);
  }

  /** Tells the dialer of the lines where they changed. */
  async #look(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const lines = await this.#port.modemLines();
    this.#isAsking = false;
    const dcd = lines?.dcd ?? null;
    if (dcd === this.#dcd || !this.#port.isOpen) return;
    this.#dcd = dcd;
    this.#dialer.lines(this.#now, dcd === null ? null : { dcd });
    if (this.#driver.isRunning) this.#driver.wake();
  }

  /** Waits for what was written to leave the port, for {@link LEAVE_MS} at most. */
  async #allLeft(): Promise<void> {
    for (let waited = 0; waited < LEAVE_MS; waited += LEAVE_POLL_MS) {
      if (!this.#port.isOpen || (this.#port.queued === 0 && !this.#port.unsent())) return;
      await new Promise((resolve) => setTimeout(resolve, LEAVE_POLL_MS));
    }
  }
}
