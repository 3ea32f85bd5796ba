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

/** How many bytes of an enumeration packet _MESSAGE_HEADER stands for on serial links. [MS-DPDX] 2.2.2 */
export const SERIAL_LEAD_SIZE = 4;

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

/**
 * Decodes the body of a serial enumeration message. EnumPayload is the message's identifier (SER-6), and all
 * offsets count as on UDP (SER-7); those in a {@link Malformed} count from the body's first byte.
 */
export function decodeSerialEnumeration(
  message: Message,
  trace?: Trace,
): EnumQueryPacket | EnumResponsePacket | Malformed {
  const query = message.kind === 'enumerationQuery';
  const bytes = new Uint8Array(SERIAL_LEAD_SIZE + message.body.length);
  bytes[1] = query ? 0x02 : 0x03;
  bytes[2] = message.identifier & 0x03;
  bytes.set(message.body, SERIAL_LEAD_SIZE);
  const packet = query ? decodeQuery(bytes, trace) : decodeResponse(bytes, trace);
  return isMalformed(packet) ? { ...packet, offset: packet.offset - SERIAL_LEAD_SIZE } : packet;
}

/** The serial message of an enumeration packet: its EnumPayload modulo 4 becomes the identifier (SER-6). */
export function encodeSerialEnumeration(packet: EnumQueryPacket | EnumResponsePacket): Message {
  return {
    kind: packet.name === 'EnumQuery' ? 'enumerationQuery' : 'enumerationResponse',
    identifier: packet.EnumPayload & 0x03,
    body: encodeSessionPacket(packet).subarray(SERIAL_LEAD_SIZE),
  };
}
