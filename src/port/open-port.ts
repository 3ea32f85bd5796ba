/** What an open port of this machine offers to those who drive it. Says nothing of how it was opened. */
import type { PortError } from '../base/failure.ts';
import type { Duration, Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { ModemLines, OutputLines } from '../base/modem-lines.ts';
import type { UartCounters } from '../base/uart-counters.ts';

/** Ends a subscription; a second call does nothing. */
export type Unsubscribe = () => void;

/** The device behind a port went away, or is back. */
export type PortOutage =
  | { readonly type: 'lost'; readonly at: Instant; readonly error: PortError }
  | {
      readonly type: 'back';
      readonly at: Instant;
      /** From the notice of the loss to the open port. */
      readonly after: Duration;
      /** Where it is now. */
      readonly path: string;
    };

/** An open port. It becomes lost or is closed once, and never opens again: reopening gives a new one. */
export interface OpenPort {
  readonly path: string;
  readonly settings: LineSettings;
  /** Settings that were accepted but have no effect on this port, in words (`parity=EVEN: ...`); usually empty. */
  readonly notApplied: readonly string[];
  /** What the operator should know about these settings, in words; usually empty. */
  readonly warnings: readonly string[];
  /** False once the port is lost or its closing began. */
  readonly isOpen: boolean;
  /**
   * Hands bytes to the port and returns at once. They belong to the port until written: do not change them.
   * On a port that is lost or closed they are dropped (the loss is reported once, by `onLost`).
   */
  write(bytes: Uint8Array): void;
  /** Bytes written here that the operating system has not yet taken. Grows while flow control stops the line. */
  readonly queued: number;
  /**
   * Bytes that the operating system took and has not yet sent (Linux TIOCOUTQ); `null` where it cannot say.
   * A pty always says 0, whatever it holds. Asks the system: not for every byte.
   */
  unsent(): number | null;
  /** Received bytes, in pieces of any size: a view into a larger buffer that is never overwritten. */
  onData(listener: (bytes: Uint8Array) => void): Unsubscribe;
  /** Called once when the port is lost (unplugged, hung up, failed); never after `close`. At once if it is lost already. */
  onLost(listener: (error: PortError) => void): Unsubscribe;
  /** Called when the device behind the port goes away and when it is back, on ports that outlive it; else never. */
  onOutage(listener: (outage: PortOutage) => void): Unsubscribe;
  /** Called when bytes arrived and then none for long enough that a frame under way will not be completed. */
  gapSignal(listener: () => void): Unsubscribe;
  /** The modem lines now; `null` where the port has none (a pty) or is not open. */
  modemLines(): Promise<ModemLines | null>;
  /** UART errors since the port was opened; `null` where the port or the OS counts none (a pty). */
  uartCounters(): UartCounters | null;
  /** Sets DTR and RTS; false where the port has no such lines. With RTS flow control the driver may move RTS again. */
  setLines(lines: OutputLines): Promise<boolean>;
  /** Holds the line in the break condition for `ms` milliseconds (1..5000); false where the port cannot. */
  sendBreak(ms: number): Promise<boolean>;
  /**
   * Closes the port, in every case within the deadline it was opened with: what was written is given a moment
   * to leave, the rest is thrown away. Later errors are swallowed. Repeated calls share one closing.
   */
  close(): Promise<void>;
}
