/** What a received frame means once its turn has come: keep-alive, end of the stream, messages. Knows no sequence numbers. */

import { decodeCoalesced } from '../wire/coalesced.ts';
import {
  PACKET_COMMAND_END_MSG,
  PACKET_COMMAND_NEW_MSG,
  PACKET_COMMAND_RELIABLE,
  PACKET_COMMAND_SEQUENTIAL,
  PACKET_COMMAND_USER_1,
  PACKET_COMMAND_USER_2,
  PACKET_CONTROL_COALESCE,
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
} from '../wire/flags.ts';
import type { EventQueue } from './event-queue.ts';
import { Reassembly } from './reassembly.ts';
import type { FrameSink } from './receiver.ts';
import { marksKeepAlive } from './version.ts';

const WHOLE_MESSAGE = PACKET_COMMAND_NEW_MSG | PACKET_COMMAND_END_MSG;

/** Hands messages to the event queue. [MS-DPDX] 2.2.17, 2.2.17.1, 3.1.5.8, 3.1.5.9 */
export class Delivery implements FrameSink {
  readonly #events: EventQueue;
  readonly #reassembly: Reassembly;
  #version = 0;
  #hasEnded = false;

  constructor(events: EventQueue, messageSizeMax: number) {
    this.#events = events;
    this.#reassembly = new Reassembly(messageSizeMax, (command, payload) => this.#indicate(command, payload));
  }

  /** Sets the version whose formats count (VER-3). */
  set version(version: number) {
    this.#version = version;
  }

  /** Whether END_OF_STREAM had its turn. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the partner exceeded the largest message. */
  get isBeyondLimit(): boolean {
    return this.#reassembly.isBeyondLimit;
  }

  /** Bytes of the message under assembly. */
  get assembling(): number {
    return this.#reassembly.bytes;
  }

  frame(command: number, control: number, payload: Uint8Array): void {
    if (this.#hasEnded) {
      this.#events.violation('3.1.5.3', 'sent a new frame after END_OF_STREAM');
      return;
    }
    if (this.#isKeepAlive(control, payload)) return;
    if ((control & PACKET_CONTROL_END_STREAM) !== 0 && payload.length === 0) {
      this.#reassembly.interrupt();
      this.#hasEnded = true;
      return;
    }
    if ((control & PACKET_CONTROL_COALESCE) !== 0) {
      this.#reassembly.interrupt();
      this.#split(command, payload);
    } else this.#reassembly.add(command, payload);
  }

  early(command: number, control: number, payload: Uint8Array): void {
    if (this.#hasEnded || this.#isKeepAlive(control, payload)) return;
    if ((control & PACKET_CONTROL_COALESCE) !== 0) this.#split(command, payload);
    else if (this.#reassembly.accepts(payload.length)) this.#indicate(command, payload.slice());
  }

  passed(): void {
    this.#reassembly.interrupt();
  }

  released(): void {
    this.#reassembly.drop();
  }

  /** Payload behind a keep-alive is never indicated (KEP-3); below 1.5 the flag is a request, and only an empty frame is one (KEP-4). */
  #isKeepAlive(control: number, payload: Uint8Array): boolean {
    if ((control & PACKET_CONTROL_KEEPALIVE_OR_CORRELATE) === 0) return false;
    return marksKeepAlive(this.#version) || payload.length === 0;
  }

  /** Without NEW_MSG and END_MSG it is taken all the same: what they say of whole messages, the coalesce headers say too (DFR-16). */
  #split(command: number, payload: Uint8Array): void {
    if ((command & WHOLE_MESSAGE) !== WHOLE_MESSAGE) {
      this.#events.violation('2.2.17.1', 'coalesced frame without NEW_MSG and END_MSG');
    }
    const parts = decodeCoalesced(payload);
    if ('name' in parts) {
      this.#events.violation('2.2.17.1', `${parts.field}: ${parts.reason}`);
      return;
    }
    for (const part of parts) this.#indicate(part.bCommand, part.payload.slice());
  }

  /** USER_2 is acknowledged like all others, and handed to nobody (DFR-17). [MS-DPDX] 3.1.5.8 */
  #indicate(command: number, payload: Uint8Array): void {
    if ((command & PACKET_COMMAND_USER_2) !== 0) return;
    this.#events.push({
      type: 'message',
      payload,
      reliable: (command & PACKET_COMMAND_RELIABLE) !== 0,
      sequential: (command & PACKET_COMMAND_SEQUENTIAL) !== 0,
      session: (command & PACKET_COMMAND_USER_1) !== 0,
    });
  }
}
