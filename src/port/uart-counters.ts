/** What a UART's driver counted since a run began: TIOCGICOUNT as a delta. Asks no port itself. */

/** Receive errors of this run, as the UART's driver counted them. */
export interface UartCounters {
  /** Bytes whose stop bit was missing. */
  readonly framing: number;
  /** Bytes whose parity was wrong. */
  readonly parity: number;
  /** Bytes lost because the UART's FIFO or the driver's buffer was full. */
  readonly overrun: number;
  /** Breaks received. */
  readonly break: number;
}

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
