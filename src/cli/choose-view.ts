/** Opens the view that the flags and the terminal call for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseView, colouringFor, glyphsFor, type UiChoice } from '../view/choose.ts';
import { JsonStreamView } from '../view/json-stream.ts';
import { PlainView } from '../view/plain.ts';
import { Dashboard, type DashboardOptions } from '../view/screen.ts';
import { beginView, type ViewPlan } from '../view/state.ts';
import { NO_VIEW, type View } from '../view/view.ts';
import type { Console } from './console.ts';

/** What decides which view is opened. */
export interface ViewWish {
  readonly ui: UiChoice;
  readonly json: boolean;
  readonly jsonStream: boolean;
}

/** What the operator may ask for from the keyboard. */
export type Operator = Pick<DashboardOptions, 'onQuit' | 'onLine'>;

/** The view; with `--json` or `--json-stream` standard output holds nothing but JSON, and lines for people go to standard error. */
export function openView(wish: ViewWish, plan: ViewPlan, console: Console, operator: Operator): View {
  const machine = wish.json || wish.jsonStream;
  const output = machine ? console.stderr : console.stdout;
  const facts = {
    outputIsTerminal: output.isTTY === true,
    inputIsTerminal: console.stdin.isTTY === true,
    env: console.env,
  };
  if (wish.jsonStream) return new JsonStreamView(plan, (line) => console.stdout.write(`${line}\n`));
  const kind = wish.json && wish.ui === 'auto' ? 'none' : chooseView(wish.ui, facts);
  if (kind === 'none') return NO_VIEW;
  if (kind === 'plain') {
    const glyphs = glyphsFor(console.env);
    return new PlainView(plan, glyphs, (line) => output.write(`${line}\n`));
  }
  return new Dashboard({
    input: console.stdin,
    output,
    env: console.env,
    glyphs: glyphsFor(console.env),
    colouring: colouringFor(facts),
    state: beginView(plan),
    ...operator,
    onSnapshot: (text) => saveSnapshot(plan.runDirectory, text),
  });
}

let snapshots = 0;

/** Keeps what the screen showed beside the run's other files; a full disk costs the snapshot, not the run. */
function saveSnapshot(directory: string | null, text: string): void {
  if (directory === null) return;
  snapshots++;
  try {
    writeFileSync(join(directory, `snapshot-${snapshots}.txt`), text);
  } catch {
    // The journal writer reports an unwritable directory; once is enough.
  }
}
