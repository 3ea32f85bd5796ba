/** All commands and flags of `dplink`, and how mistakes are answered. The commands themselves have their own files. */
import yargs, { type Argv } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { addressCommand } from './address.ts';
import { chatCommand } from './chat.ts';
import type { Console } from './console.ts';
import { decodeCommand } from './decode.ts';
import { dialCommand } from './dial.ts';
import { dissectorCommand } from './dissector.ts';
import { enumerateCommand } from './enumerate.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { commandMistake, type FlagKinds, flagMistake, flagMisuse } from './flag-mistake.ts';
import { hostCommand } from './host.ts';
import { modemCommand } from './modem.ts';
import { portsCommand } from './ports.ts';
import { productVersion } from './product-version.ts';
import { reportCommand } from './report.ts';
import { simulateCommand } from './simulate.ts';
import { soakCommand } from './soak.ts';

/** The commands, for guesses. */
const COMMANDS = [
  'soak',
  'host',
  'simulate',
  'dial',
  'modem',
  'enumerate',
  'chat',
  'ports',
  'address',
  'decode',
  'dissector',
  'report',
  'help',
];

/** Runs one command line (without node and script) and returns the exit code; prints mistakes as one line each. */
export async function runCommandLine(args: readonly string[], console: Console): Promise<number> {
  let exitCode: number = EXIT.passed;
  const finish = (code: number): void => {
    exitCode = code;
  };
  const mistake = (message: string): UsageError => {
    const flags = Object.keys(flagsOf(parser).key);
    return new UsageError(flagMistake(message, { args, flags, commands: COMMANDS }));
  };
  const parser: Argv = yargs()
    .scriptName('dplink')
    .usage('$0 <command> [flags]\n\nTests serial lines by running the DirectPlay 8 protocol over them.')
    .command(soakCommand(console, finish))
    .command(hostCommand(console, finish))
    .command(simulateCommand(console, finish))
    .command(enumerateCommand(console, finish))
    .command(chatCommand(console, finish))
    .command(dialCommand(console, finish))
    .command(modemCommand(console, finish))
    .command(portsCommand(console))
    .command(addressCommand(console, finish))
    .command(decodeCommand(console, finish))
    .command(dissectorCommand(console))
    .command(reportCommand(console, finish))
    .demandCommand(1, 'a command is needed: dplink --help lists them')
    .recommendCommands()
    .strict()
    .version(productVersion())
    .help()
    .alias('help', 'h')
    .wrap(Math.min(100, console.stdout.columns || 100))
    .epilogue('Exit codes: 0 passed, 1 failed, 2 usage, 3 port, 70 internal, 130/143 interrupted.')
    .exitProcess(false)
    .check((values) => {
      const misuse = flagMisuse(values, args, flagsOf(parser));
      if (misuse !== undefined) throw new UsageError(misuse);
      return true;
    })
    .fail((message, error) => {
      // What a check throws comes with its message as well; most of yargs's own complaints come without an error.
      throw error ?? mistake(message);
    });
  try {
    const unknown = commandMistake(args, COMMANDS);
    if (unknown !== undefined) throw new UsageError(unknown);
    await parser.parseAsync([...args]);
    return exitCode;
  } catch (error) {
    const ofYargs = error instanceof Error && error.name === 'YError';
    return reportFailure(ofYargs ? mistake(error.message) : error, console);
  }
}

/** The flags of the command that was named. Present in yargs and absent from its types. */
function flagsOf(parser: Argv): FlagKinds & { readonly key: object } {
  return (parser as unknown as { getOptions(): FlagKinds & { key: object } }).getOptions();
}

/** Says what went wrong: one line for a mistake of the operator or the bench, a stack only for our own fault. */
function reportFailure(error: unknown, console: Console): number {
  const code = exitCodeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  console.stderr.write(`dplink: ${text}\n`);
  if (code === EXIT.internal && error instanceof Error) {
    console.stderr.write(`${error.stack ?? ''}\nThis is a fault of dplink itself.\n`);
  }
  return code;
}
