/**
 * Errored seconds, severely errored seconds and availability of one direction, as ITU-T G.826 defines them, with frames
 * for blocks. Is told one second after the other; keeps ten of them, however long the run.
 */

/** A second with this share of its blocks errored, or more, is severely errored. ITU-T G.826 */
const SEVERE_RATIO = 0.3;

/** So many severely errored seconds in a row begin an unavailable time, and so many others end it. ITU-T G.826 */
const TURN_SECONDS = 10;

/** What one second brought. */
export interface SecondFigures {
  /** Intact frames that arrived. */
  readonly received: number;
  /** Damaged frames. */
  readonly damaged: number;
  /** A defect: nothing at all arrived, although something had to. */
  readonly silent: boolean;
}

/** Seconds so far. The last nine at most may still turn out to belong to the other state; they count as they stand now. */
export interface SecondCounts {
  /** Seconds watched: available and unavailable ones. */
  readonly observed: number;
  readonly unavailable: number;
  /** Seconds without a damaged frame and without a defect, of the available time. */
  readonly errorFree: number;
  /** Seconds with either, of the available time; severely errored ones among them. */
  readonly errored: number;
  /** Seconds with {@link SEVERE_RATIO} of the frames damaged or with a defect, of the available time. */
  readonly severelyErrored: number;
  /** Damaged frames outside of severely errored seconds, of the available time. */
  readonly backgroundErrors: number;
}

/** No second watched. */
export const NO_SECONDS: SecondCounts = {
  observed: 0,
  unavailable: 0,
  errorFree: 0,
  errored: 0,
  severelyErrored: 0,
  backgroundErrors: 0,
};

type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** A second with its verdict. */
interface Judged {
  readonly damaged: number;
  readonly errored: boolean;
  readonly severe: boolean;
}

function judged({ received, damaged, silent }: SecondFigures): Judged {
  const frames = received + damaged;
  const severe = silent || (frames > 0 && damaged >= SEVERE_RATIO * frames);
  return { damaged, errored: silent || damaged > 0, severe };
}

/** See the head of the file. */
export class Availability {
  readonly #counts: Writable<SecondCounts> = { ...NO_SECONDS };
  #available = true;
  /** The newest seconds that speak for the other state: fewer than {@link TURN_SECONDS}. */
  #turning: Judged[] = [];

  /** Whether the present time counts as available. */
  get isAvailable(): boolean {
    return this.#available;
  }

  /** Takes the next second. */
  second(figures: SecondFigures): void {
    const second = judged(figures);
    if (second.severe !== this.#available) {
      // The state that it is in is confirmed, also for those that spoke for the other.
      for (const each of this.#turning) count(this.#counts, each, this.#available);
      this.#turning = [];
      count(this.#counts, second, this.#available);
      return;
    }
    this.#turning.push(second);
    if (this.#turning.length < TURN_SECONDS) return;
    this.#available = !this.#available;
    for (const each of this.#turning) count(this.#counts, each, this.#available);
    this.#turning = [];
  }

  /** What was counted so far. */
  get counts(): SecondCounts {
    const counts = { ...this.#counts };
    for (const each of this.#turning) count(counts, each, this.#available);
    return counts;
  }
}

/** Adds one second, which is of the available time or is not. */
function count(
  counts: Writable<SecondCounts>,
  { damaged, errored, severe }: Judged,
  available: boolean,
): void {
  counts.observed++;
  if (!available) counts.unavailable++;
  else if (!errored) counts.errorFree++;
  else {
    counts.errored++;
    if (severe) counts.severelyErrored++;
    else counts.backgroundErrors += damaged;
  }
}
