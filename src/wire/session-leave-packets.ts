/** The packets by which a player is removed or checked for: declarations only. [MS-DPDX] 2.2.14, 2.2.27 to 2.2.29 */
import { bytes, constant, offsetOf, sizeOf, u32 } from './field.ts';
import { packet } from './packet.ts';

/** Tells a client to leave. [MS-DPDX] 2.2.14 */
export const TRANS_USERDATA_TERMINATE_SESSION = packet('TRANS_USERDATA_TERMINATE_SESSION', '2.2.14', {
  dwPacketType: constant(4, 0xdf),
  dwTerminateDataOffset: offsetOf('TerminateData'),
  dwTerminateDataSize: sizeOf('TerminateData'),
  TerminateData: bytes(),
});

/** Asks the host whether a client is still there; dwReqContext says nothing (INT-5). [MS-DPDX] 2.2.27 */
export const TRANS_USERDATA_REQ_INTEGRITY_CHECK = packet('TRANS_USERDATA_REQ_INTEGRITY_CHECK', '2.2.27', {
  dwPacketType: constant(4, 0xe2),
  dwReqContext: u32(),
  dpnidTarget: u32(),
});

/** The host asks a client whether it is still there. [MS-DPDX] 2.2.28 */
export const TRANS_USERDATA_INTEGRITY_CHECK = packet('TRANS_USERDATA_INTEGRITY_CHECK', '2.2.28', {
  dwPacketType: constant(4, 0xe3),
  dpnidRequesting: u32(),
});

/** The client is still there. [MS-DPDX] 2.2.29 */
export const TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE = packet(
  'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE',
  '2.2.29',
  { dwPacketType: constant(4, 0xe4), dpnidRequesting: u32() },
);
