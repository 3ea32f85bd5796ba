/** Transport packets by their first bytes: which of the transport's declarations they are (BYT-3), decoded and encoded. No connection state. */
import { decodeBareData, encodeBareData } from './bare-data.ts';
import { decoder } from './decode.ts';
import type { Trace } from './decoding.ts';
import { encoder } from './encode.ts';
import type { Layout } from './field.ts';
import { PACKET_COMMAND_DATA } from './flags.ts';
import { type Malformed, malformed } from './malformed.ts';
import type { RecordOfPacket } from './packet.ts';
import {
  HARD_DISCONNECT,
  TRANS_COMMAND_CONNECT,
  TRANS_COMMAND_CONNECT_ACCEPT,
  TRANS_COMMAND_SACK,
  TRANS_USERDATA_HEADER,
} from './transport-layout.ts';

/** Requests a connection. [MS-DPDX] 2.2.7 */
export type ConnectPacket = RecordOfPacket<typeof TRANS_COMMAND_CONNECT>;
/** Accepts a connection, or acknowledges its acceptance. [MS-DPDX] 2.2.8 */
export type ConnectAcceptPacket = RecordOfPacket<typeof TRANS_COMMAND_CONNECT_ACCEPT>;
/** Ends a connection at once. [MC-DPL8R] 2.2.1.4 */
export type HardDisconnectPacket = RecordOfPacket<typeof HARD_DISCONNECT>;
/** A dedicated acknowledgment; the masks are there or `undefined`. [MS-DPDX] 2.2.9 */
export type SackPacket = RecordOfPacket<typeof TRANS_COMMAND_SACK>;
/** A data frame (DFRAME); `payload` is a view of the bytes that were decoded. [MS-DPDX] 2.2.17 */
export type DataPacket = RecordOfPacket<typeof TRANS_USERDATA_HEADER>;

/** Any packet that a connection sends or receives. */
export type TransportPacket =
  | ConnectPacket
  | ConnectAcceptPacket
  | HardDisconnectPacket
  | SackPacket
  | DataPacket;

/** The command frames, by their declarations. */
export const COMMAND_FRAMES = [
  TRANS_COMMAND_CONNECT,
  TRANS_COMMAND_CONNECT_ACCEPT,
  HARD_DISCONNECT,
  TRANS_COMMAND_SACK,
] as const;

/** The smallest data frame: its header without masks. [MS-DPDX] 2.2.17 */
const DATA_FRAME_SIZE_MIN = 4;
/** The smallest command frame: a SACK without masks. [MS-DPDX] 2.2.9 */
const COMMAND_FRAME_SIZE_MIN = 12;

type CommandDecoder = (bytes: Uint8Array, trace?: Trace) => TransportPacket | Malformed;
const commandDecoders = new Map<number, CommandDecoder>(
  COMMAND_FRAMES.map((packet) => {
    const opCode = packet.fields.bExtOpCode.layout as Layout & { kind: 'fixed' };
    return [opCode.value, decoder(packet) as CommandDecoder];
  }),
);
const decodeData = decoder(TRANS_USERDATA_HEADER);

const encodeConnect = encoder(TRANS_COMMAND_CONNECT);
const encodeConnectAccept = encoder(TRANS_COMMAND_CONNECT_ACCEPT);
const encodeHardDisconnect = encoder(HARD_DISCONNECT);
const encodeSack = encoder(TRANS_COMMAND_SACK);
const encodeData = encoder(TRANS_USERDATA_HEADER);

/** What the first bytes of a transport packet say it is. [MC-DPL8R] 3.1.5, BYT-3 */
type TransportKind = 'data' | 'command' | undefined;

/** Tells data frames from command frames: bit 0x01 first, then 0x80 or 0x88 (BYT-3). */
function transportKind(bytes: Uint8Array): TransportKind {
  const first = bytes[0] ?? 0;
  if (bytes.length >= DATA_FRAME_SIZE_MIN && (first & PACKET_COMMAND_DATA) !== 0) return 'data';
  if (bytes.length >= COMMAND_FRAME_SIZE_MIN && (first === 0x80 || first === 0x88)) return 'command';
  return undefined;
}

/** Decodes what stands behind the header of a serial message of type 0x40, or in a datagram whose first byte is not 0. */
export function decodeTransport(bytes: Uint8Array, trace?: Trace): TransportPacket | Malformed {
  const kind = transportKind(bytes);
  if (kind === 'data')
    return (trace === undefined ? decodeBareData(bytes) : undefined) ?? decodeData(bytes, trace);
  if (kind === undefined) return malformed('transport packet', 'bCommand', 0, notOurs(bytes));
  const decode = commandDecoders.get(bytes[1]!);
  if (decode !== undefined) return decode(bytes, trace);
  return malformed('transport packet', 'bExtOpCode', 1, `0x${bytes[1]!.toString(16)} is no known operation`);
}

function notOurs(bytes: Uint8Array): string {
  const first = bytes[0];
  if (first === undefined) return 'no bytes';
  if (first === 0) return 'a session packet, which does not belong here (SER-10)';
  if ((first & PACKET_COMMAND_DATA) !== 0 || first === 0x80 || first === 0x88) return 'too short';
  return `0x${first.toString(16)} begins neither a data frame nor a command frame`;
}

/** Encodes a transport packet into bytes of its own. */
export function encodeTransport(packet: TransportPacket): Uint8Array {
  switch (packet.name) {
    case 'TRANS_USERDATA_HEADER':
      return encodeBareData(packet) ?? encodeData(packet);
    case 'TRANS_COMMAND_SACK':
      return encodeSack(packet);
    case 'TRANS_COMMAND_CONNECT':
      return encodeConnect(packet);
    case 'TRANS_COMMAND_CONNECT_ACCEPT':
      return encodeConnectAccept(packet);
    case 'HARD_DISCONNECT':
      return encodeHardDisconnect(packet);
  }
}
