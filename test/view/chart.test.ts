import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_GLYPHS, lineText, lineWidth, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { chartLines, roundTop, stretched, stretchFor } from '../../src/view/chart.ts';

const draw = (
  points: readonly number[],
  width: number,
  height: number,
  top: number,
  extra: { ceiling?: number; ascii?: boolean } = {},
): string[] =>
  chartLines(points, {
    width,
    height,
    top,
    tone: 'near',
    glyphs: extra.ascii ? ASCII_GLYPHS : UNICODE_GLYPHS,
    ...(extra.ceiling === undefined ? {} : { ceiling: extra.ceiling }),
  }).map(lineText);

describe('a chart', () => {
  it('stands the newest point at the right edge and leaves blank what is not known', () => {
    expect(draw([1, 2, 3, 4, 5, 6, 7, 8], 5, 2, 8)).toEqual(['   ⣠⣾', ' ⣠⣾⣿⣿']);
  });

  it('shows a value too small for a step as one step, and nothing at all as the ground', () => {
    expect(draw([0, 0, 0.001, 0], 2, 1, 100)).toEqual(['⣀⡀']);
  });

  it('reaches the top only with the full value', () => {
    expect(draw([99.9, 100], 1, 1, 100)).toEqual(['⣾']);
  });

  it('marks the ceiling where nothing is drawn over it', () => {
    expect(draw([4, 4], 6, 2, 8, { ceiling: 4 })).toEqual(['⣀ ⣀ ⣀ ', '     ⣿']);
    expect(draw([4, 4, 8], 6, 2, 8, { ceiling: 4, ascii: true })).toEqual(['- - -#', '   ###']);
  });

  it('is as large as asked whatever the values are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { maxLength: 100 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.double(),
        fc.double(),
        fc.boolean(),
        (points, width, height, top, ceiling, ascii) => {
          const lines = chartLines(points, {
            width,
            height,
            top,
            ceiling,
            tone: 'near',
            glyphs: ascii ? ASCII_GLYPHS : UNICODE_GLYPHS,
          });
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(lineWidth(line)).toBe(width);
        },
      ),
      { seed: 2, numRuns: 300 },
    );
  });

  it('stretches a short run over its width, and a long one not', () => {
    expect([15, 60, 600, null].map((seconds) => stretchFor(seconds, 92, 0))).toEqual([4, 1, 1, 1]);
    expect(stretchFor(15, 92, 1)).toBe(1);
    expect(stretched([1, 2], 3)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it('has a round top', () => {
    expect([0, 0.3, 1, 1.1, 4, 20, 21, 999, 5000.1].map(roundTop)).toEqual([
      1, 1, 1, 2, 5, 20, 50, 1000, 10_000,
    ]);
    expect(Number.isFinite(roundTop(Number.POSITIVE_INFINITY))).toBe(true);
  });
});
