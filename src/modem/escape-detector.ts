/** Finds `+++` with silence around it in what a modem is given to send. Takes nothing out: the far end gets it too. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';

/** S12 counts fiftieths of a second. */
const GUARD_UNIT: Duration = 20 * MILLISECOND;

/** The registers that say what an escape is. */
export interface EscapeRegisters {
  /** S2; above 127 there is none. */
  readonly character: number;
  /** S12. */
  readonly guard: number;
}

/**
 * Silence of the guard time, three escape characters no further apart than that, silence again. With a guard time of 0
 * the third character is enough.
 */
export class EscapeDetector {
  #count = 0;
  #last: Instant;
  #due: Instant | undefined;

  /** `since` is when the silence began: the call's beginning, or the return to it. */
  constructor(since: Instant) {
    this.#last = since;
  }

  /** When the silence behind three characters will have been long enough. */
  get deadline(): Instant | undefined {
    return this.#due;
  }

  /** Whether that moment has come; true once. */
  expired(now: Instant): boolean {
    if (this.#due === undefined || now < this.#due) return false;
    this.#due = undefined;
    this.#count = 0;
    this.#last = now;
    return true;
  }

  /** Bytes that were to be sent at `now`. */
  see(now: Instant, bytes: Uint8Array, { character, guard }: EscapeRegisters): void {
    const silence = guard * GUARD_UNIT;
    for (const byte of bytes) {
      const gap = now - this.#last;
      this.#last = now;
      this.#due = undefined;
      if (character > 127 || byte !== character) this.#count = 0;
      else if (this.#count > 0 && this.#count < 3 && (gap <= silence || guard === 0)) this.#count++;
      else this.#count = gap >= silence || guard === 0 ? 1 : 0;
      if (this.#count === 3) this.#due = now + silence;
    }
  }
}
