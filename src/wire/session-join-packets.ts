/** The packets by which a client joins: declarations only. [MS-DPDX] 2.2.10, 2.2.13, 2.2.26, 2.2.32, 2.2.33 */
import {
  ALTERNATE_ADDRESS_COUNT_MAX,
  DN_ALTERNATE_ADDRESS_IPV4,
  DN_ALTERNATE_ADDRESS_IPV6,
} from './alternate-address.ts';
import {
  addresses,
  arrayOf,
  atLeast,
  bytes,
  constant,
  countOf,
  guid,
  narrow,
  offsetOf,
  partsOf,
  requiredWide,
  sentAs,
  sizeOf,
  u32,
  wide,
} from './field.ts';
import { DNET_VERSION, DPNERR, DPNSESSION, NAMETABLE_ENTRY_FLAGS } from './flags.ts';
import { packet, structure } from './packet.ts';

/** The size of the application description, from its size word through its application GUID (ENU-7). [MS-DPDX] 2.2.33 */
export const APPLICATION_DESCRIPTION_SIZE = 0x50;

/** Acknowledges the session information. [MS-DPDX] 2.2.10 */
export const TRANS_USERDATA_ACK_SESSION_INFO = packet('TRANS_USERDATA_ACK_SESSION_INFO', '2.2.10', {
  dwPacketType: constant(4, 0xc3),
});

/** Refuses a client; `reply` is bytes of the application (STR-5). [MS-DPDX] 2.2.13 */
export const TRANS_USERDATA_CONNECT_FAILED = packet('TRANS_USERDATA_CONNECT_FAILED', '2.2.13', {
  dwPacketType: constant(4, 0xc5),
  hResultCode: u32({ values: DPNERR }),
  dwReplyOffset: offsetOf('reply'),
  dwReplySize: sizeOf('reply'),
  reply: bytes(),
});

/** The alternate address words exist from DirectPlay 9 on (VER-8). */
const DIRECTPLAY_9 = atLeast('dwDNETVersion', 7);

/** Introduces a client to the host. Only the name must be there (STR-15). [MS-DPDX] 2.2.26 */
export const TRANS_USERDATA_PLAYER_CONNECT_INFO = packet('TRANS_USERDATA_PLAYER_CONNECT_INFO', '2.2.26', {
  dwPacketType: constant(4, 0xc1),
  dwFlags: u32({ values: { PEER: 4 } }),
  dwDNETVersion: u32({ values: DNET_VERSION }),
  dwNameOffset: offsetOf('clientName'),
  dwNameSize: sizeOf('clientName'),
  dwDataOffset: offsetOf('data'),
  dwDataSize: sizeOf('data'),
  dwPasswordOffset: offsetOf('Password'),
  dwPasswordSize: sizeOf('Password'),
  dwConnectDataOffset: offsetOf('connectData'),
  dwConnectDataSize: sizeOf('connectData'),
  dwURLOffset: offsetOf('url'),
  dwURLSize: sizeOf('url'),
  guidInstance: guid(),
  guidApplication: guid(),
  dwAlternateAddressDataOffset: offsetOf('alternateAddressData', DIRECTPLAY_9),
  dwAlternateAddressDataSize: sizeOf('alternateAddressData', DIRECTPLAY_9),
  alternateAddressData: addresses(
    [DN_ALTERNATE_ADDRESS_IPV4, DN_ALTERNATE_ADDRESS_IPV6],
    ALTERNATE_ADDRESS_COUNT_MAX,
  ),
  url: narrow(),
  connectData: bytes(),
  Password: wide(),
  data: bytes(),
  /** The figure's `name`; a record's own `name` is its packet's. */
  clientName: requiredWide('malformed'),
});

/** Names the player at this end of a connection. [MS-DPDX] 2.2.32 */
export const TRANS_USERDATA_SEND_PLAYER_DNID = packet('TRANS_USERDATA_SEND_PLAYER_DNID', '2.2.32', {
  dwPacketType: constant(4, 0xc4),
  dpnID: u32(),
});

/** One player of the name table. Its name, data and URL lie behind all structures of the packet (STR-12, STR-13). [MS-DPDX] 2.2.33.1 */
export const DN_NAMETABLE_ENTRY_INFO = structure('DN_NAMETABLE_ENTRY_INFO', '2.2.33.1', {
  dpnid: u32(),
  dpnidOwner: u32(),
  dwFlags: u32({ flags: NAMETABLE_ENTRY_FLAGS }),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
  dwDNETVersion: u32({ values: DNET_VERSION }),
  dwNameOffset: offsetOf('name'),
  dwNameSize: sizeOf('name'),
  dwDataOffset: offsetOf('data'),
  dwDataSize: sizeOf('data'),
  dwURLOffset: offsetOf('url'),
  dwURLSize: sizeOf('url'),
  url: narrow(),
  data: bytes(),
  name: requiredWide('empty'),
});

/** A player's membership in a group; groups are not used by DXDiag. [MS-DPDX] 2.2.33.2 */
export const DN_NAMETABLE_MEMBERSHIP_INFO = structure('DN_NAMETABLE_MEMBERSHIP_INFO', '2.2.33.2', {
  dpnidPlayer: u32(),
  dpnidGroup: u32(),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
});

/** Describes the session and its players to a new client. [MS-DPDX] 2.2.33 */
export const TRANS_USERDATA_SEND_SESSION_INFO = packet('TRANS_USERDATA_SEND_SESSION_INFO', '2.2.33', {
  dwPacketType: constant(4, 0xc2),
  dwReplyOffset: offsetOf('reply'),
  dwReplySize: sizeOf('reply'),
  dwSize: sentAs(4, APPLICATION_DESCRIPTION_SIZE),
  dwFlags: u32({ flags: DPNSESSION }),
  dwMaxPlayers: u32(),
  dwCurrentPlayers: u32(),
  dwSessionNameOffset: offsetOf('SessionName'),
  dwSessionNameSize: sizeOf('SessionName'),
  dwPasswordOffset: offsetOf('Password'),
  dwPasswordSize: sizeOf('Password'),
  dwReservedDataOffset: offsetOf('ReservedData'),
  dwReservedDataSize: sizeOf('ReservedData'),
  dwApplicationReservedDataOffset: offsetOf('ApplicationReservedData'),
  dwApplicationReservedDataSize: sizeOf('ApplicationReservedData'),
  guidInstance: guid(),
  applicationGUID: guid(),
  dpnid: u32(),
  dwVersion: u32(),
  dwVersionNotUsed: sentAs(4, 0),
  dwEntryCount: countOf('DN_NAMETABLE_ENTRY_INFO'),
  dwMembershipCount: countOf('DN_NAMETABLE_MEMBERSHIP_INFO'),
  DN_NAMETABLE_ENTRY_INFO: arrayOf(DN_NAMETABLE_ENTRY_INFO),
  DN_NAMETABLE_MEMBERSHIP_INFO: arrayOf(DN_NAMETABLE_MEMBERSHIP_INFO),
  URL: partsOf('DN_NAMETABLE_ENTRY_INFO', 'url', 'lastFirst'),
  Data: partsOf('DN_NAMETABLE_ENTRY_INFO', 'data', 'lastFirst'),
  name: partsOf('DN_NAMETABLE_ENTRY_INFO', 'name', 'lastFirst'),
  ApplicationReservedData: bytes(),
  ReservedData: bytes(),
  Password: wide(),
  SessionName: wide(),
  reply: bytes(),
});
