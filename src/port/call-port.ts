/** A call as a port: what a protocol drives while the modem is online. Makes no call; closing it hangs up. */
import { PortError } from '../base/failure.ts';
import { bitsPerCharacter, type LineSettings } from '../base/line-settings.ts';
import type { CallReport } from '../modem/connect-report.ts';
import type { OpenPort, Unsubscribe } from './open-port.ts';
import { PortOver } from './port-over.ts';

/** Bytes that came before anybody listened; what comes beyond is dropped. */
const EARLY_MAX = 65_536;

/**
 * How much longer than on a cable a call must be silent before a frame under way is given up, in milliseconds: modems
 * hand over what they have corrected in pieces, and pause for a round trip of their own when they send one again.
 */
const GAP_MORE_MS = 700;

/** What the sender is paced at: the telephone line, or the port as if the modem were none. */
export type CallPace = 'line' | 'port';

/**
 * What the frames of error correction leave for data: 128 bytes of every 134, and bits stuffed into one of 62 of them.
 * Sent faster, data piles up in the modem, and is lost where the port has no flow control.
 */
const CORRECTED_SHARE = 0.94;

/**
 * The settings that stand for the call: the port's, with the telephone line's rate where the modem told it and it is
 * the lower. An error-correcting modem sends 8 bits for a byte and leaves start and stop bits out.
 */
export function callSettings(settings: LineSettings, report: CallReport, pace: CallPace): LineSettings {
  const { lineRate, protocol = 'NONE' } = report;
  if (pace === 'port' || lineRate === undefined) return settings;
  const bits = protocol === 'NONE' ? 1 : (CORRECTED_SHARE * bitsPerCharacter(settings)) / 8;
  return { ...settings, baud: Math.max(50, Math.min(settings.baud, Math.round(lineRate * bits))) };
}

/** See the head of the file. It is lost when the carrier is; a new call is a new port. */
export class CallPort extends PortOver {
  /** What the modem said of the call. */
  readonly report: CallReport;
  readonly #settings: LineSettings;
  readonly #hangUp: () => Promise<void>;
  readonly #dataListeners = new Set<(bytes: Uint8Array) => void>();
  readonly #lostListeners = new Set<(error: PortError) => void>();
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  /** Pieces of data that came. */
  #pieces = 0;
  #lost: PortError | undefined;
  #closing: Promise<void> | undefined;
  #isOver = false;

  constructor(port: OpenPort, report: CallReport, pace: CallPace, hangUp: () => Promise<void>) {
    super(port);
    this.report = report;
    this.#settings = callSettings(port.settings, report, pace);
    this.#hangUp = hangUp;
  }

  override get settings(): LineSettings {
    return this.#settings;
  }

  override get isOpen(): boolean {
    return this.#lost === undefined && !this.#isOver && this.port.isOpen;
  }

  override write(bytes: Uint8Array): void {
    if (this.isOpen) this.port.write(bytes);
  }

  override onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#dataListeners.add(listener);
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) listener(bytes);
    return () => this.#dataListeners.delete(listener);
  }

  override onLost(listener: (error: PortError) => void): Unsubscribe {
    const lost = this.#lost;
    this.#lostListeners.add(listener);
    if (lost) queueMicrotask(() => this.#lostListeners.delete(listener) && listener(lost));
    return () => this.#lostListeners.delete(listener);
  }

  override gapSignal(listener: () => void): Unsubscribe {
    let timer: NodeJS.Timeout | undefined;
    const unsubscribe = this.port.gapSignal(() => {
      const pieces = this.#pieces;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (pieces === this.#pieces && this.isOpen) listener();
      }, GAP_MORE_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }

  /** Ends the call. Resolves when the modem is on hook, or has failed to. */
  override close(): Promise<void> {
    this.#closing ??= this.#lost || this.#isOver ? Promise.resolve() : this.#hangUp();
    return this.#closing;
  }

  /** The call is being ended from here: nothing more is written or heard, and nobody is told of a loss. */
  end(): void {
    this.#isOver = true;
    this.#dataListeners.clear();
    this.#lostListeners.clear();
  }

  /** Bytes of the call have come. */
  deliver(bytes: Uint8Array): void {
    this.#pieces++;
    if (this.#dataListeners.size === 0) {
      this.#earlyBytes += bytes.length;
      if (this.#earlyBytes <= EARLY_MAX) this.#early.push(bytes);
    }
    for (const listener of this.#dataListeners) listener(bytes);
  }

  /** The call is over without our doing. */
  lose(text: string): void {
    if (this.#isOver) return;
    this.#lost ??= new PortError('lost', this.path, `${this.path}: ${text}`);
    for (const listener of this.#lostListeners) listener(this.#lost);
    this.#lostListeners.clear();
  }
}
