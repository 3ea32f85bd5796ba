/** What the payload of a single data frame is, as far as that frame alone can tell: for listings and the dissector, which know no connection. */
import { CHAT_SIZE } from './chat-packet.ts';
import {
  PACKET_COMMAND_END_MSG,
  PACKET_COMMAND_NEW_MSG,
  PACKET_COMMAND_USER_1,
  PACKET_COMMAND_USER_2,
  PACKET_CONTROL_COALESCE,
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
} from './flags.ts';
import type { DataPacket } from './transport-packet.ts';

/** The kinds of payload; `plain` is application data, a fragment, or what USER_2 keeps from everybody (DFR-17). */
export type FrameContent = 'endOfStream' | 'keepAlive' | 'coalesced' | 'session' | 'chat' | 'plain';

const WHOLE = PACKET_COMMAND_NEW_MSG | PACKET_COMMAND_END_MSG;
const USER = PACKET_COMMAND_USER_1 | PACKET_COMMAND_USER_2;

/**
 * What a data frame carries. The version of the connection is not known here, so 0x02 in bControl is taken for
 * a keep-alive only with the payload of one (0 or 4 bytes, KEP-2), and a chat only at DXDiag's exact size.
 */
export function frameContent(frame: DataPacket): FrameContent {
  const { bCommand, bControl, payload } = frame;
  if ((bControl & PACKET_CONTROL_COALESCE) !== 0) return 'coalesced';
  if ((bControl & PACKET_CONTROL_END_STREAM) !== 0 && payload.length === 0) return 'endOfStream';
  const user = bCommand & USER;
  if ((bControl & PACKET_CONTROL_KEEPALIVE_OR_CORRELATE) !== 0 && user === 0) {
    if (payload.length === 0 || payload.length === 4) return 'keepAlive';
  }
  if ((bCommand & WHOLE) !== WHOLE) return 'plain';
  if (user === PACKET_COMMAND_USER_1) return 'session';
  const isChat = user === 0 && payload.length === CHAT_SIZE && payload[0] === 1 && payload[1] === 0;
  return isChat ? 'chat' : 'plain';
}
