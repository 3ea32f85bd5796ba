/** A hostile peer: an honest connection whose packets are made to lie, and lies of its own in between. Every frame of it is valid. */
import type { Instant } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { Connection } from '../transport/connection.ts';
import type { ConnectionEvent } from '../transport/connection-event.ts';
import { hostileVariants } from '../wire/hostile.ts';
import { decodeTransport, encodeTransport, type TransportPacket } from '../wire/transport-packet.ts';
import type { Lying } from './endpoint.ts';

/** Share of packets that are replaced by a lying variant, and share that a made-up packet follows. */
const LYING = 0.05;
const INVENTING = 0.05;

/** See the head of the file. */
export class Liar implements Lying {
  readonly #honest: Connection;
  readonly #random: Random;
  /** Whether it lies; it can be told to stop. */
  readonly #isLying: () => boolean;
  readonly #invented: Uint8Array[] = [];
  #sessionId = 0;
  #last: TransportPacket | undefined;

  constructor(honest: Connection, random: Random, isLying: () => boolean) {
    this.#honest = honest;
    this.#random = random;
    this.#isLying = isLying;
  }

  receive(now: Instant, packet: Uint8Array): void {
    this.#honest.receive(now, packet);
  }

  expire(now: Instant): void {
    this.#honest.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.#honest.deadline;
  }

  next(): ConnectionEvent | undefined {
    return this.#honest.next();
  }

  poll(now: Instant): Uint8Array | undefined {
    const invented = this.#invented.pop();
    if (invented !== undefined) return invented;
    const bytes = this.#honest.poll(now);
    if (bytes === undefined || !this.#isLying()) return bytes;
    const packet = decodeTransport(bytes);
    if (packet.name !== 'malformed') this.#last = packet;
    if ('dwSessID' in packet) this.#sessionId = packet.dwSessID;
    if (this.#random.chance(INVENTING)) this.#invented.push(this.#invent());
    return this.#random.chance(LYING) ? this.#variant(bytes) : bytes;
  }

  /** One of the lies that can be told about each field of a packet. */
  #variant(bytes: Uint8Array): Uint8Array {
    const variants = [...hostileVariants(bytes, decodeTransport)].filter((one) => one.bytes.length > 0);
    return variants.length === 0 ? bytes : this.#random.pick(variants).bytes;
  }

  /** A packet that an honest peer would not send now. */
  #invent(): Uint8Array {
    const random = this.#random;
    const byte = () => random.below(256);
    const mask = () => (random.chance(0.5) ? random.uint32() || 1 : undefined);
    const masks = {
      dwSACKMask1: mask(),
      dwSACKMask2: mask(),
      dwSendMask1: mask(),
      dwSendMask2: mask(),
    };
    const last = this.#last;
    const near = last?.name === 'TRANS_USERDATA_HEADER' ? last : undefined;
    const around = (value: number | undefined) =>
      value === undefined || random.chance(0.3) ? byte() : (value + random.between(-70, 70)) & 0xff;
    const session = random.chance(0.7) ? this.#sessionId : random.uint32();
    const head = { bMsgID: byte(), dwSessID: session, tTimestamp: random.uint32() };
    const version = { dwCurrentProtocolVersion: 0x0001_0000 + random.below(9) };
    switch (random.below(6)) {
      case 0:
      case 1:
        return encodeTransport({
          name: 'TRANS_USERDATA_HEADER',
          bCommand: byte() | 1,
          // An end of stream ends the lies as well: not each time.
          bControl: byte() & (random.chance(0.9) ? 0x07 : 0x0f),
          bSeq: around(near?.bSeq),
          bNRcv: around(near?.bNRcv),
          ...masks,
          payload: random.fill(new Uint8Array(random.below(300))),
        });
      case 2:
      case 3:
        return encodeTransport({
          name: 'TRANS_COMMAND_SACK',
          bCommand: 0x80,
          bRetry: random.below(2),
          bNSeq: around(near?.bSeq),
          bNRcv: around(near?.bNRcv),
          tTimestamp: random.uint32(),
          ...masks,
        });
      case 4:
        return encodeTransport({ name: 'TRANS_COMMAND_CONNECT', bCommand: 0x88, ...version, ...head });
      default:
        return random.chance(0.9)
          ? encodeTransport({
              name: 'TRANS_COMMAND_CONNECT_ACCEPT',
              bCommand: random.chance(0.5) ? 0x80 : 0x88,
              bRspId: byte(),
              ...version,
              ...head,
            })
          : encodeTransport({ name: 'HARD_DISCONNECT', ...version, ...head });
    }
  }
}
