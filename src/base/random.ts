/** Seeded random numbers: the only source of chance below `port`. One seed text reproduces everything. */

/** ln 2, for {@link naturalLogarithm}. */
const LN2 = Math.LN2;

/**
 * The natural logarithm of `x` in (0, 1], from + - * / alone. `Math.log` differs between engines in the
 * last bit; IEEE arithmetic does not, and a simulation must agree to the last bit everywhere.
 */
function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < 0.75) {
    mantissa *= 2;
    exponent--;
  }
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return 2 * z * sum + exponent * LN2;
}

/** FNV-1a over the UTF-16 units of a text, 32 bits, started from `basis`. */
function hash(text: string, basis: number): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** splitmix32: spreads one 32-bit word into a stream of well-mixed words. */
function mixer(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** A seeded generator (xoshiro128**, Blackman and Vigna 2018). Forked by label, so that one user's draws never shift another's. */
export class Random {
  readonly seed: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** Any text is a seed; equal texts give equal streams. */
  constructor(seed: string) {
    this.seed = seed;
    const left = mixer(hash(seed, 0x811c9dc5));
    const right = mixer(hash(seed, 0x9747b28c));
    this.#a = left();
    this.#b = right();
    this.#c = left();
    this.#d = right() | 1;
  }

  /** An independent generator whose seed is this one's and `label`; how many numbers were drawn here does not matter. */
  fork(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  /** A whole number, 0..2^32-1. */
  uint32(): number {
    const x = Math.imul(this.#b, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A whole number, 0..limit-1, without bias. `limit` is 1..2^32. */
  below(limit: number): number {
    const reject = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const word = this.uint32();
      if (word < reject) return word % limit;
    }
  }

  /** A whole number, `low`..`high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with probability `ratio` (0..1), to a resolution of 2^-32. */
  chance(ratio: number): boolean {
    return this.uint32() < ratio * 2 ** 32;
  }

  /**
   * How many trials pass before the first success, each succeeding with probability `ratio`: geometric,
   * 0..Number.MAX_SAFE_INTEGER (which also stands for "never", ratio 0).
   */
  gap(ratio: number): number {
    if (ratio <= 0) return Number.MAX_SAFE_INTEGER;
    if (ratio >= 1) return 0;
    const uniform = (this.uint32() + 1) / 2 ** 32;
    // Below 2^-26, 1 - ratio loses the ratio's own digits; -ratio is then the logarithm to double precision.
    const step = ratio < 2 ** -26 ? -ratio : naturalLogarithm(1 - ratio);
    return Math.min(Math.floor(naturalLogarithm(uniform) / step), Number.MAX_SAFE_INTEGER);
  }

  /** Fills `bytes` with random bytes and returns it. */
  fill(bytes: Uint8Array): Uint8Array {
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const word = this.uint32();
      bytes[at] = word;
      bytes[at + 1] = word >>> 8;
      bytes[at + 2] = word >>> 16;
      bytes[at + 3] = word >>> 24;
    }
    for (let word = this.uint32(); at < bytes.length; at++, word >>>= 8) bytes[at] = word;
    return bytes;
  }

  /** One of `choices`, which must not be empty. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}
