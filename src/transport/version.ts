/** Protocol versions and the formats each of them knows. Does not negotiate: the handshake does. */

/** The lowest version there is, and the one announced unless set otherwise (VER-1). [MS-DPDX] 2.2.7 */
export const VERSION_BASE = 0x00010000;
/** From here on a receiver unpacks coalesced frames, and bControl 0x02 marks a keep-alive. [MS-DPDX] 2.2.7, 2.2.17 */
export const VERSION_COALESCENCE = 0x00010005;
/** From here on a keep-alive carries dwSessID (KEP-2); also the highest version that may be announced. [MS-DPDX] 2.2.22 */
export const VERSION_SIGNING = 0x00010006;

/** Whether the major version (upper 16 bits) is 1; packets with another are disregarded (VER-4). [MS-DPDX] 2.2.7 */
export function isSupported(version: number): boolean {
  return version >>> 16 === 1;
}

/** The version whose formats both ends use: the lower of the two announced (VER-3). [MS-DPDX] 2.2.7 */
export function common(ours: number, theirs: number): number {
  return Math.min(ours, theirs);
}

/** Whether frames may hold several messages. [MS-DPDX] 2.2.7 */
export function coalesces(version: number): boolean {
  return version >= VERSION_COALESCENCE;
}

/** Whether bControl 0x02 marks a keep-alive; below, it asks for a dedicated acknowledgment (KEP-4). [MS-DPDX] 2.2.17 */
export function marksKeepAlive(version: number): boolean {
  return version >= VERSION_COALESCENCE;
}

/** Whether a keep-alive is sent with dwSessID behind its header (KEP-2). [MS-DPDX] 2.2.22 */
export function keepAliveHasSession(version: number): boolean {
  return version >= VERSION_SIGNING;
}
