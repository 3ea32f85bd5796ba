/** A series of calls on a page: what it came to, histograms drawn as they are (no program needed), and a table of calls. */
import { countText, scaledText, UNKNOWN } from '../base/quantity.ts';
import type { AttemptResult, CallsResult, Result } from '../soak/result.ts';
import {
  attemptName,
  type CallSpread,
  type Counted,
  callDirections,
  callThroughput,
  hangUpText,
  outcomeCounts,
  outcomeText,
  rateCounts,
  seriesText,
  spreadText,
  stageSpreads,
  stageText,
  termsCounts,
  termsText,
  throughputSpreads,
} from './call-figures.ts';
import { type Content, type Html, html } from './html-text.ts';

/** Attempts that a page lists: those that did not pass come first to their places. */
const ROWS_MAX = 1000;

/** Characters of a modem's answers that a page shows, of one attempt and in all. */
const ANSWER_MAX = 2000;
const ANSWERS_MAX = 400_000;

/** Columns of a histogram, from 0 to its end. */
const BINS = 40;

/** A histogram's drawing: its size and the room for its texts. */
const SIZE = { width: 380, height: 150, left: 40, right: 22, top: 18, bottom: 34 };

const figure = (content: Content): Html => html`<td class="figure">${content}</td>`;

/** The least round number that is not below `value`. */
function roundedUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

/** How many values lie in each of {@link BINS} columns from 0 to `end`. */
function binsOf(values: readonly number[], end: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const place = Math.min(BINS - 1, Math.max(0, Math.floor((value / end) * BINS)));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

const withUnit = (value: number, unit: CallSpread['unit']): string =>
  unit === 'bit/s' ? `${spreadText(value, unit)} bit/s` : spreadText(value, unit);

const text = (x: number, y: number, anchor: string, said: string): Html =>
  html`<text class="tick" x="${x}" y="${y}" text-anchor="${anchor}">${said}</text>`;

function bar(count: number, place: number, most: number, said: string): Html | false {
  const { width, height, left, right, top, bottom } = SIZE;
  if (count === 0) return false;
  const step = (width - left - right) / BINS;
  // One call among thousands is still to be seen.
  const size = Math.max(2, (count / most) * (height - bottom - top));
  const x = (left + place * step + 0.5).toFixed(1);
  return html`<rect x="${x}" y="${(height - bottom - size).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${size.toFixed(1)}"><title>${said}</title></rect>`;
}

function drawing({ label, unit, p50, p99, max, values }: CallSpread): Html {
  const { width, height, left, right, top, bottom } = SIZE;
  const end = roundedUp(max);
  const counts = binsOf(values, end);
  const most = Math.max(1, ...counts);
  const floor = height - bottom;
  const x = (value: number): number => Number((left + (value / end) * (width - left - right)).toFixed(1));
  const bars = counts.map((count, place) => {
    const [from, to] = [place, place + 1].map((edge) => withUnit((edge * end) / BINS, unit));
    return bar(count, place, most, `${from} to ${to}: ${countText(count)}`);
  });
  const marker = (value: number, name: string): Html =>
    html`<line class="cursor" x1="${x(value)}" x2="${x(value)}" y1="${top - 4}" y2="${floor}"/>${text(x(value), top - 7, 'middle', name)}`;
  // Two names over each other are none.
  const apart = x(p99) - x(p50) > 50;
  const axis = [0, end / 2].map((value) => text(x(value), floor + 14, 'middle', withUnit(value, unit)));
  axis.push(text(width - 2, floor + 14, 'end', withUnit(end, unit)));
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label.trim()}: histogram; its figures stand above">
<line class="grid" x1="${left}" x2="${width - right}" y1="${top}" y2="${top}"/><line class="tick-line" x1="${left}" x2="${width - right}" y1="${floor}" y2="${floor}"/>
${text(left - 5, top + 4, 'end', countText(most))}${text(left - 5, floor, 'end', '0')}${text(left - 5, floor + 28, 'end', 'calls')}
<g class="bars">${bars}</g>${marker(p50, 'median')}${apart && marker(p99, 'p99')}${axis}
${text(left + (width - left - right) / 2, height - 5, 'middle', unit === 'ms' ? 'time' : unit === 'B/s' ? 'bytes per second' : 'bits per second')}</svg>`;
}

function histogramFigure(spread: CallSpread): Html {
  const { id, label, unit, count, p50, p99, values } = spread;
  const title = unit === 'B/s' ? id : label;
  const shown = values.length < count ? `, drawn are the last ${countText(values.length)}` : '';
  return html`<figure class="histogram" data-spread="${id}"><figcaption><h3>${title}</h3>
<span class="quiet">${countText(count)} ${count === 1 ? 'call' : 'calls'}${shown}, median ${withUnit(p50, unit)}, p99 ${withUnit(p99, unit)}</span></figcaption>
${drawing(spread)}</figure>`;
}

/** Counts as bars in a table: the count stands in words beside it. */
function countsTable(id: string, caption: string, counts: readonly Counted[]): Html | false {
  const shown = counts.filter(({ count }) => count > 0);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  if (shown.length === 0) return false;
  return html`<table id="${id}" class="bars"><caption>${caption}</caption><thead class="unseen"><tr><th scope="col">what</th><th scope="col">attempts</th><th scope="col">share</th></tr></thead>
<tbody>${shown.map(
    ({ id: key, name, count }) =>
      html`<tr><th scope="row">${name}</th>${figure(countText(count))}<td><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="${key === 'passed' ? 'well' : 'plain'}" width="${Math.max(1, (count / most) * 100).toFixed(1)}" height="8"/></svg></td></tr>`,
  )}</tbody></table>`;
}

/** The attempts that are listed: all, or those that did not pass and as many others as there is room for. */
function listed({ attempts }: CallsResult): readonly AttemptResult[] {
  if (attempts.length <= ROWS_MAX) return attempts;
  const odd = attempts.filter(({ outcome }) => outcome !== 'passed').slice(0, ROWS_MAX);
  const others = attempts.filter(({ outcome }) => outcome === 'passed').slice(0, ROWS_MAX - odd.length);
  const chosen = new Set([...odd, ...others]);
  return attempts.filter((attempt) => chosen.has(attempt));
}

/** What the modem told of the call afterwards. */
function answersOf({ diagnostics }: AttemptResult): string {
  return diagnostics
    .map(({ command, text }) => `${command}\n${text}`)
    .join('\n')
    .slice(0, ANSWER_MAX);
}

const TONES: Readonly<Record<string, string>> = { passed: 'good', aborted: 'warn' };

/** The table of calls. */
function attemptTable(calls: CallsResult): Html {
  const rows = listed(calls);
  const directions = callDirections(calls);
  const terms = rows.some((attempt) => termsText(attempt) !== '');
  let room = ANSWERS_MAX;
  const row = (attempt: AttemptResult): Html => {
    const { outcome, text, dialled, ringing, firstFrame, lineRate, retried } = attempt;
    const carried = callThroughput(attempt);
    const answers = answersOf(attempt).slice(0, room);
    room -= answers.length;
    const rates = directions.map((name) => carried.find(({ direction }) => direction === name)?.rate);
    return html`<tr><th scope="row" class="figure">${attemptName(attempt)}</th><td class="${TONES[outcome] ?? (retried ? 'warn' : 'bad')}">${outcome === 'passed' ? '✓' : '✗'} ${outcomeText(outcome)}${retried && ', tried again'}</td>
${[ringing, dialled, firstFrame].map((time) => figure(time === undefined ? UNKNOWN : stageText(time)))}${figure(hangUpText(attempt) || UNKNOWN)}${figure(lineRate === undefined ? UNKNOWN : countText(lineRate))}
${terms && html`<td>${termsText(attempt)}</td>`}${rates.map((rate) => figure(rate === undefined ? UNKNOWN : scaledText(rate, 'B/s')))}
<td>${text}${answers !== '' && html`<details><summary>what the modem told</summary><pre>${answers}</pre></details>`}</td></tr>`;
  };
  const left = calls.statistics.attempts - rows.length;
  const heads = ['call', 'outcome', 'rang', 'CONNECT or failure', 'first frame', 'hang-up', 'line, bit/s'];
  const all = [...heads, ...(terms ? ['agreed on'] : []), ...directions, 'why'];
  return html`<div id="calls" class="scroll list" tabindex="0" role="region" aria-label="Calls"><table><thead><tr>${all.map(
    (head, place) =>
      html`<th scope="col" class="${place !== 1 && head !== 'agreed on' && head !== 'why' && 'figure'}">${head}</th>`,
  )}</tr></thead><tbody>${rows.map(row)}</tbody></table></div>
<p class="quiet">Rang and CONNECT are counted from the dial command, the first frame from CONNECT.${
    left > 0 && ` Not listed: ${countText(left)} attempts; the journal holds them all.`
  }</p>`;
}

function escapePart({ escape: escaping }: CallsResult): Html | false {
  if (escaping === undefined) return false;
  const { safe, text, settings } = escaping.advice;
  return html`<p id="escape"><b>+++ in the data:</b> <span class="${safe === 'no' && 'bad'}">${text}</span>${
    settings.length > 0 && html`; set ${settings.join(', ')}`
  }</p>`;
}

/** The section of a series of calls; nothing for any other run. */
export function callsSection({ calls, profile }: Result): Html | false {
  if (calls === undefined) return false;
  const spreads = [...stageSpreads(calls), ...throughputSpreads(calls, profile)];
  return html`<section><h2>Calls</h2><p class="${calls.passed >= calls.needed ? 'good' : 'bad'}" id="series"><b>${seriesText(calls)}</b></p>
${escapePart(calls)}<div class="two"><div>${countsTable('outcomes', 'Attempts by what came of them', outcomeCounts(calls))}</div>
<div>${countsTable('rates', 'Rate of the telephone line, as the modem reported it', rateCounts(calls))}${countsTable('terms', 'What the modems agreed on', termsCounts(calls))}</div></div>
<div class="histograms">${spreads.map(histogramFigure)}</div>${calls.attempts.length > 0 && attemptTable(calls)}</section>`;
}
