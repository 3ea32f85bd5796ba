/** All commands and flags of `dplink`, and how mistakes are answered. The commands themselves have their own files. */
import yargs, { type Argv } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import { addressCommand } from './address.ts';
import type { Console } from './console.ts';
import { decodeCommand } from './decode.ts';
import { dissectorCommand } from './dissector.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { hostCommand } from './host.ts';
import { portsCommand } from './ports.ts';
import { productVersion } from './product-version.ts';
import { simulateCommand } from './simulate.ts';
import { soakCommand } from './soak.ts';

/** Adds "did you mean" to yargs's complaint about an unknown flag. */
function withSuggestion(message: string, flags: readonly string[]): string {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message);
  if (!unknown) return message;
  // yargs names both spellings of a flag with a dash in it; the one typed comes first.
  const word = unknown[1]!.split(', ')[0]!;
  const guess = nearest(word, flags);
  const name = word.length > 1 && !/\s/.test(word) ? `--${word}` : word;
  return `unknown flag or argument ${name}${guess ? `; did you mean --${guess}?` : ''}`;
}

/** Runs one command line (without node and script) and returns the exit code; prints mistakes as one line each. */
export async function runCommandLine(args: readonly string[], console: Console): Promise<number> {
  let exitCode: number = EXIT.passed;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const parser: Argv = yargs()
    .scriptName('dplink')
    .usage('$0 <command> [flags]\n\nTests serial lines by running the DirectPlay 8 protocol over them.')
    .command(soakCommand(console, finish))
    .command(hostCommand(console, finish))
    .command(simulateCommand(console, finish))
    .command(portsCommand(console))
    .command(addressCommand(console, finish))
    .command(decodeCommand(console, finish))
    .command(dissectorCommand(console))
    .demandCommand(1, 'a command is needed: dplink --help lists them')
    .recommendCommands()
    .strict()
    .version(productVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, console.stdout.columns || 100))
    .epilogue('Exit codes: 0 passed, 1 failed, 2 usage, 3 port, 70 internal, 130/143 interrupted.')
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      // Present in yargs and absent from its types; by now it holds the flags of the command that was named.
      const { key } = (parser as unknown as { getOptions(): { key: object } }).getOptions();
      throw new UsageError(withSuggestion(message, Object.keys(key)));
    });
  try {
    await parser.parseAsync([...args]);
    return exitCode;
  } catch (error) {
    return reportFailure(error, console);
  }
}

/** Says what went wrong: one line for a mistake of the operator or the bench, a stack only for our own fault. */
function reportFailure(error: unknown, console: Console): number {
  const failure = error instanceof Error && error.name === 'YError' ? new UsageError(error.message) : error;
  const code = exitCodeOf(failure);
  const text = failure instanceof Error ? failure.message : String(failure);
  console.stderr.write(`dplink: ${text}\n`);
  if (code === EXIT.internal && failure instanceof Error) {
    console.stderr.write(`${failure.stack ?? ''}\nThis is a fault of dplink itself.\n`);
  }
  return code;
}
