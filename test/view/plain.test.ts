import { describe, expect, it } from 'vitest';
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import { PlainView, plainEvent, plainHeader, plainProgress, progressInterval } from '../../src/view/plain.ts';
import { beginView, fold } from '../../src/view/state.ts';
import { stateAfter } from './folded.ts';
import { MADE_UP_PLAN, madeUpEntries, madeUpSamples } from './made-up-run.ts';

/** What is written for `items`, line by line. */
function linesOf(items: ReturnType<typeof madeUpSamples> | JournalEntry[]): string[] {
  const lines: string[] = [];
  const view = new PlainView(MADE_UP_PLAN, UNICODE_GLYPHS, (line) => lines.push(line));
  let state = beginView(MADE_UP_PLAN);
  for (const item of items) {
    state = fold(state, item);
    view.update(state, item);
  }
  view.close();
  return lines;
}

describe('plain lines', () => {
  it('begin with what runs where', () => {
    expect(plainHeader(MADE_UP_PLAN)).toEqual([
      'dplink: quick on virtual null-modem, 10m, seed 7f3a91c2',
      '  near /dev/pts/3 (115200 8N1), far /dev/pts/4 (115200 8N1)',
      '  kept in runs/20261105T142300Z-quick',
    ]);
  });

  it('tell every few seconds where the run stands', () => {
    expect(plainProgress(stateAfter(26), UNICODE_GLYPHS)).toMatchInlineSnapshot(
      `"   0:24   4.0 %  near → far 6.03 kB/s 52.3 %  far → near 6.01 kB/s 52.2 %  CRC errors 132  sent again 120  round trip 148 ms"`,
    );
    expect(plainProgress(beginView(MADE_UP_PLAN), ASCII_GLYPHS)).toMatchInlineSnapshot(
      `"   0:00   0.0 %  connecting  near -> far -  far -> near -  CRC errors 0  sent again 0  round trip -"`,
    );
  });

  it('come every five seconds of a short run and every minute of a long one', () => {
    expect(linesOf(madeUpSamples(31)).slice(3)).toHaveLength(7);
    expect([null, 15, 600, 72 * 3600].map(progressInterval)).toEqual([5, 5, 5, 60]);
  });

  it('go on when a further run counts its seconds anew', () => {
    const twice = [...madeUpSamples(61), ...madeUpSamples(31)];
    expect(linesOf(twice).slice(3)).toHaveLength(13 + 7);
  });

  it('tell events that matter, once each, and leave the thousands to the counts', () => {
    const told = madeUpEntries().map((entry) => plainEvent(entry, ASCII_GLYPHS));
    expect(told.filter((line) => line !== undefined)).toMatchInlineSnapshot(`
      [
        "   0:00  far: listening",
        "   0:00  near: connected  version 0x10006, session id 0x1234abcd",
        "   0:00  far: connected  version 0x10006, session id 0x1234abcd",
        "   0:23  near: ! violation  section 3.1.5.11: a mask for frames never sent",
        "   0:29  near: mark  ?? moved the cable ?[2J",
      ]
    `);
  });

  it('sum up a flood of events', () => {
    const flood = Array.from({ length: 100 }, (_, n) => ({ at: 1, end: 'near', event: 'violation', n }));
    expect(linesOf(flood).slice(3)).toHaveLength(20);
    const lines = linesOf([...flood, ...madeUpSamples(7)] as JournalEntry[]);
    expect(lines).toContain('         and 80 more events: see the journal');
  });
});
