/** A histogram of whole non-negative numbers that loses no sample: log-linear buckets, exact count, sum, minimum, maximum. */

/** Sub-buckets per power of two: the relative error of a percentile is below 1/32. */
const SUB_BITS = 5;
const SUB_COUNT = 1 << SUB_BITS;

/** The bucket of `value`: exact below 32, then 32 buckets for each doubling. */
function bucketOf(value: number): number {
  if (value < SUB_COUNT) return value;
  let shift = 0;
  let rest = value;
  while (rest >= SUB_COUNT * 2) {
    rest = Math.floor(rest / 2);
    shift++;
  }
  return (shift + 1) * SUB_COUNT + (rest - SUB_COUNT);
}

/** The largest value that falls into `bucket`. */
function ceilingOf(bucket: number): number {
  if (bucket < SUB_COUNT) return bucket;
  const shift = Math.floor(bucket / SUB_COUNT) - 1;
  return (SUB_COUNT + (bucket % SUB_COUNT) + 1) * 2 ** shift - 1;
}

/** What a histogram carries across a process border. */
export interface HistogramSnapshot {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Pairs of bucket number and samples in it, in ascending order. */
  readonly buckets: readonly (readonly [number, number])[];
}

/** Log-linear histogram of whole numbers 0..2^53-1; memory grows with the spread of the values, never with their count. */
export class Histogram {
  #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Number.MAX_SAFE_INTEGER;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** The smallest sample; 0 when there is none. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** The largest sample; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  /** The mean of all samples; 0 when there is none. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Takes one sample; fractions are cut off, negatives count as 0. */
  add(value: number): void {
    const whole = value > 0 ? Math.floor(value) : 0;
    const bucket = bucketOf(whole);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#sum += whole;
    if (whole < this.#min) this.#min = whole;
    if (whole > this.#max) this.#max = whole;
  }

  /** The value below or at which `ratio` (0..1) of the samples lie, to 1/32 of itself, never outside min..max. */
  percentile(ratio: number): number {
    if (this.#count === 0) return 0;
    const wanted = Math.max(1, Math.ceil(this.#count * ratio));
    let seen = 0;
    for (const [bucket, count] of this.#sorted()) {
      seen += count;
      if (seen >= wanted) return Math.min(Math.max(ceilingOf(bucket), this.#min), this.#max);
    }
    return this.#max;
  }

  /** How many samples lie above `value`, to 1/32 of it. */
  countAbove(value: number): number {
    let above = 0;
    for (const [bucket, count] of this.#counts) if (ceilingOf(bucket) > value) above += count;
    return above;
  }

  /** Adds every sample of `other`. */
  merge(other: HistogramSnapshot): void {
    if (other.count === 0) return;
    for (const [bucket, count] of other.buckets)
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#count += other.count;
    this.#sum += other.sum;
    this.#min = Math.min(this.#min, other.min);
    this.#max = Math.max(this.#max, other.max);
  }

  snapshot(): HistogramSnapshot {
    return { count: this.#count, sum: this.#sum, min: this.min, max: this.#max, buckets: this.#sorted() };
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort((a, b) => a[0] - b[0]);
  }
}
