/** What a connection can be told when it is made, with the defaults. */
import type { Duration } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { DEFAULT_TIMING, type Timing } from './timing.ts';
import { VERSION_BASE } from './version.ts';

/** How a connection behaves; all but `random` have defaults. */
export interface ConnectionOptions {
  /** Draws dwSessID. [MS-DPDX] 2.2.7 */
  readonly random: Random;
  /** The announced version, 0x00010000..0x00010006 (VER-1). */
  readonly version?: number;
  /** dwSessID of an own CONNECT, 1..0xFFFFFFFF; drawn if absent. For worked examples. */
  readonly sessionId?: number;
  /** The largest data frame sent, in bytes, header included and masks not, 32..{@link FRAME_SIZE_LIMIT} (DFR-15). */
  readonly frameSizeMax?: number;
  /** The largest message sent or put together from frames, in bytes; a partner that exceeds it is cut off (DFR-15). */
  readonly messageSizeMax?: number;
  /** Payload bytes that `send` accepts ahead of the line before it refuses. */
  readonly queueBytesMax?: number;
  /**
   * How long a packet of so many bytes occupies the line, framing included. With it the round trip is measured from
   * the moment a frame has left, and no frame is repeated while line time alone explains the silence. Absent: no time.
   */
  readonly lineTime?: (bytes: number) => Duration;
  readonly timing?: Partial<Timing>;
}

/** Options with every default in place. */
export type ConnectionSettings = Required<Omit<ConnectionOptions, 'random' | 'sessionId' | 'timing'>> & {
  readonly timing: Timing;
};

/** The largest data frame sent by default, in bytes (DFR-15). */
export const FRAME_SIZE_MAX = 1400;
/** The smallest value that the largest frame may be set to: a full header with all masks and some payload. */
export const FRAME_SIZE_MIN = 32;
/** The largest value: with all masks it is what a partner takes that accepts frames of 1500 bytes, as our own framing does. */
export const FRAME_SIZE_LIMIT = 1484;
/** The largest message by default: 1 MiB. */
export const MESSAGE_SIZE_MAX = 1024 * 1024;
/** Bytes that `send` accepts by default ahead of the line: 4 MiB. */
export const QUEUE_BYTES_MAX = 4 * 1024 * 1024;

/** Fills in the defaults. */
export function settled(options: ConnectionOptions): ConnectionSettings {
  return {
    version: options.version ?? VERSION_BASE,
    frameSizeMax: options.frameSizeMax ?? FRAME_SIZE_MAX,
    messageSizeMax: options.messageSizeMax ?? MESSAGE_SIZE_MAX,
    queueBytesMax: options.queueBytesMax ?? QUEUE_BYTES_MAX,
    lineTime: options.lineTime ?? (() => 0),
    timing: { ...DEFAULT_TIMING, ...options.timing },
  };
}
