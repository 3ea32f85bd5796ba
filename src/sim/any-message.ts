/** Messages that follow from nothing before: any content, calls and queries by the dozen. Sends nothing. */
import type { Random } from '../base/random.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';
import { hostileVariants } from '../wire/hostile.ts';
import type { Message } from '../wire/message.ts';
import { decodeSessionPacket, encodeSessionPacket, LEAD_SIZE } from '../wire/session-packet.ts';
import { encodeTransport } from '../wire/transport-packet.ts';

/** CONNECT with any dwSessID, of any version. [MS-DPDX] 2.2.7 */
export function anyConnect(random: Random): Uint8Array {
  return encodeTransport({
    name: 'TRANS_COMMAND_CONNECT',
    bCommand: random.pick([0x80, 0x88]),
    bMsgID: random.below(256),
    dwCurrentProtocolVersion: 0x0001_0000 + random.below(9),
    dwSessID: random.uint32(),
    tTimestamp: random.uint32(),
  });
}

/** A message of any kind that the carrier knows, with any bytes. */
export function anyMessage(random: Random, carrier: 'serial' | 'udp'): Message {
  const isUdp = carrier === 'udp';
  const kinds = ['transport', 'transport', 'enumerationQuery', 'enumerationResponse'] as const;
  const kind = isUdp && random.chance(0.2) ? 'pathTest' : random.pick(kinds);
  const identifier = kind === 'transport' ? 0 : random.below(isUdp ? 0x1_0000 : 4);
  const body = random.fill(new Uint8Array(1 + random.below(300)));
  // Bytes with which data frames and command frames begin; others are disregarded at once.
  if (kind === 'transport' && random.chance(0.7)) body[0] = random.pick([0x80, 0x88, 0x7f, 0x3f, 0x01]);
  return { kind, identifier, body };
}

/** A query, whole or with a field that lies. [MS-DPDX] 2.2.4 */
export function anyQuery(random: Random): Message {
  const whole = encodeSessionPacket({
    name: 'EnumQuery',
    EnumPayload: random.below(4),
    ApplicationGUID: random.chance(0.5) ? DXDIAG_APPLICATION_GUID : undefined,
  });
  const lies = [...hostileVariants(whole, decodeSessionPacket)];
  const lie = random.chance(0.5) ? random.pick(lies).bytes : whole;
  const bytes = lie.length > LEAD_SIZE ? lie : whole;
  return { kind: 'enumerationQuery', identifier: random.below(4), body: bytes.subarray(LEAD_SIZE) };
}
