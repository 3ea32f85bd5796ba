/** A listing as lines of text for people; what is listed is decided elsewhere. */
import type { Listed, ListedField } from './listing.ts';

/** Longer values are cut here, in characters, with their size told. */
const VALUE_LENGTH_MAX = 48;

/** The lines of a listing: offset in hexadecimal, field, value, meaning; what is wrong is marked `!!`. */
export function listingText(listed: Listed): string[] {
  return lines(listed, '');
}

function lines(listed: Listed, indent: string): string[] {
  const within = listed.field === '' ? '' : `${listed.field}: `;
  const result = [`${indent}${within}${listed.packet}, ${listed.size} bytes (${listed.section})`];
  for (const item of listed.items) {
    if ('items' in item) result.push(...lines(item, `${indent}  `));
    else result.push(line(item, `${indent}  `));
  }
  for (const { field, offset, reason } of listed.problems) {
    result.push(`${indent}  ${offsetText(offset)}  !! ${field} ${reason}`);
  }
  return result;
}

function line(item: ListedField, indent: string): string {
  const meaning = item.meaning === undefined ? '' : `  ${item.meaning}`;
  const name = item.of === undefined ? item.field : `${item.of}.${item.field}`;
  return `${indent}${offsetText(item.offset)}  ${name.padEnd(26)} ${valueText(item)}${meaning}`;
}

function offsetText(offset: number): string {
  return offset.toString(16).padStart(4, '0');
}

function valueText({ value, size }: ListedField): string {
  if (typeof value === 'number') {
    const hexadecimal = `0x${value.toString(16).padStart(2 * size, '0')}`;
    return value < 10 ? hexadecimal : `${hexadecimal} (${value})`;
  }
  const shown = printable(value);
  if (shown.length <= VALUE_LENGTH_MAX) return shown;
  return `${shown.slice(0, VALUE_LENGTH_MAX)}... (${size} bytes)`;
}

/** Control characters and unpaired surrogates never reach a terminal (STR-4). */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\u{fffd}');
}
