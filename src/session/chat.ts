/** Which messages of the application are lines of chat, and what they say. Sends nothing. [MS-DPDX] 2.2.31 */
import type { Delivery } from '../transport/connection-event.ts';
import { CHAT_SIZE, decodeChat } from '../wire/chat-packet.ts';
import { isMalformed } from '../wire/malformed.ts';

/** GAME_MSGID_CHAT, nType of a line of chat. [MS-DPDX] 2.2.31 */
const GAME_MSGID_CHAT = 1;

/** What is wrong with something that says it is chat. */
export interface ChatFault {
  readonly section: string;
  readonly text: string;
}

/**
 * The text of a line of chat, or what is wrong with it; `undefined` when the message is something else of the
 * application's, which it shows by another nType (CHT-4), or by being shorter than chat and delivered otherwise. A
 * text of fewer than 200 characters is acknowledged and thrown away (CHT-1).
 */
export function chatText(payload: Uint8Array, delivery: Delivery): string | ChatFault | undefined {
  const type = payload.length < 2 ? 0 : payload[0]! | (payload[1]! << 8);
  const isShort = payload.length < CHAT_SIZE;
  if (type !== GAME_MSGID_CHAT) return undefined;
  if (isShort && (delivery.reliable || !delivery.sequential)) return undefined;
  const chat = decodeChat(payload);
  if (isMalformed(chat)) return { section: '2.2.31', text: `${chat.field}: ${chat.reason}` };
  return chat.strChatString;
}
