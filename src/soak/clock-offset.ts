/** How far the partner's clock is from ours, from pings and pongs: what turns its send times into one-way delays. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';

/** How much two crystal clocks may drift apart: 100 parts per million covers two PCs. */
const DRIFT_PER_MILLION = 100;

/** A drift is told once it is known to this many parts per million. */
const DRIFT_KNOWN_TO = 50;

/** How fast a clock runs beside ours, in parts per million, and by how much that may be wrong. */
export interface ClockDrift {
  readonly ppm: number;
  readonly uncertaintyPpm: number;
}

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
  /** The best of the first second: from it the drift is measured. */
  #anchor: Estimate | undefined;
  #drift: ClockDrift | undefined;

  /** Takes one exchange: sent at `sentAt`, received there at `receivedThere`, answered at `answeredThere`, back at `now`. */
  take(now: Instant, sentAt: Instant, receivedThere: Instant, answeredThere: Instant): void {
    const roundTrip = now - sentAt - (answeredThere - receivedThere);
    if (roundTrip < 0 || answeredThere < receivedThere) return;
    const offset = Math.round((receivedThere - sentAt + answeredThere - now) / 2);
    const fresh: Estimate = { offset, error: roundTrip / 2, at: now };
    if (this.#best === undefined || fresh.error <= this.#error(this.#best, now)) this.#best = fresh;
    this.#follow(fresh);
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

  /** By how much the partner's clock runs faster than ours; `undefined` until it is known to {@link DRIFT_KNOWN_TO}. */
  get drift(): ClockDrift | undefined {
    return this.#drift;
  }

  /** The drift as the exchange shows it that tells most: a good one late in the run. */
  #follow(fresh: Estimate): void {
    const anchor = this.#anchor;
    if (anchor === undefined || (fresh.at - anchor.at < SECOND && fresh.error < anchor.error)) {
      this.#anchor = fresh;
      return;
    }
    const seconds = (fresh.at - anchor.at) / SECOND;
    const uncertainty = (anchor.error + fresh.error) / seconds;
    if (seconds < 1 || uncertainty > (this.#drift?.uncertaintyPpm ?? DRIFT_KNOWN_TO)) return;
    this.#drift = { ppm: (fresh.offset - anchor.offset) / seconds, uncertaintyPpm: uncertainty };
  }

  #error(estimate: Estimate, now: Instant): Duration {
    return estimate.error + ((now - estimate.at) * DRIFT_PER_MILLION) / SECOND;
  }
}
