/** What a UART's driver counted since a run began: TIOCGICOUNT as a delta. Asks no port itself. */
import type { UartCounters } from '../base/uart-counters.ts';

/** The counters as the driver keeps them: since it was loaded, 32 bits each. linux/serial.h, serial_icounter_struct. */
export interface RawUartCounters {
  readonly frame: number;
  readonly overrun: number;
  readonly parity: number;
  readonly brk: number;
  /** Bytes lost between the driver and the tty layer; ours to count as overrun. */
  readonly bufOverrun: number;
}

/** Size of struct serial_icounter_struct: eleven counters (cts dsr rng dcd rx tx frame overrun parity brk buf_overrun), nine reserved. */
export const ICOUNTER_BYTES = 80;

/** The counters in the bytes that TIOCGICOUNT fills; {@link ICOUNTER_BYTES} of them, little-endian as on every machine libc.ts supports. */
export function rawUartCountersOf(bytes: Buffer): RawUartCounters {
  const word = (index: number) => bytes.readUInt32LE(index * 4);
  return { frame: word(6), overrun: word(7), parity: word(8), brk: word(9), bufOverrun: word(10) };
}

/** How far a 32-bit counter went, over its wrap if need be. */
function step(from: number, to: number): number {
  return (to - from) >>> 0;
}

/** What happened between two readings of the driver's counters. */
export function uartCountersBetween(from: RawUartCounters, to: RawUartCounters): UartCounters {
  return {
    framing: step(from.frame, to.frame),
    parity: step(from.parity, to.parity),
    overrun: step(from.overrun, to.overrun) + step(from.bufOverrun, to.bufOverrun),
    break: step(from.brk, to.brk),
  };
}

/** What happened between two readings of counters that are kept as we give them. */
export function uartCountersSince(from: UartCounters, to: UartCounters): UartCounters {
  return {
    framing: to.framing - from.framing,
    parity: to.parity - from.parity,
    overrun: to.overrun - from.overrun,
    break: to.break - from.break,
  };
}
