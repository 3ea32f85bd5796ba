/** What a UART counted: errors of reception that its driver reports. A type only. */

/** Receive errors of this run. */
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
