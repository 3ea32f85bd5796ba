/** The straight line that fits a series of figures best, in constant memory: how a delay drifts over a run. */
import { type Instant, SECOND } from '../base/instant.ts';

/** Fewer figures, or figures of less time than this, show no trend. */
const COUNT_MIN = 10;
const TIME_MIN = 10;

/** Least squares over everything added; updated in a way that stays exact over billions of figures. */
export class Trend {
  #origin: Instant | undefined;
  #count = 0;
  #meanTime = 0;
  #meanValue = 0;
  /** Sums of squared and mixed deviations from the means. */
  #times = 0;
  #mixed = 0;
  #values = 0;
  #last = 0;

  /** Takes the figure `value` of the moment `now`. */
  add(now: Instant, value: number): void {
    this.#origin ??= now;
    const time = (now - this.#origin) / SECOND;
    this.#last = time;
    this.#count++;
    const fromMean = time - this.#meanTime;
    this.#meanTime += fromMean / this.#count;
    const valueFromMean = value - this.#meanValue;
    this.#meanValue += valueFromMean / this.#count;
    this.#values += valueFromMean * (value - this.#meanValue);
    this.#times += fromMean * (time - this.#meanTime);
    this.#mixed += fromMean * (value - this.#meanValue);
  }

  /** By how much the figures grow in a second, and to within how much that is known (twice its standard error); `undefined` while there are too few to tell. */
  get perSecond(): { readonly growth: number; readonly uncertainty: number } | undefined {
    if (this.#count < COUNT_MIN || this.#last < TIME_MIN || this.#times === 0) return undefined;
    const growth = this.#mixed / this.#times;
    const rest = Math.max(0, this.#values - growth * this.#mixed);
    return { growth, uncertainty: 2 * Math.sqrt(rest / (this.#count - 2) / this.#times) };
  }
}
