/**
 * A run, or several side by side, as one HTML page that needs nothing else: no network, no other file. Its size is
 * bounded whatever the length of the run. Judges nothing.
 */
import { charactersPerSecond } from '../base/line-settings.ts';
import { clockText, countText, percentText, scaledText } from '../base/quantity.ts';
import { callsSection } from './call-html.ts';
import { type Comparison, compareRuns, nameOf } from './comparison.ts';
import { outageParts, passageTable, portSilences } from './html-outages.ts';
import {
  chartTable,
  comparisonTable,
  damageTable,
  endTable,
  eventTable,
  limitTable,
  streamTable,
} from './html-tables.ts';
import { Html, html, jsonScript } from './html-text.ts';
import { captureBytes, type KeptRun, snapshotsOf } from './kept-run.ts';
import { isSentKnown } from './known.ts';
import { pageScript } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type Story, StoryMaker } from './story.ts';
import { type Chart, type Timeline, TimelineMaker } from './timeline.ts';

/** Marks in the charts. */
const MARKS_MAX = 100;

/** Runs whose curves are drawn over each other. */
const OVERLAID_MAX = 4;

/** Reasons and warnings that are shown, and characters of each. */
const TEXTS_MAX = 200;
const TEXT_MAX = 4000;

/** Characters of a rig or profile that are shown. */
const DOCUMENT_TEXT_MAX = 20_000;

interface Told {
  readonly timeline: Timeline;
  readonly story: Story;
}

/** Everything that the files of a run tell over time. */
function tellOf({ record, result }: KeptRun): Told {
  const timeline = new TimelineMaker(result.calls !== undefined);
  for (const sample of record.samples()) timeline.add(sample);
  const story = new StoryMaker();
  for (const entry of record.journal()) story.add(entry);
  const capacity = (end: string): number | undefined => {
    const line = result.ends.find(({ name }) => name === end)?.line;
    return line === undefined ? undefined : charactersPerSecond(line);
  };
  return { timeline: timeline.timeline(capacity), story: story.story() };
}

/** A number with four significant digits, which a chart cannot show more of. */
const short = (value: number): number => Number(value.toPrecision(4));

/** The part of a timeline that the page's own program draws. */
function drawn(
  { seconds, gap, charts, silences }: Timeline,
  marks: readonly { at: number; text: string }[],
): unknown {
  return {
    seconds,
    gap,
    silences: silences.map(({ from, to, text }) => ({
      from,
      to,
      text: `${text}, ${clockText(from)} to ${clockText(to)}`,
    })),
    marks,
    charts: charts.map(({ id, title, unit, curves, ceiling }) => ({
      ...{ id, title, unit, ceiling },
      curves: curves.map(({ name, hue, dash, points }) => ({
        ...{ name, hue, dash },
        points: points.map(([at, ...values]) => [Number(at.toFixed(2)), ...values.map(short)]),
      })),
    })),
  };
}

/** Events that matter, for lines across the charts. */
function marksOf({ events }: Story): { at: number; text: string }[] {
  return events
    .filter(({ weight, event }) => weight === 'failure' || weight === 'warning' || event === 'mark')
    .slice(0, MARKS_MAX)
    .map(({ at, end, text }) => ({ at, text: `${clockText(at)} ${end}: ${text}` }));
}

function page(title: string, body: readonly Html[], data: unknown): string {
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title}</title><style>${new Html(PAGE_STYLE)}</style></head>
<body><main>
${body}
<footer><p>Made by dplink from a run directory. This page needs no network.</p></footer>
</main>${jsonScript('timeline', data)}<script type="module">${new Html(pageScript())}</script></body></html>
`;
  return text;
}

function section(title: string, ...content: readonly Html[]): Html {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

function chartFigure(chart: Chart): Html {
  const hint = `${chart.title}; arrow keys read out, plus and minus zoom`;
  return html`<figure id="chart-${chart.id}"><figcaption><h3>${chart.title}</h3><span class="quiet">${chart.about}</span></figcaption>
<div class="legend"></div><div class="plot" tabindex="0" role="group" aria-label="${hint}"></div>
${chartTable(chart)}</figure>`;
}

const ZOOMS = { in: 'zoom in', out: 'zoom out', left: 'earlier', right: 'later', back: 'back', all: 'all' };

/** One outage of seconds flattens delays of milliseconds. */
const LOG_SCALE = html`<button type="button" id="log-scale" aria-pressed="false">delays in powers of ten</button>`;

function chartSection(timeline: Timeline): Html {
  const charts = timeline.charts.filter(({ curves }) => curves.length > 0);
  if (charts.length === 0) return section('Over time', html`<p>Nothing was sampled.</p>`);
  const buttons = Object.entries(ZOOMS).map(
    ([how, text]) => html`<button type="button" data-zoom="${how}">${text}</button>`,
  );
  const { width } = timeline;
  return section(
    'Over time',
    html`<p class="controls">${buttons}${charts.some(({ unit }) => unit === 'ms') && LOG_SCALE}<output id="span"></output></p>
<p class="quiet"><span class="hint">Drag over a chart to zoom in, double-click for all of it; or point with the arrow keys and zoom with + and -.</span> Times are counted from the beginning of the run. ${
      width > 1 &&
      `Each point stands for ${width} seconds: the line is their mean, the band reaches from the lowest to the highest.`
    }</p>`,
    ...charts.map(chartFigure),
  );
}

/** What each direction carried, large. */
function directionTiles({ result }: KeptRun): Html {
  const keys = [...new Set(result.streams.map(({ from, to }) => JSON.stringify([from, to])))];
  const tiles = keys.map((key) => {
    const own = result.streams.filter(({ from, to }) => JSON.stringify([from, to]) === key);
    const [first] = own;
    const title = html`<h3>${first?.from} to ${first?.to}</h3>`;
    const measured = own.filter((stream) => stream.measured);
    const sum = (read: (stream: (typeof own)[number]) => number): number =>
      measured.reduce((total, stream) => total + read(stream), 0);
    if (measured.length === 0)
      return html`<div class="tile">${title}<p>The receiving end gave no figures.</p></div>`;
    const share = sum((stream) => stream.lineUtilisation);
    const [lost, delivered] = [sum((stream) => stream.lost), sum((stream) => stream.delivered)];
    return html`<div class="tile">${title}<p class="large">${scaledText(
      sum((stream) => stream.goodputBytesPerSecond),
      'B/s',
    )}</p>
<meter min="0" max="1" value="${short(share)}" aria-label="share of the line">${percentText(share)}</meter>
<p>${percentText(share)} of the line. ${countText(delivered)} messages delivered, ${
      own.every((stream) => isSentKnown(result, stream))
        ? html`<span class="${lost > 0 && 'bad'}">${countText(lost)} lost</span>`
        : html`<span class="warn">how many were sent is not known</span>`
    }.</p></div>`;
  });
  const title =
    result.calls === undefined ? 'Directions' : 'Directions of the last call that carried traffic';
  return html`<section><h2>${title}</h2><div class="tiles">${tiles}</div></section>`;
}

/** Texts of a list, the first of them, each as long as anybody reads. */
function listItems(texts: readonly string[]): Html[] {
  const items = texts.slice(0, TEXTS_MAX).map((text) => html`<li>${text.slice(0, TEXT_MAX)}</li>`);
  const left = texts.length - TEXTS_MAX;
  return left > 0 ? [...items, html`<li>and ${countText(left)} more</li>`] : items;
}

function headOf({ result, recovered, path, name }: KeptRun): Html {
  const {
    verdict,
    reasons,
    seed,
    startedAt,
    durationSeconds,
    profile,
    rig,
    shortfall,
    warnings = [],
  } = result;
  const parts = [nameOf(profile), nameOf(rig)].filter((part) => part !== '').join(' on ');
  const capture = captureBytes(path);
  return html`<header><h1><span class="badge ${verdict}" id="verdict">${verdict.toUpperCase()}</span> <span>${parts === '' ? name : parts}</span></h1>
<p class="quiet">${startedAt}, ${durationSeconds.toFixed(1)} s, seed <code id="seed">${seed}</code>, kept in <code>${path}</code>${
    capture !== undefined && ` with a capture of ${scaledText(capture, 'B')}`
  }</p>
${recovered && html`<p class="warn">This run left no result: what stands here was made from its journal and samples.</p>`}
${shortfall !== undefined && html`<p class="bad">Not all of it was kept: ${countText(shortfall.missingLines)} lines are missing. ${shortfall.troubles.join('; ')}</p>`}
${reasons.length > 0 && html`<ul class="reasons" id="reasons">${listItems(reasons)}</ul>`}
${warnings.length > 0 && html`<ul class="reasons warn" id="warnings">${listItems(warnings.map((warning) => `Note: ${warning}`))}</ul>`}</header>`;
}

/** What the dashboard showed when its reader kept it. */
function snapshotSection({ path }: KeptRun): Html | false {
  const snapshots = snapshotsOf(path);
  if (snapshots.length === 0) return false;
  return section(
    'Snapshots',
    html`<p class="quiet">The dashboard as it stood when s was pressed.</p>`,
    ...snapshots.map(
      ({ file, text }) =>
        html`<details class="snapshot"><summary>${file}</summary><pre>${text}</pre></details>`,
    ),
  );
}

function documentText(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? '';
  return text.length > DOCUMENT_TEXT_MAX ? `${text.slice(0, DOCUMENT_TEXT_MAX)}\n...` : text;
}

function askedSection({ result, record }: KeptRun): Html {
  const { rig, profile, ends, streams, limits, schema, ...rest } = record.run ?? {};
  return section(
    'What was asked',
    html`<div class="two"><div><h3>Rig</h3><pre>${documentText(result.rig)}</pre></div>
<div><h3>Profile</h3><pre>${documentText(result.profile)}</pre></div></div>
<details><summary>Versions, host, disk use</summary><pre>${documentText(rest)}</pre></details>`,
  );
}

function runPage(run: KeptRun): string {
  const { timeline, story } = tellOf(run);
  const { result } = run;
  const calls = callsSection(result);
  const passage = passageTable(result);
  const snapshots = snapshotSection(run);
  const title = `${result.verdict}: ${nameOf(result.profile) || run.name}, dplink`;
  return page(
    title,
    [
      headOf(run),
      ...(calls === false ? [] : [calls]),
      directionTiles(run),
      chartSection(timeline),
      section('Outages', ...outageParts(result, timeline)),
      section('Streams', streamTable(result), ...(passage === false ? [] : [passage])),
      section('Limits', limitTable(result)),
      html`<div class="two">${section('Ends', endTable(result))}${section('Losses by cause', damageTable(story))}</div>`,
      section('Events', eventTable(story)),
      ...(snapshots === false ? [] : [snapshots]),
      askedSection(run),
    ],
    drawn({ ...timeline, silences: [...timeline.silences, ...portSilences(result)] }, marksOf(story)),
  );
}

/** The ceiling of a chart where all runs have the same. */
function commonCeiling(runs: readonly Timeline[], id: string): Chart['ceiling'] {
  const [first, ...others] = runs.map(({ charts }) => charts.find((chart) => chart.id === id)?.ceiling);
  return others.every((other) => other?.value === first?.value) ? first : undefined;
}

/** The curves of several runs over each other: the hue says which run, the dash which curve of it. */
function overlaid(runs: readonly Timeline[], { runs: named }: Comparison): Timeline {
  const [first] = runs;
  return {
    seconds: Math.max(0, ...runs.map(({ seconds }) => seconds)),
    width: Math.max(0, ...runs.map(({ width }) => width)),
    gap: Math.max(0, ...runs.map(({ gap }) => gap)),
    silences: [],
    moreSilences: 0,
    charts: (first?.charts ?? []).map((chart) => ({
      ...chart,
      ceiling: commonCeiling(runs, chart.id),
      curves: runs.flatMap(({ charts }, run) =>
        (charts.find(({ id }) => id === chart.id)?.curves ?? []).map((curve, place) => ({
          ...curve,
          name: `${named[run]?.letter}: ${curve.name}`,
          hue: run,
          dash: Math.min(2, place),
        })),
      ),
    })),
  };
}

function toldList(reasons: readonly string[], warnings: readonly string[]): Html | false {
  const told = [...reasons, ...warnings.map((warning) => `Note: ${warning}`)];
  return told.length > 0 && html`<ul class="reasons">${listItems(told)}</ul>`;
}

function comparisonPage(runs: readonly KeptRun[]): string {
  const comparison = compareRuns(runs);
  const timeline = overlaid(
    runs.slice(0, OVERLAID_MAX).map((run) => tellOf(run).timeline),
    comparison,
  );
  const rows = comparison.runs.map(
    ({ letter, verdict, profile, rig, startedAt, seed, directory, reasons, warnings }) =>
      html`<tr><th scope="row">${letter}</th><td class="${verdict}">${verdict}</td><td>${profile}</td><td>${rig}</td>
<td>${startedAt}</td><td><code>${seed}</code></td><td><code>${directory}</code></td><td>${toldList(reasons, warnings)}</td></tr>`,
  );
  const heads = ['', 'verdict', 'profile', 'rig', 'began', 'seed', 'kept in', 'why, and notes'];
  return page(
    `${runs.length} runs compared, dplink`,
    [
      html`<header><h1>${runs.length} runs compared</h1><div class="scroll"><table id="runs"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></header>`,
      chartSection(timeline),
      section('Measures', comparisonTable(comparison)),
    ],
    drawn(timeline, []),
  );
}

/** The page: of one run, or of several compared. At least one run; the curves of the first four are drawn. */
export function htmlReport(runs: readonly [KeptRun, ...KeptRun[]]): string {
  return runs.length === 1 ? runPage(runs[0]) : comparisonPage(runs);
}
