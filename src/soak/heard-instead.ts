/** What came from the line while an answer was waited for, in words: where nobody answers, it says what to look at. Decides nothing. */
import type { Message } from '../wire/message.ts';

/** A stretch of at least so many bytes is shown, where it is text. */
const TEXT_MIN = 4;
const TEXT = /^[\t\r\n -~]+$/;
const LETTERS = /[A-Za-z]{2}/;

/** Nothing that could be an answer was among it; see the head of the file. */
export class HeardInstead {
  #queries = 0;
  #others = 0;
  #text = '';

  /** A message came in an intact frame. */
  received({ kind }: Message): void {
    if (kind === 'enumerationQuery') this.#queries++;
    else this.#others++;
  }

  /** Bytes came that are no frame; `sample` is how they begin, as hexadecimal digits with spaces. */
  damaged(sample: unknown): void {
    if (this.#text !== '' || typeof sample !== 'string') return;
    const text = Buffer.from(sample.replaceAll(' ', ''), 'hex').toString('latin1');
    if (text.length >= TEXT_MIN && TEXT.test(text) && LETTERS.test(text)) this.#text = text.trim();
  }

  /** In words; `bytes` is how many came in all. */
  explain(bytes: number): string {
    if (this.#others > 0) return 'frames arrive, but none that answers ours';
    if (this.#queries > 0) {
      return 'only queries like our own arrive: the line is looped back or echoed, or dplink soak runs at both ends, where one must be dplink host';
    }
    if (this.#text !== '') {
      return `what arrives is text (${JSON.stringify(this.#text)}): a modem, a console or another program is at the other end`;
    }
    if (bytes > 0) {
      return `${bytes} bytes arrived and no frame among them: are baud, parity and stop bits the same at both ends?`;
    }
    return 'not one byte arrived: does dplink host run at the other end, with the same settings, and is the cable crossed and whole?';
  }
}
