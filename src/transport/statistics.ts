/** What a connection knows of itself in numbers. Type only. */

import type { HistogramSnapshot } from '../base/histogram.ts';
import type { Duration } from '../base/instant.ts';

/** Counters are of this connection's whole life; times in microseconds. */
export interface ConnectionStatistics {
  readonly roundTrip: {
    /** `undefined` before the first sample. */
    readonly smoothed: Duration | undefined;
    readonly min: Duration;
    readonly p50: Duration;
    readonly p99: Duration;
    readonly max: Duration;
    /** All samples, for merging. */
    readonly histogram: HistogramSnapshot;
  };
  /** Data frames handed to the line, repeats included. */
  readonly framesSent: number;
  /** Data frames that arrived, duplicates included. */
  readonly framesReceived: number;
  /** Dedicated SACKs handed to the line, and received. */
  readonly sacksSent: number;
  readonly sacksReceived: number;
  /** The data frame, in bytes, that would be cut from a long message now: it follows the losses. */
  readonly frameSize: number;
  /** Frames sent again. */
  readonly retries: number;
  /** Frames received again. */
  readonly duplicates: number;
  /** Frames that wait for those before them now, 0..63. */
  readonly held: number;
  /** Bytes of theirs, and of the message that is being put together. */
  readonly heldBytes: number;
  /** Rules that the partner broke. */
  readonly violations: number;
  /** Frames that may be on their way at once now, 2..64. */
  readonly window: number;
  /** Numbers outstanding now, and the most there were, 0..64. */
  readonly outstanding: number;
  readonly windowMax: number;
}
