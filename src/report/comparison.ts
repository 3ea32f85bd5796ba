/** Several runs side by side: every measure that any of them has, and by how much each run differs from the first. Judges nothing. */
import { countText } from '../base/quantity.ts';
import type { Result } from '../soak/result.ts';
import type { KeptRun } from './kept-run.ts';
import {
  type Figure,
  figureText,
  type Measure,
  type MeasureGroup,
  measureGroups,
  type Unit,
} from './measures.ts';
import { isObject } from './shape.ts';

/** One measure over all runs. */
export interface ComparedMeasure {
  readonly path: string;
  readonly label: string;
  readonly unit: Unit;
  /** In the order of the runs; `null` where a run does not have it. */
  readonly values: readonly Figure[];
  /** Value less that of the first run; `null` where one of them is no number. */
  readonly differences: readonly (number | null)[];
}

/** The measures of the run, of a stream or of an end. */
export interface ComparedGroup {
  readonly title: string;
  readonly measures: readonly ComparedMeasure[];
}

/** One of the runs. */
export interface ComparedRun {
  /** `A`, `B`, ... `Z`, then `27`: a short name for the head of a column. */
  readonly letter: string;
  readonly directory: string;
  readonly verdict: string;
  readonly seed: string;
  readonly startedAt: string;
  readonly profile: string;
  readonly rig: string;
  /** Why it did not pass, and what else should be known of its figures, in words. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** The whole comparison, as `--json` prints it. */
export interface Comparison {
  readonly schema: 'dplink/comparison/1';
  readonly runs: readonly ComparedRun[];
  readonly groups: readonly ComparedGroup[];
}

/** The `name` of a rig or profile document; empty when it has none. */
export function nameOf(document: unknown): string {
  return isObject(document) && typeof document.name === 'string' ? document.name : '';
}

function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

function differenceOf(value: Figure, first: Figure): number | null {
  return typeof value === 'number' && typeof first === 'number' ? value - first : null;
}

function comparedMeasure(path: string, found: readonly (Measure | undefined)[]): ComparedMeasure {
  const known = found.filter((measure) => measure !== undefined);
  const values = found.map((measure) => measure?.value ?? null);
  // A figure that is 0 in one run and a fraction in another is of the finer unit.
  const unit = known.some((measure) => measure.unit === 'number') ? 'number' : known[0]!.unit;
  const [first = null] = values;
  return {
    path,
    label: known[0]!.label,
    unit,
    values,
    differences: values.map((value) => differenceOf(value, first)),
  };
}

/** The groups of a result; of a series of calls what is known of directions, streams and ends is that of one call. */
function titledGroups(result: Result): MeasureGroup[] {
  const whole = ['run', 'calls'];
  return measureGroups(result).map((group) =>
    result.calls === undefined || whole.includes(group.kind)
      ? group
      : { ...group, title: `${group.title}, last call` },
  );
}

/** The runs side by side; streams and ends are brought together by their names. */
export function compareRuns(runs: readonly KeptRun[]): Comparison {
  const groups = runs.map(({ result }) => titledGroups(result));
  const titles = [...new Set(groups.flatMap((own) => own.map(({ title }) => title)))];
  return {
    schema: 'dplink/comparison/1',
    runs: runs.map(({ path, result }, index) => ({
      letter: letterOf(index),
      directory: path,
      verdict: result.verdict,
      seed: result.seed,
      startedAt: result.startedAt,
      profile: nameOf(result.profile),
      rig: nameOf(result.rig),
      reasons: result.reasons,
      warnings: result.warnings ?? [],
    })),
    groups: titles.map((title) => {
      const own = groups.map((each) => each.find((group) => group.title === title)?.measures ?? []);
      const paths = [...new Set(own.flatMap((measures) => measures.map(({ path }) => path)))];
      return {
        title,
        measures: paths.flatMap((path) => {
          const found = own.map((measures) => measures.find((measure) => measure.path === path));
          const idle = found.every(
            (measure) => measure === undefined || (measure.rare && measure.value === 0),
          );
          return idle ? [] : [comparedMeasure(path, found)];
        }),
      };
    }),
  };
}

/** Two digits, or all of them before the point. */
function digits(value: number): string {
  return value >= 100 ? countText(Math.round(value)) : value.toPrecision(2);
}

/** The size of a difference: finer than the values themselves, which may look the same. */
function sizeText(size: number, unit: Unit): string {
  if (unit === 'ratio') return `${digits(size * 100)} points`;
  if (unit === 's') return figureText(size * 1000, 'ms');
  return figureText(size, unit === 'text' ? 'number' : unit);
}

/** By how much a value differs, in words: `+1.2 kB/s (+3.1 %)`; empty for no difference. */
export function differenceText({ values, differences, unit }: ComparedMeasure, index: number): string {
  const difference = differences[index];
  const first = values[0];
  if (index === 0 || typeof difference !== 'number' || difference === 0) return '';
  const sign = difference > 0 ? '+' : '-';
  const size = Math.abs(difference);
  const absolute = sizeText(size, unit);
  const share = typeof first === 'number' && first !== 0 ? Math.abs(difference / first) : undefined;
  const relative = share === undefined || unit === 'ratio' ? '' : ` (${sign}${digits(share * 100)} %)`;
  return `${sign}${absolute}${relative}`;
}
