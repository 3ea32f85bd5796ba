/** What a dialer can be told, its defaults, and the commands that follow from them. Sends nothing. */
import { type Duration, MILLISECOND, SECOND } from '../base/instant.ts';
import type { RateReading } from './connect-report.ts';
import type { Dialling } from './phone-number.ts';
import type { Maker } from './result-table.ts';

/** One command of a setting-up. */
export interface InitCommand {
  /** From `AT` on, without its carriage return. */
  readonly command: string;
  /** Whether the call goes on when the modem refuses it. */
  readonly optional: boolean;
}

/** What `+++` does while a call is on. */
export type EscapeSetting =
  /** The modem heeds it only with silence around (S12): data cannot end the call, and we can. */
  | 'guarded'
  /** The modem does not heed it (S2=255): only DTR, carrier loss or the far end ends the call. */
  | 'off'
  /** Nothing is sent about it: the rig's own strings decide. */
  | 'asIs';

/** Everything that can be set; see {@link DEFAULT_DIALER_OPTIONS}. */
export interface DialerOptions {
  /** What is sent first, in order. */
  readonly init: readonly InitCommand[];
  readonly dial: Dialling;
  /** Whose numbers numeric result codes are. */
  readonly maker: Maker;
  /** Whether the modem is left with numeric codes (V0); else lines of digits are codes only until the init is done. */
  readonly numeric: boolean;
  /** Result codes of this modem alone: text or number -> the usual text. */
  readonly extraResults: Readonly<Record<string, string>>;
  /** After how many rings a call is answered, 1..255, and whether the modem does it itself (S0) or is told to (ATA). */
  readonly answer: { readonly rings: number; readonly by: 'command' | 'modem' };
  /** Seconds that the modem waits for carrier after dialling or answering (S7), 1..255. */
  readonly carrierWait: number;
  readonly escape: EscapeSetting;
  /** Silence around `+++`, in fiftieths of a second (S12), 20..255. */
  readonly guardTime: number;
  /** Ways to hang up, in the order in which they are tried; those that the port cannot do are passed over. */
  readonly hangUp: readonly HangUpMethod[];
  /** How long DTR is held off to hang up, in milliseconds. */
  readonly dtrOff: number;
  readonly rate: RateReading;
  /** How the port is set, in bits per second, to tell the two rates apart. */
  readonly portBaud: number | undefined;
  /** Asked after each call, e.g. ATI6. */
  readonly diagnostics: readonly string[];
  /** Patience with an ordinary command, in milliseconds. */
  readonly commandWait: number;
  /** Pause between a result and the next command, in milliseconds: modems lose what comes sooner. */
  readonly commandPause: number;
}

/** A way to hang up. */
export const HANG_UP_METHODS = ['dtr', 'escape'] as const;
export type HangUpMethod = (typeof HANG_UP_METHODS)[number];

/**
 * Echo off, verbose results shown; all call progress results where the modem has them; DCD follows the carrier and DTR
 * hangs up. Each in a command of its own kind, so that a refusal names what was refused.
 */
export const DEFAULT_INIT: readonly InitCommand[] = [
  { command: 'ATZ', optional: true },
  { command: 'ATE0V1Q0', optional: false },
  { command: 'ATX4', optional: true },
  // The rate of the line besides that of the port: what is sent is paced by it.
  { command: 'ATW1', optional: true },
  { command: 'AT&C1&D2', optional: true },
];

/** Sixty seconds for carrier, as a slow pair of V.34 modems needs behind an exchange. */
export const DEFAULT_DIALER_OPTIONS: DialerOptions = {
  init: DEFAULT_INIT,
  dial: 'tone',
  maker: 'hayes',
  numeric: false,
  extraResults: {},
  answer: { rings: 1, by: 'command' },
  carrierWait: 60,
  escape: 'guarded',
  guardTime: 50,
  hangUp: HANG_UP_METHODS,
  dtrOff: 1_000,
  rate: 'auto',
  portBaud: undefined,
  diagnostics: [],
  commandWait: 3_000,
  commandPause: 100,
};

/** Unknown result codes and refused settings aside, these hold whatever the rig's own strings say. */
function registerCommands(options: DialerOptions): InitCommand[] {
  const { answer, carrierWait, guardTime } = options;
  const byModem = answer.by === 'modem';
  const commands = [
    { command: `ATS0=${byModem ? answer.rings : 0}`, optional: !byModem },
    { command: `ATS7=${carrierWait}`, optional: true },
  ];
  if (options.escape === 'off') commands.push({ command: 'ATS2=255', optional: false });
  // 43 is "+".
  if (options.escape === 'guarded') commands.push({ command: `ATS2=43S12=${guardTime}`, optional: true });
  return commands;
}

/** All that is sent to set a modem up, in order. */
export function initCommands(options: DialerOptions): readonly InitCommand[] {
  return [...options.init, ...registerCommands(options)];
}

/** The silence that makes an escape, with what clocks and buffers may eat of it. */
export function guardSilence(options: DialerOptions): Duration {
  return options.guardTime * 20 * MILLISECOND + 200 * MILLISECOND;
}

/** How long a result may take after the modem began to wait for carrier: what it waits itself, and a margin. */
export function resultWait(options: DialerOptions): Duration {
  return options.carrierWait * SECOND + 10 * SECOND;
}

/** A resetting modem (ATZ, AT&F) may take this long. */
const RESET_WAIT: Duration = 6 * SECOND;

/** How long `command` may take. */
export function commandWait(command: string, options: DialerOptions): Duration {
  const ordinary = options.commandWait * MILLISECOND;
  return /^AT(Z|&F)/i.test(command) ? Math.max(RESET_WAIT, ordinary) : ordinary;
}
