/** One direction of an imperfect wire, told the time: pace, latency, noise, cuts, mismatch, full buffers. Moves bytes in memory only. */
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Carrier, type ScriptedEvent } from './carrier.ts';
import type { Injected, LineEvent, ReceiveErrors } from './line-event.ts';
import { Medium } from './medium.ts';
import { Noise, type NoiseOptions, type ScriptedFault } from './noise.ts';
import { Transmitter } from './transmitter.ts';

/** What a {@link Channel} is like; all but the settings and the generator may be left out. */
export interface ChannelOptions extends NoiseOptions {
  /** How the sender is set; the pace follows from it. */
  readonly settings: LineSettings;
  /** How the receiver is set, when not as the sender: then it reads what its sampling makes of the wire. */
  readonly receiverSettings?: LineSettings;
  /** All chance comes from here. */
  readonly random: Random;
  /** Time from the end of a character at the sender to its end at the receiver; default 0. */
  readonly latency?: Duration;
  readonly events?: readonly ScriptedEvent[];
  /** Bytes that may wait for the wire; more are lost and counted. Default 65,536. */
  readonly transmitBuffer?: number;
  /** Bytes that the receiver holds between two polls; more are lost and counted. Default: no limit. */
  readonly receiveBuffer?: number;
  /**
   * Received bytes are worth a wake-up (`deadline`) when a piece as it was written is complete, or this long
   * after the first of them arrived. Default 16 ms, the habit of USB adapters.
   */
  readonly batch?: Duration;
  /** They are also worth one when this many have arrived, 1 or more; default: no matter how many. */
  readonly batchBytes?: number;
}

/**
 * Whoever owns it calls `receive` with bytes to send (no more than `room`), `poll` for those that have arrived,
 * at any time and at the latest at `deadline`, and `next` for what the line did to them. What happens to which
 * byte depends on the seed and on the times of sending, not on when it is asked.
 */
export class Channel implements Machine<Uint8Array, Uint8Array, LineEvent> {
  readonly #transmitter: Transmitter;
  readonly #noise: Noise;
  readonly #carrier: Carrier;
  readonly #medium: Medium;
  readonly #latency: Duration;
  readonly #transmitBuffer: number;
  readonly #receiveBuffer: number;
  readonly #batch: Duration;
  readonly #batchBytes: number;
  #settings: LineSettings;

  constructor(options: ChannelOptions) {
    this.#settings = options.settings;
    this.#transmitter = new Transmitter(options.settings);
    this.#noise = new Noise(options.random, options);
    this.#carrier = new Carrier(options.events ?? []);
    this.#latency = options.latency ?? 0;
    this.#transmitBuffer = options.transmitBuffer ?? 65_536;
    this.#receiveBuffer = options.receiveBuffer ?? Number.MAX_SAFE_INTEGER;
    this.#batch = options.batch ?? 16 * MILLISECOND;
    this.#batchBytes = options.batchBytes ?? Number.MAX_SAFE_INTEGER;
    const receiver = options.receiverSettings ?? options.settings;
    this.#medium = new Medium(this.#noise, this.#carrier, this.#latency, receiver);
    this.#medium.match(0, 0, options.settings, receiver);
  }

  /** What the line did so far, in total. */
  get injected(): Injected {
    return { ...this.#medium.injected };
  }

  /** What a UART at the receiving end counted so far. */
  get receiveErrors(): ReceiveErrors {
    return { ...this.#medium.receiveErrors };
  }

  /** Bytes that were not yet on the wire at the time last told. */
  get queued(): number {
    return this.#transmitter.queued;
  }

  /** Bytes that `receive` would take at the time last told. */
  get room(): number {
    return Math.max(0, this.#transmitBuffer - this.#transmitter.queued);
  }

  /** Bytes accepted so far: the offset of the next one. */
  get accepted(): number {
    return this.#transmitter.accepted;
  }

  /** When no more than `bytes` bytes will wait, if nothing is added; not before the time last told. `undefined` while held. */
  drainedTo(bytes: number): Instant | undefined {
    return this.#transmitter.drainedTo(bytes);
  }

  /** Queues bytes to be sent from `now` on (copied). Those beyond `room` are lost: an `overflow` event. */
  receive(now: Instant, bytes: Uint8Array): void {
    this.#transmitter.tell(now);
    const room = this.room;
    const lost = Math.max(0, bytes.length - room);
    this.#transmitter.offer(now, lost > 0 ? bytes.subarray(0, room) : bytes);
    if (lost === 0) return;
    this.#medium.injected.overflowed += lost;
    this.#medium.report({ kind: 'overflow', at: now, lost });
  }

  /** When bytes worth fetching have arrived, or the carrier changes; `undefined` while the line is idle. */
  get deadline(): Instant | undefined {
    const due = this.#transmitter.due(this.#batch, this.#batchBytes);
    const change = this.#carrier.nextChange;
    return earlier(
      due === undefined ? undefined : due + this.#latency,
      change === undefined ? undefined : change + this.#settleTime,
    );
  }

  /** Takes note of the time: `queued` and `room` are then as of `now`. */
  expire(now: Instant): void {
    this.#transmitter.tell(now);
  }

  /** All that has arrived by `now` and was not fetched before, in a piece of its own, or `undefined`. */
  poll(now: Instant): Uint8Array | undefined {
    this.#transmitter.tell(now);
    this.#advance(now);
    this.#medium.tellCarrier(now, now - this.#settleTime);
    return this.#fetch(now);
  }

  /** The next thing that the line did. At most 65,536 wait to be fetched; more are only counted. */
  next(): LineEvent | undefined {
    return this.#medium.next();
  }

  /** Holds back all bytes that have not begun, until every reason given was released (flow control). */
  hold(now: Instant, reason: string): void {
    this.#transmitter.hold(now, reason);
  }

  /** Takes back a reason to hold. */
  release(now: Instant, reason: string): void {
    this.#transmitter.release(now, reason);
  }

  /** Sends `byte` ahead of all that waits, even while held (XON and XOFF). Noise does not touch it; cuts do. */
  sendControl(now: Instant, byte: number): void {
    this.#transmitter.send(now, { kind: 'control', byte });
  }

  /** Shows the receiver a break, one character long, ahead of all that waits. */
  sendBreak(now: Instant): void {
    this.#transmitter.send(now, { kind: 'break' });
  }

  /** Loses the carrier for `duration`, or until `restore`: what is on the wire meanwhile vanishes. */
  cut(now: Instant, duration?: Duration): void {
    this.#carrier.cut(now, duration);
  }

  /** Ends the cuts under way. */
  restore(now: Instant): void {
    this.#carrier.restore(now);
  }

  /** Whether the carrier is lost at `now`. */
  isCut(now: Instant): boolean {
    return this.#carrier.isLost(now);
  }

  /** Takes note that `lost` bytes fetched by `poll` found the receiver's own buffer full. */
  overrun(now: Instant, lost: number): void {
    this.#medium.injected.overrun += lost;
    this.#medium.receiveErrors.overrun += lost;
    this.#medium.report({ kind: 'overrun', at: now, offset: this.#transmitter.departed, lost });
  }

  /** Adds a fault at an offset; one that has passed befalls the next byte. */
  script(fault: ScriptedFault): void {
    this.#noise.script(fault);
  }

  /** Changes how either end is set, for all that has not begun (or, the receiver, not arrived) by `now`. */
  retune(now: Instant, sender: LineSettings, receiver: LineSettings = sender): void {
    this.#advance(now);
    this.#settings = sender;
    this.#transmitter.retune(now, sender);
    this.#medium.match(now, this.#transmitter.departed, sender, receiver);
  }

  /** Throws away all that has not begun, as flushing a port does; returns how many bytes. */
  clear(now: Instant): number {
    return this.#transmitter.discard(now);
  }

  /** By then every byte begun before a cut's end has arrived, so that what it lost is known. */
  get #settleTime(): Duration {
    return this.#latency + Math.ceil(lineTime(this.#settings, 1));
  }

  #advance(now: Instant): void {
    for (;;) {
      const departure = this.#transmitter.depart(now - this.#latency);
      if (departure === undefined) return;
      this.#medium.carry(departure);
    }
  }

  /** Hands over what has arrived, as far as the receiver's buffer could hold it. */
  #fetch(now: Instant): Uint8Array | undefined {
    const { arrived } = this.#medium;
    const lost = arrived.length - this.#receiveBuffer;
    if (lost > 0) this.overrun(now, lost);
    if (arrived.length === 0) return undefined;
    const bytes = arrived.take(this.#receiveBuffer).slice();
    arrived.clear();
    return bytes;
  }
}
