/** What a bench is. Types only. */

/** One named bench of `npm run bench`. */
export interface Bench {
  readonly name: string;
  /** What it measures, in a line. */
  readonly about: string;
  /** Measures, and prints tables through `print`. Returns what was promised and not reached, in words; empty when all was. */
  run(print: (text: string) => void): Promise<string[]>;
}
