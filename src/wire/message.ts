/** What a serial frame carries behind its header, apart from how it is framed. [MS-DPDX] 2.2.2 */

/** The kinds of message that MessageType tells apart (its high four bits). [MS-DPDX] 2.2.2 */
export type MessageKind = 'enumerationResponse' | 'transport' | 'enumerationQuery';

/** One message: its kind, the two identifier bits of MessageType, and the bytes behind the header. */
export interface Message {
  readonly kind: MessageKind;
  /** The low two bits of MessageType, 0..3; pairs queries with responses (SER-6), 0 for transport packets. */
  readonly identifier: number;
  /** The bytes that wMessageSize counts. */
  readonly body: Uint8Array;
}
