/** Hands a result out in the forms that were asked for: JUnit, a page, JSON on standard output. Judges nothing. */
import { writeFileSync } from 'node:fs';
import { htmlReport } from '../report/html-report.ts';
import { junitText } from '../report/junit.ts';
import { readRun } from '../report/kept-run.ts';
import type { KeptResult, RunDirectory } from '../report/run-directory.ts';
import type { Console } from './console.ts';
import { fileTrouble } from './named-file.ts';
import type { OutputFlags } from './run-flags.ts';

/** The forms that flags ask for. */
export type Forms = Pick<OutputFlags, 'junit' | 'html' | 'json'>;

/**
 * Writes `result`, kept in `directory`, in every form of `forms`; `suite` is its name in JUnit. Returns it with what could
 * not be written, which its directory knows then too.
 */
export function handOut(
  result: KeptResult,
  { junit, html, json }: Forms,
  directory: RunDirectory,
  suite: string,
  console: Console,
): KeptResult {
  let last = result;
  const write = (file: string | undefined, text: () => string): void => {
    if (file === undefined) return;
    try {
      writeFileSync(file, text());
    } catch (error) {
      directory.trouble(`${file}: ${fileTrouble(error)}`);
      last = directory.result(last);
    }
  };
  write(junit, () => junitText([{ result: last, name: suite }]));
  write(html, () => pageOf(directory));
  if (json) console.stdout.write(`${JSON.stringify(last, null, 2)}\n`);
  return last;
}

/** The page of a run as its directory holds it. */
function pageOf({ path }: RunDirectory): string {
  const run = path === undefined ? undefined : readRun(path);
  if (run === undefined) throw new Error('nothing is left of the run');
  return htmlReport([run]);
}
