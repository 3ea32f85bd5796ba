/** The times for which a port was away, as one end saw them. Reopens nothing. */

/** One outage, in seconds since the run began. */
export interface Outage {
  /** When this end noticed. */
  readonly lostAt: number;
  /** When the port was open again; `null` where it was not. */
  readonly backAt: number | null;
  /** When the first good frame arrived after that; `null` where none did. */
  readonly firstFrameAt: number | null;
  readonly cause: string;
}

/** Outages that are kept one by one; further ones are in the journal. */
export const OUTAGES_MAX = 200;

/** The outages of one run. */
export class Outages {
  readonly #kept: Outage[] = [];
  #count = 0;
  #isOpen = false;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** The first {@link OUTAGES_MAX} of them. */
  get list(): readonly Outage[] {
    return this.#kept;
  }

  /** The port went away. */
  lost(at: number, cause: string): void {
    this.#count++;
    this.#isOpen = true;
    if (this.#kept.length < OUTAGES_MAX) {
      this.#kept.push({ lostAt: at, backAt: null, firstFrameAt: null, cause });
    }
  }

  /** The port is open again. */
  back(at: number): void {
    this.#change({ backAt: at });
  }

  /** A good frame arrived; the seconds since the loss, where it is the first after an outage. */
  heard(at: number): number | undefined {
    const latest = this.#kept.at(-1);
    if (!this.#isOpen || latest?.backAt === null) return undefined;
    this.#isOpen = false;
    this.#change({ firstFrameAt: at });
    return latest === undefined ? undefined : at - latest.lostAt;
  }

  /** Completes the latest outage, if it is kept. */
  #change(more: Partial<Outage>): void {
    const latest = this.#kept.length - 1;
    if (latest >= 0 && this.#count === this.#kept.length)
      this.#kept[latest] = { ...this.#kept[latest]!, ...more };
  }
}
