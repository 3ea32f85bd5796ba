/** The settings of a serial line in the words of DN_ADDRESSING_URL, and what follows from them. [MS-DPDX] 2.2.34 */
import type { Duration } from './instant.ts';

/** Values of the `parity` key. [MS-DPDX] 2.2.34 */
export const PARITIES = ['NONE', 'EVEN', 'ODD', 'MARK', 'SPACE'] as const;
export type Parity = (typeof PARITIES)[number];

/** Values of the `stopbits` key. [MS-DPDX] 2.2.34 */
export const STOP_BITS = [1, 1.5, 2] as const;
export type StopBits = (typeof STOP_BITS)[number];

/** Values of the `flowcontrol` key. [MS-DPDX] 2.2.34 */
export const FLOW_CONTROLS = ['NONE', 'XONXOFF', 'RTS', 'DTR', 'RTSDTR'] as const;
export type FlowControl = (typeof FLOW_CONTROLS)[number];

/** How a line is set. There are always 8 data bits: no key of the URL sets them (SER-12). */
export interface LineSettings {
  /** Bits per second on the wire, 50 to 4,000,000. */
  readonly baud: number;
  readonly parity: Parity;
  readonly stopbits: StopBits;
  readonly flowcontrol: FlowControl;
}

/** The values that the text itself shows, taken as defaults (SER-12), except flow control: a bare three-wire cable works with NONE. */
export const DEFAULT_LINE_SETTINGS: LineSettings = {
  baud: 115_200,
  parity: 'NONE',
  stopbits: 1,
  flowcontrol: 'NONE',
};

/** Bits that one byte takes on the wire: start, eight data, parity if any, stop. 10 to 12. */
export function bitsPerCharacter(settings: LineSettings): number {
  return 1 + 8 + (settings.parity === 'NONE' ? 0 : 1) + settings.stopbits;
}

/** Bytes per second that the line can carry. */
export function charactersPerSecond(settings: LineSettings): number {
  return settings.baud / bitsPerCharacter(settings);
}

/** How long `bytes` bytes take on the wire, in microseconds (a fraction is kept: the caller adds up many). */
export function lineTime(settings: LineSettings, bytes: number): Duration {
  return (bytes * bitsPerCharacter(settings) * 1_000_000) / settings.baud;
}
