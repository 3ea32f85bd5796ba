/** What a reader can do with a report: zoom and point in all charts at once, filter the events. */
import { ChartView } from './charts.js';
import { timeText } from './scales.js';

/** @typedef {import('./charts.js').Timeline} Timeline */

/** The shortest time that a zoom shows, in seconds. */
const SPAN_MIN = 1;

/** All charts of the page over one stretch of time. */
class Page {
  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    /** @type {import('./charts.js').View} */
    this.view = { from: 0, to: Math.max(timeline.seconds, SPAN_MIN), hover: undefined };
    /** @type {{ from: number, to: number }[]} */
    this.earlier = [];
    this.charts = timeline.charts.flatMap((chart) => {
      const place = document.getElementById(`chart-${chart.id}`);
      return place === null ? [] : [new ChartView(place, chart, timeline)];
    });
    this.span = document.getElementById('span');
  }

  start() {
    for (const chart of this.charts) this.#listen(chart);
    for (const button of document.querySelectorAll('[data-zoom]')) {
      button.addEventListener('click', () => this.zoom(button.getAttribute('data-zoom') ?? ''));
    }
    const scale = document.getElementById('log-scale');
    scale?.addEventListener('click', () => {
      const isOn = scale.getAttribute('aria-pressed') !== 'true';
      scale.setAttribute('aria-pressed', String(isOn));
      for (const chart of this.charts) chart.isLogarithmic = isOn && chart.chart.unit === 'ms';
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(document.body);
    this.draw();
  }

  draw() {
    const { from, to } = this.view;
    for (const chart of this.charts) chart.draw(this.view);
    if (this.span !== null) {
      const fine = to - from < 8;
      this.span.textContent = `${timeText(from, fine)} to ${timeText(to, fine)}`;
    }
  }

  /**
   * Shows `from`..`to` seconds, kept within the run.
   * @param {number} from
   * @param {number} to
   */
  show(from, to) {
    const end = Math.max(this.timeline.seconds, SPAN_MIN);
    const span = Math.min(end, Math.max(SPAN_MIN, to - from));
    const left = Math.min(Math.max(0, (from + to - span) / 2), end - span);
    this.view = { ...this.view, from: left, to: left + span };
    this.draw();
  }

  /** @param {string} how */
  zoom(how) {
    const { from, to } = this.view;
    const middle = this.view.hover ?? (from + to) / 2;
    const quarter = (to - from) / 4;
    if (how === 'back') {
      const last = this.earlier.pop();
      if (last !== undefined) this.show(last.from, last.to);
      return;
    }
    this.#remember();
    if (how === 'all') this.show(0, this.timeline.seconds);
    else if (how === 'in') this.show(middle - quarter, middle + quarter);
    else if (how === 'out') this.show(middle - 4 * quarter, middle + 4 * quarter);
    else if (how === 'left') this.show(from - quarter, to - quarter);
    else if (how === 'right') this.show(from + quarter, to + quarter);
  }

  #remember() {
    const { from, to } = this.view;
    this.earlier.push({ from, to });
    if (this.earlier.length > 50) this.earlier.shift();
  }

  /** @param {number | undefined} at */
  point(at) {
    this.view = { ...this.view, hover: at };
    for (const chart of this.charts) chart.point(at);
  }

  /** @param {ChartView} chart */
  #listen(chart) {
    /** @type {number | undefined} */
    let began;
    const { plot } = chart;
    plot.addEventListener('pointerdown', (event) => {
      // A finger scrolls the page; it points, and zooms with the buttons.
      if (event.pointerType === 'touch' || event.button !== 0) return;
      began = chart.timeAt(event.clientX);
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener('pointermove', (event) => {
      const at = chart.timeAt(event.clientX);
      this.point(at);
      for (const each of this.charts) each.choose(began, at);
    });
    plot.addEventListener('pointerup', (event) => {
      const [from, to] = [began, chart.timeAt(event.clientX)];
      began = undefined;
      for (const each of this.charts) each.choose(undefined, 0);
      if (from === undefined || Math.abs(to - from) < (this.view.to - this.view.from) / 100) return;
      this.#remember();
      this.show(Math.min(from, to), Math.max(from, to));
    });
    plot.addEventListener('pointerleave', () => this.point(undefined));
    plot.addEventListener('dblclick', () => this.zoom('all'));
    plot.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const zooms = { '+': 'in', '=': 'in', '-': 'out', 0: 'all', Escape: 'all', Backspace: 'back' };
    const how = zooms[/** @type {keyof typeof zooms} */ (event.key)];
    const { from, to, hover } = this.view;
    const step = (to - from) / 50;
    if (how !== undefined) this.zoom(how);
    else if (event.key === 'ArrowLeft') this.point(Math.max(from, (hover ?? (from + to) / 2) - step));
    else if (event.key === 'ArrowRight') this.point(Math.min(to, (hover ?? (from + to) / 2) + step));
    else return;
    event.preventDefault();
  }
}

/** Shows the events that hold the text and matter as much as is asked for. */
function filterEvents() {
  const text = /** @type {HTMLInputElement | null} */ (document.getElementById('event-text'));
  const least = /** @type {HTMLSelectElement | null} */ (document.getElementById('event-weight'));
  const count = document.getElementById('event-count');
  if (text === null || least === null || count === null) return;
  const wanted = text.value.toLowerCase();
  let shown = 0;
  const rows = document.querySelectorAll('#events tbody tr');
  for (const row of rows) {
    const weight = Number(row.getAttribute('data-weight'));
    const fits = weight >= Number(least.value) && (row.textContent ?? '').toLowerCase().includes(wanted);
    row.toggleAttribute('hidden', !fits);
    if (fits) shown++;
  }
  count.textContent = `${shown} of ${rows.length} shown`;
}

const data = document.getElementById('timeline');
if (data !== null) new Page(JSON.parse(data.textContent ?? '')).start();
for (const name of ['event-text', 'event-weight'])
  document.getElementById(name)?.addEventListener('input', filterEvents);
filterEvents();
