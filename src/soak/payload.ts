/** Probe messages made, and checked by making them again: everything behind the header follows from seed, stream and number. */
import type { Instant } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { PROBE_HEADER_SIZE, type ProbeHeader, writeProbeHeader } from './probe.ts';
import type { Payload, StreamPlan } from './stream-plan.ts';

/** XON and XOFF: what software flow control swallows. */
const XON = 0x11;
const XOFF = 0x13;
/** Sync byte of the serial header: a body full of it makes a careless deframer lose its place. [MS-DPDX] 2.2.2 */
const SYNC = 0xcc;
/** `+`, three of which make a modem leave its data mode. */
const PLUS = 0x2b;

type Filler = (bytes: Uint8Array, random: Random, number: number) => void;

/** What each payload looks like, from its first byte behind the header. */
const FILLERS: Readonly<Record<Payload, Filler>> = {
  random: (bytes, random) => void random.fill(bytes),
  counter: (bytes, _random, number) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = (number + i) & 0xff;
  },
  'walking-bits': (bytes, _random, number) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = 1 << ((number + i) & 7);
  },
  zeros: (bytes) => void bytes.fill(0),
  marks: (bytes) => void bytes.fill(SYNC),
  'xon-xoff': (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = i & 1 ? XOFF : XON;
  },
  escape: (bytes) => void bytes.fill(PLUS),
};

/** How a received probe message compares with the one that was sent. */
export type Comparison = 'intact' | 'truncated' | 'corrupted';

/** The messages of one stream: both ends can make any of them, in any order. */
export class StreamMessages {
  readonly #seed: string;
  readonly #stream: number;
  readonly #plan: StreamPlan;
  /** Where a message is made again for comparison; grows to the largest message once. */
  readonly #scratch: Uint8Array;

  constructor(seed: string, stream: number, plan: StreamPlan) {
    this.#seed = seed;
    this.#stream = stream;
    this.#plan = plan;
    this.#scratch = new Uint8Array(plan.size.max);
  }

  /** The whole message `number`, its header filled in; a fresh array. */
  make(number: number, sentAt: Instant): Uint8Array {
    const random = this.#random(number);
    const length = this.#length(random);
    const message = new Uint8Array(length);
    FILLERS[this.#plan.payload](message.subarray(PROBE_HEADER_SIZE), random, number);
    writeProbeHeader(message, { stream: this.#stream, number, length, sentAt });
    return message;
  }

  /**
   * Compares a received message, whose header is `header`, with what was sent. `truncated` is a beginning
   * of the right message; anything else that differs is `corrupted`.
   */
  compare(message: Uint8Array, header: ProbeHeader): Comparison {
    const random = this.#random(header.number);
    const length = this.#length(random);
    if (header.length !== length || message.length > length) return 'corrupted';
    const expected = this.#scratch.subarray(0, length);
    FILLERS[this.#plan.payload](expected.subarray(PROBE_HEADER_SIZE), random, header.number);
    for (let i = PROBE_HEADER_SIZE; i < message.length; i++) {
      if (message[i] !== expected[i]) return 'corrupted';
    }
    return message.length < length ? 'truncated' : 'intact';
  }

  #random(number: number): Random {
    return new Random(`${this.#seed}/${this.#stream}/${number}`);
  }

  #length(random: Random): number {
    const { min, max } = this.#plan.size;
    return min === max ? min : random.between(min, max);
  }
}
