/** What a deframer reports: intact frames, and everything else that arrived. Types only. */
import type { Instant } from '../base/instant.ts';
import type { Message } from '../wire/message.ts';

/**
 * Why bytes were lost; every loss has exactly one cause:
 * - `headerCrc`: where a frame was due, its header's CRC did not hold;
 * - `messageCrc`: the header held, the message's CRC did not;
 * - `truncated`: a frame began and the line fell idle before it was complete;
 * - `oversize`: the header held, but its wMessageSize is 0 or above the limit (SER-9);
 * - `unknownType`: both CRCs held, MessageType is none of the three kinds;
 * - `noise`: bytes where no frame was.
 */
export type DamageCause = 'headerCrc' | 'messageCrc' | 'truncated' | 'oversize' | 'unknownType' | 'noise';

/** An intact frame: both CRCs held. */
export interface FrameEvent {
  readonly type: 'frame';
  readonly at: Instant;
  /** Where its 0xCC stood, in bytes received before it. */
  readonly offset: number;
  /** `body` may be a view into what was received: the deframer never changes it, and nobody else may. */
  readonly message: Message;
}

/** One damaged frame, or one stretch of noise. */
export interface DamageEvent {
  readonly type: 'damage';
  /** When it was certain. */
  readonly at: Instant;
  readonly cause: DamageCause;
  /** Where it begins, in bytes received before it. */
  readonly offset: number;
  /**
   * The bytes of the stream that it spans: the frame as far as it arrived, or all up to the next header where nobody
   * knows its size. An intact frame found inside is delivered all the same.
   */
  readonly length: number;
  /** The size of the whole frame, where its header says it: by itself, or with one bit (or the missing 0xCC) put right. */
  readonly frameSize?: number;
  /**
   * The one bit whose inversion explains the CRC that failed, from bit 0 (least significant) of the 0xCC; absent if none
   * does. Certain for one or two errors in what that CRC covers; three or more may look like one.
   */
  readonly bit?: number;
  /** Its first bytes as they arrived, 16 at most. */
  readonly sample: Uint8Array;
}

/** What a deframer reports, in the order of the stream. */
export type FramingEvent = FrameEvent | DamageEvent;
