/** The head of the dashboard: what runs where, how far it has come, how long it still takes. */
import { clockText, percentText } from '../base/quantity.ts';
import { barSpans, lineWidth, type StyledLine, span, spreadLine, type Tone } from '../base/styled-text.ts';
import type { Phase } from '../soak/sample.ts';
import type { Pane } from './pane.ts';
import { progressOf, type ViewState } from './state.ts';

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  connecting: 'CONNECTING',
  planning: 'PLANNING',
  running: 'RUNNING',
  draining: 'DRAINING',
  reporting: 'COLLECTING',
  closing: 'CLOSING',
  ended: 'ENDED',
};

const VERDICT_TONES = { pass: 'badge-good', fail: 'badge-bad', incomplete: 'badge-warn' } as const;

/** Where the run stands, in one word. */
function badge(state: ViewState, paused: boolean): { text: string; tone: Tone } {
  if (paused) return { text: 'PAUSED', tone: 'badge-warn' };
  if (state.verdict !== null) {
    return { text: state.verdict.toUpperCase(), tone: VERDICT_TONES[state.verdict] };
  }
  // A host between two runs.
  if (state.plan.seed === '') return { text: 'WAITING', tone: 'badge-warn' };
  const cut =
    state.phase === 'running' &&
    state.ends.some(({ sample }) => sample !== null && sample.connection.state !== 'connected');
  if (cut) return { text: 'NO LINK', tone: 'badge-bad' };
  return { text: PHASE_TEXT[state.phase], tone: state.phase === 'running' ? 'badge-good' : 'badge-warn' };
}

/** Two lines: badge, names and time; then the bar. */
export const headerPane: Pane = (state, width, _height, { glyphs, paused }) => {
  const { text, tone } = badge(state, paused);
  const { elapsed, ratio, left } = progressOf(state);
  const { plan } = state;
  const names: StyledLine = [
    span(` ${text} `, tone),
    span(`  ${plan.profile}`, 'strong'),
    span(' on ', 'quiet'),
    span(plan.rig),
  ];
  const total = plan.durationSeconds === null ? '' : ` of ${clockText(plan.durationSeconds)}`;
  const time: StyledLine = [
    ...(width < 80 || plan.seed === '' ? [] : [span(`  seed ${plan.seed} ${glyphs.dot} `, 'quiet')]),
    span(`  ${clockText(elapsed)}`, 'strong'),
    span(total, 'quiet'),
  ];
  const first = spreadLine(names, time, width, glyphs);
  if (ratio === null) return [first, [{ text: glyphs.rule.repeat(width), tone: 'quiet' }]];
  const after = `${percentText(ratio).padStart(8)}  ${clockText(left ?? 0)} left`;
  const rest: StyledLine = [span(after, 'quiet')];
  const room = Math.max(0, width - lineWidth(rest));
  return [first, [...barSpans(ratio, room, glyphs, 'good'), ...rest]];
};
