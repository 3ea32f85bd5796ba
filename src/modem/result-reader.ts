/** Bytes from a modem in command state, taken apart into lines. Knows no meaning of any. */

/** Longer lines are cut: no result code is as long. */
const LINE_MAX = 256;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BACKSPACE = 0x08;

/**
 * Collects lines over reads of any size. A line ends with a carriage return or a line feed; empty ones are none. The
 * high bit is taken for parity and dropped, as are control characters.
 */
export class ResultReader {
  #line = '';
  #cut = 0;

  /** Bytes beyond {@link LINE_MAX} that were thrown away so far. */
  get cut(): number {
    return this.#cut;
  }

  /**
   * Takes bytes from `from` up to the end of one line and no further, so that what follows a CONNECT stays untouched.
   * Gives the line, if one ended, and where the rest begins.
   */
  take(bytes: Uint8Array, from: number): { readonly line: string | undefined; readonly next: number } {
    for (let at = from; at < bytes.length; at++) {
      const code = bytes[at]! & 0x7f;
      if (code === CARRIAGE_RETURN || code === LINE_FEED) {
        const line = this.#line.trim();
        this.#line = '';
        if (line !== '') return { line, next: at + 1 };
      } else {
        this.#character(code);
      }
    }
    return { line: undefined, next: bytes.length };
  }

  #character(code: number): void {
    if (code === BACKSPACE) this.#line = this.#line.slice(0, -1);
    else if (code < 0x20 || code === 0x7f) return;
    else if (this.#line.length >= LINE_MAX) this.#cut++;
    else this.#line += String.fromCharCode(code);
  }
}
