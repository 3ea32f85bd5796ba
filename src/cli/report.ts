/** `dplink report`: run directories as text, JSON, JUnit and HTML; several of them compared. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { compareRuns, nameOf } from '../report/comparison.ts';
import { comparisonLines } from '../report/comparison-text.ts';
import { htmlReport } from '../report/html-report.ts';
import { junitText } from '../report/junit.ts';
import { type KeptRun, readRun } from '../report/kept-run.ts';
import { glyphsFor } from '../view/choose.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { fileTrouble, writeNamedFile } from './named-file.ts';
import { printSummary } from './print-summary.ts';
import { checkWritable } from './run-flags.ts';

interface ReportFlags {
  readonly run_dir: readonly string[];
  readonly html: string | undefined;
  readonly junit: string | undefined;
  readonly json: boolean;
  readonly text: boolean;
}

/** What may be meant by a directory that is no run: the newest run in it. */
function newestWithin(path: string): string | undefined {
  const runs = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{8}T\d{6}Z-/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  const newest = runs.at(-1);
  return newest === undefined ? undefined : join(path, newest);
}

/** The run in a directory; throws UsageError for one that is not there or is none of ours. */
function runIn(path: string): KeptRun {
  let run: KeptRun | undefined;
  let newest: string | undefined;
  try {
    if (!statSync(path).isDirectory()) {
      throw new UsageError(`${path}: is a file: name the run directory that holds it`);
    }
    run = readRun(path);
    if (run === undefined) newest = newestWithin(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(`${path}: ${missing ? 'no such directory' : fileTrouble(error)}`);
  }
  if (run !== undefined) return run;
  throw new UsageError(
    newest === undefined
      ? `${path}: not a run directory: no run.json, no result.json, no samples`
      : `${path}: not a run directory; did you mean ${newest}?`,
  );
}

function suiteName({ result, name }: KeptRun): string {
  return [nameOf(result.profile), nameOf(result.rig)].filter((part) => part !== '').join(' on ') || name;
}

/** Text of a run, or of several side by side. */
function printText(runs: readonly [KeptRun, ...KeptRun[]], { stdout, env }: Console): void {
  if (runs.length > 1) {
    for (const line of comparisonLines(compareRuns(runs), glyphsFor(env))) stdout.write(`${line}\n`);
    return;
  }
  const [{ result, path, recovered }] = runs;
  printSummary(result, path, stdout, env);
  if (recovered) stdout.write('  made from journal and samples: this run left no result\n');
  const { shortfall } = result;
  if (shortfall === undefined) return;
  stdout.write(`  not all of it was kept: ${shortfall.missingLines} lines are missing\n`);
  for (const trouble of shortfall.troubles) stdout.write(`  ${trouble}\n`);
}

/** The command; `finish` is told the exit code: that of the worst run. */
export function reportCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, ReportFlags> {
  return {
    command: 'report <run_dir..>',
    describe: 'Show a kept run, also one that was cut short; compare several',
    builder: (yargs) =>
      yargs
        .positional('run_dir', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Run directories',
        })
        .option('html', {
          type: 'string',
          requiresArg: true,
          describe: 'Write a page with charts that needs nothing else',
        })
        .option('junit', { type: 'string', requiresArg: true, describe: 'Write JUnit XML, a suite per run' })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'The result, or the comparison, as JSON on stdout',
        })
        .option('text', {
          type: 'boolean',
          default: false,
          describe: 'The summary on stdout; what is done unless asked otherwise',
        })
        .example('$0 report runs/20261105T142300Z-quick', 'The summary again')
        .example('$0 report runs/20261105T142300Z-quick --html report.html', 'A page with charts')
        .example('$0 report runs/2026*-overnight', 'All of them side by side') as never,
    handler: (flags) => {
      const { html, junit, json } = flags;
      if (json && flags.text) throw new UsageError('--json and --text both claim standard output: give one');
      checkWritable('html', html);
      checkWritable('junit', junit);
      const [first, ...rest] = flags.run_dir.map(String).map(runIn);
      if (first === undefined) throw new UsageError('a run directory is needed');
      const runs = [first, ...rest] as const;
      if (html !== undefined) writeNamedFile(html, htmlReport(runs));
      if (junit !== undefined) {
        writeNamedFile(junit, junitText(runs.map((run) => ({ result: run.result, name: suiteName(run) }))));
      }
      if (json) {
        const shown = rest.length === 0 ? first.result : compareRuns(runs);
        console.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      } else if (flags.text || (html === undefined && junit === undefined)) printText(runs, console);
      finish(runs.every(({ result }) => result.verdict === 'pass') ? EXIT.passed : EXIT.failed);
    },
  };
}
