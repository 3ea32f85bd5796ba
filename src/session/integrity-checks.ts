/** What the host does when one player says that it lost another: which checks are under way, and who goes. Sends nothing. [MS-DPDX] 3.1.5.6 */
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';

/** How long a player in question may take to answer; its connection's own end comes sooner, as a rule (INT-1). */
export const INTEGRITY_CHECK_LIMIT: Duration = 30 * SECOND;

/** Checks that are under way at most; requests beyond are disregarded, as if the connection to the host had lost them. */
export const INTEGRITY_CHECKS_MAX = 1024;

/** A check that is under way. */
interface Check {
  readonly requester: number;
  readonly target: number;
  readonly until: Instant;
}

/** Who a request or a response comes from is known by its connection; this is what the table knows. */
export interface Roll {
  readonly host: number;
  /** Whether that is a player, and one who is not leaving (INT-3). */
  isPlayer(dpnid: number): boolean;
}

/** See the head of the file. */
export class IntegrityChecks {
  readonly #limit: Duration;
  /** By requester and target, the oldest first. */
  readonly #checks = new Map<string, Check>();

  constructor(limit: Duration = INTEGRITY_CHECK_LIMIT) {
    this.#limit = limit;
  }

  /** How many checks are under way. */
  get size(): number {
    return this.#checks.size;
  }

  /**
   * `requester` says that it lost `target`. True: INTEGRITY_CHECK with the requester's DPNID is due to the target. False:
   * disregarded, because one of them is no player or leaving (INT-3), it asks about the host or itself (INT-4), or the two
   * are being checked already (INT-7).
   */
  requested(now: Instant, requester: number, target: number, roll: Roll): boolean {
    if (requester === target || target === roll.host || requester === roll.host) return false;
    if (!roll.isPlayer(requester) || !roll.isPlayer(target)) return false;
    if (this.#checks.has(key(requester, target)) || this.#checks.has(key(target, requester))) return false;
    if (this.#checks.size >= INTEGRITY_CHECKS_MAX) return false;
    this.#checks.set(key(requester, target), { requester, target, until: now + this.#limit });
    return true;
  }

  /**
   * `target` confirms that it is there. True: it was asked, and TERMINATE_SESSION is due to `requester`, which is taken
   * out of the name table. False: nobody asked.
   */
  confirmed(target: number, requester: number): boolean {
    return this.#checks.delete(key(requester, target));
  }

  /** A player is no longer one: whatever concerns it is settled. */
  left(dpnid: number): void {
    for (const [each, { requester, target }] of this.#checks) {
      if (requester === dpnid || target === dpnid) this.#checks.delete(each);
    }
  }

  /** Forgets all checks: we are no longer the host. */
  clear(): void {
    this.#checks.clear();
  }

  /** When {@link expire} is next wanted. */
  get deadline(): Instant | undefined {
    let first: Instant | undefined;
    for (const { until } of this.#checks.values()) first = earlier(first, until);
    return first;
  }

  /** The players who did not answer in time: each is to be taken out of everybody's name table (INT-2). */
  expire(now: Instant): number[] {
    const silent = new Set<number>();
    for (const { target, until } of this.#checks.values()) if (now >= until) silent.add(target);
    for (const dpnid of silent) this.left(dpnid);
    return [...silent];
  }
}

function key(requester: number, target: number): string {
  return `${requester} ${target}`;
}
