/** SESS_PATH_TEST and the key in it. When it is sent, and to whom, is the session's business. [MS-DPDX] 2.2.6, 2.2.38, 3.1.3 */
import { createHash } from 'node:crypto';
import { encoder } from './encode.ts';
import { constant, guid, octets, u16, u32 } from './field.ts';
import { packet, type RecordOfPacket } from './packet.ts';

/** Opens a way through a NAT device; UDP over IPv4 only. [MS-DPDX] 2.2.6 */
export const SESS_PATH_TEST = packet('SESS_PATH_TEST', '2.2.6', {
  blZero: constant(1, 0x00),
  bCommand: constant(1, 0x05),
  wMsgID: u16(),
  Key: octets(8),
});

/** What the key is made of; hashed, never sent. [MS-DPDX] 2.2.38 */
export const PATHTESTKEYDATA = packet('PATHTESTKEYDATA', '2.2.38', {
  dpnidSender: u32(),
  dpnidTarget: u32(),
  guidApplication: guid(),
  guidInstance: guid(),
});

const encodeKeyData = encoder(PATHTESTKEYDATA);

/**
 * The key of a path test: the first 8 bytes of the SHA-1 digest (PTH-1). On both sides the sender is the
 * new peer and the target the existing one (PTH-2). [MS-DPDX] 3.1.3
 */
export function pathTestKey(data: Omit<RecordOfPacket<typeof PATHTESTKEYDATA>, 'name'>): Uint8Array {
  const bytes = encodeKeyData({ name: 'PATHTESTKEYDATA', ...data });
  return new Uint8Array(createHash('sha1').update(bytes).digest()).subarray(0, 8);
}
