/** Where the faults of a line fall: seeded and scripted, by offset of the byte in the stream. Knows no time. */
import type { Random } from '../base/random.ts';

/** A fault at a place of the stream, for exact tests. Offsets count the bytes sent, from 0. */
export type ScriptedFault =
  /** Inverts data bit `bit` (0..7) of the byte. */
  | { readonly kind: 'bitError'; readonly offset: number; readonly bit: number }
  /** The byte never arrives. */
  | { readonly kind: 'drop'; readonly offset: number }
  /** The stray byte `byte` arrives before it. */
  | { readonly kind: 'insert'; readonly offset: number; readonly byte: number };

/** Bursts of errors (Gilbert and Elliott's two states, both of geometric length). */
export interface BurstOptions {
  /** Mean number of bytes between the end of a burst and the next, at least 1. */
  readonly meanGapBytes: number;
  /** Mean number of bytes in a burst, at least 1. */
  readonly meanLengthBytes: number;
  /** Probability that a data bit inside a burst arrives inverted, 0..1. */
  readonly bitErrorRatio: number;
}

/** How noisy a line is. All ratios are 0..1 and default to 0. */
export interface NoiseOptions {
  /** Probability that a data bit arrives inverted (8 per byte: start, parity and stop bits are never hit). */
  readonly bitErrorRatio?: number;
  /** Probability that a byte never arrives. */
  readonly byteDropRatio?: number;
  /** Probability that a stray random byte arrives before a byte. */
  readonly byteInsertRatio?: number;
  readonly burst?: BurstOptions;
  readonly script?: readonly ScriptedFault[];
}

/** All that befalls one byte. */
export interface ByteFault {
  readonly offset: number;
  /** Bits that arrive inverted; 0 when the byte is dropped. */
  readonly flips: number;
  readonly drop: boolean;
  /** Stray bytes that arrive before it. */
  readonly inserts: readonly number[];
  /** Length in bytes of the burst that begins here, or 0. */
  readonly burst: number;
}

const NEVER = Number.MAX_SAFE_INTEGER;

/** The place `gap` trials after `place`, or NEVER. */
function onward(place: number, gap: number): number {
  return gap >= NEVER - place ? NEVER : place + gap;
}

/**
 * Draws the distance to the next fault of each kind, never a number per byte; each kind from its own generator,
 * so that more of one moves none of the others. The same seed puts the same faults at the same offsets, however
 * the stream is cut into pieces.
 */
export class Noise {
  readonly #options: NoiseOptions;
  readonly #bits: Random;
  readonly #drops: Random;
  readonly #inserts: Random;
  readonly #bursts: Random;
  readonly #script: ScriptedFault[];
  #ratio: number;
  #bitAt: number;
  #dropAt: number;
  #insertAt: number;
  #burstSwitchAt: number;
  #inBurst = false;

  constructor(random: Random, options: NoiseOptions) {
    this.#options = options;
    this.#bits = random.fork('bits');
    this.#drops = random.fork('drops');
    this.#inserts = random.fork('inserts');
    this.#bursts = random.fork('bursts');
    this.#script = [...(options.script ?? [])].sort((a, b) => a.offset - b.offset);
    this.#ratio = options.bitErrorRatio ?? 0;
    this.#bitAt = this.#bits.gap(this.#ratio);
    this.#dropAt = this.#drops.gap(options.byteDropRatio ?? 0);
    this.#insertAt = this.#inserts.gap(options.byteInsertRatio ?? 0);
    this.#burstSwitchAt = options.burst ? onward(1, this.#bursts.gap(1 / options.burst.meanGapBytes)) : NEVER;
  }

  /** Offset of the next byte that something befalls; a number beyond every stream when nothing will. */
  get nextOffset(): number {
    const seeded = Math.min(Math.floor(this.#bitAt / 8), this.#dropAt, this.#insertAt, this.#burstSwitchAt);
    return Math.min(seeded, this.#script[0]?.offset ?? NEVER);
  }

  /** Adds a scripted fault; one whose offset has passed befalls the next byte that passes. */
  script(fault: ScriptedFault): void {
    const after = this.#script.findIndex((each) => each.offset > fault.offset);
    this.#script.splice(after < 0 ? this.#script.length : after, 0, fault);
  }

  /** What befalls the byte at `nextOffset`; the next call is about a later one. `passing` is the first offset not yet passed. */
  take(passing: number): ByteFault {
    const offset = Math.max(this.nextOffset, passing);
    const burst = this.#burstSwitchAt <= offset ? this.#switch(offset) : 0;
    const inserts: number[] = [];
    let drop = false;
    let flips = 0;
    if (this.#insertAt <= offset) {
      inserts.push(this.#inserts.below(256));
      this.#insertAt = onward(offset + 1, this.#inserts.gap(this.#options.byteInsertRatio ?? 0));
    }
    if (this.#dropAt <= offset) {
      drop = true;
      this.#dropAt = onward(offset + 1, this.#drops.gap(this.#options.byteDropRatio ?? 0));
    }
    while (this.#bitAt < (offset + 1) * 8) {
      flips |= 1 << (this.#bitAt % 8);
      this.#bitAt = onward(this.#bitAt + 1, this.#bits.gap(this.#ratio));
    }
    while (this.#script[0] !== undefined && this.#script[0].offset <= offset) {
      const fault = this.#script.shift()!;
      if (fault.kind === 'insert') inserts.push(fault.byte);
      else if (fault.kind === 'drop') drop = true;
      else flips |= 1 << fault.bit;
    }
    return { offset, flips: drop ? 0 : flips, drop, inserts, burst };
  }

  /** Enters or leaves a burst at `offset`; the length of the one entered, or 0. */
  #switch(offset: number): number {
    const burst = this.#options.burst!;
    this.#inBurst = !this.#inBurst;
    this.#ratio = this.#inBurst ? burst.bitErrorRatio : (this.#options.bitErrorRatio ?? 0);
    const mean = this.#inBurst ? burst.meanLengthBytes : burst.meanGapBytes;
    const length = onward(1, this.#bursts.gap(1 / mean));
    this.#burstSwitchAt = onward(offset, length);
    // Geometric gaps have no memory: drawing anew at the new ratio is exact.
    this.#bitAt = onward(offset * 8, this.#bits.gap(this.#ratio));
    return this.#inBurst ? length : 0;
  }
}
