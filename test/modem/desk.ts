/** A desk with emulated modems on it, in virtual time: types, waits, reads. */
import { earlier, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Exchange } from '../../src/modem/exchange.ts';
import type { ExchangeEvent } from '../../src/modem/exchange-event.ts';
import type { ExchangeOptions } from '../../src/modem/exchange-options.ts';

/** What is on the desk where a test does not say otherwise. */
const TWO_MODEMS = [{ number: '100' }, { number: '200' }];

/** The ports of all modems in one hand. Everything that they said is kept until it is read. */
export class Desk {
  readonly exchange: Exchange;
  readonly events: ExchangeEvent[] = [];
  readonly #heard: number[][];
  now: Instant = 0;

  constructor(options: Partial<ExchangeOptions> = {}) {
    const modems = options.modems ?? TWO_MODEMS;
    this.exchange = new Exchange(0, { random: new Random('desk'), ...options, modems });
    this.#heard = modems.map(() => []);
  }

  /** Lets time pass, in milliseconds; everything happens at its own moment. */
  wait(milliseconds: number): void {
    const end = this.now + milliseconds * MILLISECOND;
    for (let steps = 0; ; steps++) {
      if (steps > 1_000_000) throw new Error('time does not pass');
      this.#read();
      const due = earlier(this.exchange.deadline, end)!;
      if (due >= end && steps > 0) break;
      this.now = Math.max(this.now, Math.min(due, end));
      this.exchange.expire(this.now);
    }
    this.now = end;
    this.exchange.expire(end);
    this.#read();
  }

  /** Types at a modem, all at once. */
  type(place: number, text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Uint8Array.from(Buffer.from(text, 'latin1')) : text;
    this.exchange.receive(this.now, place, bytes);
    this.#read();
  }

  /** What a modem said since last asked. */
  heard(place: number): string {
    return this.heardBytes(place).toString('latin1');
  }

  heardBytes(place: number): Buffer {
    return Buffer.from(this.#heard[place]!.splice(0));
  }

  /** Types a command line, waits a moment, and gives what came, without the echo and the line ends around it. */
  ask(place: number, line: string, milliseconds = 10): string {
    this.heard(place);
    this.type(place, `${line}\r`);
    this.wait(milliseconds);
    const heard = this.heard(place);
    return (heard.startsWith(`${line}\r`) ? heard.slice(line.length + 1) : heard)
      .trim()
      .replaceAll('\r\n\r\n', '\r\n');
  }

  /** Waits until a modem says something that matches; the time it took in seconds. */
  until(place: number, pattern: RegExp, seconds = 120): number {
    const began = this.now;
    let text = '';
    while (this.now - began < seconds * SECOND) {
      text += this.heard(place);
      if (pattern.test(text)) return (this.now - began) / SECOND;
      this.wait(10);
    }
    throw new Error(`not heard in ${seconds} s: ${pattern}, but ${JSON.stringify(text)}`);
  }

  /** Modem 0 dials, modem 1 answers; both are silent about it afterwards. */
  connect(dial = 'ATDT200'): void {
    this.type(1, 'ATS0=1\r');
    this.type(0, `${dial}\r`);
    this.until(0, /CONNECT.*\r\n/);
    this.wait(100);
    this.heard(0);
    this.heard(1);
  }

  /** What happened to calls, by name. */
  story(): string[] {
    return this.events.flatMap((each) => ('call' in each ? [each.event.type] : []));
  }

  #read(): void {
    for (const [place, heard] of this.#heard.entries()) {
      for (
        let bytes = this.exchange.poll(this.now, place);
        bytes !== undefined;
        bytes = this.exchange.poll(this.now, place)
      ) {
        heard.push(...bytes);
      }
    }
    for (let event = this.exchange.next(); event !== undefined; event = this.exchange.next())
      this.events.push(event);
  }
}
