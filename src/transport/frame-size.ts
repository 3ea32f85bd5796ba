/** How large the next data frame should be, judged by what became of the last ones. Cuts no messages. */
import type { Duration } from '../base/instant.ts';
import { SECOND } from '../base/instant.ts';
import { type ConnectionSettings, FRAME_SIZE_LIMIT, FRAME_SIZE_MIN } from './connection-options.ts';
import type { RoundTrip } from './round-trip.ts';

/** Size of TRANS_USERDATA_HEADER without masks. [MS-DPDX] 2.2.17 */
export const DATA_HEADER_SIZE = 4;
/** What each data frame adds to its payload on a serial line: _MESSAGE_HEADER and its own header. [MS-DPDX] 2.2.2, 2.2.17 */
const OVERHEAD = 8 + DATA_HEADER_SIZE;

/**
 * What is assumed before anything is known: an eighth of a loss in so many bytes. Weak on purpose: it stands for
 * frames of some 270 bytes, and the first loss or the first few clean frames overrule it.
 */
const ASSUMED_LOSSES = 0.125;
const ASSUMED_BYTES = 800;
/** Losses remembered at most: enough for a good estimate, few enough to follow the line. */
const LOSSES_MAX = 24;
/** Bytes remembered at most: what a line did longer ago says little of what it does now. */
const BYTES_MAX = 64 * 1024;
/** Losses without an arrival that count in full: a cut takes a whole window and says little about the size of frames. */
const RUN_MAX = 4;
/** What those beyond count for: where nothing passes at all, frames still become smaller. */
const RUN_WEIGHT = 0.125;
/** A clean stretch of so many mean distances between losses shows that the line has improved: by chance it is rare (one in twenty). */
const CLEAN_STRETCHES = 3;
/** The longest that one frame keeps the line, so that acknowledgments behind it stay fresh ... */
const FRAME_TIME_MAX: Duration = SECOND;
/** ... as long as its payload has at least so many bytes: below, a slow line would carry little but headers. */
const SLOW_PAYLOAD_MIN = 64;
/** The share of the window that a round trip should take at most: the other places wait for repeats, and repeats of them. */
const ROUND_TRIP_SHARE = 1 / 4;
/** The share of frames lost up to which they may be larger than the best size, for the window to fill the line. */
const FILLING_LOSS = 1 / 5;

/**
 * Of all payloads of n bytes, the one with n(n + h) = h/q carries most, where h is the overhead and q the chance that a
 * byte is hit: shorter ones drown in headers, longer ones in repeats. q follows from losses and the bytes they fell in.
 */
export class FrameSize {
  readonly #roundTrip: RoundTrip;
  /** Payload bytes in a second of line, or 0 where the pace is not known. */
  readonly #timeMax: number;
  readonly #byteTime: Duration;
  #ceiling = FRAME_SIZE_MIN;
  #losses = 0;
  #bytes = 0;
  /** Losses since the last arrival, and bytes that arrived since the last loss. */
  #run = 0;
  #clean = 0;
  /** The payload that carries most; 0 while it is to be worked out anew. */
  #best = 0;

  constructor(settings: ConnectionSettings, roundTrip: RoundTrip) {
    this.#roundTrip = roundTrip;
    const span = 1000;
    this.#byteTime = (settings.lineTime(span) - settings.lineTime(0)) / span;
    this.#timeMax =
      this.#byteTime > 0
        ? Math.max(Math.floor(FRAME_TIME_MAX / this.#byteTime) - OVERHEAD, SLOW_PAYLOAD_MIN)
        : Number.MAX_SAFE_INTEGER;
    this.ceiling = settings.frameSizeMax;
  }

  /** The largest data frame that may be sent, in bytes, masks not counted. */
  get ceiling(): number {
    return this.#ceiling;
  }

  set ceiling(bytes: number) {
    this.#ceiling = Math.min(Math.max(FRAME_SIZE_MIN, Math.floor(bytes)), FRAME_SIZE_LIMIT);
    this.#judge();
  }

  /** The payload, in bytes, that makes the best frame now, when `window` frames may be on their way. */
  payload(window: number): number {
    // Where so many frames do not fill the line, larger ones carry more, as long as few enough are lost. Only what has
    // arrived counts, and one loss more than there were: a frame numbered too large has to be repeated as it is.
    const filling =
      this.#byteTime > 0 ? this.#roundTrip.smoothed / this.#byteTime / (window * ROUND_TRIP_SHARE) : 0;
    const proven = this.#bytes / (this.#losses + 1);
    const wanted = Math.max(this.#bestPayload(), Math.min(filling, proven * FILLING_LOSS));
    const most = Math.min(this.payloadMax, this.#timeMax);
    return Math.floor(Math.max(Math.min(wanted, most), FRAME_SIZE_MIN - DATA_HEADER_SIZE));
  }

  /** The largest payload there may be, in bytes. */
  get payloadMax(): number {
    return this.#ceiling - DATA_HEADER_SIZE;
  }

  /** A frame of so many bytes of payload is known to have arrived. */
  arrived(payload: number): void {
    const bytes = payload + OVERHEAD;
    this.#run = 0;
    this.#clean += bytes;
    this.#bytes += bytes;
    if (this.#losses * this.#clean > CLEAN_STRETCHES * this.#bytes) {
      this.#losses = (CLEAN_STRETCHES * this.#bytes) / this.#clean;
    }
    this.#judge();
  }

  /** A frame of so many bytes of payload is known, or assumed, to be lost; returns for how many losses it was counted. */
  lost(payload: number): number {
    const weight = ++this.#run > RUN_MAX ? RUN_WEIGHT : 1;
    this.#clean = 0;
    this.#losses += weight;
    // On average a frame is hit in its middle; how the rest would have fared is not known.
    this.#bytes += (weight * (payload + OVERHEAD)) / 2;
    this.#judge();
    return weight;
  }

  /** A frame that was assumed to be lost, and counted for so many losses, turns out to have arrived. */
  notLost(payload: number, losses: number): void {
    this.#losses = Math.max(0, this.#losses - losses);
    this.#bytes = Math.max(0, this.#bytes - (losses * (payload + OVERHEAD)) / 2);
    this.#judge();
  }

  /** Keeps what is remembered within its bounds; what follows from it is worked out when it is asked for. */
  #judge(): void {
    if (this.#losses > LOSSES_MAX) this.#scale(LOSSES_MAX / this.#losses);
    if (this.#bytes > BYTES_MAX) this.#scale(BYTES_MAX / this.#bytes);
    this.#best = 0;
  }

  /** The payload that carries most, in bytes, by the losses so far. */
  #bestPayload(): number {
    if (this.#best > 0) return this.#best;
    const bytesPerLoss = (this.#bytes + ASSUMED_BYTES) / (this.#losses + ASSUMED_LOSSES);
    this.#best = (Math.sqrt(OVERHEAD * OVERHEAD + 4 * OVERHEAD * bytesPerLoss) - OVERHEAD) / 2;
    return this.#best;
  }

  /** What is remembered becomes less; the ratio stays. */
  #scale(ratio: number): void {
    this.#losses *= ratio;
    this.#bytes *= ratio;
  }
}
