/** Which message numbers have arrived: exact about firsts, repeats and latecomers, in memory that grows with the gaps only. */

/** How many separate gaps are remembered; beyond it the oldest is given up. The transport reorders within 64 frames, so a gap this old is loss. */
export const GAPS_MAX = 4096;

/**
 * What an arriving number is: `next` above all before it; `late` the first of its number, but below one that
 * has arrived; `repeated` seen before; `stale` in a gap that was given up, so nobody can say.
 */
export type Arrival = 'next' | 'late' | 'repeated' | 'stale';

/** The numbers 0, 1, 2, ... of one stream. */
export class Arrivals {
  /** Gaps below the highest number: `from`..`to`, both missing, ascending, apart. */
  readonly #gaps: { from: number; to: number }[] = [];
  #highest = -1;
  #distinct = 0;
  /** Numbers below this lie in no remembered gap because gaps were given up there. */
  #forgottenBelow = 0;
  #forgotten = 0;

  /** How many different numbers have arrived. */
  get distinct(): number {
    return this.#distinct;
  }

  /** The highest number that has arrived, -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** How many gaps are remembered, 0..{@link GAPS_MAX}. */
  get gaps(): number {
    return this.#gaps.length;
  }

  /** Takes a number (whole, 0 or more) and says what it is. */
  take(number: number): Arrival {
    if (number > this.#highest) {
      if (number > this.#highest + 1) this.#open(this.#highest + 1, number - 1);
      this.#highest = number;
      this.#distinct++;
      return 'next';
    }
    const at = this.#find(number);
    if (at < 0) return number < this.#forgottenBelow && this.#forgotten > 0 ? 'stale' : 'repeated';
    const gap = this.#gaps[at]!;
    if (gap.from === gap.to) this.#gaps.splice(at, 1);
    else if (number === gap.from) gap.from++;
    else if (number === gap.to) gap.to--;
    else {
      this.#gaps.splice(at, 1, { from: gap.from, to: number - 1 }, { from: number + 1, to: gap.to });
      this.#bound();
    }
    this.#distinct++;
    return 'late';
  }

  #open(from: number, to: number): void {
    this.#gaps.push({ from, to });
    this.#bound();
  }

  #bound(): void {
    while (this.#gaps.length > GAPS_MAX) {
      const oldest = this.#gaps.shift()!;
      this.#forgottenBelow = oldest.to + 1;
      this.#forgotten += oldest.to - oldest.from + 1;
    }
  }

  /** Index of the gap that holds `number`, or -1. */
  #find(number: number): number {
    let low = 0;
    let high = this.#gaps.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const gap = this.#gaps[middle]!;
      if (number < gap.from) high = middle - 1;
      else if (number > gap.to) low = middle + 1;
      else return middle;
    }
    return -1;
  }
}
