/** One packet apart from how its carrier wraps it: in a serial frame or in a datagram. [MS-DPDX] 2.2.2, 2.2.3 */

/** What a packet is, by MessageType on serial and by the leading bytes on UDP; `pathTest` is never on serial (SER-10). [MS-DPDX] 2.2.2, 2.2.6 */
export type MessageKind = 'enumerationResponse' | 'transport' | 'enumerationQuery' | 'pathTest';

/** One message: its kind, what pairs it with others, and its bytes. */
export interface Message {
  readonly kind: MessageKind;
  /**
   * EnumPayload or wMsgID of a session packet, 16 bits on UDP; on serial the low two bits of MessageType, 0..3, stand
   * for it (SER-6). 0 for transport packets.
   */
  readonly identifier: number;
  /** The bytes that wMessageSize counts: all of a transport packet, a session packet without its first four. */
  readonly body: Uint8Array;
}
