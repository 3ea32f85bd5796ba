/** What a regulator forbids: numbers that failed are not dialled again at once, and at last not at all. Dials nothing. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';

/** The rules of a country. */
export interface RedialRules {
  /** After so many failures in a row each further attempt must wait. */
  readonly delayAfter: number;
  readonly delay: Duration;
  /** After so many the number is refused until the modem is made anew. */
  readonly blacklistAfter: number;
}

/** Numbers of which failures are remembered; the oldest is forgotten. */
const NUMBERS_MAX = 64;

/** What is known of one number. */
interface Failures {
  readonly count: number;
  readonly last: Instant;
}

/** The memory of one modem for failed attempts. Without rules it forbids nothing. */
export class RedialGuard {
  readonly #rules: RedialRules | undefined;
  readonly #failures = new Map<string, Failures>();

  constructor(rules: RedialRules | undefined) {
    this.#rules = rules;
  }

  /** Why `number` may not be dialled at `now`: the result to give; `undefined` when it may. */
  forbids(now: Instant, number: string): string | undefined {
    const failed = this.#failures.get(number);
    const rules = this.#rules;
    if (rules === undefined || failed === undefined) return undefined;
    if (failed.count >= rules.blacklistAfter) return 'BLACKLISTED';
    const left = failed.last + rules.delay - now;
    if (failed.count < rules.delayAfter || left <= 0) return undefined;
    return `DELAYED ${clock(Math.ceil(left / SECOND))}`;
  }

  /** How an attempt ended. */
  note(now: Instant, number: string, connected: boolean): void {
    const before = this.#failures.get(number)?.count ?? 0;
    this.#failures.delete(number);
    if (connected) return;
    this.#failures.set(number, { count: before + 1, last: now });
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > NUMBERS_MAX && !oldest.done) this.#failures.delete(oldest.value);
  }

  /** Numbers that are refused now, for those who ask (I8 is theirs on many modems). */
  get blacklisted(): readonly string[] {
    const after = this.#rules?.blacklistAfter ?? Number.MAX_SAFE_INTEGER;
    return [...this.#failures].flatMap(([number, { count }]) => (count >= after ? [number] : []));
  }
}

/** hh:mm:ss */
function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
