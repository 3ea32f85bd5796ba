/** What a bench is. Types only. */

/** One named bench of `npm run bench`. */
export interface Bench {
  readonly name: string;
  /** What it measures, in a line. */
  readonly about: string;
  /** Whether it takes minutes: it then runs only when named. */
  readonly isLong?: boolean;
  /**
   * Measures, and prints tables through `print`; `options` are the words of the command line that begin with `--`.
   * Returns what was promised and not reached, in words; empty when all was.
   */
  run(print: (text: string) => void, options: readonly string[]): Promise<string[]>;
}
