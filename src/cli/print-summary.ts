/** Prints the summary of a result as the terminal allows. */
import { ansiLine } from '../base/styled-text.ts';
import { summaryLines } from '../report/summary.ts';
import type { Result } from '../soak/result.ts';
import { colouringFor, glyphsFor } from '../view/choose.ts';

/** The widest that a summary is laid out. */
const WIDTH_MAX = 100;

/** Writes the summary of `result`, and where the run is kept, to `output`. */
export function printSummary(
  result: Result,
  directory: string | undefined,
  output: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
): void {
  const colouring = colouringFor({ outputIsTerminal: output.isTTY === true, inputIsTerminal: false, env });
  const width = Math.min(WIDTH_MAX, output.columns || 80);
  const lines = summaryLines(result, { width, glyphs: glyphsFor(env), runDirectory: directory });
  for (const line of lines) output.write(`${ansiLine(line, colouring)}\n`);
  // The head of the summary cuts a long seed short; it is the bug report.
  output.write(`  seed ${result.seed}\n`);
  // Where the head has scrolled off, the verdict stands once more below.
  const [head] = lines;
  if (head !== undefined && output.isTTY && lines.length >= output.rows) {
    output.write(`\n${ansiLine(head, colouring)}\n`);
  }
}
