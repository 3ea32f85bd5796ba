/** The transport's packets as the figures of 2.2.7 to 2.2.9, 2.2.16, 2.2.17 and 2.2.22 show them: declarations only. */
import {
  bits,
  constant,
  meaningful,
  oneOf,
  optional,
  partlyPresenceFlags,
  presenceFlags,
  remaining,
  rest,
  sentAs,
  u8,
  u32,
} from './field.ts';
import {
  COMMAND_FRAME,
  PACKET_COMMAND,
  PACKET_CONTROL,
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_SACK1,
  PACKET_CONTROL_SACK2,
  PACKET_CONTROL_SEND1,
  PACKET_CONTROL_SEND2,
  SACK_FLAGS,
  SACK_FLAGS_RESPONSE,
  SACK_FLAGS_SACK_MASK1,
  SACK_FLAGS_SACK_MASK2,
  SACK_FLAGS_SEND_MASK1,
  SACK_FLAGS_SEND_MASK2,
} from './flags.ts';
import { packet } from './packet.ts';

/** Requests a connection. [MS-DPDX] 2.2.7 */
export const TRANS_COMMAND_CONNECT = packet('TRANS_COMMAND_CONNECT', '2.2.7', {
  bCommand: oneOf(1, [0x80, 0x88], { flags: COMMAND_FRAME }),
  bExtOpCode: constant(1, 0x01),
  bMsgID: u8(),
  bRspId: sentAs(1, 0),
  dwCurrentProtocolVersion: u32(),
  dwSessID: u32(),
  tTimestamp: u32(),
});

/** Accepts a connection, or, unpolled, completes the handshake. [MS-DPDX] 2.2.8 */
export const TRANS_COMMAND_CONNECT_ACCEPT = packet('TRANS_COMMAND_CONNECT_ACCEPT', '2.2.8', {
  bCommand: oneOf(1, [0x80, 0x88], { flags: COMMAND_FRAME }),
  bExtOpCode: constant(1, 0x02),
  bMsgID: u8(),
  bRspId: u8(),
  dwCurrentProtocolVersion: u32(),
  dwSessID: u32(),
  tTimestamp: u32(),
});

/** Ends a connection at once; bMsgID is not looked at, POLL is not sent. [MC-DPL8R] 2.2.1.4 */
export const HARD_DISCONNECT = packet('HARD_DISCONNECT', '[MC-DPL8R] 2.2.1.4', {
  bCommand: sentAs(1, 0x80),
  bExtOpCode: constant(1, 0x04),
  bMsgID: u8(),
  bRspId: sentAs(1, 0),
  dwCurrentProtocolVersion: u32(),
  dwSessID: u32(),
  tTimestamp: u32(),
});

/** Acknowledges what arrived. [MS-DPDX] 2.2.9; undefined flag bits are disregarded (BYT-10) */
export const TRANS_COMMAND_SACK = packet('TRANS_COMMAND_SACK', '2.2.9', {
  bCommand: oneOf(1, [0x80, 0x88], { flags: COMMAND_FRAME }),
  bExtOpCode: constant(1, 0x06),
  bFlags: presenceFlags({ flags: SACK_FLAGS }),
  bRetry: meaningful(u8(), bits('bFlags', SACK_FLAGS_RESPONSE)),
  bNSeq: u8(),
  bNRcv: u8(),
  wPadding: sentAs(2, 0),
  tTimestamp: u32(),
  dwSACKMask1: optional(u32(), bits('bFlags', SACK_FLAGS_SACK_MASK1)),
  dwSACKMask2: optional(u32(), bits('bFlags', SACK_FLAGS_SACK_MASK2)),
  dwSendMask1: optional(u32(), bits('bFlags', SACK_FLAGS_SEND_MASK1)),
  dwSendMask2: optional(u32(), bits('bFlags', SACK_FLAGS_SEND_MASK2)),
});

/** The four mask words of a data frame, each there if bControl says so (BYT-4). [MS-DPDX] 2.2.17 */
const MASKS = {
  dwSACKMask1: optional(u32(), bits('bControl', PACKET_CONTROL_SACK1)),
  dwSACKMask2: optional(u32(), bits('bControl', PACKET_CONTROL_SACK2)),
  dwSendMask1: optional(u32(), bits('bControl', PACKET_CONTROL_SEND1)),
  dwSendMask2: optional(u32(), bits('bControl', PACKET_CONTROL_SEND2)),
};

/** The data frame: every message of the session and of the application travels in these. [MS-DPDX] 2.2.17 */
export const TRANS_USERDATA_HEADER = packet('TRANS_USERDATA_HEADER', '2.2.17', {
  bCommand: u8({ flags: PACKET_COMMAND }),
  bControl: partlyPresenceFlags(0x0f, { flags: PACKET_CONTROL }),
  bSeq: u8(),
  bNRcv: u8(),
  ...MASKS,
  payload: rest(),
});

/** A data frame without payload that ends the stream; a retry and masks may add bits (BYT-5). [MS-DPDX] 2.2.16 */
export const TRANS_USERDATA_END_OF_STREAM = packet('TRANS_USERDATA_END_OF_STREAM', '2.2.16', {
  bCommand: u8({ flags: PACKET_COMMAND }),
  bControl: partlyPresenceFlags(0x0f, { flags: PACKET_CONTROL }, PACKET_CONTROL_END_STREAM),
  bSeq: u8(),
  bNRcv: u8(),
  ...MASKS,
});

/** The payload of a keep-alive: dwSessID, or nothing below version 1.6 (KEP-2, KEP-3). [MS-DPDX] 2.2.22 */
export const TRANS_USERDATA_KEEPALIVE = packet('TRANS_USERDATA_KEEPALIVE', '2.2.22', {
  dwSessID: optional(u32(), remaining(4)),
});
