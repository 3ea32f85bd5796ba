/** A port and a modem joined by a straight cable, told the time: data, the modem's own lines, flow control. Moves bytes in memory only. */
import { earlier, type Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import { Channel } from './channel.ts';
import type { InputLines, Outputs } from './cross-wired-line.ts';
import type { ReceiveErrors } from './line-event.ts';
import { Uart, type UartSettings } from './uart.ts';

/** Bytes that wait to be sent in the port, as in a small UART's driver. */
const TRANSMIT_BUFFER = 4_096;
/** Bytes that the modem gives to the wire ahead of it: what it holds itself can still be stopped. */
const AHEAD = 64;
/** Moments that one `advance` steps through at most; what is due beyond them is done at once. */
const STEPS_MAX = 100_000;

/**
 * The port's side is used as an end of a `CrossWiredLine`; which end is said is the same to it. The modem's side hears
 * and says bytes at the rate of the port, sees DTR and RTS, and shows the other lines.
 */
export class ModemCable {
  readonly #out: Channel;
  readonly #in: Channel;
  readonly #uart: Uart;
  #inputs: InputLines = { cts: false, dsr: false, dcd: false };
  readonly #heard: Uint8Array[] = [];

  constructor(options: {
    readonly settings: LineSettings;
    readonly random: Random;
    readonly receiveBuffer?: number;
  }) {
    const { settings, random, receiveBuffer = 4_096 } = options;
    const common = { settings, random, batch: 2_000 };
    this.#out = new Channel({ ...common, transmitBuffer: TRANSMIT_BUFFER, batchBytes: 16 });
    this.#in = new Channel({ ...common, transmitBuffer: AHEAD, batchBytes: 16 });
    this.#uart = new Uart(settings, this.#out, this.#in, receiveBuffer);
  }

  /** When `advance` is next wanted. */
  get deadline(): Instant | undefined {
    return earlier(this.#out.deadline, this.#in.deadline);
  }

  /** Does all that is due by `now`, each at its own moment. */
  advance(now: Instant): void {
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const at = this.deadline;
      if (at === undefined || at >= now) break;
      this.#step(at);
    }
    this.#step(now);
  }

  /** Opens the port: DTR and RTS go on. */
  open(now: Instant, settings: UartSettings): void {
    this.advance(now);
    this.#uart.open(settings);
    this.#retune(now);
  }

  /** Closes the port: what it has not sent is thrown away, its outputs go off. */
  close(now: Instant): void {
    this.advance(now);
    this.#uart.close(now);
  }

  /** Changes the settings of the open port. */
  reset(now: Instant, _end: unknown, settings: UartSettings): void {
    this.advance(now);
    this.#uart.settings = settings;
    this.#retune(now);
  }

  /** Gives bytes to be sent by the port; returns how many there was room for. */
  write(now: Instant, _end: unknown, bytes: Uint8Array): number {
    this.advance(now);
    const count = Math.min(bytes.length, this.#out.room);
    this.#out.receive(now, bytes.subarray(0, count));
    return count;
  }

  /** When `write` will take at least one byte: now, later, or `undefined` while flow control forbids to say. */
  writableAt(): Instant | undefined {
    return this.#out.drainedTo(TRANSMIT_BUFFER - 1);
  }

  /** When all that the port wrote will be on its way; `undefined` while flow control forbids to say. */
  drainedAt(): Instant | undefined {
    return this.#out.drainedTo(0);
  }

  /** Bytes that the port can read at once. */
  readable(): number {
    return this.#uart.readable;
  }

  /** Takes up to `max` of the bytes that have arrived at the port. */
  read(now: Instant, _end: unknown, max: number): Uint8Array {
    this.advance(now);
    return this.#uart.read(now, max);
  }

  /** Throws away what the port has received and not sent. */
  flush(now: Instant): void {
    this.advance(now);
    this.#out.clear(now);
    this.#uart.read(now, Number.MAX_SAFE_INTEGER);
  }

  /** Sets outputs of the port. */
  set(now: Instant, _end: unknown, outputs: Outputs): void {
    this.advance(now);
    this.#uart.set(now, outputs);
  }

  /** The lines that the modem shows to the port. */
  inputs(): InputLines {
    return this.#inputs;
  }

  /** What the UART of the port has counted. */
  get counters(): ReceiveErrors {
    return this.#in.receiveErrors;
  }

  /** The lines that the port shows to the modem. */
  get dtr(): boolean {
    return this.#uart.dtr;
  }

  /** See {@link dtr}; off as well while the port with RTS/CTS has no room. */
  get rts(): boolean {
    return this.#uart.rts;
  }

  /** The rate at which the port is set, bits per second. */
  get rate(): number {
    return this.#uart.settings.line.baud;
  }

  /** For the modem: the next bytes from the port. */
  hear(): Uint8Array | undefined {
    return this.#heard.shift();
  }

  /** For the modem: how many bytes it may say now. */
  get room(): number {
    return this.#in.room;
  }

  /** For the modem: when there is room again, if there is none. */
  get roomAt(): Instant | undefined {
    return this.#in.drainedTo(AHEAD >> 1);
  }

  /** For the modem: bytes for the port, no more than `room`. */
  say(now: Instant, bytes: Uint8Array): void {
    this.#in.receive(now, bytes);
  }

  /** For the modem: the lines that it shows. */
  show(now: Instant, lines: InputLines): void {
    this.#inputs = lines;
    this.#uart.obey(now, lines.cts);
  }

  #step(at: Instant): void {
    this.#uart.hear(at);
    const heard = this.#out.poll(at);
    if (heard !== undefined) this.#heard.push(heard);
  }

  /** The modem finds out how the port is set. */
  #retune(now: Instant): void {
    this.#out.retune(now, this.#uart.settings.line);
    this.#in.retune(now, this.#uart.settings.line);
  }
}
