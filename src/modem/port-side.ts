/** The side of an emulated modem that faces the port: what waits for it and for the line, with flow control. Reads no commands. */
import { ByteQueue } from '../line/byte-queue.ts';
import { XOFF, XON } from '../line/uart.ts';
import type { ModemMemory } from './modem-memory.ts';

/** Bytes that wait for the telephone line, and for the port. */
const SEND_MAX = 4_096;
const RECEIVE_MAX = 4_096;
/** What the modem says itself waits beside the data, so that a silent port cannot make it grow. */
const SAY_MAX = 16_384;

/** Values of &K. */
const RTS_CTS = 3;
const XON_XOFF = 4;

/** Buffers of both directions. */
export class PortSide {
  readonly #memory: ModemMemory;
  readonly #toPort = new ByteQueue();
  /** What came while the port was in command state of a call. */
  readonly #aside = new ByteQueue();
  readonly #toLine = new ByteQueue();
  #control: number[] = [];
  #rts = true;
  /** The port sent XOFF. */
  #stopped = false;
  /** The port was asked to stop. */
  #full = false;

  constructor(memory: ModemMemory) {
    this.#memory = memory;
  }

  /** RTS as the port shows it. */
  setRts(on: boolean): void {
    this.#rts = on;
  }

  /** Whether the port may send: off only with RTS/CTS while the buffer is nearly full. */
  get cts(): boolean {
    return !(this.#full && this.#memory.setting('&K') === RTS_CTS);
  }

  /** Bytes of data that would not be lost. */
  get sendRoom(): number {
    return SEND_MAX - this.#toLine.length;
  }

  /** Bytes of data from the line that would not be lost. */
  get receiveRoom(): number {
    return Math.max(0, RECEIVE_MAX - this.#toPort.length - this.#aside.length);
  }

  /** Bytes that wait for the line. */
  get waiting(): number {
    return this.#toLine.length;
  }

  /** Without XON and XOFF where these are flow control. */
  withoutControls(bytes: Uint8Array): Uint8Array {
    if (this.#memory.setting('&K') !== XON_XOFF) return bytes;
    const data = bytes.filter((byte) => byte !== XON && byte !== XOFF);
    if (data.length < bytes.length) {
      this.#stopped = bytes.findLast((byte) => byte === XON || byte === XOFF) === XOFF;
    }
    return data;
  }

  /** Data to be sent; returns how many bytes were lost for want of room. */
  send(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.sendRoom);
    this.#toLine.append(taken);
    this.#judgeRoom();
    return bytes.length - taken.length;
  }

  /** The next up to `max` bytes for the line. */
  takeForLine(max: number): Uint8Array {
    const bytes = this.#toLine.take(max).slice();
    this.#judgeRoom();
    return bytes;
  }

  /** What was to be sent is forgotten: the call is over, or begins. */
  clearLine(): void {
    this.#toLine.clear();
    this.#judgeRoom();
  }

  /** Data from the line, put aside while the port gives commands; returns how many bytes were lost. */
  receive(bytes: Uint8Array, aside: boolean): number {
    const taken = bytes.subarray(0, this.receiveRoom);
    (aside ? this.#aside : this.#toPort).append(taken);
    return bytes.length - taken.length;
  }

  /** What was put aside is given after all, or forgotten. */
  endAside(give: boolean): void {
    const bytes = this.#aside.take(this.#aside.length);
    if (give) this.#toPort.append(bytes);
    this.#aside.clear();
  }

  /** What the modem says; lost when nobody reads. */
  say(bytes: Uint8Array): void {
    if (this.#toPort.length + bytes.length <= SAY_MAX) this.#toPort.append(bytes);
  }

  /** Up to `max` bytes for the port. Data and results wait while it forbids them. */
  takeForPort(max: number): Uint8Array | undefined {
    if (this.#control.length > 0) return Uint8Array.from(this.#control.splice(0, max));
    const flow = this.#memory.setting('&K');
    if ((flow === RTS_CTS && !this.#rts) || (flow === XON_XOFF && this.#stopped)) return undefined;
    return this.#toPort.length === 0 ? undefined : this.#toPort.take(max).slice();
  }

  /** Asks the port to stop above three quarters of the buffer, and to go on below one. */
  #judgeRoom(): void {
    const held = this.#toLine.length * 4;
    const full = this.#full ? held > SEND_MAX : held > 3 * SEND_MAX;
    if (full === this.#full) return;
    this.#full = full;
    if (this.#memory.setting('&K') === XON_XOFF) this.#control = [full ? XOFF : XON];
  }
}
