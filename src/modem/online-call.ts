/** A call that is on: its bytes, and whether its carrier still is. Interprets none of the bytes. */
import type { Duration, Instant } from '../base/instant.ts';
import type { CallLines } from './activity.ts';
import { CarrierWatch } from './carrier-watch.ts';

/** See the head of the file. */
export class OnlineCall extends CarrierWatch {
  readonly #since: Instant;
  #swallowsLineFeed: boolean;

  /**
   * `connectLine` is the line that began it, of which one end has come. `wasOff`: DCD was seen to be off before. `lines`
   * are the modem's now.
   */
  constructor(
    now: Instant,
    connectLine: string,
    wasOff: boolean,
    lines: CallLines | undefined,
    numeric: boolean,
  ) {
    super(wasOff, numeric);
    this.#since = now;
    // A number ends with a carriage return, CONNECT with that and a line feed.
    this.#swallowsLineFeed = !/^\d+$/.test(connectLine);
    if (lines?.dcd) this.lines(now, lines);
  }

  /** How long it has been on. */
  lasted(now: Instant): Duration {
    return now - this.#since;
  }

  /** What of `bytes` belongs to the call: all but the second end of the CONNECT line. */
  take(now: Instant, bytes: Uint8Array): Uint8Array {
    const data = this.#swallowsLineFeed && bytes[0] === 0x0a ? bytes.subarray(1) : bytes;
    if (bytes.length > 0) this.#swallowsLineFeed = false;
    if (data.length > 0) this.receive(now, data);
    return data;
  }
}
