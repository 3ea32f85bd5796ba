/** Messages to frames: _MESSAGE_HEADER with both CRCs in front of the message. [MS-DPDX] 2.2.2 */
import { invariant } from '../base/failure.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE, MESSAGE_TYPE } from '../wire/message-header.ts';
import { HEADER_CHECK, type HeaderCheck } from './reading.ts';

/** The Signature in front of every header. [MS-DPDX] 2.2.2 */
export const SIGNATURE = 0xcc;

/** The longest message that wMessageSize can say, in bytes. [MS-DPDX] 2.2.2 */
const MESSAGE_SIZE_LIMIT = 0xffff;

/**
 * The frame of `message`, in one new array. Throws InvariantError for a message without a byte or with more than
 * 65,535 (SER-9), for an identifier outside 0..3, and for a path test, which serial lines do not carry (SER-10). Bits 2 and 3 of MessageType are sent as 0 (SER-5).
 */
export function encodeFrame(message: Message, check: HeaderCheck = HEADER_CHECK): Uint8Array {
  const { body, identifier } = message;
  invariant(message.kind !== 'pathTest', 'a path test on a serial line (SER-10)');
  const type = MESSAGE_TYPE[message.kind] | identifier;
  const size = check.messageSize(type, body.length);
  invariant(body.length > 0 && size <= MESSAGE_SIZE_LIMIT, `a message of ${body.length} bytes`);
  invariant(identifier >= 0 && identifier <= 3, `a message identifier of ${identifier}`);
  const frame = new Uint8Array(MESSAGE_HEADER_SIZE + body.length);
  frame.set(body, MESSAGE_HEADER_SIZE);
  frame[0] = SIGNATURE;
  frame[1] = type;
  frame[2] = size;
  frame[3] = size >>> 8;
  const messageCrc = check.messageCrc(frame, 0, frame.length);
  frame[4] = messageCrc;
  frame[5] = messageCrc >>> 8;
  const headerCrc = check.headerCrc(frame, 0, frame.length);
  frame[6] = headerCrc;
  frame[7] = headerCrc >>> 8;
  return frame;
}
