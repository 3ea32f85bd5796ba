/** Probe messages made, and checked by making them again: everything behind the header follows from seed, stream and number. */
import type { Instant } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { PROBE_HEADER_SIZE, type ProbeHeader, writeProbeHeader } from './probe.ts';
import type { Payload, SizeRange, StreamPlan } from './stream-plan.ts';

/** XON and XOFF: what software flow control swallows. */
const XON = 0x11;
const XOFF = 0x13;
/** Sync byte of the serial header: a body full of it makes a careless deframer lose its place. [MS-DPDX] 2.2.2 */
const SYNC = 0xcc;
/** `+`, three of which make a modem leave its data mode. */
const PLUS = 0x2b;

type Filler = (bytes: Uint8Array, random: Random, number: number, file: Uint8Array) => void;

/** What stands for the user's file where no stream needs one. */
const NO_FILE = new Uint8Array(1);

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
  ones: (bytes) => void bytes.fill(0xff),
  marks: (bytes) => void bytes.fill(SYNC),
  'xon-xoff': (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = i & 1 ? XOFF : XON;
  },
  escape: (bytes) => void bytes.fill(PLUS),
  file: (bytes, _random, number, file) => {
    // Full messages in a row are the file from beginning to end, again and again.
    let at = (number * bytes.length) % file.length;
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = file[at]!;
      at = at + 1 === file.length ? 0 : at + 1;
    }
  },
};

/** How a received probe message compares with the one that was sent. */
export type Comparison = 'intact' | 'truncated' | 'corrupted';

/** The messages of one stream: both ends can make any of them, in any order. */
export class StreamMessages {
  readonly #seed: string;
  readonly #stream: number;
  readonly #plan: StreamPlan;
  readonly #file: Uint8Array;
  /** Where a message is made again for comparison; grows to the largest message once. */
  readonly #scratch: Uint8Array;

  /** `file` is what streams with the payload `file` repeat, 1 byte or more. */
  constructor(seed: string, stream: number, plan: StreamPlan, file: Uint8Array = NO_FILE) {
    this.#file = file;
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
    FILLERS[this.#plan.payload](message.subarray(PROBE_HEADER_SIZE), random, number, this.#file);
    writeProbeHeader(message, { stream: this.#stream, number, length, sentAt });
    return message;
  }

  /**
   * Compares a received message, whose header is `header`, with what was sent. `truncated` is a beginning
   * of the right message; anything else that differs is `corrupted`.
   */
  compare(message: Uint8Array, header: ProbeHeader): Comparison {
    const length = this.#again(header.number);
    if (header.length !== length || message.length > length) return 'corrupted';
    if (this.#firstWrong(message) !== undefined) return 'corrupted';
    return message.length < length ? 'truncated' : 'intact';
  }

  /** The place of the first byte that is not what was sent; `undefined` when all are, as far as the message goes. */
  firstWrong(message: Uint8Array, header: ProbeHeader): number | undefined {
    const length = this.#again(header.number);
    return this.#firstWrong(message.subarray(0, length)) ?? (message.length > length ? length : undefined);
  }

  /** Makes message `number` again, its header left out, in the scratch; returns its length. */
  #again(number: number): number {
    const random = this.#random(number);
    const length = this.#length(random);
    FILLERS[this.#plan.payload](
      this.#scratch.subarray(PROBE_HEADER_SIZE, length),
      random,
      number,
      this.#file,
    );
    return length;
  }

  #firstWrong(message: Uint8Array): number | undefined {
    for (let i = PROBE_HEADER_SIZE; i < message.length; i++) {
      if (message[i] !== this.#scratch[i]) return i;
    }
    return undefined;
  }

  #random(number: number): Random {
    return new Random(`${this.#seed}/${this.#stream}/${number}`);
  }

  #length(random: Random): number {
    const { mix } = this.#plan.size;
    const { min, max } = mix === undefined ? this.#plan.size : drawn(mix, random);
    return min === max ? min : random.between(min, max);
  }
}

/** One range of a distribution, each as often as its share says. */
function drawn(mix: NonNullable<SizeRange['mix']>, random: Random): { min: number; max: number } {
  let left = random.below(mix.reduce((sum, { share }) => sum + share, 0));
  for (const range of mix) {
    if (left < range.share) return range;
    left -= range.share;
  }
  return mix[0]!;
}
