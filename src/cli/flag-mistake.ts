/** What yargs has against a command line, in our own words: one line, with the flag, what was expected and a guess. */
import { choiceComplaint } from '../base/complaint.ts';
import { nearest } from '../base/nearest.ts';

/** What is known of the command line that was refused. */
export interface Refused {
  /** As typed, without node and script. */
  readonly args: readonly string[];
  /** Flags of the command that was named, without dashes. */
  readonly flags: readonly string[];
  /** Names of all commands. */
  readonly commands: readonly string[];
}

/** The sentence for a complaint of yargs; one that is not known here stays as it is. */
export function flagMistake(message: string, refused: Refused): string {
  const unknown = /^Unknown arguments?: ([^,]+)|^Unknown command: (.+)$|^Did you mean /.exec(message);
  if (unknown) return unknownText(unknown[1] ?? unknown[2], refused);
  const bare = /^Not enough arguments following: (.+)$/.exec(message);
  if (bare) return `--${bare[1]}: a value is needed`;
  if (/^Not enough non-option arguments/.test(message)) {
    const command = refused.args.find((arg) => refused.commands.includes(arg));
    return `an argument is needed: dplink ${command ?? ''} --help shows which`;
  }
  const choice = /^Invalid values:\s+Argument: (\S+), Given: (.*?), Choices: (.*)$/m.exec(message);
  if (choice) {
    const choices = choice[3]!.split(', ').map(unquoted);
    const given = unquoted(choice[2]!);
    const isFlag = refused.args.some((arg) => arg === `--${choice[1]}` || arg.startsWith(`--${choice[1]}=`));
    return `${isFlag ? '--' : ''}${choice[1]}: ${choiceComplaint(given, choices)}`;
  }
  return message;
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, '$1');
}

/** What is said to a first word that is no command, also before `--help`; `undefined` for one that is, and for a flag. */
export function commandMistake(args: readonly string[], commands: readonly string[]): string | undefined {
  const [command] = args;
  if (command === undefined || command.startsWith('-') || commands.includes(command)) return undefined;
  const guess = nearest(command, commands);
  return guess === undefined
    ? `unknown command ${command}: dplink --help lists them`
    : `unknown command ${command}; did you mean ${guess}?`;
}

function unknownText(word: string | undefined, { args, flags, commands }: Refused): string {
  const command = args.findIndex((arg) => !arg.startsWith('-'));
  const mistake = command < 0 ? undefined : commandMistake(args.slice(command), commands);
  if (mistake !== undefined) return mistake;
  // yargs names both spellings of a flag with a dash in it; the one typed comes first.
  const name = word ?? '';
  if (args.includes(name)) return `unexpected argument ${name}`;
  const guess = nearest(name, flags);
  const dashes = name.length === 1 ? '-' : '--';
  return `unknown flag ${dashes}${name}${guess === undefined ? '' : `; did you mean --${guess}?`}`;
}

/** Flags by the kind of value that they take, without dashes. */
export interface FlagKinds {
  readonly boolean: readonly string[];
  readonly number: readonly string[];
}

/**
 * The first flag with a single value that was given twice, a yes-or-no flag with another value, or a flag of a number
 * with none; `undefined` when there is none of these.
 */
export function flagMisuse(
  values: Readonly<Record<string, unknown>>,
  args: readonly string[],
  { boolean, number }: FlagKinds,
): string | undefined {
  for (const [flag, value] of Object.entries(values)) {
    // A list that no flag was typed for is one of plain arguments.
    const typed = args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`));
    if (typed && Array.isArray(value)) return `--${flag} is given more than once`;
  }
  for (const [index, arg] of args.entries()) {
    const [, flag, joined] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (flag === undefined) continue;
    if (boolean.includes(flag) && joined !== undefined && joined !== 'true' && joined !== 'false') {
      return `--${flag} takes no value, got ${JSON.stringify(joined)}`;
    }
    if (number.includes(flag) && Number.isNaN(values[flag])) {
      return `--${flag}: expected a number, got ${JSON.stringify(joined ?? args[index + 1])}`;
    }
  }
  return undefined;
}
