/** A call on which `+++` is tried: sends the patterns, asks each time whether the modem still hands on data, and goes back to it. Dials nothing. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import { type EscapeFinding, type EscapePattern, escapePatterns } from './escape-safety.ts';
import { type ResultReading, readResult } from './result-code.ts';
import { ResultReader } from './result-reader.ts';

/** How long after a pattern the modem may still fall out of the data, or the carrier go. */
const SETTLE: Duration = 2 * SECOND;
/** How long a modem may take to answer AT. */
const ANSWER: Duration = 1_500 * MILLISECOND;
/** How long it may take to say that it is back in the data; some say nothing. */
const RETURN: Duration = 5 * SECOND;

/** Whatever the modem was told, its words and its numbers are understood. */
const READING: ResultReading = { maker: 'hayes', extra: {} };

/** The carriage return ends what a modem in command state took the last data for. */
const QUESTION = '\rAT\r';
const BACK = 'ATO\r';

/** What is waited for: the end of a silence, an answer to AT, an answer to ATO, an answer to AT after a silent ATO. */
type Stage = 'pattern' | 'asking' | 'returning' | 'confirming' | 'over';

/**
 * One finding for each pattern, in order; after a lost call there are no more. A modem that answers AT is in command
 * state: where ATO leads back, the call was on all the time, else it is lost. In the data, the far end gets AT.
 */
export class EscapeProbe implements ByteMachine<EscapeFinding> {
  readonly #patterns: readonly EscapePattern[];
  readonly #reader = new ResultReader();
  readonly #events: EscapeFinding[] = [];
  #stage: Stage = 'pattern';
  #pattern = 0;
  #piece = 0;
  #deadline: Instant | undefined;
  #send: string | undefined;

  /** `guardTime` in fiftieths of a second, as the modem was told (S12). */
  constructor(now: Instant, guardTime: number) {
    this.#patterns = escapePatterns(guardTime);
    this.#begin(now);
  }

  /** Whether all was tried, or the call is lost. */
  get isOver(): boolean {
    return this.#stage === 'over';
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const { line, next } = this.#reader.take(bytes, at);
      at = next;
      if (line !== undefined) this.#heard(now, readResult(line, READING, true).kind);
    }
  }

  /** Silence means nothing here beyond what `expire` makes of it. */
  gap(_now: Instant): void {}

  expire(now: Instant): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    switch (this.#stage) {
      case 'pattern':
        this.#goOn(now);
        break;
      case 'asking':
        this.#found(now, 'none');
        break;
      case 'returning':
        this.#say(now, 'confirming', QUESTION, ANSWER);
        break;
      case 'confirming':
        this.#found(now, 'commandState');
        break;
      case 'over':
        break;
    }
  }

  poll(_now: Instant): Uint8Array | undefined {
    const text = this.#send;
    this.#send = undefined;
    return text === undefined ? undefined : Uint8Array.from(text, (character) => character.charCodeAt(0));
  }

  next(): EscapeFinding | undefined {
    return this.#events.shift();
  }

  /** The carrier is gone. */
  lost(now: Instant): void {
    if (!this.isOver) this.#found(now, 'lost');
  }

  #begin(now: Instant): void {
    this.#stage = 'pattern';
    this.#piece = 0;
    this.#deadline = now + SETTLE;
  }

  /** The next piece of a pattern, or the question what it did. */
  #goOn(now: Instant): void {
    const { pieces, silence } = this.#patterns[this.#pattern]!;
    const piece = pieces[this.#piece];
    if (piece === undefined) {
      this.#say(now, 'asking', QUESTION, ANSWER);
      return;
    }
    this.#piece++;
    const before = pieces[this.#piece]?.silence ?? silence + SETTLE;
    this.#say(now, 'pattern', piece.text, before);
  }

  #say(now: Instant, stage: Stage, text: string, patience: Duration): void {
    this.#stage = stage;
    this.#send = text;
    this.#deadline = now + patience;
  }

  #heard(now: Instant, kind: string): void {
    if (this.#stage === 'asking') {
      if (kind === 'ok' || kind === 'error') this.#say(now, 'returning', BACK, RETURN);
    } else if (this.#stage === 'returning') {
      if (kind === 'connect') this.#found(now, 'commandState');
      else if (kind === 'noCarrier' || kind === 'error') this.#found(now, 'lost');
    } else if (this.#stage === 'confirming' && (kind === 'ok' || kind === 'error')) {
      this.#found(now, 'lost');
    }
  }

  #found(now: Instant, effect: EscapeFinding['effect']): void {
    const { name } = this.#patterns[this.#pattern]!;
    this.#events.push({ pattern: name, effect });
    this.#pattern++;
    if (effect !== 'lost' && this.#pattern < this.#patterns.length) {
      this.#begin(now);
      return;
    }
    this.#stage = 'over';
    this.#deadline = undefined;
  }
}
