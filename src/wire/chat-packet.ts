/** The chat message of DXDiag: the one session packet without a dwPacketType. [MS-DPDX] 2.2.31 */
import { decoder } from './decode.ts';
import { encoder } from './encode.ts';
import { constant, paddedWide } from './field.ts';
import { packet } from './packet.ts';

/** A chat text of up to 199 characters and a null, padded to 200 characters (CHT-1 to CHT-4). [MS-DPDX] 2.2.31 */
export const TRANS_USERDATA_SEND_MESSAGE = packet('TRANS_USERDATA_SEND_MESSAGE', '2.2.31', {
  nType: constant(2, 1),
  strChatString: paddedWide(400),
});

/** The size of a chat message as DXDiag sends it, in bytes. [MS-DPDX] 2.2.31 */
export const CHAT_SIZE = 402;

/** Decodes the payload of a data frame without USER_1 as a chat message; bytes behind the 402nd are disregarded (CHT-3). */
export const decodeChat = decoder(TRANS_USERDATA_SEND_MESSAGE);
/** Encodes a chat message: 402 bytes, the text cut at 199 characters (CHT-3). */
export const encodeChat = encoder(TRANS_USERDATA_SEND_MESSAGE);
