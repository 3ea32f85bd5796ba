#!/usr/bin/env node
/** The `dplink` command: hands over to the command line and sets the exit code. */
import { runCommandLine } from './command-line.ts';

// A reader that goes away (`dplink decode | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), process);
