/** The flag bits and numbers of the transport, the session and its results, in the specification's spelling. */

/** bCommand of a data frame: it carries user data; tells data frames from command frames. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_DATA = 0x01;
/** bCommand: deliver reliably. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_RELIABLE = 0x02;
/** bCommand: indicate in sequence. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_SEQUENTIAL = 0x04;
/** bCommand: acknowledge immediately. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_POLL = 0x08;
/** bCommand: first frame of a message. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_NEW_MSG = 0x10;
/** bCommand: last frame of a message. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_END_MSG = 0x20;
/** bCommand: the payload is a session message. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_USER_1 = 0x40;
/** bCommand: not used by DXDiag; acknowledged, handed to nobody (DFR-17). [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND_USER_2 = 0x80;
/** bCommand of a command frame. The same bit as PACKET_COMMAND_USER_2; bit 0x01 decides (BYT-3). [MS-DPDX] 2.2.7 */
const PACKET_COMMAND_CFRAME = 0x80;

/** The bits of bCommand in a data frame, by name. [MS-DPDX] 2.2.17 */
export const PACKET_COMMAND = {
  DATA: PACKET_COMMAND_DATA,
  RELIABLE: PACKET_COMMAND_RELIABLE,
  SEQUENTIAL: PACKET_COMMAND_SEQUENTIAL,
  POLL: PACKET_COMMAND_POLL,
  NEW_MSG: PACKET_COMMAND_NEW_MSG,
  END_MSG: PACKET_COMMAND_END_MSG,
  USER_1: PACKET_COMMAND_USER_1,
  USER_2: PACKET_COMMAND_USER_2,
} as const;

/** The bits of bCommand in a command frame, by name. [MS-DPDX] 2.2.7 */
export const COMMAND_FRAME = { CFRAME: PACKET_COMMAND_CFRAME, POLL: PACKET_COMMAND_POLL } as const;

/** bControl: a retry of this sequence number. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_RETRY = 0x01;
/** bControl: a keep-alive from version 1.5 upwards, below it a request for a dedicated acknowledgment. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_KEEPALIVE_OR_CORRELATE = 0x02;
/** bControl: the payload is coalesced. [MS-DPDX] 2.2.17, 2.2.17.1 */
export const PACKET_CONTROL_COALESCE = 0x04;
/** bControl: the last frame of the stream. [MS-DPDX] 2.2.16 */
export const PACKET_CONTROL_END_STREAM = 0x08;
/** bControl: dwSACKMask1 is present. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_SACK1 = 0x10;
/** bControl: dwSACKMask2 is present. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_SACK2 = 0x20;
/** bControl: dwSendMask1 is present. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_SEND1 = 0x40;
/** bControl: dwSendMask2 is present. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL_SEND2 = 0x80;
/** The bits of bControl, by name. [MS-DPDX] 2.2.17 */
export const PACKET_CONTROL = {
  RETRY: PACKET_CONTROL_RETRY,
  KEEPALIVE_OR_CORRELATE: PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
  COALESCE: PACKET_CONTROL_COALESCE,
  END_STREAM: PACKET_CONTROL_END_STREAM,
  SACK1: PACKET_CONTROL_SACK1,
  SACK2: PACKET_CONTROL_SACK2,
  SEND1: PACKET_CONTROL_SEND1,
  SEND2: PACKET_CONTROL_SEND2,
} as const;

/** bFlags of a SACK: bRetry is valid. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS_RESPONSE = 0x01;
/** bFlags of a SACK: dwSACKMask1 is present. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS_SACK_MASK1 = 0x02;
/** bFlags of a SACK: dwSACKMask2 is present. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS_SACK_MASK2 = 0x04;
/** bFlags of a SACK: dwSendMask1 is present. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS_SEND_MASK1 = 0x08;
/** bFlags of a SACK: dwSendMask2 is present. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS_SEND_MASK2 = 0x10;

/** The bits of bFlags in a SACK, by name. [MS-DPDX] 2.2.9 */
export const SACK_FLAGS = {
  RESPONSE: SACK_FLAGS_RESPONSE,
  SACK_MASK1: SACK_FLAGS_SACK_MASK1,
  SACK_MASK2: SACK_FLAGS_SACK_MASK2,
  SEND_MASK1: SACK_FLAGS_SEND_MASK1,
  SEND_MASK2: SACK_FLAGS_SEND_MASK2,
} as const;

/** bCommand of a coalesce header: the last one. [MS-DPDX] 2.2.17.1 */
export const PACKET_COMMAND_END_COALESCE = 0x01;
/** bCommand of a coalesce header: bit 9 of the size, counted from 1, so 0x100 (VER-5). [MS-DPDX] 2.2.17.1 */
export const PACKET_COMMAND_COALESCE_BIG_1 = 0x08;
/** bCommand of a coalesce header: bit 10 of the size (0x200). [MS-DPDX] 2.2.17.1 */
export const PACKET_COMMAND_COALESCE_BIG_2 = 0x10;
/** bCommand of a coalesce header: bit 11 of the size (0x400). [MS-DPDX] 2.2.17.1 */
export const PACKET_COMMAND_COALESCE_BIG_3 = 0x20;

/** The bits of bCommand in a coalesce header, by name. [MS-DPDX] 2.2.17.1 */
export const COALESCE_COMMAND = {
  END_COALESCE: PACKET_COMMAND_END_COALESCE,
  RELIABLE: PACKET_COMMAND_RELIABLE,
  SEQUENTIAL: PACKET_COMMAND_SEQUENTIAL,
  COALESCE_BIG_1: PACKET_COMMAND_COALESCE_BIG_1,
  COALESCE_BIG_2: PACKET_COMMAND_COALESCE_BIG_2,
  COALESCE_BIG_3: PACKET_COMMAND_COALESCE_BIG_3,
  USER_1: PACKET_COMMAND_USER_1,
} as const;

/** The description flags of a session, by name. [MS-DPDX] 2.2.5, 2.2.33 */
export const DPNSESSION = {
  /** Host migration is allowed. */
  MIGRATE_HOST: 0x00000004,
  /** Not enumerable through port 6073. */
  NODPNSVR: 0x00000040,
  /** Joining needs a password. */
  REQUIREPASSWORD: 0x00000080,
  /** Enumerations are not allowed; never in an EnumResponse. */
  NOENUMS: 0x00000100,
} as const;

/** dwFlags of a name table entry, in our words where the specification has none. [MS-DPDX] 2.2.11, 2.2.33.1 */
export const NAMETABLE_ENTRY_FLAGS = {
  LOCAL: 0x00000001,
  HOST: 0x00000002,
  PEER: 0x00000100,
  CONNECTING: 0x00001000,
  AVAILABLE: 0x00002000,
  DISCONNECTING: 0x00004000,
  INDICATED: 0x00010000,
  CREATED: 0x00020000,
  NEED_TO_DESTROY: 0x00040000,
  IN_USE: 0x00080000,
} as const;

/** hResultCode of CONNECT_FAILED, by name. [MS-DPDX] 2.2.13 */
export const DPNERR = {
  ALREADYCLOSING: 0x80158050,
  NOTHOST: 0x80158530,
  INVALIDINTERFACE: 0x80158390,
  INVALIDVERSION: 0x80158460,
  INVALIDINSTANCE: 0x80158380,
  INVALIDAPPLICATION: 0x80158300,
  INVALIDPASSWORD: 0x80158410,
  HOSTREJECTEDCONNECTION: 0x80158260,
  GENERIC: 0x80004005,
} as const;

/** dwDestroyReason, by name; 2 and 3 are accepted although only the companion has them (DIS-8). [MS-DPDX] 2.2.15 */
export const DPNDESTROYPLAYERREASON = {
  NORMAL: 1,
  CONNECTIONLOST: 2,
  SESSIONTERMINATED: 3,
  HOSTDESTROYEDPLAYER: 4,
} as const;

/** dwDNETVersion and dwDNETClientVersion, by name; 8 occurs in published examples (VER-7). [MS-DPDX] 6, notes 8, 9 and 12 */
export const DNET_VERSION = {
  'DirectX 8.0': 1,
  'DirectX 8.1': 2,
  'Pocket PC': 3,
  'DirectX 8.2': 6,
  'DirectX 9.0': 7,
  'DirectX 9': 8,
} as const;
