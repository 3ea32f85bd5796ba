/** A modem's port as a dialer reads it: text in pieces that end with a pause, and during a call every byte as it comes. */
import { InterByteTimeoutParser } from '@serialport/parser-inter-byte-timeout';
import { MILLISECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { OpenPort, Unsubscribe } from './open-port.ts';
import { PortOver } from './port-over.ts';

/** USB adapters hold received bytes back for up to this long, in milliseconds. */
const ADAPTER_LATENCY_MS = 16;
/** A modem's words come without pauses longer than this, in milliseconds. */
const PAUSE_MIN_MS = 20;
/** A modem that talks without pause is heard in pieces of this size. */
const PIECE_MAX = 256;

/** After how many milliseconds of silence a piece of text ends. */
function pauseOf(settings: LineSettings): number {
  return Math.max(PAUSE_MIN_MS, ADAPTER_LATENCY_MS + Math.ceil(lineTime(settings, 3) / MILLISECOND));
}

/**
 * Reads through the inter-byte-timeout parser while the modem talks. With a call, whatever the parser holds is handed
 * over first and all that follows passes it by; so no byte is lost, and none overtakes another.
 */
export class DialoguePort extends PortOver {
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  readonly #pause: number;
  readonly #unsubscribe: Unsubscribe;
  #parser: InterByteTimeoutParser | undefined;
  /** Bytes that came while the parser was being emptied; `undefined` at other times. */
  #held: Uint8Array[] | undefined;

  constructor(port: OpenPort) {
    super(port);
    this.#pause = pauseOf(port.settings);
    this.#parser = this.#newParser();
    this.#unsubscribe = port.onData((bytes) => this.#received(bytes));
  }

  override onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A call is on: bytes are handed on at once. */
  direct(): void {
    const parser = this.#parser;
    if (parser === undefined || this.#held !== undefined) return;
    this.#held = [];
    // Ending it hands over what it holds and stops its timer. Not from inside its event: it forgets what it gave after it.
    queueMicrotask(() => parser.end());
  }

  /** The modem talks again. */
  text(): void {
    if (this.#parser === undefined) this.#parser = this.#newParser();
  }

  /** Hears nothing any more; the port below stays open. */
  release(): void {
    this.#unsubscribe();
    this.#listeners.clear();
    this.direct();
  }

  #newParser(): InterByteTimeoutParser {
    const parser = new InterByteTimeoutParser({ interval: this.#pause, maxBufferSize: PIECE_MAX });
    parser.on('data', (piece: Buffer) => this.#deliver(piece));
    parser.on('end', () => this.#emptied());
    return parser;
  }

  #received(bytes: Uint8Array): void {
    if (this.#held) this.#held.push(bytes);
    else if (this.#parser) this.#parser.write(bytes);
    else this.#deliver(bytes);
  }

  #emptied(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#parser = undefined;
    for (const bytes of held) this.#deliver(bytes);
  }

  #deliver(bytes: Uint8Array): void {
    for (const listener of this.#listeners) listener(bytes);
  }
}
