/** Requests of one end that await their answers, and how long answers took. Bounded: the oldest requests are forgotten. */
import { Histogram } from '../base/histogram.ts';
import type { Instant } from '../base/instant.ts';

/** Requests remembered at once per stream; the answer to an older one is delivered, but not timed. */
export const REQUESTS_MAX = 4096;

/** The requests of one stream, by number, and the time until each answer was delivered. */
export class Requests {
  /** Microseconds from handing a request to the transport to the delivery of its answer. */
  readonly answerTime = new Histogram();
  readonly #numbers = new Float64Array(REQUESTS_MAX).fill(-1);
  readonly #sentAt = new Float64Array(REQUESTS_MAX);

  /** Request `number` was handed to the transport. */
  sent(now: Instant, number: number): void {
    const place = number % REQUESTS_MAX;
    this.#numbers[place] = number;
    this.#sentAt[place] = now;
  }

  /** The answer to request `number` was delivered. */
  answered(now: Instant, number: number): void {
    const place = number % REQUESTS_MAX;
    if (this.#numbers[place] !== number) return;
    this.#numbers[place] = -1;
    this.answerTime.add(now - this.#sentAt[place]!);
  }
}
