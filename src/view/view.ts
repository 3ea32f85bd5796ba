/** What every way of watching a run is, so that a command need not know which one was chosen. Types only. */
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import type { ViewState } from './state.ts';

/** Someone who watches a run. Nothing here waits or throws for what the run does. */
export interface View {
  /** The run moved on: `state` is folded with `item` already. */
  update(state: ViewState, item: Sample | JournalEntry): void;
  /** The run is over; `result` is absent when there is none. Gives the terminal back; harmless when repeated. */
  close(result?: Result): void;
}

/** A view for `--ui none`. */
export const NO_VIEW: View = { update() {}, close() {} };
