/** Carries out one command of an emulated modem. Reads no bytes, knows no time: what it moves are the hands it is given. */
import type { ModemCommand } from './command-parser.ts';
import { basicRow } from './command-table.ts';
import { rangeText, registerText, settingsLines, valueText } from './modem-answers.ts';
import { type ModemMemory, STORED_NUMBERS } from './modem-memory.ts';

/** What a command can do to its modem. */
export interface ModemHands {
  readonly memory: ModemMemory;
  /** Lines of an answer. */
  say(lines: readonly string[]): void;
  /** False when it cannot be: a call is on, or nothing is to be dialled. */
  dial(text: string): boolean;
  answer(): boolean;
  hangUp(): void;
  /** Ends a call and recalls a profile. */
  reset(slot: number): void;
  takeUp(): void;
  /** Back to the data of a call; false when there is none. */
  resume(retrain: boolean): boolean;
  identify(topic: number): readonly string[];
  diagnose(): readonly string[];
}

/**
 * What is to follow: the next command; OK and nothing else of the line; nothing at all, as a result will come later;
 * ERROR.
 */
export type Execution = 'next' | 'done' | 'later' | 'error';

/** The register that S without a number means. */
export interface RegisterChoice {
  number: number;
}

/** Carries out `command`. */
export function execute(command: ModemCommand, hands: ModemHands, chosen: RegisterChoice): Execution {
  switch (command.kind) {
    case 'refused':
      return 'error';
    case 'dial':
      return dial(command.text, hands);
    case 'register':
      return register(command, hands, chosen);
    case 'storeNumber':
      return hands.memory.storeNumber(command.slot, command.text) ? 'next' : 'error';
    case 'extended':
      return extended(command, hands);
    case 'basic':
      return basic(command.name, command.value, hands);
  }
}

function dial(text: string, hands: ModemHands): Execution {
  const stored = /^[TP]*S(?:=?(\d))?;?$/i.exec(text);
  const again = /^[TP]*L;?$/i.test(text);
  const slot = Number(stored?.[1] ?? 0);
  if (stored && slot >= STORED_NUMBERS) return 'error';
  const dialled = stored ? hands.memory.number(slot) : again ? hands.memory.lastDialled : text;
  return hands.dial(dialled) ? 'later' : 'error';
}

function register(
  command: ModemCommand & { kind: 'register' },
  { memory, say }: ModemHands,
  chosen: RegisterChoice,
): Execution {
  chosen.number = command.number ?? chosen.number;
  if (command.operation === 'query') say([registerText(memory.s(chosen.number))]);
  else if (command.operation !== 'select') {
    return memory.registers.set(chosen.number, command.operation.set) ? 'next' : 'error';
  }
  return 'next';
}

function basic(name: string, value: number, hands: ModemHands): Execution {
  if (basicRow(name)?.kind !== 'action') {
    hands.memory.set(name, value);
    return 'next';
  }
  switch (name) {
    case 'A':
      return hands.answer() ? 'later' : 'error';
    case 'H':
      if (value === 0) hands.hangUp();
      else hands.takeUp();
      return 'next';
    case 'I':
      hands.say(hands.identify(value));
      return 'next';
    case 'O':
      return hands.resume(value === 1 || value === 3) ? 'later' : 'error';
    case 'P':
    case 'T':
      hands.memory.pulse = name === 'P';
      return 'next';
    case 'Z':
      hands.reset(value);
      return 'done';
    case '&F':
      hands.memory.factory();
      return 'next';
    case '&V':
      hands.say(settingsLines(hands.memory));
      return 'next';
    case '&W':
      hands.memory.store(value);
      return 'next';
    default:
      // C1 and &T0 ask for what is so anyway.
      return 'next';
  }
}

function extended(command: ModemCommand & { kind: 'extended' }, hands: ModemHands): Execution {
  const { row, operation } = command;
  const { memory } = hands;
  if (row.fields.length === 0) {
    if (operation === 'query' || typeof operation === 'object') return 'error';
    if (operation === 'run') hands.say(row.answer === undefined ? hands.diagnose() : [row.answer]);
    return 'next';
  }
  if (operation === 'run') return 'error';
  if (operation === 'query') hands.say([valueText(row, memory)]);
  else if (operation === 'test') hands.say([rangeText(row)]);
  else {
    memory.setFields(row.name, operation.set);
    follow(row.name, memory);
  }
  return 'next';
}

/** Settings that are others by another name. */
function follow(name: string, memory: ModemMemory): void {
  const fields = memory.fields(name).map(Number);
  if (name === '#CID') memory.setFields('+VCID', fields);
  if (name === '+IFC') memory.set('&K', [0, 4, 3][fields[0] ?? 2] ?? 3);
  if (name === '+ES') {
    const [asked = 3, otherwise = 0] = fields;
    // 0 and 1 ask for none; else the second field says whether none will do.
    memory.set('\\N', asked <= 1 ? 1 - asked : otherwise >= 2 ? 4 : 3);
  }
}
