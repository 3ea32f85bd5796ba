/** What `dplink dial` shows of a series of calls: a dashboard, plain lines, JSON lines or nothing. Makes no calls. */
import type { LineSettings } from '../base/line-settings.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { glyphsFor } from '../view/choose.ts';
import { JsonStreamView } from '../view/json-stream.ts';
import { PlainView } from '../view/plain.ts';
import type { Dashboard } from '../view/screen.ts';
import { beginView, concludeView, fold, type ViewPlan, type ViewState } from '../view/state.ts';
import { type Operator, openDashboard, outputForPeople, type ViewWish, viewKind } from './choose-view.ts';
import type { Console } from './console.ts';
import { callText, progressText, type SeriesProgress } from './dial-text.ts';

/** Complaints that are told again when the dashboard has gone. */
const COMPLAINTS_MAX = 100;

/** What is known of a series before its first call. */
export interface DialledSeries {
  readonly profile: string;
  readonly rig: string;
  readonly seed: string;
  readonly count: number;
  /** Seconds of the traffic of each call; `null` when it is bounded otherwise. */
  readonly durationSeconds: number | null;
  readonly runDirectory: string;
  readonly port: string;
  readonly settings: LineSettings;
  readonly number: string;
}

/** A run over a call. */
export interface CallRun {
  readonly name: string;
  readonly durationSeconds: number | null;
  /** What stands for the call's line: rates are reckoned against it. */
  readonly settings: LineSettings;
}

/** Who watches a series. */
export interface DialView {
  /** A line for people. */
  say(text: string): void;
  /** Something is not as it should be. */
  complain(text: string): void;
  /** An attempt begins. */
  began(progress: SeriesProgress): void;
  /** The call is on, and a run over it begins. */
  running(run: CallRun): void;
  /** A sample or an entry of the call that is on. */
  show(item: Sample | JournalEntry): void;
  /** An entry that the view has been told of in other words. */
  note(entry: JournalEntry): void;
  /** Gives the terminal back. */
  close(result?: Result): void;
}

/** The view that the flags and the terminal call for. Throws UsageError for a dashboard where none can be drawn. */
export function openDialView(
  wish: ViewWish,
  series: DialledSeries,
  console: Console,
  operator: Operator,
): DialView {
  if (wish.jsonStream) return new JsonLines(series, console);
  const kind = viewKind(wish, console);
  if (kind === 'dashboard') return new Drawn(wish, series, console, operator);
  return new Written(kind === 'plain', wish, series, console);
}

function planOf(series: DialledSeries): ViewPlan {
  const { profile, count, port, settings, number, ...rest } = series;
  return {
    ...rest,
    profile: `${profile}, ${count === 1 ? 'one call' : `${count} calls`}`,
    ends: [
      { name: 'near', port, settings },
      { name: 'far', port: number, settings: null },
    ],
  };
}

/** `series` during one of its calls. */
function callPlan(series: DialledSeries, progress: SeriesProgress): ViewPlan {
  const stands = progressText(progress);
  const profile = `${series.profile}, ${callText(progress)}${stands === '' ? '' : ` (${stands})`}`;
  return { ...planOf(series), profile };
}

function complainTo(console: Console, text: string): void {
  console.stderr.write(`dplink: ${text}\n`);
}

/** For programs: all on standard output, what is said to people on the other. */
class JsonLines implements DialView {
  readonly #console: Console;
  readonly #view: JsonStreamView;
  readonly #state: ViewState;

  constructor(series: DialledSeries, console: Console) {
    this.#console = console;
    const plan = planOf(series);
    this.#state = beginView(plan);
    this.#view = new JsonStreamView(plan, (line) => console.stdout.write(`${line}\n`));
  }

  say(text: string): void {
    this.#console.stderr.write(`dplink dial: ${text}\n`);
  }

  complain(text: string): void {
    complainTo(this.#console, text);
  }

  began(): void {}

  running(): void {}

  show(item: Sample | JournalEntry): void {
    this.#view.update(this.#state, item);
  }

  note(entry: JournalEntry): void {
    this.show(entry);
  }

  close(result?: Result): void {
    this.#view.close(result);
  }
}

/** Lines; with `talks` off none. */
class Written implements DialView {
  readonly #console: Console;
  readonly #output: NodeJS.WriteStream;
  readonly #series: DialledSeries;
  readonly #view: PlainView | undefined;
  #state: ViewState;

  constructor(talks: boolean, wish: ViewWish, series: DialledSeries, console: Console) {
    this.#console = console;
    this.#output = outputForPeople(wish, console);
    this.#series = series;
    const plan = planOf(series);
    this.#state = beginView(plan);
    const write = (line: string): void => void this.#output.write(`${line}\n`);
    this.#view = talks ? new PlainView(plan, glyphsFor(console.env), write) : undefined;
  }

  say(text: string): void {
    if (this.#view !== undefined) this.#output.write(`dplink dial: ${text}\n`);
  }

  complain(text: string): void {
    complainTo(this.#console, text);
  }

  began(progress: SeriesProgress): void {
    const stands = progressText(progress);
    this.say(`${callText(progress)}: dialling ${this.#series.number}${stands === '' ? '' : ` (${stands})`}`);
  }

  running({ durationSeconds, settings }: CallRun): void {
    this.#state = beginView(planOf({ ...this.#series, durationSeconds, settings }));
  }

  show(item: Sample | JournalEntry): void {
    this.#state = fold(this.#state, item);
    this.#view?.update(this.#state, item);
  }

  note(): void {}

  close(): void {}
}

/** The dashboard: it stays from call to call, and so does its log. */
class Drawn implements DialView {
  readonly #series: DialledSeries;
  readonly #console: Console;
  readonly #dashboard: Dashboard;
  #state: ViewState;
  #progress: SeriesProgress | undefined;
  #complaints: readonly string[] = [];

  constructor(wish: ViewWish, series: DialledSeries, console: Console, operator: Operator) {
    this.#series = series;
    this.#console = console;
    const plan = planOf(series);
    this.#state = beginView(plan);
    this.#dashboard = openDashboard(wish, plan, console, operator, () => series.runDirectory);
  }

  say(text: string): void {
    this.show({ at: this.#state.at, end: 'near', event: 'dial', text });
  }

  complain(text: string): void {
    this.say(text);
    this.#complaints = [...this.#complaints.slice(1 - COMPLAINTS_MAX), text];
  }

  began(progress: SeriesProgress): void {
    this.#progress = progress;
    this.#turnToSeries(this.#series);
    this.say(`${callText(progress)}: dialling ${this.#series.number}`);
  }

  running({ name, durationSeconds, settings }: CallRun): void {
    this.#turnToSeries({ ...this.#series, profile: name, durationSeconds, settings });
  }

  show(item: Sample | JournalEntry): void {
    this.#turnTo(fold(this.#state, item));
  }

  note(entry: JournalEntry): void {
    // Not shown, it still tells the time.
    this.#turnTo({ ...this.#state, at: Math.max(this.#state.at, entry.at) });
  }

  close(result?: Result): void {
    if (result !== undefined) this.#turnTo(concludeView(this.#state, result.verdict));
    this.#dashboard.close();
    for (const text of this.#complaints) complainTo(this.#console, text);
    this.#complaints = [];
  }

  /** What was heard in the calls before stays in the log, and the time of the series goes on. */
  #turnToSeries(series: DialledSeries): void {
    const plan = this.#progress === undefined ? planOf(series) : callPlan(series, this.#progress);
    const { log, at } = this.#state;
    this.#turnTo({ ...beginView(plan), log, at });
  }

  #turnTo(state: ViewState): void {
    this.#state = state;
    this.#dashboard.update(state);
  }
}
