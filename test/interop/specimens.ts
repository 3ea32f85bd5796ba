/** Serial frames of every packet kind, good, lying and damaged, for programs that are to read what we write. */
import fc from 'fast-check';
import { crc16 } from '../../src/base/crc16.ts';
import { encodeCoalesced } from '../../src/wire/coalesced.ts';
import { PACKETS } from '../../src/wire/declarations.ts';
import { decoder } from '../../src/wire/decode.ts';
import { encoder } from '../../src/wire/encode.ts';
import { hostileVariants } from '../../src/wire/hostile.ts';
import { MESSAGE_TYPE } from '../../src/wire/message-header.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { SESSION_PAYLOADS } from '../../src/wire/session-payload.ts';
import { encodeTransport } from '../../src/wire/transport-packet.ts';
import { arbitraryOf } from '../wire/arbitraries.ts';

/** A frame and what it is. */
export interface Specimen {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** The packets that stand whole behind _MESSAGE_HEADER or a data frame header. */
const SERIAL_PACKETS = PACKETS.filter(({ name }) => name !== '_MESSAGE_HEADER' && name !== 'SESS_PATH_TEST');
const sessionNames = new Set<string>(SESSION_PAYLOADS.map(({ name }) => name));

/** A serial frame with right CRCs. */
export function frame(messageType: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  bytes.set([0xcc, messageType, body.length & 0xff, body.length >> 8]);
  bytes.set(body, 8);
  put16(bytes, 4, crc16(body));
  put16(bytes, 6, crc16(bytes, 0, 6));
  return bytes;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
}

/** The frame that carries a packet's own bytes: in a data frame if it is a payload, without its lead if it is an enumeration. */
function framed(packet: Packet, bytes: Uint8Array): Uint8Array {
  if (packet.name === 'EnumQuery') return frame(MESSAGE_TYPE.enumerationQuery | 2, bytes.subarray(4));
  if (packet.name === 'EnumResponse') return frame(MESSAGE_TYPE.enumerationResponse | 2, bytes.subarray(4));
  const keepAlive = packet.name === 'TRANS_USERDATA_KEEPALIVE';
  const chat = packet.name === 'TRANS_USERDATA_SEND_MESSAGE';
  if (!keepAlive && !chat && !sessionNames.has(packet.name)) return frame(MESSAGE_TYPE.transport, bytes);
  return dataFrame(bytes, keepAlive ? 0x3f : chat ? 0x3d : 0x7f, keepAlive ? 0x02 : 0);
}

function dataFrame(payload: Uint8Array, bCommand: number, bControl: number): Uint8Array {
  const body = encodeTransport({
    name: 'TRANS_USERDATA_HEADER',
    bCommand,
    bControl,
    bSeq: 1,
    bNRcv: 2,
    payload,
  });
  return frame(MESSAGE_TYPE.transport, body);
}

/** Encodes a record; data frames are made such that their arbitrary payload claims to be nothing else. */
function encodeGood(packet: Packet, record: never): Uint8Array {
  const bytes = encoder(packet)(record);
  if (!DATA_FRAMES.includes(packet.name)) return bytes;
  bytes[0] = (bytes[0]! & 0x3f) | 0x01;
  bytes[1] = bytes[1]! & ~0x04;
  return bytes;
}

const DATA_FRAMES = ['TRANS_USERDATA_HEADER', 'TRANS_USERDATA_END_OF_STREAM'];

/** Good frames of every packet that travels on a serial line, from the declarations and a seed. */
export function goodSpecimens(seed: number, each: number): Specimen[] {
  const plain = SERIAL_PACKETS.flatMap((packet) =>
    fc.sample(arbitraryOf(packet, true), { seed, numRuns: each }).map((record) => ({
      bytes: framed(packet, encodeGood(packet, record as never)),
      what: packet.name,
    })),
  );
  return [...plain, ...coalescedSpecimens(seed, each)];
}

function coalescedSpecimens(seed: number, each: number): Specimen[] {
  const payload = fc.oneof(
    ...SESSION_PAYLOADS.map((p) => arbitraryOf(p as Packet, true).map(encoder(p as Packet))),
  );
  const parts = fc.array(
    fc.record({ bCommand: fc.constantFrom(0x40, 0x42, 0x46), payload: payload as fc.Arbitrary<Uint8Array> }),
    { minLength: 1, maxLength: 5 },
  );
  return fc.sample(parts, { seed, numRuns: each * 4 }).map((sample) => ({
    bytes: dataFrame(encodeCoalesced(sample), 0x7f, 0x04),
    what: 'coalesced payload',
  }));
}

/** Frames with right CRCs around packets that lie. */
export function lyingSpecimens(seed: number): Specimen[] {
  const packets = SERIAL_PACKETS.flatMap((packet) => {
    const [record] = fc.sample(arbitraryOf(packet, true), { seed, numRuns: 1 });
    const variants = [...hostileVariants(encoder(packet)(record!), decoder(packet))];
    const lead = packet.name.startsWith('Enum') ? 4 : 0;
    return variants
      .filter(({ bytes }) => bytes.length > lead)
      .map(({ bytes, lie }) => ({ bytes: framed(packet, bytes), what: `${packet.name}: ${lie}` }));
  });
  const broken = coalescedSpecimens(seed, 1).flatMap(({ bytes }) => {
    const body = bytes.slice(8);
    return [4, 5, 6, 7].map((at) => {
      const lying = body.slice();
      lying[at] = lying[at]! ^ 0x3d;
      return { bytes: frame(MESSAGE_TYPE.transport, lying), what: `coalesced payload: byte ${at}` };
    });
  });
  return [
    ...packets,
    ...broken,
    { bytes: dataFrame(overlappingOperations(), 0x7f, 0), what: 'too much overlap' },
  ];
}

/** Many operations that all share the same bytes: little to send, much to read. */
function overlappingOperations(): Uint8Array {
  const count = 2000;
  const shared = 4000;
  const bytes = new Uint8Array(8 + 12 * count + shared);
  const words = new Uint32Array(bytes.buffer);
  words.set([0xcc, count]);
  for (let i = 0; i < count; i++) words.set([0xc6, bytes.length - shared - 4, shared], 2 + 3 * i);
  return bytes;
}

/** Frames damaged on the line: a flipped bit in each region, a cut, and noise. */
export function damagedSpecimens(seed: number): Specimen[] {
  return goodSpecimens(seed, 1).flatMap(({ bytes, what }) => {
    const flips = [0, 1, 3, 5, 7, 8, bytes.length - 1].filter((at) => at < bytes.length);
    const flipped = flips.map((at) => {
      const copy = bytes.slice();
      copy[at] = copy[at]! ^ 0x10;
      return { bytes: copy, what: `${what}: a bit of byte ${at} flipped` };
    });
    return [...flipped, { bytes: bytes.slice(0, -1), what: `${what}: one byte short` }];
  });
}
