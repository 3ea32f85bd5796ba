/** Where each pane stands at a given size, and what is left out when room is short. Draws nothing. */

/** Below this the dashboard only says that it needs more room. */
export const WIDTH_MIN = 60;
export const HEIGHT_MIN = 18;

/** From this width on errors, connection and line stand side by side. */
const WIDE = 120;

/** From this height on they stand in rows of their own where the width does not allow that. */
const TALL = 38;

/** From this height on a blank line stands above each row of panes. */
const AIRY = 30;

/** Columns between panes that stand side by side. */
const GUTTER = 2;

/** The panes by name; `throughput` stands once per direction. */
export type PaneName =
  | 'header'
  | 'throughput'
  | 'errors'
  | 'connection'
  | 'line'
  | 'figures'
  | 'events'
  | 'keys'
  | 'help';

/** A pane and its room, in columns and lines from the upper left corner. */
export interface Placement {
  readonly pane: PaneName;
  /** Which direction, for `throughput`; else 0. */
  readonly index: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A row of panes of one height. */
interface Row {
  readonly panes: readonly (readonly [PaneName, number])[];
  readonly height: number;
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(value)));

/** The rows between head and keys; `height` is what they come to, `tall` whether errors get a row of their own. */
function bodyRows(width: number, height: number, directions: number, tall: boolean): readonly Row[] {
  const charts = Math.max(1, Math.min(directions, Math.floor(width / 30), 4));
  const throughput = Array.from({ length: charts }, (_, index): [PaneName, number] => ['throughput', index]);
  if (width >= WIDE) {
    const figures = clamp(height * 0.45, 7, 16);
    const top = clamp((height - figures) * 0.62, 5, 26);
    return [
      { panes: throughput, height: top },
      {
        panes: [
          ['errors', 0],
          ['connection', 0],
          ['line', 0],
        ],
        height: figures,
      },
      { panes: [['events', 0]], height: height - top - figures },
    ];
  }
  if (tall) {
    const top = clamp(height * 0.26, 8, 14);
    const errors = clamp(height * 0.18, 7, 9);
    const figures = clamp(height * 0.33, 11, 13);
    return [
      { panes: throughput, height: top },
      { panes: [['errors', 0]], height: errors },
      {
        panes: [
          ['connection', 0],
          ['line', 0],
        ],
        height: figures,
      },
      { panes: [['events', 0]], height: height - top - errors - figures },
    ];
  }
  const figures = clamp(height * 0.4, 7, 12);
  const top = clamp(height * 0.36, 4, 12);
  const middle: [PaneName, number][] =
    width >= 80
      ? [
          ['errors', 0],
          ['figures', 0],
        ]
      : [['figures', 0]];
  return [
    { panes: throughput, height: top },
    { panes: middle, height: figures },
    { panes: [['events', 0]], height: height - top - figures },
  ];
}

/** The panes of one row side by side, all columns used. */
function acrossRow({ panes, height }: Row, top: number, width: number): Placement[] {
  const placed: Placement[] = [];
  let left = 0;
  panes.forEach(([pane, index], place) => {
    const behind = panes.length - place - 1;
    const share = Math.floor((width - left - behind * GUTTER) / (behind + 1));
    placed.push({ pane, index, left, top, width: share, height });
    left += share + GUTTER;
  });
  return placed;
}

/** Every pane's place at `width` x `height`; `undefined` when that is too small. With `help` the body is one page. */
export function layout(
  width: number,
  height: number,
  directions: number,
  help: boolean,
): readonly Placement[] | undefined {
  if (width < WIDTH_MIN || height < HEIGHT_MIN) return undefined;
  const header: Placement = { pane: 'header', index: 0, left: 0, top: 0, width, height: 2 };
  const keys: Placement = { pane: 'keys', index: 0, left: 0, top: height - 1, width, height: 1 };
  if (help) {
    return [header, { pane: 'help', index: 0, left: 0, top: 2, width, height: height - 3 }, keys];
  }
  const gap = height >= AIRY ? 1 : 0;
  const tall = width < WIDE && height >= TALL;
  const rows = bodyRows(width, height - 3 - gap * (tall ? 4 : 3), directions, tall);
  const placed: Placement[] = [header];
  let top = 2;
  for (const row of rows) {
    top += gap;
    placed.push(...acrossRow(row, top, width));
    top += row.height;
  }
  return [...placed, keys];
}
