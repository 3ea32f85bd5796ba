/** A message on its way out, and one frame of the send window that carries all or part of it. State only, no rules. */
import type { Instant } from '../base/instant.ts';
import type { RetryCause } from './connection-event.ts';

/** A message that `send` accepted, or a frame of our own (keep-alive, END_OF_STREAM) in its place in the order. */
export interface OutgoingMessage {
  readonly payload: Uint8Array;
  /** bCommand without POLL, NEW_MSG and END_MSG. */
  readonly command: number;
  /** bControl of its frame: 0 for messages of the application. */
  readonly control: number;
  readonly receipt: number | undefined;
  /** Bytes already cut into frames. */
  cut: number;
  /** Whether the last frame was cut. */
  isCut: boolean;
  /** Frames cut and neither acknowledged nor given up. */
  frames: number;
  /** Whether it was reported acknowledged or lost, or will never be. */
  settled: boolean;
}

/**
 * Where a frame stands: `free` outside the window; `sent` waits for an acknowledgment; `due` waits for room on the
 * line to be sent again; `expired` was unreliable and is given up, its place to be released by a send mask;
 * `acknowledged` out of order.
 */
export type FrameState = 'free' | 'sent' | 'due' | 'expired' | 'acknowledged';

const EMPTY = new Uint8Array(0);

/** One place of the send window, used again and again. */
export class OutgoingFrame {
  state: FrameState = 'free';
  sequence = 0;
  command = 0;
  control = 0;
  payload: Uint8Array = EMPTY;
  /** The messages it carries: one, or several if coalesced. */
  messages: OutgoingMessage[] = [];
  /** Number of its last transmission in the order of all transmissions. */
  order = 0;
  /** Number of its first transmission. */
  firstOrder = 0;
  transmissions = 0;
  /** Retries because the timer ran out; those for evidence do not count towards the end of the connection. */
  timeouts = 0;
  /** Spare copies that it may still be sent in. */
  spares = 0;
  /** The losses that its timeouts were counted for when its size was judged. */
  assumedLosses = 0;
  /** When its last bit last left. */
  departed: Instant = 0;
  /** When it counts as lost. */
  deadline: Instant = 0;
  /** Why it is to be sent again. */
  cause: RetryCause = 'timer';

  /** Empties the place for the next user. */
  free(): void {
    this.state = 'free';
    this.payload = EMPTY;
    while (this.messages.pop() !== undefined);
  }
}
