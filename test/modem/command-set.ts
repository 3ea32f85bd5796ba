/** The command set of the emulated modem as tables for its page, from the declarations. Writes nothing. */
import {
  BASIC_COMMANDS,
  EXTENDED_COMMANDS,
  type Field,
  PROGRESS_LEVELS,
} from '../../src/modem/command-table.ts';
import { REGISTERS } from '../../src/modem/s-registers.ts';

/** Where the tables stand on the page. */
export const PAGE = 'docs/modem-emulator.md';
export const BEGIN = '<!-- command set -->';
export const END = '<!-- end of the command set -->';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function fieldText(field: Field): string {
  if ('words' in field) return `${field.words.join(' ')} [${field.factory}]`;
  const range = field.min === field.max ? `${field.min}` : `${field.min} to ${field.max}`;
  return field.min === field.max ? range : `${range} [${field.factory}]`;
}

/** What stands between {@link BEGIN} and {@link END}. */
export function commandSet(): string {
  const basic = BASIC_COMMANDS.map(({ name, min, max, kind, factory, text }) => [
    `\`${name}\``,
    min === max ? `${min}` : `${min} to ${max}`,
    kind === 'action' ? '' : `${factory}`,
    kind === 'kept' ? `${text} *(kept, no effect)*` : text,
  ]);
  const extended = EXTENDED_COMMANDS.map(({ name, fields, text }) => [
    `\`${name}\``,
    fields.map(fieldText).join('; '),
    text,
  ]);
  const levels = PROGRESS_LEVELS.map(({ text }, level) => [`X${level}`, text]);
  const registers = REGISTERS.map(({ number, factory, min, max, unit, text }) => [
    `S${number}`,
    `${min} to ${max}`,
    `${factory}`,
    unit,
    text,
  ]);
  return [
    table(['command', 'values', 'factory', 'what it does'], basic),
    'What `X` listens for and says:',
    table(['level', 'result codes'], levels),
    'Commands of several letters; `?` asks, `=?` tells the range, `=` sets, `;` ends one:',
    table(['command', 'fields [factory]', 'what it does'], extended),
    'Registers. `Sn=v` sets, `Sn?` asks, `=v` and `?` alone mean the one last named. Others up to S99 are kept and do nothing.',
    table(['register', 'values', 'factory', 'unit', 'what it is'], registers),
  ].join('\n\n');
}

/** `page` with the tables as they are now. */
export function withCommandSet(page: string): string {
  const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  return `${before}\n\n${commandSet()}\n\n${page.slice(page.indexOf(END))}`;
}
