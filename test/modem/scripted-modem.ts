/** A dialer and a modem that answers by a script, in virtual time. Knows no commands itself. */
import { InvariantError } from '../../src/base/failure.ts';
import { earlier, type Instant, MILLISECOND } from '../../src/base/instant.ts';
import { Dialer } from '../../src/modem/dialer.ts';
import type { DialerEvent } from '../../src/modem/dialer-event.ts';
import type { DialerOptions } from '../../src/modem/dialer-options.ts';

/** What the modem says, and when: a text is said 20 ms after the command, a pair after its own milliseconds. */
export type Reply = string | readonly [afterMs: number, text: string];

/** The answers to one command; nothing for silence. The modem is told of DTR as `DTR on` and `DTR off`. */
export type Script = (command: string, bench: Bench) => readonly Reply[] | Reply | undefined;

/** What a well-behaved modem says to the commands of the default set-up. */
export function obliging(command: string): string | undefined {
  return /^AT(D|A$)/.test(command) || !command.startsWith('AT') ? undefined : '\r\nOK\r\n';
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** See the head of the file. */
export class Bench {
  readonly dialer: Dialer;
  readonly events: DialerEvent[] = [];
  /** Commands as the modem got them, with their times in milliseconds. */
  readonly commands: [number, string][] = [];
  now: Instant = 0;
  /** Pieces in which the modem's words arrive; 0 for whole. */
  pieces = 0;
  readonly #script: Script;
  #said: { at: Instant; bytes: Uint8Array }[] = [];

  constructor(script: Script, options: Partial<DialerOptions> = {}) {
    this.dialer = new Dialer(options);
    this.#script = script;
  }

  /** The modem says `text` (or sends bytes) after `ms` milliseconds. */
  say(text: string | Uint8Array, ms = 0): void {
    const bytes = typeof text === 'string' ? latin(text) : text;
    const at = this.now + ms * MILLISECOND;
    this.#said.push({ at, bytes });
    this.#said.sort((a, b) => a.at - b.at);
  }

  /** Runs until `until` holds or `ms` milliseconds have passed. True when it holds. */
  run(ms: number, until: () => boolean = () => false): boolean {
    const end = this.now + ms * MILLISECOND;
    for (let turns = 0; turns < 100_000; turns++) {
      this.#turn();
      if (until()) return true;
      const next = earlier(this.dialer.deadline, this.#said[0]?.at);
      if (next === undefined || next > end) {
        this.now = end;
        return until();
      }
      this.now = Math.max(this.now, next);
      if ((this.dialer.deadline ?? Infinity) <= this.now) this.dialer.expire(this.now);
      while ((this.#said[0]?.at ?? Infinity) <= this.now) this.#deliver(this.#said.shift()!.bytes);
    }
    throw new InvariantError('the bench turns without end');
  }

  /** Runs until an event of `type` has come that was not there before; gives it. */
  until<T extends DialerEvent['type']>(type: T, ms = 600_000): DialerEvent & { type: T } {
    const from = this.events.length;
    const found = (): DialerEvent | undefined => this.events.slice(from).find((event) => event.type === type);
    this.run(ms, () => found() !== undefined);
    const event = found();
    if (event === undefined) throw new Error(`no ${type}: ${JSON.stringify(this.events.slice(-5))}`);
    return event as DialerEvent & { type: T };
  }

  /** Initialises; gives the first `ready`. */
  ready(): void {
    this.dialer.initialise(this.now);
    this.until('ready');
  }

  /** All bytes of calls so far. */
  get data(): string {
    return this.events
      .flatMap((event) => (event.type === 'data' ? [String.fromCharCode(...event.bytes)] : []))
      .join('');
  }

  #turn(): void {
    this.#drain();
    for (let bytes = this.dialer.poll(this.now); bytes; bytes = this.dialer.poll(this.now)) {
      this.#drain();
      const text = String.fromCharCode(...bytes);
      this.#told(text === '\r' ? 'any key' : text.replace(/\r$/, ''));
    }
    this.#drain();
  }

  #told(command: string): void {
    this.commands.push([this.now / MILLISECOND, command]);
    const replies = this.#script(command, this) ?? [];
    const list = typeof replies === 'string' || typeof replies[0] === 'number' ? [replies as Reply] : replies;
    for (const reply of list as readonly Reply[]) {
      if (typeof reply === 'string') this.say(reply, 20);
      else this.say(reply[1], reply[0]);
    }
  }

  #deliver(bytes: Uint8Array): void {
    const size = this.pieces === 0 ? bytes.length : this.pieces;
    for (let at = 0; at < bytes.length; at += size) {
      this.dialer.receive(this.now, bytes.subarray(at, at + size));
      this.#drain();
    }
  }

  #drain(): void {
    for (let event = this.dialer.next(); event; event = this.dialer.next()) {
      this.events.push(event);
      if (event.type === 'dtr') this.#told(event.on ? 'DTR on' : 'DTR off');
    }
  }
}
