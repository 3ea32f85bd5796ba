/** What an emulated modem can be told when it is made, and what it reports. Types, and the check of a profile. */
import { parseCommands } from './command-parser.ts';
import type { EscapeRule } from './escape-detector.ts';
import type { RedialRules } from './redial-guard.ts';
import type { Maker } from './result-table.ts';

/** What an emulated modem is like. */
export interface EmulatedModemOptions {
  /** The highest rate that it can do on the telephone line, bits per second; default 33600. */
  readonly rateMax?: number;
  /** Settings at power-on and in both stored profiles, as behind AT; see {@link profileComplaint}. */
  readonly profile?: string;
  /** Characters of a command line behind AT, blanks not counted; default 40. */
  readonly commandLength?: number;
  /** What its country forbids after failed calls; default nothing. */
  readonly redial?: RedialRules;
  /** Whose numbers results have with V0; default Rockwell's. */
  readonly maker?: Maker;
  /** Results that it spells otherwise: `NO DIALTONE` -> `NO DIAL TONE`. */
  readonly spelling?: Readonly<Record<string, string>>;
  /** What it takes for an escape; default `guarded`. */
  readonly escape?: EscapeRule;
}

/** The control lines that a modem shows to its port. */
export interface ModemOutputs {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
  readonly ri: boolean;
}

/** What a modem reports beside what it does. */
export type ModemEvent =
  /** A command line was typed; without its end. */
  | { readonly type: 'command'; readonly text: string }
  /** A result was due; `said` is false where Q1 keeps it back. */
  | { readonly type: 'result'; readonly text: string; readonly said: boolean }
  /** The escape was found in the data. */
  | { readonly type: 'escape' }
  /** Data from the port or the line found no room. */
  | { readonly type: 'overflow'; readonly from: 'port' | 'line'; readonly bytes: number };

/** Why `text` cannot be a profile of {@link EmulatedModemOptions}; `undefined` when it can. */
export function profileComplaint(text: string): string | undefined {
  for (const command of parseCommands(text)) {
    if (command.kind === 'refused') return `the modem does not know ${command.text}`;
    if (command.kind === 'dial' || command.kind === 'storeNumber') return 'only settings, no numbers';
  }
  return undefined;
}
