/** Times in which something was away: ports as the ends tell, silences as the samples show. Knows no charts. */
import { clockText, countText, millisecondsText, UNKNOWN } from '../base/quantity.ts';
import type { EndResult, Result } from '../soak/result.ts';
import { type Html, html } from './html-text.ts';
import type { Silence, Timeline } from './timeline.ts';

type PortOutage = NonNullable<EndResult['outages']>['list'][number];

/** Outages of ports that a page lists, end by end. */
const LISTED_MAX = 100;

/** The times in which a port was away, as spans of a chart: until the first good frame, or for good. */
export function portSilences({ ends, durationSeconds }: Result): Silence[] {
  return ends.flatMap(({ name, outages }) =>
    (outages?.list ?? []).slice(0, LISTED_MAX).map(({ lostAt, backAt, firstFrameAt, cause }) => ({
      from: lostAt,
      to: firstFrameAt ?? backAt ?? Math.max(lostAt, durationSeconds),
      end: name,
      text: `the port of ${name} was away: ${cause}`,
    })),
  );
}

function outageRow(name: string, { lostAt, backAt, firstFrameAt, cause }: PortOutage): Html {
  const after = (at: number | null): string =>
    at === null ? 'never' : millisecondsText((at - lostAt) * 1000);
  return html`<tr><th scope="row">${name}</th><td class="figure">${clockText(lostAt)}</td><td class="figure">${after(backAt)}</td>
<td class="figure">${after(firstFrameAt)}</td><td>${cause}</td></tr>`;
}

function portTable(ends: readonly EndResult[]): Html | false {
  const told = ends.filter(({ outages }) => outages !== undefined && outages.count > 0);
  if (told.length === 0) return false;
  const heads = ['end', 'noticed at', 'back after', 'first good frame after', 'how'];
  const rows = told.flatMap(({ name, outages }) =>
    (outages?.list ?? []).slice(0, LISTED_MAX).map((outage) => outageRow(name, outage)),
  );
  const left = told.reduce((sum, { outages }) => sum + (outages?.count ?? 0), 0) - rows.length;
  return html`<div class="scroll"><table id="port-outages"><caption>Times a port was away</caption>
<thead><tr>${heads.map((head, place) => html`<th scope="col" class="${place > 0 && place < 4 && 'figure'}">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>${left > 0 && html`<p class="quiet">and ${countText(left)} more in the journal</p>`}`;
}

function silenceList({ silences, moreSilences }: Timeline): Html {
  if (silences.length === 0)
    return html`<p id="outages">Silences: none, no end waited in vain for 3 seconds.</p>`;
  const list = silences.map(
    ({ from, to, text }) => html`<li>${clockText(from)} to ${clockText(to)}: ${text}</li>`,
  );
  return html`<ul id="outages">${list}${moreSilences > 0 && html`<li>and ${countText(moreSilences)} more</li>`}</ul>`;
}

/** What is said of outages. */
export function outageParts({ ends }: Result, timeline: Timeline): Html[] {
  const ports = portTable(ends);
  return [...(ports === false ? [] : [ports]), silenceList(timeline)];
}

/** Frames and bytes that did not come through, direction by direction; nothing where the ends' counters were not compared. */
export function passageTable({ directions = [] }: Result): Html | false {
  const compared = directions.filter(({ passage }) => passage !== null);
  if (compared.length === 0) return false;
  const heads = ['frames', 'frames lost', 'bytes', 'bytes lost', 'bytes inserted'];
  const rows = compared.map(({ from, to, passage }) => {
    const cell = (count: number | undefined, isFault: boolean): Html =>
      html`<td class="figure ${isFault && (count ?? 0) > 0 && 'bad'}">${count === undefined ? UNKNOWN : countText(count)}</td>`;
    return html`<tr><th scope="row">${from} to ${to}</th>${cell(passage?.frames, false)}${cell(passage?.framesLost, true)}
${cell(passage?.bytes, false)}${cell(passage?.bytesLost, true)}${cell(passage?.bytesInserted, true)}</tr>`;
  });
  return html`<div class="scroll"><table id="passage"><caption>The line: what went in at one end less what came out at the other, between the first and the last comparison of their counters</caption>
<thead><tr><th scope="col">direction</th>${heads.map((head) => html`<th scope="col" class="figure">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
