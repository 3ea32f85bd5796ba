/** Opens the view that the flags and the terminal call for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseView, colouringFor, glyphsFor, type TerminalFacts, type UiChoice } from '../view/choose.ts';
import { JsonStreamView } from '../view/json-stream.ts';
import { PlainView } from '../view/plain.ts';
import { Dashboard, type DashboardOptions } from '../view/screen.ts';
import { beginView, type ViewPlan } from '../view/state.ts';
import { NO_VIEW, type View } from '../view/view.ts';
import type { Console } from './console.ts';
import { fileTrouble } from './named-file.ts';

/** What decides which view is opened. */
export interface ViewWish {
  readonly ui: UiChoice;
  readonly json: boolean;
  readonly jsonStream: boolean;
}

/** What the operator may ask for from the keyboard. */
export type Operator = Pick<DashboardOptions, 'onQuit' | 'onLine'>;

/** Where lines for people go: with `--json` or `--json-stream` standard output holds nothing but JSON. */
export function outputForPeople({ json, jsonStream }: ViewWish, console: Console): NodeJS.WriteStream {
  return json || jsonStream ? console.stderr : console.stdout;
}

/** The kind of view for people. Throws UsageError for a dashboard where none can be drawn. */
export function viewKind(wish: ViewWish, console: Console): Exclude<UiChoice, 'auto'> {
  return wish.json && wish.ui === 'auto' ? 'none' : chooseView(wish.ui, factsOf(wish, console));
}

function factsOf(wish: ViewWish, console: Console): TerminalFacts {
  return {
    outputIsTerminal: outputForPeople(wish, console).isTTY === true,
    inputIsTerminal: console.stdin.isTTY === true,
    env: console.env,
  };
}

/** The view of one run. */
export function openView(wish: ViewWish, plan: ViewPlan, console: Console, operator: Operator): View {
  if (wish.jsonStream) return new JsonStreamView(plan, (line) => console.stdout.write(`${line}\n`));
  const kind = viewKind(wish, console);
  if (kind === 'none') return NO_VIEW;
  if (kind === 'plain') {
    const output = outputForPeople(wish, console);
    return new PlainView(plan, glyphsFor(console.env), (line) => output.write(`${line}\n`));
  }
  return openDashboard(wish, plan, console, operator, () => plan.runDirectory);
}

/** A dashboard that begins with `plan`; snapshots go to the directory that `keptIn` names then. */
export function openDashboard(
  wish: ViewWish,
  plan: ViewPlan,
  console: Console,
  operator: Operator,
  keptIn: () => string | null,
): Dashboard {
  return new Dashboard({
    input: console.stdin,
    output: outputForPeople(wish, console),
    env: console.env,
    glyphs: glyphsFor(console.env),
    colouring: colouringFor(factsOf(wish, console)),
    state: beginView(plan),
    ...operator,
    onSnapshot: (text) => saveSnapshot(keptIn(), text),
  });
}

let snapshots = 0;

/** Keeps what the screen showed beside the run's other files, and says where; a full disk costs the snapshot, not the run. */
function saveSnapshot(directory: string | null, text: string): string {
  if (directory === null) return 'not saved: no run is kept now';
  snapshots++;
  const file = join(directory, `snapshot-${snapshots}.txt`);
  try {
    writeFileSync(file, text);
    return `saved as ${file}`;
  } catch (error) {
    return `not saved: ${fileTrouble(error)}`;
  }
}
