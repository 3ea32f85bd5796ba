/** When a line carries and when it does not: cuts by script and by hand. Moves no bytes. */
import type { Duration, Instant } from '../base/instant.ts';

/** A condition of the line by script. */
export interface ScriptedEvent {
  readonly kind: 'cut';
  /** When it begins. */
  readonly at: Instant;
  /** How long it lasts; for good when left out. */
  readonly for?: Duration;
}

/** One cut: nothing that is on the wire at any moment of it arrives. */
interface Cut {
  readonly from: Instant;
  to: Instant;
  began: boolean;
  lost: number;
}

const NEVER = Number.MAX_SAFE_INTEGER;

/** A cut that began, or one that ended and what was lost in it. */
export type CarrierChange = {
  readonly kind: 'cut' | 'restored';
  readonly at: Instant;
  readonly lost: number;
};

/** The cuts of one direction, in order of their beginnings; they may overlap. Past ones are forgotten. */
export class Carrier {
  #cuts: Cut[];

  constructor(script: readonly ScriptedEvent[]) {
    this.#cuts = script.map((each) => ({
      from: each.at,
      to: each.for === undefined ? NEVER : each.at + each.for,
      began: false,
      lost: 0,
    }));
    this.#cuts.sort((a, b) => a.from - b.from);
  }

  /** Cuts the line from `now` on, for `duration` or until {@link restore}. */
  cut(now: Instant, duration?: Duration): void {
    const to = duration === undefined ? NEVER : now + duration;
    const after = this.#cuts.findIndex((each) => each.from > now);
    const at = after < 0 ? this.#cuts.length : after;
    this.#cuts.splice(at, 0, { from: now, to, began: false, lost: 0 });
  }

  /** Ends every cut that is under way at `now`. */
  restore(now: Instant): void {
    for (const cut of this.#cuts) if (cut.from <= now && cut.to > now) cut.to = now;
  }

  /** Whether nothing passes at `now`. */
  isLost(now: Instant): boolean {
    return this.#cuts.some((cut) => cut.from <= now && now < cut.to);
  }

  /** The next beginning or end that {@link changes} will tell, not counting the delay it is told with. */
  get nextChange(): Instant | undefined {
    let next = NEVER;
    for (const cut of this.#cuts) next = Math.min(next, cut.began ? cut.to : cut.from);
    return next === NEVER ? undefined : next;
  }

  /** The cuts that are under way at any moment between `from` and `to`, in order; the caller adds what it loses to `lost`. */
  between(
    from: Instant,
    to: Instant,
  ): readonly { readonly from: Instant; readonly to: Instant; lost: number }[] {
    if (this.#cuts.length === 0) return this.#cuts;
    return this.#cuts.filter((cut) => cut.from < to && cut.to > from);
  }

  /** What began by `began` or ended by `ended`, oldest first, told once; ended cuts are forgotten. */
  changes(began: Instant, ended: Instant): CarrierChange[] {
    const told: CarrierChange[] = [];
    for (const cut of this.#cuts) {
      if (!cut.began && cut.from <= began) {
        cut.began = true;
        told.push({ kind: 'cut', at: cut.from, lost: 0 });
      }
      if (cut.began && cut.to <= ended) told.push({ kind: 'restored', at: cut.to, lost: cut.lost });
    }
    this.#cuts = this.#cuts.filter((cut) => !(cut.began && cut.to <= ended));
    return told;
  }
}
