/** The charts of a report, drawn as SVG into the places that the page holds for them. Knows nothing of runs. */
import {
  decadeTicks,
  nearestPoint,
  pointsWithin,
  timeText,
  timeTicks,
  unbroken,
  valueText,
  valueTicks,
} from './scales.js';

/** @typedef {import('./scales.js').Point} Point */
/** @typedef {{ name: string, hue: number, dash: number, points: readonly Point[] }} Curve */
/** @typedef {{ from: number, to: number, text: string }} Span */
/** @typedef {{ at: number, text: string }} Mark */
/**
 * @typedef {{ id: string, title: string, unit: string, curves: readonly Curve[],
 *   ceiling?: { name: string, value: number } }} Chart
 */
/** @typedef {{ seconds: number, gap: number, charts: readonly Chart[], silences: readonly Span[], marks: readonly Mark[] }} Timeline */
/** @typedef {{ from: number, to: number, hover: number | undefined }} View */

const HEIGHT = 220;
const MARGIN = { left: 62, right: 26, top: 12, bottom: 24 };

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 * @returns {SVGElement}
 */
function shape(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** One chart in its place. The page tells it what to show; it tells the page what the reader asks for. */
export class ChartView {
  /**
   * @param {HTMLElement} place holds `.plot` and `.legend`
   * @param {Chart} chart
   * @param {Timeline} timeline
   */
  constructor(place, chart, timeline) {
    this.chart = chart;
    this.timeline = timeline;
    this.plot = /** @type {HTMLElement} */ (place.querySelector('.plot'));
    this.legend = /** @type {HTMLElement} */ (place.querySelector('.legend'));
    this.width = 0;
    /** @type {SVGElement | undefined} */
    this.cursor = undefined;
    /** @type {SVGElement | undefined} */
    this.brush = undefined;
    /** Whether values stand in powers of ten. */
    this.isLogarithmic = false;
    this.valueMin = 0;
    /** @type {View} */
    this.view = { from: 0, to: timeline.seconds, hover: undefined };
    this.values = this.#makeLegend();
  }

  /** @returns {HTMLElement[]} */
  #makeLegend() {
    return this.chart.curves.map(({ name, hue, dash }) => {
      const entry = document.createElement('span');
      entry.className = 'entry';
      const line = shape('svg', { width: 26, height: 10, 'aria-hidden': 'true' });
      line.append(shape('line', { x1: 0, x2: 26, y1: 5, y2: 5, class: `curve hue${hue % 4} dash${dash}` }));
      const value = document.createElement('b');
      entry.append(line, ` ${name} `, value);
      this.legend.append(entry);
      return value;
    });
  }

  /**
   * The time under a place on the screen, in seconds.
   * @param {number} clientX
   * @returns {number}
   */
  timeAt(clientX) {
    const box = this.plot.getBoundingClientRect();
    const inside = Math.max(1, box.width - MARGIN.left - MARGIN.right);
    const share = Math.min(1, Math.max(0, (clientX - box.left - MARGIN.left) / inside));
    return this.view.from + share * (this.view.to - this.view.from);
  }

  /**
   * Draws all of it.
   * @param {View} view
   */
  draw(view) {
    this.view = view;
    this.width = Math.max(260, this.plot.clientWidth);
    const svg = shape('svg', {
      viewBox: `0 0 ${this.width} ${HEIGHT}`,
      role: 'img',
      'aria-label': `${this.chart.title} over time; the figures stand in the table below`,
    });
    const top = this.#top();
    const least = this.isLogarithmic ? this.#least() : 0;
    const ticks = least > 0 ? decadeTicks(least, top) : valueTicks(top, 4);
    this.valueMin = least > 0 ? (ticks[0] ?? 0) : 0;
    this.valueMax = ticks.at(-1) ?? top;
    svg.append(...this.#spans(), ...this.#grid(ticks));
    const inside = shape('svg', {
      x: MARGIN.left,
      y: 0,
      width: this.width - MARGIN.left - MARGIN.right,
      height: HEIGHT,
      viewBox: `${MARGIN.left} 0 ${this.width - MARGIN.left - MARGIN.right} ${HEIGHT}`,
    });
    for (const curve of this.chart.curves) inside.append(...this.#curve(curve));
    this.cursor = shape('line', {
      y1: MARGIN.top,
      y2: HEIGHT - MARGIN.bottom,
      class: 'cursor',
      x1: 0,
      x2: 0,
    });
    this.brush = shape('rect', {
      y: MARGIN.top,
      height: HEIGHT - MARGIN.top - MARGIN.bottom,
      class: 'brush',
    });
    inside.append(this.brush, this.cursor);
    svg.append(inside, ...this.#ceiling());
    this.plot.replaceChildren(svg);
    this.point(view.hover);
  }

  /** The highest value to be shown. */
  #top() {
    const { from, to } = this.view;
    let top = this.chart.ceiling?.value ?? 0;
    for (const { points } of this.chart.curves) {
      for (const [, , , max] of pointsWithin(points, from, to)) top = Math.max(top, max);
    }
    return top > 0 ? top * 1.05 : 1;
  }

  /** The lowest value above 0 that is shown; 0 where there is none. */
  #least() {
    const { from, to } = this.view;
    let least = Number.POSITIVE_INFINITY;
    for (const { points } of this.chart.curves) {
      for (const [, , min] of pointsWithin(points, from, to)) if (min > 0) least = Math.min(least, min);
    }
    return Number.isFinite(least) ? least : 0;
  }

  /** @param {number} at */
  #x(at) {
    const { from, to } = this.view;
    const share = to > from ? (at - from) / (to - from) : 0;
    return Number((MARGIN.left + share * (this.width - MARGIN.left - MARGIN.right)).toFixed(1));
  }

  /** @param {number} value */
  #y(value) {
    const inside = HEIGHT - MARGIN.top - MARGIN.bottom;
    const [min, max] = [this.valueMin, this.valueMax ?? 1];
    const share = min > 0 ? Math.log(Math.max(value, min) / min) / Math.log(max / min) : value / max;
    return Number((HEIGHT - MARGIN.bottom - share * inside).toFixed(1));
  }

  /** @param {number[]} ticks */
  #grid(ticks) {
    const { from, to } = this.view;
    const right = this.width - MARGIN.right;
    const lines = ticks.flatMap((tick) => [
      shape('line', { x1: MARGIN.left, x2: right, y1: this.#y(tick), y2: this.#y(tick), class: 'grid' }),
      shape(
        'text',
        { x: MARGIN.left - 6, y: this.#y(tick) + 4, class: 'tick', 'text-anchor': 'end' },
        valueText(tick, this.chart.unit),
      ),
    ]);
    const times = timeTicks(from, to, Math.max(2, Math.floor(this.width / 90)));
    const fine = to - from < 8;
    return [
      ...lines,
      ...times.map((at) =>
        shape(
          'text',
          { x: this.#x(at), y: HEIGHT - 6, class: 'tick', 'text-anchor': 'middle' },
          timeText(at, fine),
        ),
      ),
    ];
  }

  /** Times of silence as bands, and what happened as marks. */
  #spans() {
    const { from, to } = this.view;
    const { silences, marks } = this.timeline;
    const bands = silences
      .filter((span) => span.to >= from && span.from <= to)
      .map((span) => {
        const left = this.#x(Math.max(from, span.from));
        const width = Math.max(1, this.#x(Math.min(to, span.to)) - left);
        const band = shape('rect', {
          ...{ x: left, width, y: MARGIN.top, height: HEIGHT - MARGIN.top - MARGIN.bottom },
          class: 'silence',
        });
        band.append(shape('title', {}, span.text));
        return band;
      });
    const lines = marks
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, text }) => {
        const line = shape('line', {
          ...{ x1: this.#x(at), x2: this.#x(at), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom },
          class: 'mark',
        });
        line.append(shape('title', {}, text));
        return line;
      });
    return [...bands, ...lines];
  }

  #ceiling() {
    const { ceiling, unit } = this.chart;
    if (ceiling === undefined) return [];
    const y = this.#y(ceiling.value);
    return [
      shape('line', { x1: MARGIN.left, x2: this.width - MARGIN.right, y1: y, y2: y, class: 'ceiling' }),
      shape(
        'text',
        { x: this.width - MARGIN.right - 4, y: y - 5, class: 'tick', 'text-anchor': 'end' },
        `${ceiling.name}: ${valueText(ceiling.value, unit)}`,
      ),
    ];
  }

  /**
   * A curve: its means as a line over the band from its lowest to its highest values.
   * @param {Curve} curve
   */
  #curve({ hue, dash, points }) {
    const { from, to } = this.view;
    return unbroken(pointsWithin(points, from, to), this.timeline.gap).flatMap((run) => {
      const line = run.map(([at, mean]) => `${this.#x(at)},${this.#y(mean)}`);
      const first = run[0];
      if (run.length === 1 && first !== undefined) {
        return [
          shape('circle', {
            cx: this.#x(first[0]),
            cy: this.#y(first[1]),
            r: 1.6,
            class: `dot hue${hue % 4}`,
          }),
        ];
      }
      const upper = run.map(([at, , , max]) => `${this.#x(at)},${this.#y(max)}`);
      const lower = run.map(([at, , min]) => `${this.#x(at)},${this.#y(min)}`).reverse();
      return [
        shape('polygon', { points: [...upper, ...lower].join(' '), class: `band hue${hue % 4}` }),
        shape('polyline', { points: line.join(' '), class: `curve hue${hue % 4} dash${dash}` }),
      ];
    });
  }

  /**
   * Points at a moment and reads the values out; `undefined` takes the pointer away.
   * @param {number | undefined} at
   */
  point(at) {
    this.cursor?.setAttribute('class', at === undefined ? 'cursor away' : 'cursor');
    if (at !== undefined) {
      this.cursor?.setAttribute('x1', String(this.#x(at)));
      this.cursor?.setAttribute('x2', String(this.#x(at)));
    }
    this.chart.curves.forEach(({ points }, index) => {
      const place = this.values[index];
      if (place === undefined) return;
      const point = at === undefined ? undefined : points[nearestPoint(points, at)];
      const known = point !== undefined && at !== undefined && Math.abs(point[0] - at) <= this.timeline.gap;
      place.textContent = known ? valueText(point[1], this.chart.unit) : '';
    });
  }

  /**
   * Shows what is being chosen with the pointer.
   * @param {number | undefined} from
   * @param {number} to
   */
  choose(from, to) {
    const [left, right] =
      from === undefined ? [0, 0] : [this.#x(Math.min(from, to)), this.#x(Math.max(from, to))];
    this.brush?.setAttribute('x', String(left));
    this.brush?.setAttribute('width', String(right - left));
  }
}
