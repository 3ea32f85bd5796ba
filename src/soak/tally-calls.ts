/** The calls of a series put together from its attempts, for a series that left no result of its own. Dials nothing. */
import { CallTally } from '../modem/call-statistics.ts';
import type { AttemptResult, CallsResult } from './result.ts';

/** Attempts that a result holds, as `dplink dial` keeps them. */
const ATTEMPTS_MAX = 10_000;

/** Gathers attempts, in the order in which they were made. */
export class GatheredCalls {
  readonly #tally = new CallTally();
  readonly #attempts: AttemptResult[] = [];
  #passed = 0;
  #failed = 0;
  #last = 0;

  /** Takes the next attempt. */
  add(attempt: AttemptResult): void {
    this.#tally.add(attempt);
    this.#attempts.push(attempt);
    if (this.#attempts.length > ATTEMPTS_MAX) this.#attempts.shift();
    this.#last = Math.max(this.#last, attempt.call);
    if (attempt.outcome === 'passed') this.#passed++;
    else if (!attempt.retried) this.#failed++;
  }

  /** Calls that failed for good. */
  get failed(): number {
    return this.#failed;
  }

  /** What they came to; `wanted` calls, `needed` of which must pass, where that is known: else those that were made. */
  calls(wanted = this.#last, needed = wanted): CallsResult {
    return {
      wanted: Math.max(wanted, this.#last),
      needed,
      passed: this.#passed,
      statistics: this.#tally.statistics,
      attempts: this.#attempts,
    };
  }
}
