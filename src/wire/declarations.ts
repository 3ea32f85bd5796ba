/** Every declaration there is, for what is derived from all of them: the dissector, listings, tests. */
import { DN_ALTERNATE_ADDRESS_IPV4, DN_ALTERNATE_ADDRESS_IPV6 } from './alternate-address.ts';
import { TRANS_USERDATA_SEND_MESSAGE } from './chat-packet.ts';
import { COALESCE_HEADER } from './coalesced.ts';
import { EnumQuery, EnumResponse } from './enumeration-packets.ts';
import { _MESSAGE_HEADER } from './message-header.ts';
import { NAMETABLE_OP } from './name-table-packets.ts';
import type { Packet } from './packet.ts';
import { PATHTESTKEYDATA, SESS_PATH_TEST } from './path-test.ts';
import { DN_NAMETABLE_ENTRY_INFO, DN_NAMETABLE_MEMBERSHIP_INFO } from './session-join-packets.ts';
import { SESSION_PAYLOADS } from './session-payload.ts';
import {
  TRANS_USERDATA_END_OF_STREAM,
  TRANS_USERDATA_HEADER,
  TRANS_USERDATA_KEEPALIVE,
} from './transport-layout.ts';
import { COMMAND_FRAMES } from './transport-packet.ts';

/** Session packets of 2.2.4 to 2.2.6, by their command byte. */
export const SESSION_PACKETS: readonly Packet[] = [EnumQuery, EnumResponse, SESS_PATH_TEST];

/** Structures that occur inside packets. */
const STRUCTURES: readonly Packet[] = [
  DN_NAMETABLE_ENTRY_INFO,
  DN_NAMETABLE_MEMBERSHIP_INFO,
  NAMETABLE_OP,
  DN_ALTERNATE_ADDRESS_IPV4,
  DN_ALTERNATE_ADDRESS_IPV6,
  COALESCE_HEADER,
];

/** Every packet that travels, and _MESSAGE_HEADER. */
export const PACKETS: readonly Packet[] = [
  _MESSAGE_HEADER,
  ...SESSION_PACKETS,
  ...COMMAND_FRAMES,
  TRANS_USERDATA_HEADER,
  TRANS_USERDATA_END_OF_STREAM,
  TRANS_USERDATA_KEEPALIVE,
  TRANS_USERDATA_SEND_MESSAGE,
  ...SESSION_PAYLOADS,
];

/** All declarations, also PATHTESTKEYDATA, which is only hashed. */
export const DECLARATIONS: readonly Packet[] = [...PACKETS, ...STRUCTURES, PATHTESTKEYDATA];

const sections = new Map(DECLARATIONS.map(({ name, section }) => [name, section]));

/** The section that a declaration cites; 2.2.3 for what is no declared packet. */
export function sectionOf(name: string): string {
  return sections.get(name) ?? '2.2.3';
}
