/** The receiving half: which frames are within reach, which wait for earlier ones, which places are released. Acknowledges nothing itself. */
import { advance, distance, WINDOW_FRAMES } from '../base/sequence.ts';
import {
  PACKET_COMMAND_END_MSG,
  PACKET_COMMAND_NEW_MSG,
  PACKET_COMMAND_SEQUENTIAL,
  PACKET_CONTROL_END_STREAM,
} from '../wire/flags.ts';
import { MASK_BITS, type Mask } from './mask.ts';

/** What became of a frame: in its turn, ahead of its turn, here already, or out of reach (DFR-6). */
export type Arrival = 'inOrder' | 'early' | 'duplicate' | 'outOfRange';

/** Where the receiver hands what it has, in the order that the flags ask for. */
export interface FrameSink {
  /** The next frame in order. */
  frame(command: number, control: number, payload: Uint8Array): void;
  /** A whole message in one frame that need not wait for its turn. */
  early(command: number, control: number, payload: Uint8Array): void;
  /** The turn of a frame that was handed over early. */
  passed(): void;
  /** The turn of a frame that will never come. */
  released(): void;
}

/** `waiting`: the frame is held; `delivered`: it was handed over early; `released`: it will not come. */
type PlaceState = 'empty' | 'waiting' | 'delivered' | 'released';

class Place {
  state: PlaceState = 'empty';
  command = 0;
  control = 0;
  payload: Uint8Array = EMPTY;
}

const EMPTY = new Uint8Array(0);
const WHOLE_MESSAGE = PACKET_COMMAND_NEW_MSG | PACKET_COMMAND_END_MSG;

/** The receive window: the number expected next and the 63 after it. [MS-DPDX] 3.1.5.10, 3.1.5.12, 3.1.5.13 */
export class Receiver {
  readonly #sink: FrameSink;
  readonly #places = Array.from({ length: WINDOW_FRAMES }, () => new Place());
  #expected = 0;
  #filled = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** The number expected next: bNRcv (DFR-1). [MS-DPDX] 2.2.17 */
  get expected(): number {
    return this.#expected;
  }

  /** Whether frames behind a gap have arrived. */
  get hasGap(): boolean {
    return this.#filled > 0;
  }

  /** Frames held until those before them have come, 0..63. */
  get held(): number {
    return this.#places.reduce((count, { state }) => (state === 'waiting' ? count + 1 : count), 0);
  }

  /** Bytes of the frames held. */
  get heldBytes(): number {
    return this.#places.reduce((sum, { payload }) => sum + payload.length, 0);
  }

  /** Whether `sequence` is within reach, 64 numbers (DFR-6). */
  isInRange(sequence: number): boolean {
    return distance(this.#expected, sequence) < WINDOW_FRAMES;
  }

  /** Takes a frame; what is to be handed over, now or by its arrival, goes to the sink. The payload is copied if it has to wait. */
  accept(sequence: number, command: number, control: number, payload: Uint8Array): Arrival {
    if (!this.isInRange(sequence)) {
      return distance(sequence, this.#expected) <= WINDOW_FRAMES ? 'duplicate' : 'outOfRange';
    }
    if (sequence === this.#expected) {
      this.#expected = advance(this.#expected);
      this.#sink.frame(command, control, payload);
      this.#drain();
      return 'inOrder';
    }
    const place = this.#place(sequence);
    if (place.state !== 'empty') return 'duplicate';
    this.#filled++;
    if (mayOvertake(command, control)) {
      place.state = 'delivered';
      this.#sink.early(command, control, payload);
      return 'early';
    }
    place.state = 'waiting';
    place.command = command;
    place.control = control;
    place.payload = payload.slice();
    return 'early';
  }

  /** Releases the places that a send mask names: bit 0 stands for the number before `sequence` (DFR-3). Returns whether any was. */
  release(sequence: number, mask: Mask): boolean {
    if (mask.isEmpty) return false;
    let released = false;
    for (let bit = MASK_BITS - 1; bit >= 0; bit--) {
      if (!mask.has(bit)) continue;
      const named = advance(sequence, -1 - bit);
      if (!this.isInRange(named)) continue;
      const place = this.#place(named);
      if (place.state !== 'empty') continue;
      place.state = 'released';
      this.#filled++;
      released = true;
    }
    if (released) this.#drain();
    return released;
  }

  /** Fills `mask` with what is here behind the gap: bit 0 stands for the number after the one expected (DFR-2). */
  sackMask(mask: Mask): Mask {
    mask.clear();
    if (this.#filled === 0) return mask;
    for (let bit = 0; bit < WINDOW_FRAMES - 1; bit++) {
      if (this.#place(this.#expected + 1 + bit).state !== 'empty') mask.set(bit);
    }
    return mask;
  }

  /** Forgets what waits behind gaps. */
  discard(): void {
    for (const place of this.#places) {
      place.state = 'empty';
      place.payload = EMPTY;
    }
    this.#filled = 0;
  }

  #place(sequence: number): Place {
    return this.#places[sequence & (WINDOW_FRAMES - 1)]!;
  }

  /** Hands over what no gap holds back any more. */
  #drain(): void {
    while (this.#filled > 0) {
      const place = this.#place(this.#expected);
      if (place.state === 'empty') return;
      const { state, command, control, payload } = place;
      place.state = 'empty';
      place.payload = EMPTY;
      this.#filled--;
      this.#expected = advance(this.#expected);
      if (state === 'waiting') this.#sink.frame(command, control, payload);
      else if (state === 'delivered') this.#sink.passed();
      else this.#sink.released();
    }
  }
}

/** Whether a frame may be indicated before those it overtook: a whole message that is not sequential (DFR-10). */
function mayOvertake(command: number, control: number): boolean {
  return (
    (command & PACKET_COMMAND_SEQUENTIAL) === 0 &&
    (command & WHOLE_MESSAGE) === WHOLE_MESSAGE &&
    (control & PACKET_CONTROL_END_STREAM) === 0
  );
}
