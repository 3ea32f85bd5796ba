/** Medians and worst cases of runs of which some did not finish, and how they are written. Measures nothing. */

/** The middle value, the lower of two middles: never better than what was seen. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}

/** The runs of one program on one line. */
export interface Figure {
  /** 0 when the median run did not finish. */
  readonly median: number;
  /** 0 when any run did not finish. */
  readonly worst: number;
  readonly runs: number;
  readonly finished: number;
}

/** Sums runs up; `undefined` stands for one that did not finish. */
export function figure(runs: readonly (number | undefined)[]): Figure {
  const values = runs.map((run) => run ?? 0);
  return {
    median: median(values),
    worst: Math.min(...values),
    runs: runs.length,
    finished: runs.filter((run) => run !== undefined).length,
  };
}

/** `0.894 [0.871]`; how many finished, where not all did; a dash where none did. */
export function figureText({ median: middle, worst, runs, finished }: Figure): string {
  if (finished === 0) return '-';
  if (finished < runs) return `${middle === 0 ? '-' : middle.toFixed(3)} [${finished} of ${runs}]`;
  return runs === 1 ? middle.toFixed(3) : `${middle.toFixed(3)} [${worst.toFixed(3)}]`;
}

/** `a` divided by `b` with two places; a dash where there is nothing to divide by. */
export function ratioText(a: number, b: number): string {
  return b === 0 ? '-' : (a / b).toFixed(2);
}
