/** The header of a probe message, and the first bytes that tell the soak's messages from anybody else's. Knows no payload. */
import { crc16 } from '../base/crc16.ts';
import type { Instant } from '../base/instant.ts';

/** First byte of every message of a soak; no DirectPlay session message begins with it (their dwPacketType is small). */
export const SOAK_MARK = 0xdb;

/** Second byte of a soak's message: what kind it is. */
export const SOAK_KIND = { probe: 1, ping: 2, pong: 3, control: 4, census: 5 } as const;

/** Bytes before the payload: mark, kind, stream, 0, number (4), length (4), send time (6), CRC-16 of all that (2). */
export const PROBE_HEADER_SIZE = 20;

/** What a probe message says of itself. */
export interface ProbeHeader {
  /** Place of the stream in the plan, 0..15. */
  readonly stream: number;
  /** Place of the message in its stream, from 0; at most 2^32-1. */
  readonly number: number;
  /** Bytes of the whole message, header included. */
  readonly length: number;
  /** When the sender handed it to its transport, by the sender's clock; whole microseconds below 2^48. */
  readonly sentAt: Instant;
}

/** Writes 48 bits, least significant byte first. */
export function writeInstant(view: DataView, offset: number, instant: Instant): void {
  const whole = Math.max(0, Math.floor(instant));
  view.setUint32(offset, whole % 2 ** 32, true);
  view.setUint16(offset + 4, Math.floor(whole / 2 ** 32) & 0xffff, true);
}

/** Reads what {@link writeInstant} wrote. */
export function readInstant(view: DataView, offset: number): Instant {
  return view.getUint32(offset, true) + view.getUint16(offset + 4, true) * 2 ** 32;
}

/** Writes the header over the first {@link PROBE_HEADER_SIZE} bytes of `message`. */
export function writeProbeHeader(message: Uint8Array, header: ProbeHeader): void {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  view.setUint8(0, SOAK_MARK);
  view.setUint8(1, SOAK_KIND.probe);
  view.setUint8(2, header.stream);
  view.setUint8(3, 0);
  view.setUint32(4, header.number, true);
  view.setUint32(8, header.length, true);
  writeInstant(view, 12, header.sentAt);
  view.setUint16(18, crc16(message, 0, 18), true);
}

/** The header of a message of kind probe, or `undefined` when it is too short for one or its check fails. */
export function readProbeHeader(message: Uint8Array): ProbeHeader | undefined {
  if (message.length < PROBE_HEADER_SIZE) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint16(18, true) !== crc16(message, 0, 18)) return undefined;
  return {
    stream: view.getUint8(2),
    number: view.getUint32(4, true),
    length: view.getUint32(8, true),
    sentAt: readInstant(view, 12),
  };
}
