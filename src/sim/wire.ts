/** One direction of a simulated line that can be mistreated while it runs: read late, cut, its XON and XOFF eaten, and healed. */
import type { Duration, Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Channel } from '../line/channel.ts';
import type { DirectionOptions } from '../line/direction.ts';
import type { Injected, LineEvent, ReceiveErrors } from '../line/line-event.ts';
import { XOFF, XON } from '../line/uart.ts';

/** What a {@link Wire} is like: a channel, and a reader at its end. */
export interface WireOptions extends DirectionOptions {
  readonly settings: LineSettings;
  /** How the receiver is set, when not as the sender. */
  readonly receiverSettings?: LineSettings;
  readonly random: Random;
  /** The receiving host reads up to so much later than it could; default 0. */
  readonly jitter?: Duration;
}

/** Why a channel is held. */
const STOPPED = 'xoff';

/** See the head of the file. What is written while it is healed arrives behind all that was written before. */
export class Wire implements Machine<Uint8Array, Uint8Array, LineEvent> {
  readonly #options: WireOptions;
  readonly #random: Random;
  #channel: Channel;
  /** What replaces the channel once that has run dry. */
  #healed: Channel | undefined;
  #jitter: Duration;
  #delay: Duration | undefined;
  /** The wire in the other direction, while XON and XOFF are obeyed and eaten here. */
  #partner: Wire | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    this.#random = options.random.fork('reader');
    this.#channel = new Channel(options);
    this.#jitter = options.jitter ?? 0;
  }

  /** What the line did so far; counts anew once it is healed. */
  get injected(): Injected {
    return this.#channel.injected;
  }

  /** What a UART at the receiving end counted so far; counts anew once the wire is healed. */
  get receiveErrors(): ReceiveErrors {
    return this.#channel.receiveErrors;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    (this.#healed ?? this.#channel).receive(now, bytes);
  }

  expire(now: Instant): void {
    this.#channel.expire(now);
    this.#healed?.expire(now);
  }

  get deadline(): Instant | undefined {
    const due = this.#channel.deadline ?? this.#healed?.deadline;
    if (due === undefined) return undefined;
    if (this.#jitter === 0) return due;
    this.#delay ??= this.#random.below(this.#jitter + 1);
    return due + this.#delay;
  }

  poll(now: Instant): Uint8Array | undefined {
    if (this.#jitter > 0) {
      const { deadline } = this;
      if (deadline === undefined || deadline > now) return undefined;
      this.#delay = undefined;
    }
    const bytes = this.#channel.poll(now);
    if (this.#healed !== undefined && bytes === undefined && this.#channel.deadline === undefined) {
      this.#channel = this.#healed;
      this.#healed = undefined;
      return this.poll(now);
    }
    return bytes === undefined || this.#partner === undefined ? bytes : this.#withoutControls(now, bytes);
  }

  next(): LineEvent | undefined {
    return this.#channel.next();
  }

  /** Loses the carrier for `duration`. */
  cut(now: Instant, duration: Duration): void {
    this.#channel.cut(now, duration);
  }

  /** From now on the receiver's driver takes 0x11 and 0x13 in what arrives for XON and XOFF, which start and stop `partner`. */
  obeyControls(partner: Wire): void {
    this.#partner = partner;
  }

  /** Ends every fault: what is written from now on arrives as it was written, and is read at once. */
  heal(now: Instant): void {
    this.#partner = undefined;
    this.#jitter = 0;
    this.#channel.release(now, STOPPED);
    this.#channel.restore(now);
    if (this.#healed !== undefined) return;
    const { settings, random, latency = 0 } = this.#options;
    this.#healed = new Channel({ settings, random: random.fork('healed'), latency });
  }

  #withoutControls(now: Instant, bytes: Uint8Array): Uint8Array | undefined {
    const data = bytes.filter((byte) => byte !== XON && byte !== XOFF);
    if (data.length === bytes.length) return bytes;
    const last = bytes.findLast((byte) => byte === XON || byte === XOFF);
    const channel = this.#partner!.#channel;
    if (last === XOFF) channel.hold(now, STOPPED);
    else channel.release(now, STOPPED);
    return data.length > 0 ? data : this.poll(now);
  }
}
