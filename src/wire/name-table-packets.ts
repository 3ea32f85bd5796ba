/** The packets that change, report and hand over the name table: declarations only. [MS-DPDX] 2.2.11 to 2.2.30, 2.2.37 */
import {
  arrayOf,
  bytes,
  constant,
  countOf,
  narrow,
  offsetOf,
  oneOf,
  operation,
  partsOf,
  sentAs,
  sizeOf,
  typeOf,
  u32,
  wide,
} from './field.ts';
import { DNET_VERSION, DPNDESTROYPLAYERREASON, NAMETABLE_ENTRY_FLAGS } from './flags.ts';
import { packet, structure } from './packet.ts';

/** Adds a player. [MS-DPDX] 2.2.11 */
export const TRANS_USERDATA_ADD_PLAYER = packet('TRANS_USERDATA_ADD_PLAYER', '2.2.11', {
  dwPacketType: constant(4, 0xd0),
  dpnid: u32(),
  dpnidOwner: u32(),
  dwFlags: u32({ flags: NAMETABLE_ENTRY_FLAGS }),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
  dwDNETClientVersion: u32({ values: DNET_VERSION }),
  dwNameOffset: offsetOf('clientName'),
  dwNameSize: sizeOf('clientName'),
  dwDataOffset: offsetOf('data'),
  dwDataSize: sizeOf('data'),
  dwURLOffset: offsetOf('url'),
  dwURLSize: sizeOf('url'),
  url: narrow(),
  data: bytes(),
  /** The figure's `name`; a record's own `name` is its packet's. */
  clientName: wide(),
});

/** Tells a new client that an existing one could not reach it. [MS-DPDX] 2.2.12 */
export const TRANS_USERDATA_CONNECT_ATTEMPT_FAILED = packet(
  'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED',
  '2.2.12',
  { dwPacketType: constant(4, 0xc8), dpnID: u32() },
);

/** Removes a player. [MS-DPDX] 2.2.15; all four reasons are accepted (DIS-8) */
export const TRANS_USERDATA_DESTROY_PLAYER = packet('TRANS_USERDATA_DESTROY_PLAYER', '2.2.15', {
  dwPacketType: constant(4, 0xd1),
  dpnidLeaving: u32(),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
  dwDestroyReason: oneOf(4, [1, 2, 3, 4], { values: DPNDESTROYPLAYERREASON }),
});

/** The host is going; its sender is the new one. [MS-DPDX] 2.2.18 */
export const TRANS_USERDATA_HOST_MIGRATE = packet('TRANS_USERDATA_HOST_MIGRATE', '2.2.18', {
  dwPacketType: constant(4, 0xcd),
  dpnidOldHost: u32(),
  dpnidNewHost: u32(),
});

/** The new host has taken over. [MS-DPDX] 2.2.19 */
export const TRANS_USERDATA_HOST_MIGRATE_COMPLETE = packet('TRANS_USERDATA_HOST_MIGRATE_COMPLETE', '2.2.19', {
  dwPacketType: constant(4, 0xce),
});

/** Tells a client to connect to another. [MS-DPDX] 2.2.20 */
export const TRANS_USERDATA_INSTRUCT_CONNECT = packet('TRANS_USERDATA_INSTRUCT_CONNECT', '2.2.20', {
  dwPacketType: constant(4, 0xc6),
  dpnid: u32(),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
});

/** Tells the host that an instructed connection failed. [MS-DPDX] 2.2.21 */
export const TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED = packet(
  'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED',
  '2.2.21',
  { dwPacketType: constant(4, 0xc7), dpnID: u32() },
);

/** Reports the version of the sender's name table. [MS-DPDX] 2.2.23 */
export const TRANS_USERDATA_NAMETABLE_VERSION = packet('TRANS_USERDATA_NAMETABLE_VERSION', '2.2.23', {
  dwPacketType: constant(4, 0xc9),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
});

/** Asks a peer for the operations that the new host lacks. [MS-DPDX] 2.2.24 */
export const TRANS_USERDATA_REQ_NAMETABLE_OP = packet('TRANS_USERDATA_REQ_NAMETABLE_OP', '2.2.24', {
  dwPacketType: constant(4, 0xcb),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
});

/** The packets that are name table operations. [MS-DPDX] 2.2.37 */
const NAME_TABLE_OPERATIONS = [
  TRANS_USERDATA_INSTRUCT_CONNECT,
  TRANS_USERDATA_ADD_PLAYER,
  TRANS_USERDATA_DESTROY_PLAYER,
] as const;

/** One recorded operation: its packet behind dwPacketType, which stands here as dwMsgId (MIG-6, MIG-7). [MS-DPDX] 2.2.25 */
export const NAMETABLE_OP = structure('NAMETABLE_OP', '2.2.25', {
  dwMsgId: typeOf('op'),
  dwOpOffset: offsetOf('op'),
  dwOpSize: sizeOf('op'),
  op: operation(NAME_TABLE_OPERATIONS),
});

/** The operations that the new host lacks. All records first, then the operations (MIG-6). [MS-DPDX] 2.2.25 */
export const TRANS_USERDATA_ACK_NAMETABLE_OP = packet('TRANS_USERDATA_ACK_NAMETABLE_OP', '2.2.25', {
  dwPacketType: constant(4, 0xcc),
  dwNumEntries: countOf('entries'),
  entries: arrayOf(NAMETABLE_OP),
  op: partsOf('entries', 'op', 'firstFirst'),
});

/** The oldest version that all have; records below it may go (NAM-9). [MS-DPDX] 2.2.30 */
export const TRANS_USERDATA_RESYNC_VERSION = packet('TRANS_USERDATA_RESYNC_VERSION', '2.2.30', {
  dwPacketType: constant(4, 0xca),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
});
