/** The window of frames sent and not acknowledged: what is acknowledged, what is shown missing, what has run out. Chooses nothing. */
import { earlier, type Instant } from '../base/instant.ts';
import { advance, distance, WINDOW_FRAMES } from '../base/sequence.ts';
import { PACKET_COMMAND_RELIABLE } from '../wire/flags.ts';
import type { FrameSize } from './frame-size.ts';
import { MASK_BITS, type Mask } from './mask.ts';
import { OutgoingFrame } from './outgoing-frame.ts';
import type { RoundTrip } from './round-trip.ts';
import type { SendQueue } from './send-queue.ts';
import { retryInterval, type Timing } from './timing.ts';
import type { WindowSize } from './window-size.ts';

/** Retries of a send mask after which a frame that must be acknowledged is sent to carry it. */
const MASK_RETRIES = 2;
/** Spare copies of a frame for each time that it was shown missing. */
const SPARES = 8;

/** What an acknowledgment was worth: `stale` repeats old news, `impossible` names frames never sent (DFR-8). */
export type AcknowledgmentOutcome = 'valid' | 'stale' | 'impossible';

/** At most 64 places, used in turn. [MS-DPDX] 3.1.2.3, 3.1.5.11 to 3.1.5.13, 3.1.6.3 */
export class SendWindow {
  readonly #timing: Timing;
  readonly #roundTrip: RoundTrip;
  readonly #queue: SendQueue;
  readonly #size: WindowSize;
  readonly #frameSize: FrameSize;
  readonly #frames = Array.from({ length: WINDOW_FRAMES }, () => new OutgoingFrame());
  #oldest = 0;
  #next = 0;
  #inFlight = 0;
  #due = 0;
  #expired = 0;
  /** Transmissions so far, and the latest one that is known to have arrived. */
  #order = 0;
  #arrivedOrder = 0;
  /** No frame's deadline is earlier. It may be out of date, which costs one look through the window. */
  #earliest: Instant | undefined;
  #isLost = false;
  /** Frames just acknowledged that were assumed to be lost; empty between two acknowledgments. */
  readonly #doubtful: { order: number; bytes: number; losses: number }[] = [];
  #maskWanted = false;
  #keepAliveWanted = false;

  constructor(
    timing: Timing,
    roundTrip: RoundTrip,
    queue: SendQueue,
    size: WindowSize,
    frameSize: FrameSize,
  ) {
    this.#timing = timing;
    this.#roundTrip = roundTrip;
    this.#queue = queue;
    this.#size = size;
    this.#frameSize = frameSize;
  }

  /** The number of the next new frame: bNSeq of a SACK. [MS-DPDX] 2.2.9 */
  get next(): number {
    return this.#next;
  }

  /** Numbers from the oldest unacknowledged to the next, 0..64. */
  get outstanding(): number {
    return distance(this.#oldest, this.#next);
  }

  /** Frames sent whose acknowledgment is awaited; those shown lost or acknowledged out of order are left out. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Frames that wait for room on the line to be repeated. */
  get due(): number {
    return this.#due;
  }

  /** Whether the last retry of some frame went unanswered: the connection is lost. [MS-DPDX] 3.1.6.3 */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * Whether no place is left and nothing can be repeated: a partner that acknowledges every frame by its mask, the one
   * that it says it expects included, would otherwise never be found to be silent.
   */
  get isStuck(): boolean {
    return this.outstanding === WINDOW_FRAMES && this.#inFlight + this.#due + this.#expired === 0;
  }

  /** Whether no acknowledgment is awaited and nothing is to be repeated. */
  get isIdle(): boolean {
    return this.#inFlight + this.#due + this.#expired === 0;
  }

  /** When the next frame counts as lost; may be too early, never too late. */
  get deadline(): Instant | undefined {
    return this.#inFlight + this.#expired > 0 ? this.#earliest : undefined;
  }

  /** Whether a send mask is to be announced that no frame has carried yet; asking takes the wish away. */
  takeMaskWanted(): boolean {
    const wanted = this.#maskWanted;
    this.#maskWanted = false;
    return wanted;
  }

  /** Whether send masks went unanswered, so that a frame which must be acknowledged has to carry them; asking takes the wish away. */
  takeKeepAliveWanted(): boolean {
    const wanted = this.#keepAliveWanted;
    this.#keepAliveWanted = false;
    return wanted;
  }

  /** Opens the next place. The caller has seen that fewer than 64 are outstanding. */
  open(): OutgoingFrame {
    const frame = this.#frame(this.#next);
    frame.sequence = this.#next;
    frame.transmissions = 0;
    frame.timeouts = 0;
    frame.spares = 0;
    frame.assumedLosses = 0;
    this.#next = advance(this.#next);
    return frame;
  }

  /** The oldest frame that is to be repeated. */
  firstDue(): OutgoingFrame | undefined {
    if (this.#due === 0) return undefined;
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state === 'due') return frame;
    }
    return undefined;
  }

  /** The newest reliable frame whose acknowledgment is awaited. */
  newestSent(): OutgoingFrame | undefined {
    for (let n = this.outstanding - 1; n >= 0; n--) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state === 'sent' && isReliable(frame)) return frame;
    }
    return undefined;
  }

  /** Whether the frame with this number is still unacknowledged. */
  isOutstanding(sequence: number): boolean {
    return distance(this.#oldest, sequence) < this.outstanding;
  }

  /** Notes a transmission whose last bit leaves at `departed`; `allowance` is what the lines may add to the wait. */
  sent(frame: OutgoingFrame, departed: Instant, allowance: number): void {
    if (frame.state === 'due') this.#due--;
    frame.state = 'sent';
    this.#inFlight++;
    frame.order = ++this.#order;
    if (++frame.transmissions === 1) frame.firstOrder = frame.order;
    frame.cause = 'timer';
    frame.departed = departed;
    const interval = retryInterval(this.#timing, this.#roundTrip.smoothed, frame.timeouts);
    this.#setDeadline(frame, departed + interval + allowance);
  }

  /** Has a frame repeated as soon as the line has room. */
  repeat(frame: OutgoingFrame, cause: OutgoingFrame['cause']): void {
    if (frame.state !== 'sent') return;
    frame.state = 'due';
    frame.cause = cause;
    if (cause === 'gap') frame.spares = SPARES;
    else if (cause === 'spare') frame.spares--;
    this.#inFlight--;
    this.#due++;
  }

  /** Has those frames repeated once more that were shown missing and whose last copy left at `before` or earlier. */
  repeatSpare(before: Instant): void {
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.spares > 0 && frame.departed <= before) this.repeat(frame, 'spare');
    }
  }

  /** Whether a frame that was shown missing may be sent in spare copies. */
  get hasSpares(): boolean {
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state === 'sent' && frame.spares > 0) return true;
    }
    return false;
  }

  /** Has everything repeated that was sent: the partner is known to have disregarded it (CON-5). */
  repeatAll(): void {
    for (let n = 0, count = this.outstanding; n < count; n++)
      this.repeat(this.#frame(this.#oldest + n), 'gap');
  }

  /** Takes bNRcv and the SACK mask of a valid packet. [MS-DPDX] 3.1.5.11, 3.1.5.12 */
  acknowledge(now: Instant, nextReceive: number, mask: Mask): AcknowledgmentOutcome {
    const count = distance(this.#oldest, nextReceive);
    const outstanding = this.outstanding;
    if (count > outstanding) {
      return distance(nextReceive, this.#oldest) <= WINDOW_FRAMES ? 'stale' : 'impossible';
    }
    // A mask that names what was never sent is not believed in anything (DFR-8).
    const isTrue = mask.isEmpty || !this.#namesUnsent(mask, outstanding - count);
    if (!isTrue) mask.clear();
    let newest: OutgoingFrame | undefined;
    let newestOrder = 0;
    let newestOnce = 0;
    let settled = 0;
    for (let n = 0; n < outstanding; n++) {
      // Bit 0 stands for the number after bNRcv, which itself is missing (DFR-2).
      if (n === count && mask.isEmpty) break;
      const isNamed = n < count || (n > count && n - count <= MASK_BITS && mask.has(n - count - 1));
      const frame = this.#frame(this.#oldest + n);
      if (!isNamed || frame.state === 'acknowledged') continue;
      settled++;
      const order = this.#arrivedAs(now, frame);
      if (frame.transmissions === 1) newestOnce = Math.max(newestOnce, order);
      if (frame.assumedLosses > 0)
        this.#doubtful.push({
          order: frame.firstOrder,
          bytes: frame.payload.length,
          losses: frame.assumedLosses,
        });
      if (order > newestOrder && frame.state !== 'expired') {
        newestOrder = order;
        newest = frame;
      }
      this.#settle(frame);
    }
    // Only the newest is sampled: the acknowledgment of the others may have been delayed on purpose.
    if (newest !== undefined && newest.transmissions === 1) this.#roundTrip.sample(newest.departed, now);
    if (newestOrder > this.#arrivedOrder) this.#arrivedOrder = newestOrder;
    if (this.#doubtful.length > 0) this.#judgeDoubtful(newestOnce);
    this.#advanceTo(nextReceive);
    if (!mask.isEmpty) this.#showGaps(now);
    if (settled > 0) this.#size.acknowledged(settled, mask.isEmpty);
    return isTrue ? 'valid' : 'impossible';
  }

  /** Lets frames run out: reliable ones are repeated, the others given up (DFR-11). [MS-DPDX] 3.1.6.3 */
  expire(now: Instant): void {
    if (this.#earliest === undefined || now < this.#earliest) return;
    this.#earliest = undefined;
    let timedOut = false;
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state !== 'sent' && frame.state !== 'expired') continue;
      if (now < frame.deadline) this.#earliest = earlier(this.#earliest, frame.deadline);
      else {
        timedOut ||= frame.cause === 'timer';
        this.#runOut(now, frame);
      }
    }
    // Once for all that ran out together: one silence, however many frames it swallowed.
    if (timedOut) this.#size.timedOut();
  }

  /** Fills `mask` with the given-up frames before `sequence`; bit 0 stands for the one directly before it (DFR-3). */
  sendMask(sequence: number, mask: Mask): Mask {
    mask.clear();
    if (this.#expired === 0) return mask;
    for (let bit = 0, count = distance(this.#oldest, sequence); bit < count && bit < MASK_BITS; bit++) {
      if (this.#frame(sequence - 1 - bit).state === 'expired') mask.set(bit);
    }
    return mask;
  }

  /** Gives up everything; receipts are reported lost. */
  discard(): void {
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state !== 'acknowledged') this.#queue.lost(frame);
      frame.free();
    }
    this.#oldest = this.#next;
    this.#inFlight = 0;
    this.#due = 0;
    this.#expired = 0;
    this.#earliest = undefined;
  }

  #frame(sequence: number): OutgoingFrame {
    return this.#frames[sequence & (WINDOW_FRAMES - 1)]!;
  }

  #setDeadline(frame: OutgoingFrame, deadline: Instant): void {
    frame.deadline = deadline;
    this.#earliest = earlier(this.#earliest, deadline);
  }

  /**
   * Which of its transmissions is acknowledged at `now`: the last one, unless no answer was ever so quick. If it was an
   * earlier one after all, something under way is repeated without need, and no more.
   */
  #arrivedAs(now: Instant, frame: OutgoingFrame): number {
    return now - frame.departed >= this.#roundTrip.least ? frame.order : frame.firstOrder;
  }

  #settle(frame: OutgoingFrame): void {
    if (frame.state === 'sent') this.#inFlight--;
    else if (frame.state === 'due') this.#due--;
    else this.#expired--;
    this.#queue.acknowledged(frame);
    this.#frameSize.arrived(frame.payload.length);
    frame.free();
    frame.state = 'acknowledged';
  }

  #advanceTo(nextReceive: number): void {
    while (this.#oldest !== nextReceive) {
      this.#frame(this.#oldest).state = 'free';
      this.#oldest = advance(this.#oldest);
    }
  }

  /** A later transmission has arrived: what was sent before it and is still missing is lost, unless it is late (TIM-7). */
  #showGaps(now: Instant): void {
    for (let n = 0, count = this.outstanding; n < count; n++) {
      const frame = this.#frame(this.#oldest + n);
      if (frame.state !== 'sent' || frame.cause === 'gap' || frame.order >= this.#arrivedOrder) continue;
      frame.cause = 'gap';
      this.#size.lost();
      this.#frameSize.lost(frame.payload.length);
      this.#setDeadline(frame, Math.min(frame.deadline, now + this.#timing.gapRetry));
    }
  }

  /**
   * Frames repeated for silence were late, not damaged, if what was sent once and after them is acknowledged with them:
   * had it arrived without them, a mask would have shown them missing long before. A host that was busy is no noise.
   */
  #judgeDoubtful(newestOnce: number): void {
    for (const { order, bytes, losses } of this.#doubtful) {
      if (order < newestOnce) this.#frameSize.notLost(bytes, losses);
    }
    this.#doubtful.length = 0;
  }

  #namesUnsent(mask: Mask, beyond: number): boolean {
    for (let bit = Math.max(0, beyond - 1); bit < MASK_BITS; bit++) if (mask.has(bit)) return true;
    return false;
  }

  #runOut(now: Instant, frame: OutgoingFrame): void {
    if (frame.cause === 'timer') {
      if (frame.timeouts >= this.#timing.retries) {
        this.#isLost = true;
        return;
      }
      frame.timeouts++;
      frame.assumedLosses += this.#frameSize.lost(frame.payload.length);
    }
    if (isReliable(frame)) {
      this.repeat(frame, frame.cause);
      return;
    }
    if (frame.state === 'sent') {
      frame.state = 'expired';
      this.#inFlight--;
      this.#expired++;
      this.#queue.lost(frame);
    }
    frame.cause = 'timer';
    this.#maskWanted = true;
    if (frame.timeouts > MASK_RETRIES) this.#keepAliveWanted = true;
    this.#setDeadline(frame, now + retryInterval(this.#timing, this.#roundTrip.smoothed, frame.timeouts));
  }
}

function isReliable(frame: OutgoingFrame): boolean {
  return (frame.command & PACKET_COMMAND_RELIABLE) !== 0;
}
