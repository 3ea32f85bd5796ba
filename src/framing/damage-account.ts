/**
 * The account of what was lost: where in the stream we are, which bytes belong to a loss already reported, and one event
 * and one cause for each loss. Believes and finds no frames.
 */
import { invariant } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import type { DamageCause, DamageEvent, FramingEvent } from './framing-event.ts';

/** Bytes of a loss that its event shows at most. */
const SAMPLE_SIZE = 16;
/** Noise that does not end is reported once for this many bytes. */
const NOISE_REPORTED_EVERY = 65_536;
/** No frame is shorter: a header and one byte. */
const FRAME_SIZE_MIN = MESSAGE_HEADER_SIZE + 1;

/** A loss whose end is not known yet. */
interface Stretch {
  readonly offset: number;
  readonly cause: 'headerCrc' | 'noise';
  /** After so many bytes it is reported, and what follows is a stretch of its own. */
  readonly limit: number;
  /** Whether it carries on where another one reached its limit. */
  readonly carriedOn: boolean;
  readonly sample: number[];
}

/** A {@link DamageEvent} in the making. */
type Draft = { -readonly [Key in keyof DamageEvent]: DamageEvent[Key] };

/**
 * Losses are counted by extent. Behind an intact frame, and at the known end of a damaged one, a frame is *due*. What
 * stands there and is none begins a loss; inside the extent of a loss nothing further is counted, however many bytes
 * there look like a header.
 */
export class DamageAccount {
  /** Bytes that belong to no intact frame. */
  skipped = 0;
  /** How often the search for the next frame began. */
  resyncs = 0;
  /** Losses by cause. */
  readonly losses: Record<DamageCause, number> = {
    headerCrc: 0,
    messageCrc: 0,
    truncated: 0,
    oversize: 0,
    unknownType: 0,
    noise: 0,
  };
  readonly #stretchMax: number;
  /** The offset of the next byte to be judged. */
  #position = 0;
  /** Where the extent of the last loss of known size ends. */
  #extentEnd = 0;
  /** Whether that extent is only a claim: a header inside it that holds counts as a frame of its own. */
  #claimedOnly = false;
  #stretch: Stretch | undefined;
  #events: FramingEvent[] = [];
  #head = 0;

  /** `frameSizeMax`: the longest frame that may come, in bytes; a loss of unknown size is not followed any further. */
  constructor(frameSizeMax: number) {
    this.#stretchMax = frameSizeMax;
  }

  /** Bytes judged so far. */
  get position(): number {
    return this.#position;
  }

  /** Whether a frame should begin at the next byte. */
  get due(): boolean {
    return this.#stretch === undefined && this.#position >= this.#extentEnd;
  }

  /** Whether silence would change anything: a loss is not reported yet, or its extent not passed. */
  get unsettled(): boolean {
    return this.#stretch !== undefined || this.#position < this.#extentEnd;
  }

  /** Bytes up to the end of the extent that the next byte lies in; 0 outside of all extents. */
  get extentLeft(): number {
    return Math.max(0, this.#extentEnd - this.#position);
  }

  /** Whether the extent that the next byte lies in is one that a header inside it can question. */
  get claimedOnly(): boolean {
    return this.#claimedOnly;
  }

  /** The next event, or `undefined`. */
  next(): FramingEvent | undefined {
    if (this.#head === this.#events.length) {
      if (this.#head > 0) {
        this.#events = [];
        this.#head = 0;
      }
      return undefined;
    }
    return this.#events[this.#head++];
  }

  /** An intact frame of `size` bytes begins at the next byte and is passed. */
  frame(event: FramingEvent, size: number): void {
    if (this.#stretch) this.close(event.at);
    this.#events.push(event);
    this.#position += size;
  }

  /**
   * A loss that spans `length` bytes begins at the next byte, which is `bytes[from]`; `frameSize` and `bit` as in its event.
   * Nothing is passed.
   */
  report(
    now: Instant,
    cause: DamageCause,
    length: number,
    frameSize: number | undefined,
    bit: number | undefined,
    bytes: Uint8Array,
    from: number,
  ): void {
    this.close(now);
    // A header is all that is there for certain where its message is not to be trusted.
    const shown = cause === 'headerCrc' || cause === 'oversize' ? MESSAGE_HEADER_SIZE : SAMPLE_SIZE;
    const sample = new Uint8Array(Math.min(shown, length));
    for (let i = 0; i < sample.length; i++) sample[i] = bytes[from + i]!;
    const event: Draft = { type: 'damage', at: now, cause, offset: this.#position, length, sample };
    if (frameSize !== undefined) event.frameSize = frameSize;
    if (bit !== undefined) event.bit = bit;
    this.#tell(event);
    if (cause !== 'unknownType') this.resyncs++;
    this.#extentEnd = this.#position + length;
    this.#claimedOnly = cause === 'oversize';
  }

  /** A loss begins at the next byte, nobody knows how long. */
  open(cause: Stretch['cause']): void {
    invariant(this.#stretch === undefined, 'a loss begins inside another');
    this.#stretch = {
      offset: this.#position,
      cause,
      limit: this.#stretchMax,
      carriedOn: false,
      sample: [],
    };
  }

  /** Passes `bytes[from..to)`, which belong to no intact frame. */
  skip(now: Instant, bytes: Uint8Array, from: number, to: number): void {
    this.skipped += to - from;
    let at = from;
    for (;;) {
      const stretch = this.#stretch;
      const part = stretch ? Math.min(to - at, stretch.offset + stretch.limit - this.#position) : to - at;
      if (stretch) {
        for (let i = at; i < at + part && stretch.sample.length < SAMPLE_SIZE; i++) {
          stretch.sample.push(bytes[i]!);
        }
      }
      at += part;
      this.#position += part;
      if (!stretch || this.#position - stretch.offset < stretch.limit) return;
      this.close(now);
      this.#stretch = {
        offset: this.#position,
        cause: 'noise',
        limit: NOISE_REPORTED_EVERY,
        carriedOn: true,
        sample: [],
      };
    }
  }

  /** The loss of unknown size, if there is one, ends before the next byte. */
  close(now: Instant): void {
    const stretch = this.#stretch;
    if (!stretch) return;
    this.#stretch = undefined;
    const { offset } = stretch;
    const length = this.#position - offset;
    if (length === 0) return;
    const cause = length < FRAME_SIZE_MIN ? 'noise' : stretch.cause;
    this.#tell({ type: 'damage', at: now, cause, offset, length, sample: Uint8Array.from(stretch.sample) });
    if (!stretch.carriedOn) this.resyncs++;
  }

  /** The line fell idle, all that was held has been passed: the next byte begins afresh. */
  settle(now: Instant): void {
    this.close(now);
    this.#extentEnd = this.#position;
  }

  #tell(event: DamageEvent): void {
    this.losses[event.cause]++;
    this.#events.push(event);
  }
}
