/** Pings and pongs of one run: a few at once when it begins, then one now and then for as long as it lasts. */
import type { Duration, Instant } from '../base/instant.ts';
import { ClockOffset } from './clock-offset.ts';
import { encodePing } from './control-message.ts';
import { PING_INTERVAL } from './time-limits.ts';

/** Exchanges before the traffic begins: the shortest round trip of these is a quiet line's. */
const OPENING_EXCHANGES = 4;

/** See the head of the file. */
export class ClockExchange {
  readonly offset = new ClockOffset();
  #exchanges = 0;
  #begun = false;
  /** When the ping was sent whose answer is awaited. */
  #awaited: Instant | undefined;
  #nextAt: Instant = 0;
  #patience: Duration = PING_INTERVAL;

  /** Starts asking. An answer that takes longer than `patience` is asked for again. */
  begin(now: Instant, patience: Duration): void {
    this.#begun = true;
    this.#nextAt = now;
    this.#patience = Math.max(patience, PING_INTERVAL);
  }

  /** Stops asking. */
  end(): void {
    this.#begun = false;
  }

  /** Whether the opening exchanges are done. */
  get opened(): boolean {
    return this.#exchanges >= OPENING_EXCHANGES;
  }

  /** When {@link ping} is next wanted. */
  get deadline(): Instant | undefined {
    return this.#begun ? this.#nextAt : undefined;
  }

  /** The ping that is due at `now`, if one is. */
  ping(now: Instant): Uint8Array | undefined {
    if (!this.#begun || now < this.#nextAt) return undefined;
    // As it comes back: a ping carries whole microseconds.
    this.#awaited = Math.floor(now);
    this.#nextAt = now + this.#patience;
    return encodePing(this.#awaited);
  }

  /** Takes an answer; one that was not awaited is disregarded. */
  pong(now: Instant, sentAt: Instant, receivedThere: Instant): void {
    if (sentAt !== this.#awaited) return;
    this.#awaited = undefined;
    this.#exchanges++;
    this.offset.take(now, sentAt, receivedThere, receivedThere);
    this.#nextAt = this.opened ? now + PING_INTERVAL : now;
  }
}
