/** A figure over any length of time in a bounded number of points, each with the lowest, highest and mean value of its stretch. */

/** Points of one curve; a stretch grows by doubling when they would become more. */
export const POINTS_MAX = 720;

/** One stretch of time of a curve. */
interface Stretch {
  min: number;
  max: number;
  sum: number;
  count: number;
  /** When the last value came, in seconds. */
  at: number;
}

/** A point as a page holds it: seconds, mean, lowest, highest. */
export type Point = readonly [at: number, mean: number, min: number, max: number];

/** Many curves over the same stretches. */
export class Envelopes {
  readonly #pointsMax: number;
  readonly #curves = new Map<string, Map<number, Stretch>>();
  /** Seconds of a stretch; a power of two times a quarter. */
  #width = 0.25;

  /** `pointsMax`: for tests. */
  constructor(pointsMax = POINTS_MAX) {
    this.#pointsMax = pointsMax;
  }

  /** Seconds that each point stands for. */
  get width(): number {
    return this.#width;
  }

  /** Adds a value of curve `name` at `at` seconds, 0 to about three years; values of no size are left out. */
  add(name: string, at: number, value: number): void {
    if (!Number.isFinite(value) || !(at >= 0 && at < 1e8)) return;
    while (at / this.#width >= this.#pointsMax) this.#widen();
    const curve = this.#curves.get(name) ?? new Map<number, Stretch>();
    this.#curves.set(name, curve);
    const place = Math.floor(at / this.#width);
    put(curve, place, { min: value, max: value, sum: value, count: 1, at });
  }

  /** The points of a curve, in order; empty when nothing was added to it. A stretch without values has no point. */
  points(name: string): Point[] {
    const curve = this.#curves.get(name);
    return [...(curve ?? [])]
      .sort(([a], [b]) => a - b)
      .map(([, { min, max, sum, count, at }]) => [at, sum / count, min, max]);
  }

  #widen(): void {
    this.#width *= 2;
    for (const [name, curve] of this.#curves) {
      const wide = new Map<number, Stretch>();
      for (const [place, stretch] of curve) put(wide, Math.floor(place / 2), stretch);
      this.#curves.set(name, wide);
    }
  }
}

function put(curve: Map<number, Stretch>, place: number, added: Stretch): void {
  const held = curve.get(place);
  if (held === undefined) {
    curve.set(place, added);
    return;
  }
  held.min = Math.min(held.min, added.min);
  held.max = Math.max(held.max, added.max);
  held.sum += added.sum;
  held.count += added.count;
  held.at = Math.max(held.at, added.at);
}
