/** How far the partner's clock is from ours, from pings and pongs: what turns its send times into one-way delays. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';

/** How much two crystal clocks may drift apart: 100 parts per million covers two PCs. */
const DRIFT_PER_MILLION = 100;

interface Estimate {
  /** Partner's clock minus ours, microseconds. */
  readonly offset: Duration;
  /** Half the round trip: the answer may have spent all of it on one way. */
  readonly error: Duration;
  readonly at: Instant;
}

/**
 * The best estimate of the partner's clock. An exchange with a shorter round trip replaces one with a longer,
 * and an old one loses to a newer as drift eats its precision (RFC 5905 does the same in its clock filter).
 */
export class ClockOffset {
  #best: Estimate | undefined;

  /** Takes one exchange: sent at `sentAt`, received there at `receivedThere`, answered at `answeredThere`, back at `now`. */
  take(now: Instant, sentAt: Instant, receivedThere: Instant, answeredThere: Instant): void {
    const roundTrip = now - sentAt - (answeredThere - receivedThere);
    if (roundTrip < 0 || answeredThere < receivedThere) return;
    const offset = Math.round((receivedThere - sentAt + answeredThere - now) / 2);
    const fresh: Estimate = { offset, error: roundTrip / 2, at: now };
    if (this.#best === undefined || fresh.error <= this.#error(this.#best, now)) this.#best = fresh;
  }

  /** Whether there is an estimate. */
  get known(): boolean {
    return this.#best !== undefined;
  }

  /** The partner's `instant` by our clock; `undefined` before the first exchange. */
  ours(instant: Instant): Instant | undefined {
    return this.#best === undefined ? undefined : instant - this.#best.offset;
  }

  /** By how much {@link ours} may be wrong at `now`, microseconds; `undefined` before the first exchange. */
  uncertainty(now: Instant): Duration | undefined {
    return this.#best === undefined ? undefined : Math.ceil(this.#error(this.#best, now));
  }

  #error(estimate: Estimate, now: Instant): Duration {
    return estimate.error + ((now - estimate.at) * DRIFT_PER_MILLION) / SECOND;
  }
}
