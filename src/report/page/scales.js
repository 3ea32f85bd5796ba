/** Scales, ticks and texts of the charts of a report: numbers in, numbers and texts out. Touches no document. */

/**
 * A point: seconds, mean, lowest, highest value.
 * @typedef {readonly [number, number, number, number]} Point
 */

/**
 * Round values from 0 to at least `max`, about `count` of them.
 * @param {number} max
 * @param {number} count
 * @returns {number[]}
 */
export function valueTicks(max, count) {
  const rough = (max > 0 ? max : 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const ticks = [];
  for (let n = 0; n <= 4 * count; n++) {
    // Multiples, not sums: 0.1 + 0.1 + 0.1 is no 0.3.
    ticks.push(Number((n * step).toPrecision(12)));
    if (n * step >= max) break;
  }
  return ticks;
}

/**
 * Powers of ten from at most `min` to at least `max`, both above 0; at least two of them.
 * @param {number} min
 * @param {number} max
 * @returns {number[]}
 */
export function decadeTicks(min, max) {
  const first = Math.floor(Math.log10(min));
  const last = Math.max(first + 1, Math.ceil(Math.log10(max)));
  const ticks = [];
  for (let power = first; power <= last && ticks.length < 20; power++) ticks.push(Number(`1e${power}`));
  return ticks;
}

/** Steps of time axes, in seconds. */
const TIME_STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
  172800, 432000, 864000,
];

/**
 * Round times within `from`..`to` seconds, at most about `count` of them.
 * @param {number} from
 * @param {number} to
 * @param {number} count
 * @returns {number[]}
 */
export function timeTicks(from, to, count) {
  const step = TIME_STEPS.find((each) => (to - from) / each <= count) ?? 1_728_000;
  const ticks = [];
  for (let n = Math.ceil(from / step); n * step <= to && ticks.length < 50; n++) {
    ticks.push(Number((n * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Seconds as a clock: `0:07.5`, `12:34`, `3:04:05`, `2d 03:04:05`; tenths only where `fine`.
 * @param {number} seconds
 * @param {boolean} fine
 * @returns {string}
 */
export function timeText(seconds, fine) {
  const tenths = Math.round(seconds * 10);
  const whole = fine ? Math.floor(tenths / 10) : Math.round(seconds);
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, '0');
  const rest = two(whole % 60) + (fine ? `.${tenths % 10}` : '');
  const [minutes, hours, days] = [
    Math.floor(whole / 60) % 60,
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 86400),
  ];
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}:${rest}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/**
 * A value with at most four significant digits and its unit: `11.4 kB/s`, `0.25 /s`, `41.7 ms`.
 * @param {number} value
 * @param {string} unit
 * @returns {string}
 */
export function valueText(value, unit) {
  if (unit === 'B/s') {
    const power = value >= 999_950 ? 2 : value >= 999.95 ? 1 : 0;
    const size = value / 1000 ** power;
    return `${Number(size.toPrecision(4))} ${['', 'k', 'M'][power]}B/s`;
  }
  if (unit === 'ms' && value >= 1000) return `${Number((value / 1000).toPrecision(4))} s`;
  const text = String(Number(value.toPrecision(4)));
  if (unit === '1/s') return `${text} /s`;
  return unit === '' ? text : `${text} ${unit}`;
}

/**
 * The index of the point nearest to `at`, -1 when there is none.
 * @param {readonly Point[]} points
 * @param {number} at
 * @returns {number}
 */
export function nearestPoint(points, at) {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((points[middle]?.[0] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const here = points[low];
  const before = points[low - 1];
  if (here === undefined) return -1;
  return before !== undefined && at - before[0] < here[0] - at ? low - 1 : low;
}

/**
 * The points from just before `from` to just after `to`, so that lines run on beyond the edges.
 * @param {readonly Point[]} points
 * @param {number} from
 * @param {number} to
 * @returns {Point[]}
 */
export function pointsWithin(points, from, to) {
  const first = points.findIndex(([at]) => at >= from);
  if (first < 0) return points.slice(-1);
  const after = points.findIndex(([at]) => at > to);
  return points.slice(Math.max(0, first - 1), after < 0 ? undefined : after + 1);
}

/**
 * Points cut into runs where two stand further apart than `gap` seconds: there nothing is known.
 * @param {readonly Point[]} points
 * @param {number} gap
 * @returns {Point[][]}
 */
export function unbroken(points, gap) {
  /** @type {Point[][]} */
  const runs = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    if (point[0] - last > gap) runs.push([]);
    runs.at(-1)?.push(point);
    last = point[0];
  }
  return runs;
}
