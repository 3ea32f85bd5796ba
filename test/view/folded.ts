/** States of the made-up run as a dashboard would have them. */
import { beginView, fold, type ViewPlan, type ViewState } from '../../src/view/state.ts';
import { MADE_UP_PLAN, madeUpEntries, madeUpSamples } from './made-up-run.ts';

/** The state after `seconds` seconds of the made-up run, entries included. */
export function stateAfter(seconds: number, plan: ViewPlan = MADE_UP_PLAN): ViewState {
  const items = [...madeUpSamples(seconds), ...madeUpEntries().filter(({ at }) => at < seconds)];
  return items.sort((a, b) => a.at - b.at).reduce(fold, beginView(plan));
}
