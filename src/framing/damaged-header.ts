/** What a damaged header would have said: for the account of the damage only. No frame is ever believed because of it. */
import { crc16 } from '../base/crc16.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { SIGNATURE } from './encoder.ts';
import { isKnownType } from './message-kind.ts';
import type { HeaderCheck } from './reading.ts';
import { invertedBit } from './syndrome.ts';

/** A header that holds once one thing is put right. */
export interface DamagedHeader {
  /** The size of the frame as it was sent, header included. */
  readonly frameSize: number;
  /** The bytes of it that arrived: one fewer where the signature itself is missing. */
  readonly length: number;
  /** The inverted bit, 0..63; absent where the signature is missing. */
  readonly bit?: number;
}

const SIGNATURE_CRC = crc16(Uint8Array.of(SIGNATURE));

/**
 * Explains the eight bytes at `at` as a header with one inverted bit, or as the rest of a header whose signature was
 * dropped; `undefined` where neither gives a header that could have been sent with a message of 1..`messageSizeMax` bytes.
 */
export function explainHeader(
  bytes: Uint8Array,
  at: number,
  check: HeaderCheck,
  messageSizeMax: number,
): DamagedHeader | undefined {
  if (!check.headerCorrectable) return undefined;
  const stored = bytes[at + 6]! | (bytes[at + 7]! << 8);
  const bit = invertedBit(check.headerCrc(bytes, at, at + MESSAGE_HEADER_SIZE) ^ stored, 64);
  if (bit !== undefined) {
    const mended = (place: number): number => bytes[at + place]! ^ (bit >>> 3 === place ? 1 << (bit & 7) : 0);
    const size = mended(2) | (mended(3) << 8);
    const fits = mended(0) === SIGNATURE && isKnownType(mended(1)) && size > 0 && size <= messageSizeMax;
    if (!fits) return undefined;
    const frameSize = MESSAGE_HEADER_SIZE + size;
    return { frameSize, length: frameSize, bit };
  }
  if (bytes[at] === SIGNATURE || !isKnownType(bytes[at]!)) return undefined;
  const size = bytes[at + 1]! | (bytes[at + 2]! << 8);
  const crc = crc16(bytes, at, at + 5, SIGNATURE_CRC);
  if (crc !== (bytes[at + 5]! | (bytes[at + 6]! << 8)) || size === 0 || size > messageSizeMax)
    return undefined;
  const frameSize = MESSAGE_HEADER_SIZE + size;
  return { frameSize, length: frameSize - 1 };
}
