/** The dashboard over a soak that never took place: `tsx test/view/demo.ts [seconds] [speed]`. Not shipped. */
import { colouringFor, glyphsFor } from '../../src/view/choose.ts';
import { Dashboard } from '../../src/view/screen.ts';
import { beginView, fold } from '../../src/view/state.ts';
import { MADE_UP_PLAN, madeUpEntries, madeUpSamples } from './made-up-run.ts';

const [seconds = '600', speed = '1'] = process.argv.slice(2);
const items = [...madeUpSamples(Number(seconds)), ...madeUpEntries()].sort((a, b) => a.at - b.at);
const facts = { outputIsTerminal: true, inputIsTerminal: true, env: process.env };

let state = beginView(MADE_UP_PLAN);
let ended = false;
const dashboard = new Dashboard({
  input: process.stdin,
  output: process.stdout,
  env: process.env,
  glyphs: glyphsFor(process.env),
  colouring: colouringFor(facts),
  state,
  onQuit: () => {
    ended = true;
  },
  onSnapshot: () => '',
  onLine: () => {},
});
const startedAt = performance.now();
const timer = setInterval(() => {
  const at = ((performance.now() - startedAt) / 1000) * Number(speed);
  for (let item = items[0]; item !== undefined && item.at <= at; item = items[0]) {
    items.shift();
    state = fold(state, item);
    dashboard.update(state);
  }
  if (!ended && items.length > 0) return;
  clearInterval(timer);
  dashboard.close();
  console.log(`ended at ${state.at} s`);
}, 50);
