/** One direction of a link that carries whole packets: paced, late, lossy, repeating, overtaking, seeded. Damages no bytes. */
import type { Duration, Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';

/** How a pipe treats packets; everything absent is harmless. */
export interface PipeOptions {
  readonly random: Random;
  /** How long a packet of so many bytes occupies the pipe; absent: no time. */
  readonly lineTime?: (bytes: number) => Duration;
  /** From the last bit sent to the arrival. */
  readonly latency?: Duration;
  /** Up to so much is added to the latency of each packet, so that packets overtake each other. */
  readonly jitter?: Duration;
  /** Share of packets that vanish, 0..1. */
  readonly loss?: number;
  /** Share of packets that arrive twice, 0..1. */
  readonly duplication?: number;
  /** Share of bits that are damaged, each costing the packet it lies in; framing of 8 bytes counts. */
  readonly bitErrorRatio?: number;
}

/** What the pipe did to a packet. */
export interface PipeEvent {
  readonly type: 'lost' | 'damaged' | 'duplicated';
  readonly at: Instant;
  /** Number of the packet, from 0, in the order of sending. */
  readonly packet: number;
}

interface Arrival {
  readonly at: Instant;
  readonly bytes: Uint8Array;
}

/** Bytes around each packet that can be hit as well. [MS-DPDX] 2.2.2 */
const FRAMING_SIZE = 8;
/** Packets on the way at most; beyond, new ones are lost, as in any queue. */
const UNDER_WAY_MAX = 4096;

/** A pipe; packets handed to `receive` come out of `poll` once `deadline` has passed. */
export class PacketPipe implements Machine<Uint8Array, Uint8Array, PipeEvent> {
  /** While true, everything that is sent is lost. */
  isCut = false;
  /** Packets handed in, and those of them that never arrived. */
  sent = 0;
  lost = 0;

  readonly #options: PipeOptions;
  readonly #lineTime: (bytes: number) => Duration;
  readonly #random: Random;
  #underWay: Arrival[] = [];
  readonly #events: PipeEvent[] = [];
  #free: Instant = 0;
  #bitsToError: number;

  constructor(options: PipeOptions) {
    this.#options = options;
    this.#lineTime = options.lineTime ?? (() => 0);
    this.#random = options.random;
    this.#bitsToError = this.#random.gap(options.bitErrorRatio ?? 0);
  }

  receive(now: Instant, input: Uint8Array): void {
    const packet = this.sent++;
    this.#free = Math.max(this.#free, now) + Math.ceil(this.#lineTime(input.length));
    const isDamaged = this.#isHit(input.length);
    const isLost = this.#random.chance(this.#options.loss ?? 0) || this.isCut;
    if (isDamaged || isLost || this.#underWay.length >= UNDER_WAY_MAX) {
      this.lost++;
      this.#report({ type: isLost ? 'lost' : 'damaged', at: this.#free, packet });
      return;
    }
    this.#arrive(input);
    if (this.#random.chance(this.#options.duplication ?? 0)) {
      this.#arrive(input);
      this.#report({ type: 'duplicated', at: this.#free, packet });
    }
  }

  expire(): void {}

  get deadline(): Instant | undefined {
    return this.#underWay[0]?.at;
  }

  poll(now: Instant): Uint8Array | undefined {
    const first = this.#underWay[0];
    if (first === undefined || first.at > now) return undefined;
    this.#underWay.shift();
    return first.bytes;
  }

  next(): PipeEvent | undefined {
    return this.#events.shift();
  }

  /** Nobody need listen: the latest 1024 are kept. */
  #report(event: PipeEvent): void {
    if (this.#events.length >= 1024) this.#events.shift();
    this.#events.push(event);
  }

  #isHit(size: number): boolean {
    const bits = 8 * (size + FRAMING_SIZE);
    let isHit = false;
    while (this.#bitsToError < bits) {
      isHit = true;
      this.#bitsToError += 1 + this.#random.gap(this.#options.bitErrorRatio ?? 0);
    }
    this.#bitsToError -= bits;
    return isHit;
  }

  #arrive(bytes: Uint8Array): void {
    const jitter = this.#options.jitter ?? 0;
    const at = this.#free + (this.#options.latency ?? 0) + (jitter > 0 ? this.#random.below(jitter + 1) : 0);
    let index = this.#underWay.length;
    while (index > 0 && this.#underWay[index - 1]!.at > at) index--;
    this.#underWay.splice(index, 0, { at, bytes });
  }
}
