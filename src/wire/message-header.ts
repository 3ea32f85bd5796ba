/** _MESSAGE_HEADER as a declaration, for listings and the dissector; framing itself is the floor above. [MS-DPDX] 2.2.2 */
import { constant, u8, u16 } from './field.ts';
import { packet } from './packet.ts';

/** The kinds of message in the high four bits of MessageType. [MS-DPDX] 2.2.2 */
export const MESSAGE_TYPE = {
  enumerationResponse: 0x20,
  transport: 0x40,
  enumerationQuery: 0x60,
} as const;

/** What stands in front of every packet on a serial or modem link. [MS-DPDX] 2.2.2 */
export const _MESSAGE_HEADER = packet('_MESSAGE_HEADER', '2.2.2', {
  Signature: constant(1, 0xcc),
  MessageType: u8(),
  wMessageSize: u16(),
  wMessageCRC: u16(),
  wHeaderCRC: u16(),
});

/** The size of _MESSAGE_HEADER in bytes. [MS-DPDX] 2.2.2 */
export const MESSAGE_HEADER_SIZE = 8;
