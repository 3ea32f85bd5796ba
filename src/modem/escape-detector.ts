/** Finds the escape in what a modem is given to send, as its kind of modem does. Takes nothing out: the far end gets it too. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';

/** S12 counts fiftieths of a second. */
const GUARD_UNIT: Duration = 20 * MILLISECOND;
/** Bytes of a command behind the escape; what is longer is data. */
const COMMAND_MAX = 80;

/** What kinds of modems take for an escape. */
export const ESCAPE_RULES = [
  /** Three characters together, with silence before and after: Hayes, and V.250's annex. */
  'guarded',
  /** Half of that: silence on one side is enough. */
  'silence-before',
  'silence-after',
  /** The three may be any time apart. */
  'apart',
  /** Three characters, AT, a command and a carriage return, whatever stands around them: the time-independent escape. */
  'command',
] as const;
export type EscapeRule = (typeof ESCAPE_RULES)[number];

/** The registers that say what an escape is. */
export interface EscapeRegisters {
  /** S2; above 127 there is none. */
  readonly character: number;
  /** S12. */
  readonly guard: number;
  /** S3: what ends a command. */
  readonly end: number;
}

/** An escape that was found; with the time-independent one, the command that came with it, as behind AT. */
export interface FoundEscape {
  readonly command: string | undefined;
}

/** What each rule wants; a guard time of 0 wants no silence anywhere. */
const WANTS: Readonly<Record<EscapeRule, { before: boolean; after: boolean; together: boolean }>> = {
  guarded: { before: true, after: true, together: true },
  'silence-before': { before: true, after: false, together: true },
  'silence-after': { before: false, after: true, together: true },
  apart: { before: true, after: true, together: false },
  command: { before: false, after: false, together: true },
};

/** To be given all that is sent; ask `found` after `see` and `expire`. */
export class EscapeDetector {
  readonly #rule: EscapeRule;
  #count = 0;
  #last: Instant;
  #due: Instant | undefined;
  /** What came behind three characters, where a command is wanted. */
  #command: string | undefined;
  #found: FoundEscape | undefined;

  /** `since` is when the silence began: the call's beginning, or the return to it. */
  constructor(since: Instant, rule: EscapeRule) {
    this.#last = since;
    this.#rule = rule;
  }

  /** When the silence behind three characters will have been long enough. */
  get deadline(): Instant | undefined {
    return this.#due;
  }

  /** Whether there is an escape. */
  get found(): FoundEscape | undefined {
    return this.#found;
  }

  /** Silence until now. */
  expire(now: Instant): void {
    if (this.#due !== undefined && now >= this.#due) this.#find(undefined);
  }

  /** Bytes that are to be sent at `now`; how many of them are, as what stands behind an escape is for the modem. */
  see(now: Instant, bytes: Uint8Array, registers: EscapeRegisters): number {
    for (const [at, byte] of bytes.entries()) {
      this.#see(now, byte, registers);
      if (this.#found) return at + 1;
    }
    return bytes.length;
  }

  #see(now: Instant, byte: number, { character, guard, end }: EscapeRegisters): void {
    const { before, after, together } = WANTS[this.#rule];
    const silence = guard * GUARD_UNIT;
    const gap = now - this.#last;
    this.#last = now;
    this.#due = undefined;
    if (this.#command !== undefined && this.#follow(byte, end)) return;
    if (character > 127 || byte !== character) this.#count = 0;
    else if (this.#count > 0 && this.#count < 3 && (gap <= silence || guard === 0 || !together))
      this.#count++;
    else this.#count = gap >= silence || guard === 0 || !before ? 1 : 0;
    if (this.#count < 3) return;
    if (this.#rule === 'command') this.#command = '';
    else if (after && guard > 0) this.#due = now + silence;
    else this.#find(undefined);
  }

  /** A byte behind the three: whether it may still become a command. */
  #follow(byte: number, end: number): boolean {
    const text = this.#command ?? '';
    this.#command = undefined;
    if (byte === end && text.length >= 2) {
      this.#find(text.slice(2));
      return true;
    }
    const longer = text + String.fromCharCode(byte & 0x7f);
    const isCommand = /^(A|a|AT.*|at.*)$/.test(longer) && longer.length <= COMMAND_MAX;
    if (isCommand) this.#command = longer;
    return isCommand;
  }

  #find(command: string | undefined): void {
    this.#due = undefined;
    this.#count = 0;
    this.#found = { command };
  }
}
