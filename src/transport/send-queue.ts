/** Messages waiting to be sent: accepts within bounds, cuts frames from the front, reports receipts. Knows no sequence numbers. */
import {
  PACKET_COMMAND_DATA,
  PACKET_COMMAND_END_MSG,
  PACKET_COMMAND_NEW_MSG,
  PACKET_COMMAND_POLL,
  PACKET_COMMAND_RELIABLE,
  PACKET_COMMAND_SEQUENTIAL,
  PACKET_COMMAND_USER_1,
  PACKET_CONTROL_COALESCE,
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
} from '../wire/flags.ts';
import { fuse, fusible } from './coalescing.ts';
import type { SendOptions } from './connection-event.ts';
import type { EventQueue } from './event-queue.ts';
import type { OutgoingFrame, OutgoingMessage } from './outgoing-frame.ts';

/** What counts against the bound of the queue beside the payload: an empty message takes memory too. */
const MESSAGE_COST = 64;

/** bCommand of keep-alives and END_OF_STREAM without NEW_MSG and END_MSG, which every single frame gets (KEP-5, DIS-6). */
const OWN_COMMAND =
  PACKET_COMMAND_DATA | PACKET_COMMAND_RELIABLE | PACKET_COMMAND_SEQUENTIAL | PACKET_COMMAND_POLL;

/** bCommand of a message of one category. [MS-DPDX] 1.3, 2.2.17 */
function commandOf(options: SendOptions): number {
  return (
    PACKET_COMMAND_DATA |
    (options.reliable ? PACKET_COMMAND_RELIABLE : 0) |
    (options.sequential ? PACKET_COMMAND_SEQUENTIAL : 0) |
    (options.session === true ? PACKET_COMMAND_USER_1 : 0) |
    (options.poll === true ? PACKET_COMMAND_POLL : 0)
  );
}

function message(payload: Uint8Array, command: number, control: number, receipt?: number): OutgoingMessage {
  return { payload, command, control, receipt, cut: 0, isCut: false, frames: 0, settled: false };
}

/** The size of the next part of `rest` bytes: as many equal parts as come nearest to `wanted`, none larger than `most`. */
function partSize(rest: number, wanted: number, most: number): number {
  const parts = Math.max(1, Math.ceil(rest / most), Math.floor(rest / wanted + 0.5));
  return Math.ceil(rest / parts);
}

/** A view of `size` bytes; `subarray` takes twice as long. */
function part(payload: Uint8Array, start: number, size: number): Uint8Array {
  return new Uint8Array(payload.buffer, payload.byteOffset + start, size);
}

/** First in, first out; two messages are never interleaved (DFR-15). */
export class SendQueue {
  readonly #events: EventQueue;
  readonly #bytesMax: number;
  #waiting: OutgoingMessage[] = [];
  #head = 0;
  #bytes = 0;
  #open = 0;

  constructor(events: EventQueue, bytesMax: number) {
    this.#events = events;
    this.#bytesMax = bytesMax;
  }

  /** Payload bytes accepted and not yet cut into a frame. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#head === this.#waiting.length;
  }

  /** Whether END_OF_STREAM is next. */
  get isAtEnd(): boolean {
    return this.#waiting[this.#head]?.control === PACKET_CONTROL_END_STREAM;
  }

  /** Messages of the application accepted and neither acknowledged nor given up. */
  get open(): number {
    return this.#open;
  }

  /** Takes a message, unless the bound is reached. The payload is not copied: it must not change until it is acknowledged. */
  add(payload: Uint8Array, options: SendOptions): boolean {
    const waiting = this.#waiting.length - this.#head;
    if (this.#bytes + payload.length + (waiting + 1) * MESSAGE_COST > this.#bytesMax && waiting > 0)
      return false;
    this.#waiting.push(message(payload, commandOf(options), 0, options.receipt));
    this.#bytes += payload.length;
    this.#open++;
    return true;
  }

  /** A keep-alive, behind everything else or, as the first frame of a connection, before it (KEP-6). */
  addKeepAlive(payload: Uint8Array, first: boolean): void {
    const keepAlive = message(payload, OWN_COMMAND, PACKET_CONTROL_KEEPALIVE_OR_CORRELATE);
    if (first) this.#waiting.splice(this.#head, 0, keepAlive);
    else this.#waiting.push(keepAlive);
    this.#bytes += payload.length;
  }

  /** The end of the stream, behind everything else (DIS-7). */
  addEndOfStream(): void {
    this.#waiting.push(message(new Uint8Array(0), OWN_COMMAND, PACKET_CONTROL_END_STREAM));
  }

  /**
   * Cuts the next frame into `frame`: of about `payload` bytes, the parts of a message about equal, and of at most
   * `payloadMax`. The queue must not be empty.
   */
  cut(frame: OutgoingFrame, payload: number, payloadMax: number, mayCoalesce: boolean): void {
    const count = mayCoalesce ? fusible(this.#waiting, this.#head, payload) : 0;
    if (count > 1) {
      this.#cutSeveral(frame, count);
      return;
    }
    const next = this.#waiting[this.#head]!;
    const rest = next.payload.length - next.cut;
    const size = partSize(rest, payload, payloadMax);
    const first = next.cut === 0 ? PACKET_COMMAND_NEW_MSG : 0;
    const last = size === rest ? PACKET_COMMAND_END_MSG : 0;
    frame.command = next.command | first | last;
    frame.control = next.control;
    frame.payload = size === next.payload.length ? next.payload : part(next.payload, next.cut, size);
    frame.messages.push(next);
    next.cut += size;
    next.frames++;
    this.#bytes -= size;
    if (last !== 0) {
      next.isCut = true;
      this.#drop();
    }
  }

  /** A frame was acknowledged; its message is, with the last one of it. */
  acknowledged(frame: OutgoingFrame): void {
    for (const each of frame.messages) {
      each.frames--;
      if (each.isCut && each.frames === 0) this.#settle(each, 'acknowledged');
    }
  }

  /** A frame will not be repeated: its message is lost. */
  lost(frame: OutgoingFrame): void {
    for (const each of frame.messages) this.#settle(each, 'lost');
  }

  /** Gives up all that waits. */
  discard(): void {
    while (!this.isEmpty) {
      this.#settle(this.#waiting[this.#head]!, 'lost');
      this.#drop();
    }
    this.#bytes = 0;
  }

  #cutSeveral(frame: OutgoingFrame, count: number): void {
    for (let n = 0; n < count; n++) {
      const each = this.#waiting[this.#head]!;
      each.cut = each.payload.length;
      each.isCut = true;
      each.frames = 1;
      this.#bytes -= each.payload.length;
      frame.messages.push(each);
      this.#drop();
    }
    const { command, payload } = fuse(frame.messages);
    frame.command = command | PACKET_COMMAND_NEW_MSG | PACKET_COMMAND_END_MSG;
    frame.control = PACKET_CONTROL_COALESCE;
    frame.payload = payload;
  }

  #settle(each: OutgoingMessage, type: 'acknowledged' | 'lost'): void {
    if (each.settled) return;
    each.settled = true;
    if (each.control === 0) this.#open--;
    if (each.receipt !== undefined) this.#events.push({ type, receipt: each.receipt });
  }

  /** Takes the first message out; the array is cut back now and then, so that taking out costs the same at any length. */
  #drop(): void {
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }
}
