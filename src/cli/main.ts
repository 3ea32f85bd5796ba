#!/usr/bin/env node
/** The `dplink` command: hands over to the command line, sets the exit code, and knows what to do when nobody takes its output. */
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { fileTrouble } from './named-file.ts';

// `ps`, and whoever finds a port in use, shall see what runs, not that it runs on node.
process.title = ['dplink', ...process.argv.slice(2)].join(' ');

let outputLost = false;
let outputUnwritten = false;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Every further write fails as well; one is enough.
  if (outputLost) return;
  outputLost = true;
  if (error.code === 'EPIPE' || error.code === 'ECONNRESET') {
    // A reader that goes away ends a run in good order, as a terminal that is closed does; `decode | head` is no error.
    process.emit('SIGHUP', 'SIGHUP');
  } else {
    outputUnwritten = true;
    process.stderr.write(`dplink: standard output: ${fileTrouble(error)}\n`);
  }
});
// There is nowhere left to say so.
process.stderr.on('error', () => {});
process.on('exit', (code) => {
  if (outputUnwritten && code === EXIT.passed) process.exitCode = EXIT.usage;
});

process.exitCode = await runCommandLine(process.argv.slice(2), process);
