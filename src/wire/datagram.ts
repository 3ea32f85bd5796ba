/** Messages to UDP datagrams and back: bit for bit the packets of section 2.2, without a header of their own. [MS-DPDX] 2.1 */
import { type Malformed, malformed } from './malformed.ts';
import type { Message, MessageKind } from './message.ts';
import { LEAD_SIZE } from './session-packet.ts';

/** CommandByte of the session packets. [MS-DPDX] 2.2.4 to 2.2.6 */
const COMMANDS: ReadonlyMap<number, MessageKind> = new Map([
  [0x02, 'enumerationQuery'],
  [0x03, 'enumerationResponse'],
  [0x05, 'pathTest'],
]);

/**
 * The message in a datagram: a zero byte in front makes it a session packet, anything else is handed up as a transport
 * packet. What stands behind the first four bytes is not examined. [MS-DPDX] 2.2.3, 2.2.4
 */
export function decodeDatagram(bytes: Uint8Array): Message | Malformed {
  if (bytes.length === 0) return malformed('datagram', 'LeadByte', 0, 'too short');
  if (bytes[0] !== 0) return { kind: 'transport', identifier: 0, body: bytes };
  if (bytes.length < LEAD_SIZE) return malformed('session packet', 'CommandByte', bytes.length, 'too short');
  const kind = COMMANDS.get(bytes[1]!);
  if (kind === undefined) {
    const text = bytes[1]!.toString(16).padStart(2, '0');
    return malformed('session packet', 'CommandByte', 1, `0x${text} is no known command`);
  }
  return { kind, identifier: bytes[2]! | (bytes[3]! << 8), body: bytes.subarray(LEAD_SIZE) };
}

/** The datagram of a message; a transport packet is its own. EnumPayload and wMsgID are sent low byte first (BYT-9). */
export function encodeDatagram(message: Message): Uint8Array {
  const { kind, identifier, body } = message;
  if (kind === 'transport') return body;
  const bytes = new Uint8Array(LEAD_SIZE + body.length);
  for (const [command, name] of COMMANDS) if (name === kind) bytes[1] = command;
  bytes[2] = identifier;
  bytes[3] = identifier >>> 8;
  bytes.set(body, LEAD_SIZE);
  return bytes;
}

/** Whether {@link decodeDatagram} found a message. */
export function isMessage(result: Message | Malformed): result is Message {
  return 'kind' in result;
}
