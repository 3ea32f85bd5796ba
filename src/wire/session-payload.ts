/** Session messages by their dwPacketType: which declaration they are, decoded and encoded. What to do about one is the session's business. */
import { decoder } from './decode.ts';
import type { Trace } from './decoding.ts';
import { encoder } from './encode.ts';
import type { Layout } from './field.ts';
import { type Malformed, malformed } from './malformed.ts';
import {
  TRANS_USERDATA_ACK_NAMETABLE_OP,
  TRANS_USERDATA_ADD_PLAYER,
  TRANS_USERDATA_CONNECT_ATTEMPT_FAILED,
  TRANS_USERDATA_DESTROY_PLAYER,
  TRANS_USERDATA_HOST_MIGRATE,
  TRANS_USERDATA_HOST_MIGRATE_COMPLETE,
  TRANS_USERDATA_INSTRUCT_CONNECT,
  TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED,
  TRANS_USERDATA_NAMETABLE_VERSION,
  TRANS_USERDATA_REQ_NAMETABLE_OP,
  TRANS_USERDATA_RESYNC_VERSION,
} from './name-table-packets.ts';
import type { Packet, RecordOfPacket } from './packet.ts';
import {
  TRANS_USERDATA_ACK_SESSION_INFO,
  TRANS_USERDATA_CONNECT_FAILED,
  TRANS_USERDATA_PLAYER_CONNECT_INFO,
  TRANS_USERDATA_SEND_PLAYER_DNID,
  TRANS_USERDATA_SEND_SESSION_INFO,
} from './session-join-packets.ts';
import {
  TRANS_USERDATA_INTEGRITY_CHECK,
  TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE,
  TRANS_USERDATA_REQ_INTEGRITY_CHECK,
  TRANS_USERDATA_TERMINATE_SESSION,
} from './session-leave-packets.ts';
import { TRANS_USERDATA_KEEPALIVE } from './transport-layout.ts';

/** All messages that begin with a dwPacketType, in its order. [MS-DPDX] 2.2.3 */
export const SESSION_PAYLOADS = [
  TRANS_USERDATA_PLAYER_CONNECT_INFO,
  TRANS_USERDATA_SEND_SESSION_INFO,
  TRANS_USERDATA_ACK_SESSION_INFO,
  TRANS_USERDATA_SEND_PLAYER_DNID,
  TRANS_USERDATA_CONNECT_FAILED,
  TRANS_USERDATA_INSTRUCT_CONNECT,
  TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED,
  TRANS_USERDATA_CONNECT_ATTEMPT_FAILED,
  TRANS_USERDATA_NAMETABLE_VERSION,
  TRANS_USERDATA_RESYNC_VERSION,
  TRANS_USERDATA_REQ_NAMETABLE_OP,
  TRANS_USERDATA_ACK_NAMETABLE_OP,
  TRANS_USERDATA_HOST_MIGRATE,
  TRANS_USERDATA_HOST_MIGRATE_COMPLETE,
  TRANS_USERDATA_ADD_PLAYER,
  TRANS_USERDATA_DESTROY_PLAYER,
  TRANS_USERDATA_TERMINATE_SESSION,
  TRANS_USERDATA_REQ_INTEGRITY_CHECK,
  TRANS_USERDATA_INTEGRITY_CHECK,
  TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE,
] as const;

/** A session message, told apart by its `name`. */
export type SessionPayload = RecordOfPacket<(typeof SESSION_PAYLOADS)[number]>;

type Decode = (bytes: Uint8Array, trace?: Trace) => SessionPayload | Malformed;
type Encode = (record: SessionPayload) => Uint8Array;

const decoders = new Map<number, Decode>(
  SESSION_PAYLOADS.map((packet) => [packetType(packet), decoder(packet) as Decode]),
);
const encoders = new Map<string, Encode>(
  SESSION_PAYLOADS.map((packet) => [packet.name, encoder(packet as Packet) as Encode]),
);

/** The dwPacketType that a declaration demands. */
function packetType(packet: (typeof SESSION_PAYLOADS)[number]): number {
  return (packet.fields.dwPacketType.layout as Layout & { kind: 'fixed' }).value;
}

/**
 * Decodes a whole message whose frame had USER_1 set and USER_2 clear. All four bytes of dwPacketType count
 * (BYT-1); an unknown type is malformed, which means acknowledged and disregarded (BYT-7).
 */
export function decodePayload(bytes: Uint8Array, trace?: Trace): SessionPayload | Malformed {
  if (bytes.length < 4) {
    return malformed('session message', 'dwPacketType', 0, `needs 4 bytes, ${bytes.length} remain`);
  }
  const type = (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
  const decode = decoders.get(type);
  if (decode !== undefined) return decode(bytes, trace);
  return malformed('session message', 'dwPacketType', 0, `0x${type.toString(16)} is no known type`);
}

/** Encodes a session message into bytes of its own, ready to be the payload of a data frame. */
export function encodePayload(payload: SessionPayload): Uint8Array {
  return encoders.get(payload.name)!(payload);
}

/** Decodes the payload of a keep-alive: dwSessID if four bytes or more are there (KEP-2, KEP-3). */
export const decodeKeepAlive = decoder(TRANS_USERDATA_KEEPALIVE);
/** Encodes the payload of a keep-alive: nothing, or dwSessID. */
export const encodeKeepAlive = encoder(TRANS_USERDATA_KEEPALIVE);
