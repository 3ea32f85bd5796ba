/** Line settings as a port can have them: what is refused by name, what serialport is asked for, what was really set. Opens nothing. */
import { PortError, UsageError } from '../base/failure.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { TerminalSettings } from './terminal.ts';

/** The slowest rate that is accepted, in bits per second. */
const BAUD_MIN = 50;
/** The fastest rate that is accepted, in bits per second. */
const BAUD_MAX = 4_000_000;
/** A rate read back within this part of what was asked is the same rate to a UART, which tolerates a few percent. */
const BAUD_TOLERANCE = 0.02;

/** What kind of port is below, as far as its settings are concerned; `given` is a binding that speaks for itself. */
export type PortKind = 'linux' | 'pty' | 'windows' | 'macos' | 'given';

/** The options of serialport's `open` that follow from the settings. Never `undefined`, which it would take for a value. */
export interface OpenLineOptions {
  readonly baudRate: number;
  readonly dataBits: 8;
  readonly stopBits: 1 | 1.5 | 2;
  readonly parity: 'none' | 'even' | 'odd' | 'mark' | 'space';
  readonly rtscts: boolean;
  readonly xon: boolean;
  readonly xoff: boolean;
}

/** Throws {@link UsageError} unless `baud` is a whole number, 50..4,000,000: serialport would take a negative one silently. */
export function checkBaud(baud: number): void {
  if (Number.isInteger(baud) && baud >= BAUD_MIN && baud <= BAUD_MAX) return;
  throw new UsageError(`baud: expected a whole number from ${BAUD_MIN} to ${BAUD_MAX}, not ${baud}`);
}

const REFUSING_OS = { linux: 'Linux', macos: 'macOS' } as const;

/**
 * Throws {@link PortError} `unsupported` for a setting that this kind of port cannot have, before it is touched.
 * DTR flow control exists on no OS. A pty has no wire: parity and stop bits mean nothing there and are accepted.
 */
export function refuseImpossible(path: string, settings: LineSettings, kind: PortKind): void {
  const { parity, stopbits, flowcontrol } = settings;
  const no = (what: string, instead: string): never => {
    throw new PortError('unsupported', path, `${path}: ${what}; use ${instead}`);
  };
  if (flowcontrol === 'DTR' || flowcontrol === 'RTSDTR') {
    no(`flowcontrol=${flowcontrol} is not possible, no OS offers DTR flow control`, 'RTS, XONXOFF or NONE');
  }
  if (kind !== 'linux' && kind !== 'macos') return;
  if (stopbits === 1.5) no(`stopbits=1.5 is not possible on ${REFUSING_OS[kind]}`, '1 or 2');
  if (kind === 'macos' && (parity === 'MARK' || parity === 'SPACE')) {
    no(`parity=${parity} is not possible on macOS`, 'NONE, EVEN or ODD');
  }
}

/** Whether the parity must be set behind serialport's back, with termios2. */
export function needsStickParity(
  settings: LineSettings,
  kind: PortKind,
): settings is LineSettings & { parity: 'MARK' | 'SPACE' } {
  return kind === 'linux' && (settings.parity === 'MARK' || settings.parity === 'SPACE');
}

/** What to ask serialport for. Where it cannot say what is wanted, the nearest: the rest is set or reported afterwards. */
export function openLineOptions(settings: LineSettings, kind: PortKind): OpenLineOptions {
  const { parity, stopbits, flowcontrol } = settings;
  const stick = parity === 'MARK' || parity === 'SPACE';
  const unix = kind === 'linux' || kind === 'pty';
  return {
    baudRate: settings.baud,
    dataBits: 8,
    stopBits: kind === 'pty' && stopbits === 1.5 ? 1 : stopbits,
    parity: stick && unix ? 'none' : (parity.toLowerCase() as OpenLineOptions['parity']),
    rtscts: flowcontrol === 'RTS',
    xon: flowcontrol === 'XONXOFF',
    xoff: flowcontrol === 'XONXOFF',
  };
}

/** What was accepted and has no effect, in words. */
export function notAppliedTo(settings: LineSettings, kind: PortKind): string[] {
  if (kind !== 'pty') return [];
  const words: string[] = [];
  const noWire = 'a pseudo-terminal has no wire, it only counts for the pace';
  if (settings.parity !== 'NONE') words.push(`parity=${settings.parity}: ${noWire}`);
  if (settings.stopbits !== 1) words.push(`stopbits=${settings.stopbits}: ${noWire}`);
  if (settings.flowcontrol === 'RTS') words.push('flowcontrol=RTS: a pseudo-terminal has no RTS and CTS');
  return words;
}

/** What the operator should know of these settings, in words. */
export function settingWarnings(settings: LineSettings): string[] {
  if (settings.flowcontrol !== 'XONXOFF') return [];
  return [
    'flowcontrol=XONXOFF: the bytes 0x11 and 0x13 are taken for flow control and swallowed, and DirectPlay ' +
      'frames are binary: every frame that holds one is damaged',
  ];
}

/**
 * Compares what was asked with what the tty's driver says it did. Throws {@link PortError} `unsupported` naming
 * every difference; a rate that is only a little off is told as a warning.
 */
export function compareSettings(
  path: string,
  asked: LineSettings,
  actual: TerminalSettings,
  kind: PortKind,
): string[] {
  const wrong: string[] = [];
  const warnings: string[] = [];
  for (const baud of new Set([actual.baud, actual.baudReceive])) {
    if (baud === asked.baud) continue;
    const text = `baud=${asked.baud} was set as ${baud}`;
    if (Math.abs(baud - asked.baud) <= asked.baud * BAUD_TOLERANCE)
      warnings.push(`${text}, near enough for a UART`);
    else wrong.push(text);
  }
  if (!actual.dataBits8) wrong.push('8 data bits were not set');
  if (kind !== 'pty') {
    if (actual.parity !== asked.parity) wrong.push(`parity=${asked.parity} was set as ${actual.parity}`);
    if (actual.stopbits !== asked.stopbits)
      wrong.push(`stopbits=${asked.stopbits} was set as ${actual.stopbits}`);
    if (actual.rtscts !== (asked.flowcontrol === 'RTS')) {
      wrong.push(
        `RTS/CTS flow control is ${actual.rtscts ? 'on' : 'off'} with flowcontrol=${asked.flowcontrol}`,
      );
    }
  }
  if (actual.xonxoff !== (asked.flowcontrol === 'XONXOFF')) {
    wrong.push(
      `XON/XOFF flow control is ${actual.xonxoff ? 'on' : 'off'} with flowcontrol=${asked.flowcontrol}`,
    );
  }
  if (wrong.length > 0) throw refusedByDriver(path, wrong.join(', '));
  return warnings;
}

/** The driver of the port did not do what it was asked. */
export function refusedByDriver(path: string, what: string): PortError {
  return new PortError('unsupported', path, `${path}: the port's driver cannot do this: ${what}`);
}
