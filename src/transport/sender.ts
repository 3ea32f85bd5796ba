/** The sending half: decides which frame goes next and when the end of a burst is probed. Builds no packets. */
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import { WINDOW_FRAMES } from '../base/sequence.ts';
import {
  PACKET_COMMAND_POLL,
  PACKET_COMMAND_USER_1,
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_RETRY,
} from '../wire/flags.ts';
import type { ConnectionSettings } from './connection-options.ts';
import type { EventQueue } from './event-queue.ts';
import { DATA_HEADER_SIZE, FrameSize } from './frame-size.ts';
import type { OutgoingFrame } from './outgoing-frame.ts';
import type { RoundTrip } from './round-trip.ts';
import { SendQueue } from './send-queue.ts';
import { SendWindow } from './send-window.ts';
import { WindowSize } from './window-size.ts';

/** Every so many new frames one asks for an immediate acknowledgment, so that gaps show before timers run out. */
const POLL_EVERY = 4;
/** Probes without an answer after which the retry schedule alone goes on. */
const PROBES_MAX = 2;
/** Added to 1.5 round trips before the end of a burst is probed: a busy host at the other end answers late. */
const PROBE_MARGIN: Duration = 30 * MILLISECOND;
/** Spare copies in a round trip, of how many frame times they take one, and the least time between two. */
const SPARES_PER_ROUND_TRIP = 8;
const SPARES_LINE_SHARE = 3;
const SPARE_SPACING_MIN: Duration = 10 * MILLISECOND;

/** Retries first, then new frames as the window allows. */
export class Sender {
  readonly queue: SendQueue;
  readonly size = new WindowSize();
  readonly frameSize: FrameSize;
  readonly window: SendWindow;
  /** Transmissions beyond the first of each frame. */
  retries = 0;
  /** Transmissions. */
  framesSent = 0;
  /** Whether the partner unpacks coalesced frames (VER-2). */
  mayCoalesce = false;
  /** The most numbers that were ever outstanding, 0..64. */
  outstandingMax = 0;

  readonly #settings: ConnectionSettings;
  readonly #roundTrip: RoundTrip;
  readonly #events: EventQueue;
  #sincePoll = 0;
  #probeAt: Instant | undefined;
  #probes = 0;
  #spareAt: Instant | undefined;
  #spareSpacing: Duration = SPARE_SPACING_MIN;
  #endOfStream: number | undefined;

  constructor(settings: ConnectionSettings, roundTrip: RoundTrip, events: EventQueue) {
    this.#settings = settings;
    this.#roundTrip = roundTrip;
    this.#events = events;
    this.frameSize = new FrameSize(settings, roundTrip);
    this.queue = new SendQueue(events, settings.queueBytesMax);
    this.window = new SendWindow(settings.timing, roundTrip, this.queue, this.size, this.frameSize);
  }

  /** The payload, in bytes, that would be cut from a long message now. */
  get payload(): number {
    return this.frameSize.payload(this.size.size);
  }

  /** Whether our END_OF_STREAM was sent and acknowledged. */
  get hasEnded(): boolean {
    return this.#endOfStream !== undefined && !this.window.isOutstanding(this.#endOfStream);
  }

  /** Whether a frame waits for nothing but room on the line. */
  get hasFrame(): boolean {
    return this.window.due > 0 || this.#canSendNew;
  }

  /** Whether END_OF_STREAM waits for nothing but room on the line. */
  get isEndNext(): boolean {
    return this.window.due === 0 && this.#canSendNew && this.queue.isAtEnd;
  }

  get deadline(): Instant | undefined {
    return earlier(this.window.deadline, earlier(this.#probeAt, this.#spareAt));
  }

  /** The frame to send now, which the caller then reports as {@link sent}. */
  take(): OutgoingFrame | undefined {
    const due = this.window.firstDue();
    if (due !== undefined) return due;
    if (!this.#canSendNew) return undefined;
    const frame = this.window.open();
    this.queue.cut(frame, this.payload, this.frameSize.payloadMax, this.mayCoalesce);
    if ((frame.control & PACKET_CONTROL_END_STREAM) !== 0) this.#endOfStream = frame.sequence;
    this.outstandingMax = Math.max(this.outstandingMax, this.window.outstanding);
    return frame;
  }

  /** bCommand of the transmission at hand: retries, the ends of bursts and session messages (DFR-18) ask for an immediate acknowledgment. */
  commandOf(frame: OutgoingFrame): number {
    const isSession = (frame.command & PACKET_COMMAND_USER_1) !== 0;
    const isLate = frame.transmissions > 0 || this.#sincePoll + 1 >= Math.min(POLL_EVERY, this.size.size / 2);
    const poll = isSession || isLate || !this.#canFollow;
    return poll ? frame.command | PACKET_COMMAND_POLL : frame.command;
  }

  /** bControl of the transmission at hand. [MS-DPDX] 2.2.17 */
  controlOf(frame: OutgoingFrame): number {
    return frame.transmissions > 0 ? frame.control | PACKET_CONTROL_RETRY : frame.control;
  }

  /** Notes that `frame`, just taken, was handed to the line as a packet of `bytes` bytes. */
  sent(now: Instant, frame: OutgoingFrame, bytes: number, isPolled: boolean): void {
    const { sequence, cause } = frame;
    const allowance = this.#roundTrip.allowance(this.payload + DATA_HEADER_SIZE);
    const departed = this.#roundTrip.depart(now, bytes);
    this.window.sent(frame, departed, allowance);
    this.framesSent++;
    this.#sincePoll = isPolled ? 0 : this.#sincePoll + 1;
    if (frame.transmissions > 1) {
      this.retries++;
      this.#events.push({ type: 'retried', sequence, attempt: frame.transmissions - 1, cause });
    }
    const isLast = this.#settings.timing.tailProbe && !this.#canSendNew && this.window.due === 0;
    this.#spareAt = undefined;
    this.#probeAt = undefined;
    if (isLast) this.#fallIdle(departed, bytes, allowance);
  }

  /** The last frame for now leaves at `departed`: when it is probed, and what is copied before. */
  #fallIdle(departed: Instant, bytes: number, allowance: Duration): void {
    const wait = Math.floor(1.5 * this.#roundTrip.smoothed) + PROBE_MARGIN;
    this.#probeAt = departed + wait * 2 ** this.#probes + allowance;
    if (!this.window.hasSpares) return;
    this.#spareSpacing = Math.max(
      Math.floor(this.#roundTrip.smoothed / SPARES_PER_ROUND_TRIP),
      SPARES_LINE_SHARE * Math.ceil(this.#settings.lineTime(bytes)),
      SPARE_SPACING_MIN,
    );
    this.#spareAt = departed + this.#spareSpacing;
  }

  /** The partner acknowledged something: the end of the burst may be probed anew. */
  progressed(): void {
    this.#probes = 0;
    if (this.window.inFlight === 0) this.#probeAt = undefined;
  }

  /** Lets run out what has run out. */
  expire(now: Instant): void {
    this.window.expire(now);
    if (this.#spareAt !== undefined && now >= this.#spareAt) {
      this.#spareAt = undefined;
      if (!this.hasFrame) this.window.repeatSpare(now - this.#spareSpacing);
    }
    if (this.#probeAt === undefined || now < this.#probeAt) return;
    this.#probeAt = undefined;
    if (this.hasFrame || this.#probes >= PROBES_MAX) return;
    const frame = this.window.newestSent();
    if (frame === undefined || frame.cause === 'gap') return;
    this.#probes++;
    this.window.repeat(frame, 'probe');
  }

  /** Gives up everything queued or sent. */
  discard(): void {
    this.window.discard();
    this.queue.discard();
    this.#probeAt = undefined;
    this.#spareAt = undefined;
  }

  get #hasRoom(): boolean {
    return this.window.inFlight < this.size.size && this.window.outstanding < WINDOW_FRAMES;
  }

  get #canSendNew(): boolean {
    return !this.queue.isEmpty && this.#hasRoom;
  }

  /** Whether another new frame could go out directly behind the one just taken, which is not counted as in flight yet. */
  get #canFollow(): boolean {
    return (
      !this.queue.isEmpty &&
      this.window.inFlight + 1 < this.size.size &&
      this.window.outstanding < WINDOW_FRAMES
    );
  }
}
