/** What a receiver reads from a sender that is set differently: the waveform sampled at the receiver's rate. */
import { bitsPerCharacter, type LineSettings, type Parity } from '../base/line-settings.ts';

/** True when two ends read each other's characters as they are: same rate, same parity. Stop bits do not matter to a receiver. */
export function settingsAgree(a: LineSettings, b: LineSettings): boolean {
  return a.baud === b.baud && a.parity === b.parity;
}

/** The parity bit that goes with `byte`, or `undefined` for NONE. */
function parityBit(parity: Parity, byte: number): number | undefined {
  let ones = 0;
  for (let bits = byte; bits !== 0; bits >>= 1) ones += bits & 1;
  switch (parity) {
    case 'NONE':
      return undefined;
    case 'EVEN':
      return ones & 1;
    case 'ODD':
      return ~ones & 1;
    case 'MARK':
      return 1;
    case 'SPACE':
      return 0;
  }
}

/** Said instead of a byte: the line was low for less than half a bit. */
const GLITCH = -1;

/** Where the receiver counts its errors. */
export interface MissampledCounts {
  /** Characters whose stop bit read low, breaks not counted. */
  framing: number;
  parity: number;
  /** Characters of which every bit read low, stop bit included. */
  break: number;
}

/**
 * A UART that samples in the middle of its own bits. Time is counted in whole ticks: a bit of the sender is
 * `2 * receiver's baud` ticks long, a bit of the receiver `2 * sender's baud`, so nothing is rounded. Bytes of
 * an unbroken run are fed in pieces of any size; what comes out does not depend on the pieces.
 */
export class Missampling {
  readonly #counts: MissampledCounts;
  readonly #sender: LineSettings;
  readonly #receiver: LineSettings;
  readonly #senderBit: number;
  readonly #receiverBit: number;
  readonly #character: number;
  /** Characters under way, oldest first, as levels: bit n is the level of the n-th bit. */
  #levels: number[] = [];
  /** The receiver's place, in ticks since the first of `#levels` began; it looks for a falling edge from here. */
  #place = 0;

  /** The receiver's errors are added to `counts`. */
  constructor(sender: LineSettings, receiver: LineSettings, counts: MissampledCounts) {
    this.#counts = counts;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#senderBit = 2 * receiver.baud;
    this.#receiverBit = 2 * sender.baud;
    this.#character = bitsPerCharacter(sender) * this.#senderBit;
  }

  /** The next bytes of the run; returns what the receiver has read meanwhile. `last` when the line falls idle behind them. */
  receive(bytes: Uint8Array, last: boolean): Uint8Array {
    for (const byte of bytes) this.#levels.push(this.#levelsOf(byte));
    const read: number[] = [];
    for (;;) {
      const byte = this.#readOne(last);
      if (byte === undefined) break;
      if (byte !== GLITCH) read.push(byte);
    }
    if (last) {
      this.#levels = [];
      this.#place = 0;
    } else {
      this.#forget();
    }
    return Uint8Array.from(read);
  }

  #levelsOf(byte: number): number {
    const parity = parityBit(this.#sender.parity, byte);
    // Start bit low, data, parity if any, and stop bits (two, whatever is used of them) high.
    if (parity === undefined) return (byte << 1) | (0b11 << 9);
    return (byte << 1) | (parity << 9) | (0b11 << 10);
  }

  #level(tick: number): number {
    const levels = this.#levels[Math.floor(tick / this.#character)];
    if (levels === undefined) return 1;
    return (levels >> Math.floor((tick % this.#character) / this.#senderBit)) & 1;
  }

  /** The start of the next low bit at or after `tick`, or `undefined` when the line stays high to its known end. */
  #nextFall(tick: number): number | undefined {
    const end = this.#levels.length * this.#character;
    let at = tick;
    while (at < end) {
      if (this.#level(at) === 0) return at;
      const intoCharacter = at % this.#character;
      const bitEnd = at - (intoCharacter % this.#senderBit) + this.#senderBit;
      at = Math.min(bitEnd, at - intoCharacter + this.#character);
    }
    return undefined;
  }

  /** Reads one character or {@link GLITCH}, or `undefined` when more of the waveform is needed first. */
  #readOne(last: boolean): number | undefined {
    const end = this.#levels.length * this.#character;
    const fall = this.#nextFall(this.#place);
    if (fall === undefined) {
      this.#place = Math.max(this.#place, end);
      return undefined;
    }
    const parityBits = this.#receiver.parity === 'NONE' ? 0 : 1;
    const stop = fall + Math.floor(((2 * (9 + parityBits) + 1) * this.#receiverBit) / 2);
    if (stop >= end && !last) {
      this.#place = fall;
      return undefined;
    }
    let byte = 0;
    const sample = (bit: number) => this.#level(fall + Math.floor(((2 * bit + 1) * this.#receiverBit) / 2));
    if (sample(0) === 1) {
      this.#place = fall + Math.floor(this.#receiverBit / 2);
      return GLITCH;
    }
    for (let bit = 0; bit < 8; bit++) byte |= sample(1 + bit) << bit;
    const parity = parityBits === 1 ? sample(9) : undefined;
    this.#judge(byte, parity, this.#level(stop));
    this.#place = this.#level(stop) === 1 ? stop : this.#nextRise(stop, end);
    return byte;
  }

  #judge(byte: number, parity: number | undefined, stop: number): void {
    if (stop === 0 && byte === 0 && parity !== 1) this.#counts.break++;
    else if (stop === 0) this.#counts.framing++;
    else if (parity !== undefined && parity !== parityBit(this.#receiver.parity, byte)) this.#counts.parity++;
  }

  /** Where a line that is low at `tick` goes high again, or `end`: a receiver waits for that after a missing stop bit. */
  #nextRise(tick: number, end: number): number {
    let at = tick;
    while (at < end && this.#level(at) === 0)
      at = at - ((at % this.#character) % this.#senderBit) + this.#senderBit;
    return at;
  }

  /** Drops the characters that the receiver is past. */
  #forget(): void {
    const passed = Math.min(Math.floor(this.#place / this.#character), this.#levels.length);
    if (passed === 0) return;
    this.#levels.splice(0, passed);
    this.#place -= passed * this.#character;
  }
}
