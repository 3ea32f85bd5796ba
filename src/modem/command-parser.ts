/** Reads what stands behind AT as commands, against the table. Executes nothing, keeps nothing. */
import { basicRow, type ExtendedRow, extendedRow, type Field } from './command-table.ts';

/** One command. */
export type ModemCommand =
  | { readonly kind: 'basic'; readonly name: string; readonly value: number }
  | { readonly kind: 'dial'; readonly text: string }
  /** S7, S7=50, S7?; without a number the register last named. */
  | {
      readonly kind: 'register';
      readonly number: number | undefined;
      readonly operation: 'select' | 'query' | { readonly set: number };
    }
  /** &Z1=5551234 */
  | { readonly kind: 'storeNumber'; readonly slot: number; readonly text: string }
  | {
      readonly kind: 'extended';
      readonly row: ExtendedRow;
      readonly operation:
        | 'run'
        | 'query'
        | 'test'
        | { readonly set: readonly (string | number | undefined)[] };
    }
  /** What the modem does not know: all that stands behind is not read. */
  | { readonly kind: 'refused'; readonly text: string };

/** A value has no more digits than this; longer ones are refused. */
const DIGITS_MAX = 7;

/** A position in a line that moves on. */
class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The piece that matches here (sticky), and past it; `undefined` when none does. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.at += found[0].length;
    return found;
  }

  /** All that is left. */
  rest(): string {
    const rest = this.text.slice(this.at);
    this.at = this.text.length;
    return rest;
  }
}

/** The commands of `body`, in order; the last one may be a refusal. Blanks between them mean nothing. */
export function parseCommands(body: string): ModemCommand[] {
  const cursor = new Cursor(body);
  const commands: ModemCommand[] = [];
  while (!cursor.done) {
    if (cursor.take(/[ ;]+/y)) continue;
    const start = cursor.at;
    const command = next(cursor) ?? refused(cursor, start);
    commands.push(command);
    if (command.kind === 'refused') break;
  }
  return commands;
}

function refused(cursor: Cursor, start: number): ModemCommand {
  return { kind: 'refused', text: cursor.text.slice(start) };
}

function next(cursor: Cursor): ModemCommand | undefined {
  const extended = cursor.take(/[+#]([A-Z]+)/iy);
  if (extended) return readExtended(cursor, extended[0].toUpperCase());
  if (cursor.take(/D/iy)) return { kind: 'dial', text: cursor.take(/[^;]*;?/y)![0] };
  if (cursor.take(/S/iy)) return readRegister(cursor, cursor.take(/ *(\d{1,3})/y)?.[1]);
  if (cursor.take(/(?=[=?])/y)) return readRegister(cursor, undefined);
  const slot = cursor.take(/&Z ?(\d?) ?=/iy);
  if (slot) return { kind: 'storeNumber', slot: Number(slot[1]), text: cursor.rest() };
  const basic = cursor.take(/([&%\\*]?[A-Z]) ?(\d*)/iy);
  if (!basic) return undefined;
  const name = basic[1]!.toUpperCase();
  const value = Number(basic[2]);
  const row = basicRow(name);
  if (!row || basic[2]!.length > DIGITS_MAX || value < row.min || value > row.max) return undefined;
  return { kind: 'basic', name, value };
}

function readRegister(cursor: Cursor, digits: string | undefined): ModemCommand | undefined {
  const number = digits === undefined ? undefined : Number(digits);
  if (cursor.take(/ *\?/y)) return { kind: 'register', number, operation: 'query' };
  const set = cursor.take(/ *= *(\d*)/y);
  if (!set) return { kind: 'register', number, operation: 'select' };
  if (set[1]!.length > DIGITS_MAX) return undefined;
  return { kind: 'register', number, operation: { set: Number(set[1]) } };
}

function readExtended(cursor: Cursor, name: string): ModemCommand | undefined {
  const row = extendedRow(name);
  if (!row) return undefined;
  if (cursor.take(/=\?/y)) return { kind: 'extended', row, operation: 'test' };
  if (cursor.take(/\?/y)) return { kind: 'extended', row, operation: 'query' };
  if (!cursor.take(/=/y)) {
    return row.fields.length === 0 ? { kind: 'extended', row, operation: 'run' } : undefined;
  }
  const pieces = cursor.take(/[^;]*/y)![0].split(',');
  if (pieces.length > row.fields.length) return undefined;
  const set: (string | number | undefined)[] = [];
  for (const [index, piece] of pieces.entries()) {
    const value = readField(row.fields[index]!, piece.trim());
    if (value === false) return undefined;
    set.push(value);
  }
  return { kind: 'extended', row, operation: { set } };
}

/** The value of a field, `undefined` where nothing is written, false where it cannot be. */
function readField(field: Field, piece: string): string | number | undefined | false {
  if (piece === '') return undefined;
  if ('words' in field) {
    const word = piece.toUpperCase().replace(/^"(.*)"$/, '$1');
    return field.words.includes(word) && word;
  }
  if (!/^\d{1,7}$/.test(piece)) return false;
  const value = Number(piece);
  return value >= field.min && value <= field.max && value;
}
