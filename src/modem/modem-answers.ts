/** What an emulated modem answers to questions: I, &V, and the values of registers and settings. Texts only. */
import type { Instant } from '../base/instant.ts';
import type { CallRecord } from './call-record.ts';
import { BASIC_COMMANDS, EXTENDED_COMMANDS, type ExtendedRow } from './command-table.ts';
import { type ModemMemory, STORED_NUMBERS } from './modem-memory.ts';
import { REGISTERS } from './s-registers.ts';

/** Settings in a row of &V. */
const PER_ROW = 8;

/** Three digits, as registers are shown. */
export function registerText(value: number): string {
  return String(value).padStart(3, '0');
}

function rows(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += PER_ROW) lines.push(words.slice(at, at + PER_ROW).join(' '));
  return lines;
}

/** &V. */
export function settingsLines(memory: ModemMemory): string[] {
  const basic = BASIC_COMMANDS.filter(({ kind }) => kind !== 'action');
  const numbers = Array.from({ length: STORED_NUMBERS }, (_, slot) => `&Z${slot}=${memory.number(slot)}`);
  return [
    'ACTIVE PROFILE:',
    ...rows(basic.map(({ name }) => `${name}${memory.setting(name)}`)),
    ...rows(
      REGISTERS.map((row) => `S${String(row.number).padStart(2, '0')}:${registerText(memory.s(row.number))}`),
    ),
    ...rows(EXTENDED_COMMANDS.filter(({ fields }) => fields.length > 0).map((row) => valueText(row, memory))),
    'TELEPHONE NUMBERS:',
    rows(numbers).join(' '),
  ];
}

/** What is behind I and its number. */
export function identityLines(
  topic: number,
  memory: ModemMemory,
  now: Instant,
  facts: {
    readonly rateMax: number;
    readonly blacklisted: readonly string[];
    readonly call?: CallRecord | undefined;
  },
): string[] {
  switch (topic) {
    case 0:
      return [String(facts.rateMax)];
    case 1:
      return ['000'];
    case 4:
      return settingsLines(memory);
    case 6:
    case 11:
      return facts.call?.lines(now) ?? ['LINK DIAGNOSTICS', 'No call yet'];
    case 8:
      return ['BLACKLISTED NUMBERS', ...facts.blacklisted];
    case 3:
      return ['dplink emulated modem 1'];
    case 9:
      return ['Country: none'];
    default:
      return [];
  }
}

/** `+ES: 3,0,2` */
export function valueText(row: ExtendedRow, memory: ModemMemory): string {
  return `${row.name}: ${memory.fields(row.name).join(',')}`;
}

/** `+ES: (0-6),(0-4),(2-9)` */
export function rangeText(row: ExtendedRow): string {
  const fields = row.fields.map((field) => {
    if ('words' in field) return `(${field.words.join(',')})`;
    return field.min === field.max ? `(${field.min})` : `(${field.min}-${field.max})`;
  });
  return `${row.name}: ${fields.join(',')}`;
}
