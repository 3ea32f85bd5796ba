/** The tables of a report. Every number on the page stands in one of these or in a tile. */
import {
  clockText,
  countText,
  millisecondsText,
  percentText,
  scaledText,
  UNKNOWN,
} from '../base/quantity.ts';
import { LIMITS } from '../soak/limits.ts';
import type { Result, StreamResult } from '../soak/result.ts';
import { type ComparedGroup, type Comparison, differenceText } from './comparison.ts';
import { type Content, type Html, html } from './html-text.ts';
import { isSentKnown } from './known.ts';
import { figureText, type Measure, measureGroups } from './measures.ts';
import type { ListedEvent, Story } from './story.ts';
import type { Chart } from './timeline.ts';

/** Rows of the table behind a chart. */
const CHART_ROWS_MAX = 40;

/** A cell that holds a figure. */
const figure = (content: Content): Html => html`<td class="figure">${content}</td>`;

/** A cell with a count that ought to be 0. */
function fault(count: number, known = true): Html {
  if (!known) return figure(UNKNOWN);
  return html`<td class="figure ${count > 0 && 'bad'}">${countText(count)}</td>`;
}

function streamRow(stream: StreamResult, sentKnown: boolean): Html {
  const { from, to, category, sent, delivered, measured, latencyMs } = stream;
  const delays = measured && latencyMs.max > 0;
  const delay = (value: number): Html => figure(delays ? millisecondsText(value) : UNKNOWN);
  return html`<tr><th scope="row">${from} to ${to}</th><td>${category}</td>${figure(sentKnown ? countText(sent) : UNKNOWN)}
${figure(measured ? countText(delivered) : UNKNOWN)}${fault(stream.lost, measured && sentKnown)}${fault(stream.duplicated, measured)}
${fault(stream.misordered, measured)}${fault(stream.corrupted, measured)}${fault(stream.truncated, measured)}
${figure(measured ? scaledText(stream.goodputBytesPerSecond, 'B/s') : UNKNOWN)}
${figure(measured ? percentText(stream.lineUtilisation) : UNKNOWN)}
${delay(latencyMs.p50)}${delay(latencyMs.p99)}${delay(latencyMs.max)}</tr>`;
}

const STREAM_HEADS = [
  ...['sent', 'delivered', 'lost', 'duplicated', 'misordered', 'corrupted', 'cut short', 'goodput'],
  ...['of the line', 'delay p50', 'delay p99', 'delay max'],
];

/** One row for each stream of messages. */
export function streamTable(result: Result): Html {
  return html`<div class="scroll"><table id="streams"><caption>Messages, as the sending and the receiving end counted them</caption>
<thead><tr><th scope="col">stream</th><th scope="col">category</th>${STREAM_HEADS.map((head) => html`<th scope="col" class="figure">${head}</th>`)}</tr></thead>
<tbody>${result.streams.map((stream) => streamRow(stream, isSentKnown(result, stream)))}</tbody></table></div>`;
}

/** Which way a limit bounds, and what it says; a name of another version bounds from above. */
function limitRule(name: string): { readonly bound: string; readonly about: string } {
  const known = Object.entries(LIMITS).find(([each]) => each === name)?.[1];
  return { bound: known?.bound === 'min' ? 'at least' : 'at most', about: known?.about ?? '' };
}

/** One row for each limit. */
export function limitTable(result: Result): Html {
  const figureOf = (value: number): string => figureText(value, Number.isInteger(value) ? 'count' : 'number');
  const rows = result.limits.map(({ name, limit, actual, pass }) => {
    const { bound, about } = limitRule(name);
    return html`<tr><td class="${pass ? 'good' : 'bad'}">${pass ? '✓ kept' : '✗ broken'}</td><th scope="row">${name}</th>
${figure(figureOf(actual))}<td class="figure">${bound} ${figureOf(limit)}</td><td class="quiet">${about}</td></tr>`;
  });
  return html`<div class="scroll"><table id="limits"><thead><tr><th scope="col"></th><th scope="col">limit</th>
<th scope="col" class="figure">measured</th><th scope="col" class="figure">allowed</th><th scope="col">what it is</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** Every figure of each end, side by side. */
export function endTable(result: Result): Html {
  const ends = measureGroups(result).filter(({ kind }) => kind === 'end');
  const rows = new Map<string, Measure>();
  for (const { measures } of ends) for (const measure of measures) rows.set(measure.path, measure);
  const cell = (path: string, measures: readonly Measure[]): Html => {
    const found = measures.find((measure) => measure.path === path);
    return figure(figureText(found?.value, found?.unit ?? 'text'));
  };
  return html`<div class="scroll"><table id="ends"><caption>Counters of this run, as each end counted them</caption>
<thead><tr><th scope="col">figure</th>${ends.map(({ title }) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
<tbody>${[...rows.values()].map(
    ({ path, label }) =>
      html`<tr data-path="${path}"><th scope="row">${label}</th>${ends.map(({ measures }) => cell(path, measures))}</tr>`,
  )}</tbody></table></div>`;
}

const CAUSES: Readonly<Record<string, string>> = {
  headerCrc: 'header CRC failed',
  messageCrc: 'message CRC failed',
  truncated: 'frame broken off',
  oversize: 'frame claims more than there can be',
  unknownType: 'type of message not known',
  noise: 'bytes that belong to no frame',
  '': 'summed up, cause not told singly',
};

/** Damage by cause and end, as the journal tells it. */
export function damageTable({ damage }: Story): Html {
  const ends = [...new Set(damage.map(({ end }) => end))];
  const causes = [...new Set(damage.map(({ cause }) => cause))];
  const count = (end: string, cause: string): number =>
    damage.find((each) => each.end === end && each.cause === cause)?.count ?? 0;
  if (damage.length === 0) return html`<p id="damage">The journal tells of no damage.</p>`;
  return html`<div class="scroll"><table id="damage"><caption>Stretches of bytes that were no intact frame, at the end that received them</caption>
<thead><tr><th scope="col">cause</th>${ends.map((end) => html`<th scope="col" class="figure">${end}</th>`)}</tr></thead>
<tbody>${causes.map(
    (cause) =>
      html`<tr><th scope="row">${CAUSES[cause] ?? cause}</th>${ends.map((end) => figure(countText(count(end, cause))))}</tr>`,
  )}</tbody></table></div>`;
}

const WEIGHTS = ['detail', 'note', 'warning', 'failure'];

function eventRow({ at, end, event, weight, text, count }: ListedEvent): Html {
  const tone =
    weight === 'failure' ? 'bad' : weight === 'warning' ? 'warn' : weight === 'detail' ? 'quiet' : '';
  return html`<tr data-weight="${WEIGHTS.indexOf(weight)}" class="${tone}"><td class="figure">${clockText(at)}</td><td>${end}</td><td>${event}</td>
<td>${text}</td>${figure(count === 1 ? '' : countText(count))}</tr>`;
}

/** The events, with what filters them. */
export function eventTable({ events, total }: Story): Html {
  return html`<p class="controls"><label>Text <input id="event-text" type="search" placeholder="damage, near, 0x..."></label>
<label>At least <select id="event-weight"><option value="0">everything</option><option value="1" selected>notes</option>
<option value="2">warnings</option><option value="3">failures</option></select></label>
<span id="event-count" class="quiet" aria-live="polite"></span></p>
<p class="quiet">${countText(total)} events in all; of kinds that come in numbers the first and the last ones are listed.</p>
<div id="events" class="scroll list" tabindex="0" role="region" aria-label="Events"><table><thead><tr><th scope="col" class="figure">time</th>
<th scope="col">end</th><th scope="col">event</th><th scope="col">what</th><th scope="col" class="figure">times</th></tr></thead>
<tbody>${events.map(eventRow)}</tbody></table></div>`;
}

/** The figures behind a chart, thinned out. */
export function chartTable({ title, unit, curves }: Chart): Html {
  const times = [...new Set(curves.flatMap(({ points }) => points.map(([at]) => Math.round(at))))].sort(
    (a, b) => a - b,
  );
  const step = Math.max(1, Math.ceil(times.length / CHART_ROWS_MAX));
  const rows = times.filter((_, place) => place % step === 0);
  const cells = curves.map(({ points }) => new Map(points.map(([at, mean]) => [Math.round(at), mean])));
  return html`<details><summary>${title} as figures</summary><div class="scroll"><table>
<caption>${unit}, the mean around each time</caption><thead><tr><th scope="col" class="figure">time</th>
${curves.map(({ name }) => html`<th scope="col" class="figure">${name}</th>`)}</tr></thead><tbody>
${rows.map(
  (at) =>
    html`<tr><td class="figure">${clockText(at)}</td>${cells.map((cell) => {
      const value = cell.get(at);
      return figure(value === undefined ? UNKNOWN : Number(value.toPrecision(4)));
    })}</tr>`,
)}</tbody></table></div></details>`;
}

function comparedGroup({ title, measures }: ComparedGroup, runs: Comparison['runs']): Html {
  const rows = measures.map(
    (measure) =>
      html`<tr data-path="${measure.path}"><th scope="row">${measure.label}</th>${runs.map((_, index) => {
        const difference = differenceText(measure, index);
        const value = figureText(measure.values[index], measure.unit);
        return figure(
          html`${value}${difference !== '' && html`<br><small class="quiet">${difference}</small>`}`,
        );
      })}</tr>`,
  );
  return html`<tbody><tr><th scope="rowgroup" colspan="${runs.length + 1}"><h3>${title}</h3></th></tr>${rows}</tbody>`;
}

/** All measures of all runs, with the differences from the first. */
export function comparisonTable({ runs, groups }: Comparison): Html {
  return html`<div class="scroll"><table id="comparison"><caption>Differences are from run A</caption><thead><tr><th scope="col">figure</th>
${runs.map(({ letter, verdict }) => html`<th scope="col" class="figure">${letter} <span class="${verdict}">${verdict}</span></th>`)}</tr></thead>
${groups.map((group) => comparedGroup(group, runs))}</table></div>`;
}
