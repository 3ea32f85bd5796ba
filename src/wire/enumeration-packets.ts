/** EnumQuery and EnumResponse as on UDP: declarations only. On serial, _MESSAGE_HEADER stands for their first four bytes. [MS-DPDX] 2.2.4, 2.2.5 */
import {
  constant,
  equals,
  guid,
  ignored,
  offsetOf,
  optional,
  selector,
  sentAs,
  sizeOf,
  u16,
  u32,
  unused,
  wide,
} from './field.ts';
import { DPNSESSION } from './flags.ts';
import { packet } from './packet.ts';
import { APPLICATION_DESCRIPTION_SIZE } from './session-join-packets.ts';

/** Asks who hosts a session; with an ApplicationGUID (QueryType 0x01), only those of that application. [MS-DPDX] 2.2.4 */
export const EnumQuery = packet('EnumQuery', '2.2.4', {
  LeadByte: constant(1, 0x00),
  CommandByte: constant(1, 0x02),
  EnumPayload: u16(),
  QueryType: selector(0x02),
  ApplicationGUID: optional(guid(), equals('QueryType', 0x01)),
  ApplicationPayload: ignored(),
});

/** Describes a hosted session. The reply, passwords and reserved data are never used (ENU-8). [MS-DPDX] 2.2.5 */
export const EnumResponse = packet('EnumResponse', '2.2.5', {
  LeadByte: constant(1, 0x00),
  CommandByte: constant(1, 0x03),
  EnumPayload: u16(),
  ReplyOffset: offsetOf('ApplicationData'),
  ResponseSize: sizeOf('ApplicationData'),
  ApplicationDescSize: sentAs(4, APPLICATION_DESCRIPTION_SIZE),
  ApplicationDescFlags: u32({ flags: DPNSESSION }),
  MaxPlayers: u32(),
  CurrentPlayers: u32(),
  SessionNameOffset: offsetOf('SessionName'),
  SessionNameSize: sizeOf('SessionName'),
  PasswordOffset: offsetOf('Password'),
  PasswordSize: sizeOf('Password'),
  ReservedDataOffset: offsetOf('ReservedData'),
  ReservedDataSize: sizeOf('ReservedData'),
  ApplicationReservedDataOffset: offsetOf('ApplicationReservedData'),
  ApplicationReservedDataSize: sizeOf('ApplicationReservedData'),
  ApplicationInstanceGUID: guid(),
  ApplicationGUID: guid(),
  SessionName: wide(),
  Password: unused(),
  ReservedData: unused(),
  ApplicationReservedData: unused(),
  ApplicationData: unused(),
});
