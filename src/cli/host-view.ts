/** What a host shows of itself and of run after run: a dashboard, plain lines, JSON lines or only results. Serves nobody. */

import { SECOND } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { glyphsFor } from '../view/choose.ts';
import { jsonLine } from '../view/json-stream.ts';
import { PlainView, plainEvent } from '../view/plain.ts';
import type { Dashboard } from '../view/screen.ts';
import { beginView, concludeView, fold, isEntry, type ViewPlan, type ViewState } from '../view/state.ts';
import { type Operator, openDashboard, outputForPeople, type ViewWish, viewKind } from './choose-view.ts';
import type { Console } from './console.ts';
import { printSummary } from './print-summary.ts';

/** Runs and complaints that are told of when the dashboard has gone. */
const ENDED_MAX = 100;

/** A run as it ended. */
interface EndedRun {
  readonly result: Result;
  readonly directory: string | undefined;
}

/** The port that is served and the rig that it stands in. */
export interface HostedLine {
  readonly rig: string;
  readonly port: string;
  /** `null` where they change from call to call. */
  readonly settings: LineSettings | null;
}

/** A run that was agreed on, as the journal tells of it. */
export interface HostedRun {
  readonly profile: string;
  readonly seed: string;
  /** Microseconds; absent where the plan ends by volume. */
  readonly duration?: number | undefined;
  readonly runDirectory: string | null;
  /** What stands for the line now: of a call, its own. */
  readonly settings: LineSettings;
}

/** Who watches a host. */
export interface HostView {
  /** A line for people. */
  say(text: string): void;
  /** Something is not as it should be. */
  complain(text: string): void;
  /** A sample or an entry, in a run or between two. */
  show(item: Sample | JournalEntry): void;
  runBegan(run: HostedRun): void;
  runEnded(result: Result, directory: string | undefined): void;
  /** Gives the terminal back. */
  close(): void;
}

/** The view that the flags and the terminal call for. Throws UsageError for a dashboard where none can be drawn. */
export function openHostView(
  wish: ViewWish,
  line: HostedLine,
  console: Console,
  operator: Operator,
): HostView {
  if (wish.jsonStream) return new JsonLines(console);
  const kind = viewKind(wish, console);
  const output = outputForPeople(wish, console);
  if (kind === 'dashboard') return new Drawn(wish, line, console, operator);
  return new Written(kind === 'plain', line, output, console);
}

/** What is known of the line while nobody runs anything over it. */
function waitingPlan({ rig, port, settings }: HostedLine): ViewPlan {
  return {
    profile: 'host',
    rig,
    seed: '',
    durationSeconds: null,
    runDirectory: null,
    ends: [
      { name: 'far', port, settings },
      { name: 'near', port: 'elsewhere', settings: null },
    ],
  };
}

/** What is known of the line during `run`. */
function runPlan(line: HostedLine, { profile, seed, duration, runDirectory, settings }: HostedRun): ViewPlan {
  const durationSeconds = duration === undefined ? null : duration / SECOND;
  return { ...waitingPlan({ ...line, settings }), profile, seed, durationSeconds, runDirectory };
}

function complainTo(console: Console, text: string): void {
  console.stderr.write(`dplink: ${text}\n`);
}

/** For programs: samples, events and results on standard output, what is said to people on the other. */
class JsonLines implements HostView {
  readonly #console: Console;

  constructor(console: Console) {
    this.#console = console;
  }

  say(text: string): void {
    this.#console.stderr.write(`dplink host: ${text}\n`);
  }

  complain(text: string): void {
    complainTo(this.#console, text);
  }

  show(item: Sample | JournalEntry): void {
    this.#write(jsonLine(isEntry(item) ? 'event' : 'sample', item));
  }

  runBegan(): void {}

  runEnded(result: Result): void {
    this.#write(jsonLine('result', result));
  }

  close(): void {}

  #write(line: string): void {
    this.#console.stdout.write(`${line}\n`);
  }
}

/** Lines: those of each run with its progress, and its summary; with `talks` off only the summaries. */
class Written implements HostView {
  readonly #talks: boolean;
  readonly #line: HostedLine;
  readonly #output: NodeJS.WriteStream;
  readonly #console: Console;
  #run: { readonly view: PlainView; state: ViewState } | undefined;

  constructor(talks: boolean, line: HostedLine, output: NodeJS.WriteStream, console: Console) {
    this.#talks = talks;
    this.#line = line;
    this.#output = output;
    this.#console = console;
  }

  say(text: string): void {
    if (this.#talks) this.#output.write(`dplink host: ${text}\n`);
  }

  complain(text: string): void {
    complainTo(this.#console, text);
  }

  show(item: Sample | JournalEntry): void {
    if (!this.#talks) return;
    if (this.#run !== undefined) {
      this.#run.state = fold(this.#run.state, item);
      this.#run.view.update(this.#run.state, item);
    } else if (isEntry(item)) {
      const text = plainEvent(item, glyphsFor(this.#console.env));
      if (text !== undefined) this.#output.write(`${text}\n`);
    }
  }

  runBegan(run: HostedRun): void {
    if (!this.#talks) return;
    const plan = runPlan(this.#line, run);
    const view = new PlainView(plan, glyphsFor(this.#console.env), (text) => this.#output.write(`${text}\n`));
    this.#run = { view, state: beginView(plan) };
  }

  runEnded(result: Result, directory: string | undefined): void {
    this.#run = undefined;
    printSummary(result, directory, this.#output, this.#console.env);
  }

  close(): void {}
}

/** The dashboard: it stays from run to run, and so does its log. What became of the runs is told when it has gone. */
class Drawn implements HostView {
  readonly #line: HostedLine;
  readonly #output: NodeJS.WriteStream;
  readonly #console: Console;
  readonly #dashboard: Dashboard;
  #state: ViewState;
  /** The newest last. */
  #ended: EndedRun[] = [];
  #complaints: string[] = [];

  constructor(wish: ViewWish, line: HostedLine, console: Console, operator: Operator) {
    this.#line = line;
    this.#output = outputForPeople(wish, console);
    this.#console = console;
    const plan = waitingPlan(line);
    this.#state = beginView(plan);
    this.#dashboard = openDashboard(wish, plan, console, operator, () => this.#state.plan.runDirectory);
  }

  say(text: string): void {
    this.show({ at: this.#state.at, end: 'far', event: 'host', text });
  }

  complain(text: string): void {
    this.say(text);
    this.#complaints = [...this.#complaints.slice(1 - ENDED_MAX), text];
  }

  show(item: Sample | JournalEntry): void {
    this.#turnTo(fold(this.#state, item));
  }

  runBegan(run: HostedRun): void {
    // What was heard before stays in the log.
    this.#turnTo({ ...beginView(runPlan(this.#line, run)), log: this.#state.log });
  }

  runEnded(result: Result, directory: string | undefined): void {
    this.#ended = [...this.#ended.slice(1 - ENDED_MAX), { result, directory }];
    this.#turnTo(concludeView(this.#state, result.verdict));
  }

  close(): void {
    this.#dashboard.close();
    for (const text of this.#complaints) complainTo(this.#console, text);
    this.#complaints = [];
    const last = this.#ended.pop();
    for (const { result, directory } of this.#ended) {
      this.#output.write(
        `dplink host: ${result.verdict}${directory === undefined ? '' : `, kept in ${directory}`}\n`,
      );
    }
    this.#ended = [];
    if (last !== undefined) printSummary(last.result, last.directory, this.#output, this.#console.env);
  }

  #turnTo(state: ViewState): void {
    this.#state = state;
    this.#dashboard.update(state);
  }
}
