/** A run as one JSON object per line, for programs. Each line says in `type` what it is: run, sample, event, result. */
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { isEntry, type ViewPlan, type ViewState } from './state.ts';
import type { View } from './view.ts';

/** `value` with its `type` as one line without its end. Numbers that JSON cannot hold become null. */
export function jsonLine(type: 'run' | 'sample' | 'event' | 'result', value: object): string {
  // First for the reader, again at the end so that no member of the value can take its place.
  return JSON.stringify(Object.assign({ type }, value, { type }));
}

/** Writes a run as JSON lines: `run` at once, samples and events as they come, `result` at the end. */
export class JsonStreamView implements View {
  readonly #write: (line: string) => void;
  #closed = false;

  /** `write` takes one line without its end. */
  constructor(plan: ViewPlan, write: (line: string) => void) {
    this.#write = write;
    write(jsonLine('run', plan));
  }

  update(_state: ViewState, item: Sample | JournalEntry): void {
    if (!this.#closed) this.#write(jsonLine(isEntry(item) ? 'event' : 'sample', item));
  }

  close(result?: Result): void {
    if (this.#closed) return;
    this.#closed = true;
    if (result !== undefined) this.#write(jsonLine('result', result));
  }
}
