/** Coalesced payloads: several session messages in one data frame. Which messages may be fused is the transport's business. [MS-DPDX] 2.2.17.1 */
import { invariant } from '../base/failure.ts';
import type { Trace } from './decoding.ts';
import { u8 } from './field.ts';
import {
  COALESCE_COMMAND,
  PACKET_COMMAND_COALESCE_BIG_1,
  PACKET_COMMAND_COALESCE_BIG_2,
  PACKET_COMMAND_COALESCE_BIG_3,
  PACKET_COMMAND_END_COALESCE,
} from './flags.ts';
import { type Malformed, malformed } from './malformed.ts';
import { structure } from './packet.ts';

/** One coalesce header; the one layout whose number of repetitions no count tells. [MS-DPDX] 2.2.17.1 */
export const COALESCE_HEADER = structure('COALESCE_HEADER', '2.2.17.1', {
  bSize: u8(),
  bCommand: u8({ flags: COALESCE_COMMAND }),
});

/** How many messages one frame may carry. [MS-DPDX] 2.2.17.1 */
export const COALESCE_COUNT_MAX = 32;
/** The largest message that a coalesce header can state: 11 bits (VER-5). */
export const COALESCED_SIZE_MAX = 0x7ff;

const SIZE_BITS =
  PACKET_COMMAND_COALESCE_BIG_1 | PACKET_COMMAND_COALESCE_BIG_2 | PACKET_COMMAND_COALESCE_BIG_3;
const HEADER_SIZE = 2;

/** One message of a coalesced payload. */
export interface CoalescedPart {
  /** PACKET_COMMAND_RELIABLE, _SEQUENTIAL and _USER_1 (which MUST be set); size bits and end mark are worked out. */
  readonly bCommand: number;
  /** The message without padding; a view of what was decoded. */
  readonly payload: Uint8Array;
}

/** Splits the payload of a data frame with PACKET_CONTROL_COALESCE into its messages, in order. */
export function decodeCoalesced(bytes: Uint8Array, trace?: Trace): readonly CoalescedPart[] | Malformed {
  const sizes = readHeaders(bytes, trace);
  if (!Array.isArray(sizes)) return sizes as Malformed;
  const parts: CoalescedPart[] = [];
  // Two zero bytes follow an odd number of headers.
  let at = (sizes.length + (sizes.length % 2)) * HEADER_SIZE;
  for (const [i, { size, bCommand, offset }] of sizes.entries()) {
    if (at + size > bytes.length) {
      const reason = `is ${size}, ${Math.max(0, bytes.length - at)} bytes remain`;
      return malformed('coalesced payload', `header[${i}].bSize`, offset, reason);
    }
    const payload = bytes.subarray(at, at + size);
    trace?.cell('COALESCED', `payload[${i}]`, { kind: 'rest' }, at, size, payload);
    parts.push({ bCommand, payload });
    at += (size + 3) & ~3;
  }
  return parts;
}

interface Stated {
  readonly size: number;
  readonly bCommand: number;
  readonly offset: number;
}

function readHeaders(bytes: Uint8Array, trace: Trace | undefined): Stated[] | Malformed {
  const headers: Stated[] = [];
  const { bSize, bCommand } = COALESCE_HEADER.fields;
  for (let i = 0; i < COALESCE_COUNT_MAX; i++) {
    const offset = i * HEADER_SIZE;
    if (offset + HEADER_SIZE > bytes.length) {
      return malformed('coalesced payload', `header[${i}].bSize`, offset, 'headers without an end mark');
    }
    const low = bytes[offset]!;
    const command = bytes[offset + 1]!;
    trace?.enter(COALESCE_HEADER, `header[${i}]`, offset, HEADER_SIZE);
    trace?.cell(COALESCE_HEADER.name, 'bSize', bSize.layout, offset, 1, low);
    trace?.cell(COALESCE_HEADER.name, 'bCommand', bCommand.layout, offset + 1, 1, command);
    trace?.leave();
    const size = low | ((command & SIZE_BITS) << 5);
    headers.push({ size, bCommand: command & ~SIZE_BITS & ~PACKET_COMMAND_END_COALESCE, offset });
    if ((command & PACKET_COMMAND_END_COALESCE) !== 0) return headers;
  }
  const end = COALESCE_COUNT_MAX * HEADER_SIZE - 1;
  return malformed(
    'coalesced payload',
    `header[${COALESCE_COUNT_MAX - 1}].bCommand`,
    end,
    'lacks the end mark',
  );
}

/** The size of {@link encodeCoalesced}'s result for messages of these sizes, in bytes. */
export function coalescedSize(sizes: readonly number[]): number {
  const headers = (sizes.length + (sizes.length % 2)) * HEADER_SIZE;
  const last = sizes.at(-1) ?? 0;
  const padded = sizes.slice(0, -1).reduce((sum, size) => sum + ((size + 3) & ~3), 0);
  return headers + padded + last;
}

/** Fuses 1 to 32 messages of at most 2047 bytes each. Throws InvariantError beyond these limits. */
export function encodeCoalesced(parts: readonly CoalescedPart[]): Uint8Array {
  invariant(parts.length >= 1 && parts.length <= COALESCE_COUNT_MAX, `cannot fuse ${parts.length} messages`);
  const bytes = new Uint8Array(coalescedSize(parts.map((part) => part.payload.length)));
  let at = (parts.length + (parts.length % 2)) * HEADER_SIZE;
  for (const [i, { bCommand, payload }] of parts.entries()) {
    const size = payload.length;
    invariant(size <= COALESCED_SIZE_MAX, `cannot fuse a message of ${size} bytes`);
    const own = bCommand & ~SIZE_BITS & ~PACKET_COMMAND_END_COALESCE;
    const end = i === parts.length - 1 ? PACKET_COMMAND_END_COALESCE : 0;
    bytes[i * HEADER_SIZE] = size;
    bytes[i * HEADER_SIZE + 1] = own | ((size >>> 5) & SIZE_BITS) | end;
    bytes.set(payload, at);
    at += (size + 3) & ~3;
  }
  return bytes;
}
