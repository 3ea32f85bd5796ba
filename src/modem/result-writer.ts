/** What an emulated modem says, as bytes: words or numbers, framed by S3 and S4. Decides nothing. */
import type { ModemMemory } from './modem-memory.ts';
import { type Maker, NUMERIC_RESULTS } from './result-table.ts';

/** Codes that a maker's table does not number are given as the nearest that all have, or not at all. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  VOICE: 'NO CARRIER',
  FAX: 'NO CARRIER',
  BLACKLISTED: 'NO CARRIER',
};

/** `text` as bytes, one each; characters above 255 lose their upper bits. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** How the results of one modem are spelt. */
export interface ResultSpelling {
  /** Whose numbers stand for the texts with V0. */
  readonly maker: Maker;
  /** Texts that this modem spells otherwise: `NO DIALTONE` -> `NO DIAL TONE`. */
  readonly spelling: Readonly<Record<string, string>>;
}

/** The number of a result text, or `undefined` when there is none. */
function numberOf(text: string, maker: Maker): number | undefined {
  const texts = NUMERIC_RESULTS[maker];
  const known = (wanted: string): number | undefined => {
    const found = Object.entries(texts).find(([, each]) => each === wanted);
    return found && Number(found[0]);
  };
  const bare = text.startsWith('DELAYED') ? 'DELAYED' : text;
  const plain = bare.startsWith('CONNECT') ? (known(bare.replace(/\/.*$/, '')) ?? 1) : undefined;
  return known(bare) ?? plain ?? known(STANDS_FOR[bare] ?? '');
}

/** A result code as bytes. Empty where it has no number and numbers are wanted. Looks at V, S3 and S4, not at Q. */
export function resultBytes(
  text: string,
  memory: ModemMemory,
  { maker, spelling }: ResultSpelling,
): Uint8Array {
  const end = String.fromCharCode(memory.s(3));
  const feed = end + String.fromCharCode(memory.s(4));
  if (memory.setting('V') === 1) {
    const spelt = Object.hasOwn(spelling, text) ? spelling[text]! : text;
    return latin1(`${feed}${spelt}${feed}`);
  }
  const code = numberOf(text, maker);
  return latin1(code === undefined ? '' : `${code}${end}`);
}

/** Lines of an answer to a question as bytes. */
export function answerBytes(lines: readonly string[], memory: ModemMemory): Uint8Array {
  const feed = String.fromCharCode(memory.s(3), memory.s(4));
  const before = memory.setting('V') === 1 ? feed : '';
  return latin1(before + lines.map((line) => line + feed).join(''));
}
