/** Numbers that a modem has forbidden for a while or for good, so that nobody hammers them. Dials nothing. */
import type { Duration, Instant } from '../base/instant.ts';
import { SECOND } from '../base/instant.ts';
import type { DialerEvent } from './dialer-event.ts';

/** Numbers that are remembered; the oldest is forgotten beyond. */
const NUMBERS_MAX = 64;
/** A modem that says DELAYED and not for how long. */
const DELAY_UNSAID: Duration = 60 * SECOND;

interface Ban {
  readonly failure: 'blacklisted' | 'delayed';
  readonly text: string;
  /** `undefined` for good. */
  readonly until: Instant | undefined;
}

/** See the head of the file. */
export class ForbiddenNumbers {
  readonly #bans = new Map<string, Ban>();

  /** Remembers a ban; gives how long to wait. */
  forbid(
    now: Instant,
    number: string,
    failure: Ban['failure'],
    text: string,
    delay: Duration,
  ): 'never' | Duration {
    const wait = failure === 'blacklisted' ? undefined : delay || DELAY_UNSAID;
    this.#bans.delete(number);
    this.#bans.set(number, { failure, text, until: wait === undefined ? undefined : now + wait });
    if (this.#bans.size > NUMBERS_MAX) this.#bans.delete(this.#bans.keys().next().value ?? number);
    return wait ?? 'never';
  }

  /** What is to be said in place of dialling `number` now; `undefined` when it may be dialled. */
  refusal(now: Instant, number: string): (DialerEvent & { type: 'callFailed' }) | undefined {
    const ban = this.#bans.get(number);
    if (ban === undefined || (ban.until !== undefined && ban.until <= now)) return undefined;
    return {
      type: 'callFailed',
      direction: 'dial',
      failure: ban.failure,
      text: `not dialled: the modem said ${ban.text}`,
      retry: ban.until === undefined ? 'never' : ban.until - now,
      timings: { total: 0 },
    };
  }
}
