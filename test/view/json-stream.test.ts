import { describe, expect, it } from 'vitest';
import { JsonStreamView, jsonLine } from '../../src/view/json-stream.ts';
import { beginView } from '../../src/view/state.ts';
import { MADE_UP_PLAN, madeUpEntries, madeUpResult, madeUpSamples } from './made-up-run.ts';

describe('the JSON stream', () => {
  it('is one object per line, each saying what it is, with the result last', () => {
    const lines: string[] = [];
    const view = new JsonStreamView(MADE_UP_PLAN, (line) => lines.push(line));
    const state = beginView(MADE_UP_PLAN);
    for (const item of [...madeUpSamples(2), ...madeUpEntries()]) view.update(state, item);
    view.close(madeUpResult());
    view.close(madeUpResult());
    view.update(state, madeUpEntries()[0]!);
    for (const line of lines) expect(line).not.toMatch(/\n/);
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual([
      'run',
      ...madeUpSamples(2).map(() => 'sample'),
      ...madeUpEntries().map(() => 'event'),
      'result',
    ]);
    expect(JSON.parse(lines.at(-1)!)).toEqual({ type: 'result', ...madeUpResult() });
  });

  it('lets no member of an entry take the place of the type, nor break the line', () => {
    const line = jsonLine('event', { type: 'result', text: 'a\nb\u2028', at: Number.NaN });
    expect(JSON.parse(line)).toEqual({ type: 'event', text: 'a\nb\u2028', at: null });
    expect(line.startsWith('{"type":"event"')).toBe(true);
    expect(line).not.toContain('\n');
  });
});
