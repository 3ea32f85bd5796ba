/** What the process of a line and the bench say to each other. Types only. */
import type { Injected } from '../../src/line/line-event.ts';
import type { Passage } from '../../src/port/virtual-direction.ts';
import type { Condition } from './condition.ts';

/** The line to make; handed over as JSON on the command line. */
export interface LineOrder extends Condition {
  readonly seed: string;
}

/** What passed, as the line itself saw it. Times are milliseconds of the machine's monotonic clock. */
export interface LineReport {
  /** When the first byte was taken from either port; `undefined` before. */
  readonly firstAt: number | undefined;
  /** When a byte last arrived at either port. */
  readonly lastAt: number | undefined;
  readonly passages: readonly [Passage, Passage];
  readonly injected: readonly [Injected, Injected];
}

/** To the line. */
export type LineCommand =
  | { readonly type: 'report' }
  | { readonly type: 'cut'; readonly ms: number }
  | { readonly type: 'close' };

/** From the line. */
export type LineAnswer =
  | { readonly type: 'open'; readonly paths: readonly [string, string] }
  | ({ readonly type: 'report' } & LineReport)
  | { readonly type: 'healed'; readonly at: number };
