import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_GLYPHS, lineText, lineWidth, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { summaryLines } from '../../src/report/summary.ts';
import type { Result } from '../../src/soak/result.ts';
import { madeUpFailure, madeUpResult } from '../view/made-up-run.ts';

function text(result: Result, width = 80, glyphs = UNICODE_GLYPHS): string {
  const lines = summaryLines(result, { width, glyphs, runDirectory: 'runs/20261105T142300Z-quick' });
  return lines.map((line) => `${lineText(line).trimEnd()}\n`).join('');
}

describe('the summary of a run', () => {
  it('that passed looks like this', async () => {
    await expect(text(madeUpResult())).toMatchFileSnapshot('summary-pass.txt');
  });

  it('that failed gives its reasons first', async () => {
    await expect(text(madeUpFailure(), 100)).toMatchFileSnapshot('summary-fail.txt');
  });

  it('is readable without UTF-8 in little room', async () => {
    await expect(text(madeUpFailure(), 50, ASCII_GLYPHS)).toMatchFileSnapshot('summary-narrow-ascii.txt');
  });

  it('claims nothing of a stream whose receiving end gave no figures', () => {
    const result = madeUpResult();
    const streams = result.streams.map((stream) => ({ ...stream, measured: false, delivered: 0 }));
    const page = text({ ...result, verdict: 'incomplete', reasons: ['the far end was lost'], streams });
    expect(page).toContain('near → far  not known: the receiving end gave no figures');
    expect(page).not.toMatch(/41 of 41|0\.0 %|one-way/);
    expect(page.split('\n')[0]).toMatch(/^ INCOMPLETE /);
  });

  it('claims nothing of what an end sent whose figures never came', () => {
    const result = madeUpResult();
    const page = text({ ...result, ends: result.ends.filter(({ name }) => name === 'near') });
    expect(page).toContain('reliable-sequential: 41 of 41 delivered');
    expect(page).toContain(
      'reliable-sequential: 41 delivered, each once and unaltered\n    how many were sent is not known',
    );
  });

  it('tells a limit from below from one from above', () => {
    expect(text(madeUpResult())).toMatch(/lineUtilisation +0\.9718 {3}at least 0\.5/);
    expect(text(madeUpResult())).toMatch(/lostReliable +0 {3}at most 0/);
  });

  it('is never wider than the terminal and never moves its cursor, whatever the names and reasons are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        (width, reasons, name, unicode) => {
          const result = madeUpFailure();
          const lines = summaryLines(
            {
              ...result,
              reasons,
              rig: { name },
              ends: result.ends.map((end) => ({ ...end, name })),
              streams: result.streams.map((stream) => ({ ...stream, from: name })),
              limits: [{ name, limit: Number.NaN, actual: Number.POSITIVE_INFINITY, pass: false }],
            },
            { width, glyphs: unicode ? UNICODE_GLYPHS : ASCII_GLYPHS, runDirectory: name },
          );
          for (const line of lines) {
            expect(lineWidth(line)).toBeLessThanOrEqual(width);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
            expect(lineText(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
            if (!unicode) expect(lineText(line)).toMatch(/^[\x20-\x7e]*$/);
          }
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});
