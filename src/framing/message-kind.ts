/** MessageType to kind of message: the high four bits alone decide. [MS-DPDX] 2.2.2, SER-5 */
import type { MessageKind } from '../wire/message.ts';
import { MESSAGE_TYPE } from '../wire/message-header.ts';

/** The kind for each value of the high four bits. */
const KINDS: readonly (MessageKind | undefined)[] = Array.from({ length: 16 }, (_, high) =>
  (Object.keys(MESSAGE_TYPE) as (keyof typeof MESSAGE_TYPE)[]).find(
    (kind) => MESSAGE_TYPE[kind] === high << 4,
  ),
);

/** The kind that MessageType `type` names; `undefined` for the thirteen values that are none. */
export function messageKind(type: number): MessageKind | undefined {
  return KINDS[type >>> 4];
}

/** Whether MessageType `type` names a kind of message. */
export function isKnownType(type: number): boolean {
  return KINDS[type >>> 4] !== undefined;
}
