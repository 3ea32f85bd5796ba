/** Dialers at the modems of an emulated exchange, in virtual time, with modem lines or without. */
import { InvariantError } from '../../src/base/failure.ts';
import { earlier, type Instant, MILLISECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Dialer } from '../../src/modem/dialer.ts';
import type { DialerEvent } from '../../src/modem/dialer-event.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';
import { Exchange } from '../../src/modem/exchange.ts';
import type { ExchangeEvent } from '../../src/modem/exchange-event.ts';
import { type ExchangeOptions, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';

/** What a test says of its switchboard. */
export interface SwitchboardOptions {
  readonly exchange?: Partial<ExchangeOptions>;
  readonly dialers?: readonly Partial<DialerOptions>[];
  /** Whether the ports have modem lines. */
  readonly lines: boolean;
  readonly seed?: string;
}

/** See the head of the file. Modem 0 has the number 100, modem 1 the number 200. */
export class Switchboard {
  readonly exchange: Exchange;
  readonly dialers: readonly Dialer[];
  readonly events: (readonly [at: Instant, place: number, event: DialerEvent])[] = [];
  readonly story: ExchangeEvent[] = [];
  now: Instant = 0;
  readonly #lines: boolean;
  readonly #dcd: (boolean | undefined)[] = [];

  constructor(options: SwitchboardOptions) {
    this.#lines = options.lines;
    this.exchange = new Exchange(0, {
      modems: [{ number: '100' }, { number: '200' }],
      random: new Random(options.seed ?? 'switchboard'),
      timings: QUICK_TIMINGS,
      ...options.exchange,
    });
    this.dialers = [0, 1].map((place) => new Dialer(options.dialers?.[place] ?? {}));
    if (!options.lines) for (const dialer of this.dialers) dialer.lines(0, null);
  }

  /** Runs until `until` holds, or `ms` milliseconds have passed. True when it holds. */
  run(ms: number, until: () => boolean = () => false): boolean {
    const end = this.now + ms * MILLISECOND;
    for (let steps = 0; steps < 1_000_000; steps++) {
      this.#settle();
      if (until()) return true;
      const due = this.dialers.reduce<Instant | undefined>(
        (soonest, dialer) => earlier(soonest, dialer.deadline),
        this.exchange.deadline,
      );
      if (due === undefined || due > end) {
        this.now = end;
        return until();
      }
      this.now = Math.max(this.now, due);
      this.exchange.expire(this.now);
      for (const dialer of this.dialers)
        if ((dialer.deadline ?? Infinity) <= this.now) dialer.expire(this.now);
    }
    throw new InvariantError('time does not pass');
  }

  /** Runs until the dialer at `place` reports `type`; gives the report. */
  until<T extends DialerEvent['type']>(
    place: number,
    types: readonly T[],
    ms = 300_000,
  ): DialerEvent & { type: T } {
    const from = this.events.length;
    let found: DialerEvent | undefined;
    this.run(ms, () => {
      found = this.events
        .slice(from)
        .find(([, at, { type }]) => at === place && types.includes(type as T))?.[2];
      return found !== undefined;
    });
    if (!found) throw new Error(`no ${types}: ${JSON.stringify(this.events.slice(-4))}`);
    return found as DialerEvent & { type: T };
  }

  /** Both modems are set up. */
  ready(): void {
    for (const dialer of this.dialers) dialer.initialise(this.now);
    if (!this.run(60_000, () => this.dialers.every(({ state }) => state === 'ready'))) {
      throw new Error(`not ready: ${JSON.stringify(this.events.slice(-6))}`);
    }
  }

  /** Sends bytes of a call from `place`. */
  send(place: number, text: string): void {
    this.exchange.receive(this.now, place, Uint8Array.from(Buffer.from(text, 'latin1')));
  }

  /** All bytes of calls that came at `place`. */
  data(place: number): string {
    return this.events
      .flatMap(([, at, event]) =>
        at === place && event.type === 'data' ? [Buffer.from(event.bytes).toString('latin1')] : [],
      )
      .join('');
  }

  #settle(): void {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const [place, dialer] of this.dialers.entries()) isBusy = this.#serve(place, dialer) || isBusy;
    }
    for (let event = this.exchange.next(); event; event = this.exchange.next()) this.story.push(event);
  }

  /** True when anything passed. */
  #serve(place: number, dialer: Dialer): boolean {
    let isBusy = this.#drain(place, dialer);
    for (let bytes = dialer.poll(this.now); bytes; bytes = dialer.poll(this.now)) {
      this.exchange.receive(this.now, place, bytes);
      isBusy = true;
    }
    for (
      let bytes = this.exchange.poll(this.now, place);
      bytes;
      bytes = this.exchange.poll(this.now, place)
    ) {
      dialer.receive(this.now, bytes);
      isBusy = this.#drain(place, dialer) || true;
    }
    const { dcd } = this.exchange.outputs(place);
    if (this.#lines && dcd !== this.#dcd[place]) {
      this.#dcd[place] = dcd;
      dialer.lines(this.now, { dcd });
      isBusy = true;
    }
    return this.#drain(place, dialer) || isBusy;
  }

  #drain(place: number, dialer: Dialer): boolean {
    let isBusy = false;
    for (let event = dialer.next(); event; event = dialer.next()) {
      isBusy = true;
      this.events.push([this.now, place, event]);
      if (event.type === 'dtr') this.exchange.setInputs(this.now, place, { dtr: event.on });
    }
    return isBusy;
  }
}
