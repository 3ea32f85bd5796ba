/** Which waiting messages share a frame: whole reliable session messages, from version 1.5 on. The layout is the wire floor's. [MS-DPDX] 2.2.17.1 */
import { COALESCE_COUNT_MAX, COALESCED_SIZE_MAX, encodeCoalesced } from '../wire/coalesced.ts';
import { PACKET_COMMAND_RELIABLE, PACKET_COMMAND_SEQUENTIAL, PACKET_COMMAND_USER_1 } from '../wire/flags.ts';
import type { OutgoingMessage } from './outgoing-frame.ts';

/** Bits of bCommand that a coalesce header repeats. */
const KEPT = PACKET_COMMAND_RELIABLE | PACKET_COMMAND_SEQUENTIAL | PACKET_COMMAND_USER_1;
/** Size of one coalesce header. [MS-DPDX] 2.2.17.1 */
const HEADER_SIZE = 2;

/**
 * How many of the messages from `first` on fit one frame of `payloadMax` bytes together; below 2 there is nothing
 * to gain. Unreliable messages stay outside, so that a retry need not leave any out (VER-6), and so does what is
 * not of the session: every coalesce header MUST have USER_1, which chat, keep-alives and END_OF_STREAM lack (VER-2).
 */
export function fusible(waiting: readonly OutgoingMessage[], first: number, payloadMax: number): number {
  let count = 0;
  let bytes = 0;
  for (; count < COALESCE_COUNT_MAX && first + count < waiting.length; count++) {
    const { payload, command, control, cut } = waiting[first + count]!;
    const wanted = PACKET_COMMAND_RELIABLE | PACKET_COMMAND_USER_1;
    if ((command & wanted) !== wanted || control !== 0 || cut > 0) break;
    if (payload.length > COALESCED_SIZE_MAX) break;
    const headers = HEADER_SIZE * (count + 1 + ((count + 1) % 2));
    const padded = (bytes + 3) & ~3;
    if (headers + padded + payload.length > payloadMax) break;
    bytes = padded + payload.length;
  }
  return count;
}

/** The bCommand and the payload of the frame that carries `messages`; it is as strict as the strictest of them (VER-6). */
export function fuse(messages: readonly OutgoingMessage[]): { command: number; payload: Uint8Array } {
  let command = 0;
  for (const message of messages) command |= message.command;
  const parts = messages.map(({ command: each, payload }) => ({ bCommand: each & KEPT, payload }));
  return { command, payload: encodeCoalesced(parts) };
}
