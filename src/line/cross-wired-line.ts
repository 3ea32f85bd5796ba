/** Two UARTs joined by a null-modem cable, told the time: data, modem lines, flow control, breaks, counters. Moves bytes in memory only. */
import { earlier, type Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import { Channel } from './channel.ts';
import { type DirectionOptions, type End, other } from './direction.ts';
import type { Injected, LineEvent, ReceiveErrors } from './line-event.ts';
import { Uart, type UartSettings } from './uart.ts';

/** What a {@link CrossWiredLine} is like. */
export interface CrossWiredLineOptions {
  /** How an end is set before it is first opened. */
  readonly settings: LineSettings;
  readonly random: Random;
  /** What the direction sent from end 0 and from end 1 is like. */
  readonly directions: readonly [DirectionOptions, DirectionOptions];
  /** Bytes that an end holds until they are read; more are lost (overrun). Default 65,536, as a Linux tty. */
  readonly receiveBuffer?: number;
}

/** The inputs of an end: what the other end's outputs make of them. */
export interface InputLines {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
}

/** Outputs of an end; what is left out stays. */
export interface Outputs {
  readonly dtr?: boolean;
  readonly rts?: boolean;
  readonly brk?: boolean;
}

/** Moments that one `advance` steps through at most; what is due beyond them is done at once. */
const STEPS_MAX = 100_000;
/** Bytes that wait to be sent in an end. */
const TRANSMIT_BUFFER = 4_096;

/**
 * TX to RX through a {@link Channel} each way, RTS to CTS, DTR to DSR and DCD. An end that is closed sends
 * nothing, hears nothing and has its outputs low. Every call is told a time that never goes backwards; call
 * `advance` at the latest at `deadline`, then look for what can be read and what happened.
 */
export class CrossWiredLine {
  readonly #uarts: readonly [Uart, Uart];
  readonly #channels: readonly [Channel, Channel];

  constructor(options: CrossWiredLineOptions) {
    const receiveBuffer = options.receiveBuffer ?? 65_536;
    const channel = (from: End) =>
      new Channel({
        transmitBuffer: TRANSMIT_BUFFER,
        batch: 2_000,
        // Flow control looks at least eight times while the buffer fills, so that it acts in time at any rate.
        batchBytes: Math.max(1, receiveBuffer >> 3),
        ...options.directions[from],
        settings: options.settings,
        random: options.random.fork(`${from}`),
      });
    this.#channels = [channel(0), channel(1)];
    const uart = (end: End) =>
      new Uart(
        options.settings,
        this.#channels[end],
        this.#channels[other(end)],
        options.receiveBuffer ?? 4_096,
      );
    this.#uarts = [uart(0), uart(1)];
  }

  /** What the line did to the bytes sent by each end. */
  get injected(): readonly [Injected, Injected] {
    return [this.#channels[0].injected, this.#channels[1].injected];
  }

  /** When `advance` is next wanted. */
  get deadline(): Instant | undefined {
    return earlier(this.#channels[0].deadline, this.#channels[1].deadline);
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

  /** What the line did, and in which direction. */
  next(): { readonly from: End; readonly event: LineEvent } | undefined {
    for (const from of [0, 1] as const) {
      const event = this.#channels[from].next();
      if (event !== undefined) return { from, event };
    }
    return undefined;
  }

  /** The channel that carries what `from` sends, for cuts and scripted faults. */
  channel(from: End): Channel {
    return this.#channels[from];
  }

  /** Opens an end: DTR and RTS go on, what it hears from now on can be read. */
  open(now: Instant, end: End, settings: UartSettings): void {
    this.advance(now);
    this.#uarts[end].open(settings);
    this.#retune(now);
    this.#wire(now);
  }

  /** Closes an end: what it has not sent is thrown away, its outputs go off. */
  close(now: Instant, end: End): void {
    this.advance(now);
    this.#uarts[end].close(now);
    this.#wire(now);
  }

  /** Changes the settings of an open end. */
  reset(now: Instant, end: End, settings: UartSettings): void {
    this.advance(now);
    this.#uarts[end].settings = settings;
    this.#retune(now);
    this.#wire(now);
  }

  /** Gives bytes to be sent; returns how many there was room for. */
  write(now: Instant, end: End, bytes: Uint8Array): number {
    this.advance(now);
    const channel = this.#channels[end];
    const count = Math.min(bytes.length, channel.room);
    channel.receive(now, bytes.subarray(0, count));
    return count;
  }

  /** When `write` will take at least one byte: now, later, or `undefined` while flow control forbids to say. */
  writableAt(end: End): Instant | undefined {
    return this.#channels[end].drainedTo(TRANSMIT_BUFFER - 1);
  }

  /** When all that was written will be on its way; `undefined` while flow control forbids to say. */
  drainedAt(end: End): Instant | undefined {
    return this.#channels[end].drainedTo(0);
  }

  /** Bytes that can be read at once. */
  readable(end: End): number {
    return this.#uarts[end].readable;
  }

  /** Takes up to `max` of the bytes that have arrived. */
  read(now: Instant, end: End, max: number): Uint8Array {
    this.advance(now);
    const bytes = this.#uarts[end].read(now, max);
    this.#wire(now);
    return bytes;
  }

  /** Throws away what has arrived and what has not been sent. */
  flush(now: Instant, end: End): void {
    this.advance(now);
    this.#channels[end].clear(now);
    this.read(now, end, Number.MAX_SAFE_INTEGER);
  }

  /** Sets outputs of an end. A break lasts as long as `brk` is on; the other end sees one. */
  set(now: Instant, end: End, outputs: Outputs): void {
    this.advance(now);
    this.#uarts[end].set(now, outputs);
    this.#wire(now);
  }

  /** The inputs of an end. */
  inputs(now: Instant, end: End): InputLines {
    const peer = this.#uarts[other(end)];
    const carrier = !this.#channels[other(end)].isCut(now);
    return { cts: peer.rts && carrier, dsr: peer.dtr && carrier, dcd: peer.dtr && carrier };
  }

  /** What the UART of an end has counted since the line was made. */
  counters(end: End): ReceiveErrors {
    return this.#channels[other(end)].receiveErrors;
  }

  #step(at: Instant): void {
    for (const end of [0, 1] as const) this.#uarts[end].hear(at);
    this.#wire(at);
  }

  /** The modem lines are wires: each end obeys what the other shows. */
  #wire(now: Instant): void {
    for (const end of [0, 1] as const) this.#uarts[end].obey(now, this.inputs(now, end).cts);
  }

  /** Each direction has the pace of its sender; a receiver that is closed reads nothing and disagrees with nobody. */
  #retune(now: Instant): void {
    for (const end of [0, 1] as const) {
      const sender = this.#uarts[end];
      const receiver = this.#uarts[other(end)];
      const reads = receiver.isOpen ? receiver.settings.line : sender.settings.line;
      this.#channels[end].retune(now, sender.settings.line, reads);
    }
  }
}
