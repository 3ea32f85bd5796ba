/** The whole dashboard as lines: every pane in its place, exactly as large as asked. Pure. */
import { fitLine, lineText, type Span, type StyledLine, span } from '../base/styled-text.ts';
import { errorPane } from './error-pane.ts';
import { eventPane } from './event-pane.ts';
import { connectionPane, figuresPane, linePane } from './figure-pane.ts';
import { headerPane } from './header-pane.ts';
import { helpPane, keyPane } from './key-pane.ts';
import { HEIGHT_MIN, layout, type PaneName, type Placement, WIDTH_MIN } from './layout.ts';
import { fitBlock, type Pane, type PaneOptions } from './pane.ts';
import type { ViewState } from './state.ts';
import { throughputPane } from './throughput-pane.ts';

const PANES: Readonly<Record<Exclude<PaneName, 'throughput'>, Pane>> = {
  header: headerPane,
  errors: errorPane,
  connection: connectionPane,
  line: linePane,
  figures: figuresPane,
  events: eventPane,
  keys: keyPane,
  help: helpPane,
};

function paneLines(place: Placement, state: ViewState, options: PaneOptions): StyledLine[] {
  const { pane, index, width, height } = place;
  if (pane !== 'throughput') return PANES[pane](state, width, height, options);
  const direction = state.directions[index];
  return direction === undefined ? [] : throughputPane(state, direction, width, height, options);
}

/** What stands where there is no room for more. */
function tooSmall(width: number, height: number, options: PaneOptions): StyledLine[] {
  const said = [
    'too small for the dashboard',
    `it needs ${WIDTH_MIN} x ${HEIGHT_MIN}, this is ${width} x ${height}`,
    'the run goes on',
  ];
  const above = Math.max(0, Math.floor((height - said.length) / 2));
  return Array.from({ length: height }, (_, row): StyledLine => {
    const text = said[row - above] ?? '';
    const indent = Math.max(0, Math.floor((width - text.length) / 2));
    return fitLine([span(' '.repeat(indent) + text)], width, options.glyphs);
  });
}

/** `state` as exactly `height` lines of exactly `width` columns; `help` shows the page of help instead of the figures. */
export function dashboardLines(
  state: ViewState,
  width: number,
  height: number,
  options: PaneOptions,
  help = false,
): StyledLine[] {
  const places = layout(width, height, Math.max(1, state.directions.length), help);
  if (places === undefined) return tooSmall(width, height, options);
  const rows: { column: number; spans: Span[] }[] = Array.from({ length: height }, () => ({
    column: 0,
    spans: [],
  }));
  for (const place of places) {
    const block = fitBlock(paneLines(place, state, options), place.width, place.height, options.glyphs);
    block.forEach((line, offset) => {
      const row = rows[place.top + offset];
      if (row === undefined) return;
      if (place.left > row.column) row.spans.push(span(' '.repeat(place.left - row.column)));
      row.spans.push(...line);
      row.column = place.left + place.width;
    });
  }
  return rows.map(({ spans }) => fitLine(spans, width, options.glyphs));
}

/** The same as one text, without the blanks at the end of lines: what a snapshot saves. */
export function dashboardText(lines: readonly StyledLine[]): string {
  return lines.map((line) => `${lineText(line).trimEnd()}\n`).join('');
}
