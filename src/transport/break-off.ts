/** HARD_DISCONNECT: three copies, spaced by half a round trip, and what the partner's means. [MC-DPL8R] 3.1.4.3 */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';
import type { HardDisconnectPacket } from '../wire/transport-packet.ts';
import { type Handshake, tickCount } from './handshake.ts';
import type { RoundTrip } from './round-trip.ts';
import { TIMER, type Timers } from './timing.ts';

/** How often HARD_DISCONNECT is sent, since nothing acknowledges it but the partner's. */
const COPIES = 3;
/** The least and the most time between two copies. */
const SPACING_MIN: Duration = 10 * MILLISECOND;
const SPACING_MAX: Duration = 500 * MILLISECOND;

/** The end without ceremony. */
export class BreakOff {
  readonly #handshake: Handshake;
  readonly #timers: Timers;
  readonly #roundTrip: RoundTrip;
  readonly #version: number;
  #left: number | undefined;
  #isDue = false;

  constructor(handshake: Handshake, timers: Timers, roundTrip: RoundTrip, version: number) {
    this.#handshake = handshake;
    this.#timers = timers;
    this.#roundTrip = roundTrip;
    this.#version = version;
  }

  /** Whether it has begun: no data is sent or taken any more. */
  get hasBegun(): boolean {
    return this.#left !== undefined;
  }

  /** Whether all copies are out, or none is needed any more. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  begin(): void {
    if (this.hasBegun) return;
    this.#left = COPIES;
    this.#isDue = true;
  }

  /** The partner's HARD_DISCONNECT came after our own: it counts as the acknowledgment. */
  acknowledged(): void {
    this.#left = 0;
    this.#isDue = false;
    this.#timers.cancel(TIMER.hardDisconnect);
  }

  poll(now: Instant): HardDisconnectPacket | undefined {
    if (!this.#isDue || this.#left === undefined || this.#left === 0) return undefined;
    this.#isDue = false;
    this.#left--;
    const spacing = Math.min(Math.max(Math.floor(this.#roundTrip.smoothed / 2), SPACING_MIN), SPACING_MAX);
    if (this.#left > 0) this.#timers.set(TIMER.hardDisconnect, now + spacing);
    return {
      name: 'HARD_DISCONNECT',
      bMsgID: this.#handshake.nextMessageId(),
      dwCurrentProtocolVersion: this.#version,
      dwSessID: this.#handshake.sessionId,
      tTimestamp: tickCount(now),
    };
  }

  expire(now: Instant): void {
    if (this.#timers.expired(TIMER.hardDisconnect, now)) this.#isDue = true;
  }
}
