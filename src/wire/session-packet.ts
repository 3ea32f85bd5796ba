/** Packets that belong to no connection: enumeration and path tests, over UDP and, shortened, over serial. [MS-DPDX] 2.2.4 to 2.2.6 */
import { decoder } from './decode.ts';
import type { Trace } from './decoding.ts';
import { encoder } from './encode.ts';
import { EnumQuery, EnumResponse } from './enumeration-packets.ts';
import { isMalformed, type Malformed, malformed } from './malformed.ts';
import type { Message } from './message.ts';
import type { RecordOfPacket } from './packet.ts';
import { SESS_PATH_TEST } from './path-test.ts';

/** Asks who hosts a session. [MS-DPDX] 2.2.4 */
export type EnumQueryPacket = RecordOfPacket<typeof EnumQuery>;
/** Describes a hosted session. [MS-DPDX] 2.2.5 */
export type EnumResponsePacket = RecordOfPacket<typeof EnumResponse>;
/** Opens a way through a NAT device. [MS-DPDX] 2.2.6 */
export type PathTestPacket = RecordOfPacket<typeof SESS_PATH_TEST>;
/** A packet that begins with a zero byte. [MS-DPDX] 2.2.3 */
export type SessionPacket = EnumQueryPacket | EnumResponsePacket | PathTestPacket;

/** How many bytes of a session packet its {@link Message} has no need of: _MESSAGE_HEADER stands for them on serial. [MS-DPDX] 2.2.2 */
export const LEAD_SIZE = 4;

const decodeQuery = decoder(EnumQuery);
const decodeResponse = decoder(EnumResponse);
const decodePathTest = decoder(SESS_PATH_TEST);
const encodeQuery = encoder(EnumQuery);
const encodeResponse = encoder(EnumResponse);
const encodePathTest = encoder(SESS_PATH_TEST);

/** Decodes a datagram whose first byte is 0. */
export function decodeSessionPacket(bytes: Uint8Array, trace?: Trace): SessionPacket | Malformed {
  if (bytes.length < 2) return malformed('session packet', 'CommandByte', bytes.length, 'too short');
  if (bytes[0] !== 0) {
    return malformed('session packet', 'LeadByte', 0, `is 0x${bytes[0]!.toString(16)}, must be 0x00`);
  }
  if (bytes[1] === 0x02) return decodeQuery(bytes, trace);
  if (bytes[1] === 0x03) return decodeResponse(bytes, trace);
  if (bytes[1] === 0x05) return decodePathTest(bytes, trace);
  return malformed('session packet', 'CommandByte', 1, `0x${bytes[1]!.toString(16)} is no known command`);
}

/** Encodes a session packet as a datagram. */
export function encodeSessionPacket(packet: SessionPacket): Uint8Array {
  if (packet.name === 'EnumQuery') return encodeQuery(packet);
  if (packet.name === 'EnumResponse') return encodeResponse(packet);
  return encodePathTest(packet);
}

/** The command byte of each kind of session packet. [MS-DPDX] 2.2.4 to 2.2.6 */
const COMMAND = { enumerationQuery: 0x02, enumerationResponse: 0x03, pathTest: 0x05 } as const;
const KIND = {
  EnumQuery: 'enumerationQuery',
  EnumResponse: 'enumerationResponse',
  SESS_PATH_TEST: 'pathTest',
} as const;

/**
 * The session packet of a message of any kind but `transport`, from serial or UDP. EnumPayload is the message's identifier
 * (SER-6), and all offsets count as on UDP (SER-7); those in a {@link Malformed} count from the body's first byte.
 */
export function decodeSessionMessage(message: Message, trace?: Trace): SessionPacket | Malformed {
  const { kind, identifier, body } = message;
  if (kind === 'transport') return malformed('session packet', 'LeadByte', 0, 'is a transport packet');
  const bytes = new Uint8Array(LEAD_SIZE + body.length);
  bytes[1] = COMMAND[kind];
  bytes[2] = identifier;
  bytes[3] = identifier >>> 8;
  bytes.set(body, LEAD_SIZE);
  const packet = decodeSessionPacket(bytes, trace);
  return isMalformed(packet) ? { ...packet, offset: packet.offset - LEAD_SIZE } : packet;
}

/** The message of a session packet; on serial its EnumPayload must be 0..3 (SER-6). */
export function encodeSessionMessage(packet: SessionPacket): Message {
  return {
    kind: KIND[packet.name],
    identifier: packet.name === 'SESS_PATH_TEST' ? packet.wMsgID : packet.EnumPayload,
    body: encodeSessionPacket(packet).subarray(LEAD_SIZE),
  };
}
