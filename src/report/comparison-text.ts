/** A comparison of runs as lines of text: a legend, then a table of every measure that differs or that all have. */
import type { Glyphs } from '../base/styled-text.ts';
import { fitText } from '../base/text-width.ts';
import { type ComparedMeasure, type Comparison, differenceText } from './comparison.ts';
import { figureText } from './measures.ts';

/** Columns of a measure's name, of a value, and of a difference. */
const LABEL_WIDTH = 30;
const VALUE_WIDTH = 14;
const DIFFERENCE_WIDTH = 24;

/** Reasons and warnings of a run that are listed. */
const TOLD_MAX = 8;

function measureLine(measure: ComparedMeasure, { ellipsis }: Glyphs): string {
  const cells = measure.values.map((value, index) => {
    const text = fitText(figureText(value, measure.unit), VALUE_WIDTH, 'right', ellipsis);
    const difference = fitText(differenceText(measure, index), DIFFERENCE_WIDTH, 'left', ellipsis);
    return index === 0 ? text : `${text}  ${difference}`;
  });
  return `  ${fitText(measure.label, LABEL_WIDTH, 'left', ellipsis)}${cells.join('')}`.trimEnd();
}

/** The lines of a comparison. They are as wide as there are runs: 46 columns and 40 more for each further run. */
export function comparisonLines({ runs, groups }: Comparison, glyphs: Glyphs): string[] {
  const legend = runs.flatMap(
    ({ letter, verdict, profile, rig, startedAt, directory, reasons, warnings }) => {
      const named = [profile, rig].filter((part) => part !== '').join(' on ');
      const told = [...reasons, ...warnings.map((warning) => `note: ${warning}`)];
      return [
        `  ${letter}  ${verdict.padEnd(10)}  ${named}, ${startedAt}, ${directory}`,
        ...told.slice(0, TOLD_MAX).map((text) => `       ${glyphs.dot} ${text}`),
        ...(told.length > TOLD_MAX ? [`       ${glyphs.dot} and ${told.length - TOLD_MAX} more`] : []),
      ];
    },
  );
  const heads = runs.map(({ letter }, index) =>
    index === 0
      ? letter.padStart(VALUE_WIDTH)
      : letter.padStart(VALUE_WIDTH).padEnd(VALUE_WIDTH + 2 + DIFFERENCE_WIDTH),
  );
  return [
    ...legend,
    '',
    `  ${' '.repeat(LABEL_WIDTH)}${heads.join('')}`.trimEnd(),
    ...groups.flatMap(({ title, measures }) => [
      '',
      `  ${title}`,
      ...measures.map((measure) => measureLine(measure, glyphs)),
    ]),
  ];
}
