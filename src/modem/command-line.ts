/** Bytes from the port as command lines: AT in either case, editing, A/, length. Executes nothing. */

/** What came of the bytes. */
export type TypedLine =
  /** What stood between AT and the end of the line; `AT` is how it was written. */
  | { readonly kind: 'line'; readonly body: string; readonly prefix: string }
  /** A/: the last line again, at once. */
  | { readonly kind: 'repeat' }
  /** More characters than the modem holds. */
  | { readonly kind: 'overflow' };

/** The registers that shape a line. */
export interface LineRegisters {
  /** S3. */
  readonly end: number;
  /** S5; above 32 and not 127 there is none. */
  readonly back: number;
}

const LETTER_A = 0x41;
const LETTER_T = 0x54;
const SMALL = 0x20;
const SLASH = 0x2f;
const BLANK = 0x20;
const DELETE = 0x7f;

/**
 * Both letters of AT in the same case; what comes before it is nothing. Blanks and control characters are not counted
 * and not kept; the eighth bit, which may be parity, is not looked at.
 */
export class CommandLine {
  readonly #lengthMax: number;
  #state: 'idle' | 'a' | 'line' = 'idle';
  #small = 0;
  #body = '';
  #tooLong = false;

  /** `lengthMax` characters fit behind AT. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** Whether a line has begun and not ended. */
  get underway(): boolean {
    return this.#state !== 'idle';
  }

  /** Forgets what was typed. */
  clear(): void {
    this.#state = 'idle';
    this.#body = '';
    this.#tooLong = false;
  }

  /** One character; the line it ended, if it did. */
  type(byte: number, registers: LineRegisters): TypedLine | undefined {
    const code = byte & 0x7f;
    switch (this.#state) {
      case 'idle':
        this.#begin(code);
        return undefined;
      case 'a':
        if (code === SLASH) {
          this.clear();
          return { kind: 'repeat' };
        }
        if (code === (LETTER_T | this.#small)) this.#state = 'line';
        else this.#begin(code);
        return undefined;
      case 'line':
        return this.#append(code, registers);
    }
  }

  #begin(code: number): void {
    const isA = (code & ~SMALL) === LETTER_A;
    this.#small = code & SMALL;
    this.#state = isA ? 'a' : 'idle';
  }

  #append(code: number, { end, back }: LineRegisters): TypedLine | undefined {
    if (code === end) return this.#finish();
    if (code === back && (back <= BLANK || back === DELETE)) {
      this.#body = this.#body.slice(0, -1);
    } else if (code > BLANK && code < DELETE) {
      if (this.#body.length < this.#lengthMax) this.#body += String.fromCharCode(code);
      else this.#tooLong = true;
    }
    return undefined;
  }

  #finish(): TypedLine {
    const line: TypedLine = this.#tooLong
      ? { kind: 'overflow' }
      : { kind: 'line', body: this.#body, prefix: this.#small === 0 ? 'AT' : 'at' };
    this.clear();
    return line;
  }
}
