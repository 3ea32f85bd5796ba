/** The titles of all tests and the ledger ids in them, read from the source. Runs no test. */
import { filesUnder, lineAt, type MaskedSource, mask, read } from '../tidy/masked-source.ts';

/** One call of `test` or `it` with ids in its title. */
export interface TitledTest {
  readonly path: string;
  readonly line: number;
  readonly title: string;
  /** What stands in square brackets and has the form of a row's id. */
  readonly ids: readonly string[];
  /** False for a test that is skipped, still to be written, or expected to fail, by itself or by what surrounds it. */
  readonly runs: boolean;
}

const CALL = /(?<![\w$.])(test|it|describe|suite)((?:\s*\.\s*\w+)*)\s*\(/g;
const DEAD = /\.\s*(?:skip|todo|fails)\b(?!If)/;
/** Table-driven and conditional calls take their title in a second pair of brackets. */
const CURRIED = /\.\s*(?:each|for|skipIf|runIf|extend)\s*$/;
const ID_GROUP = /\[([^\]\n]*)\]/g;
const ID = /^\d+(?:\.\d+)*-\d+$/;

/** The offset behind the bracket that closes the one at `open`, in code without texts and comments. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++;
    else if (')]}'.includes(code[at]!) && --depth === 0) return at + 1;
  }
  return code.length;
}

/** The quoted text at `from` (blanks before it allowed); `undefined` when something else stands there. */
function quotedAt(source: MaskedSource, from: number): string | undefined {
  const start = from + /^\s*/.exec(source.code.slice(from))![0].length;
  const quote = source.code[start];
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined;
  const end = source.code.indexOf(quote, start + 1);
  return source.original.slice(start + 1, end);
}

/** The ids in a title: `[2.2.2-05]`, `[2.2.2-05, 2.2.2-06]` or `[2.2.2-05] [2.2.2-06]`. */
export function idsIn(title: string): string[] {
  return [...title.matchAll(ID_GROUP)]
    .flatMap((match) => match[1]!.split(/[,\s]+/))
    .filter((word) => ID.test(word));
}

/** All tests of one file whose titles carry ids. */
export function titledTests(source: MaskedSource): TitledTest[] {
  const dead: [number, number][] = [];
  const found: (TitledTest & { offset: number })[] = [];
  for (const match of source.code.matchAll(CALL)) {
    let open = match.index + match[0].length - 1;
    if (CURRIED.test(match[2]!)) {
      const next = closing(source.code, open);
      const second = /^\s*\(/.exec(source.code.slice(next));
      if (!second) continue;
      open = next + second[0].length - 1;
    }
    const end = closing(source.code, open);
    const isDead = DEAD.test(match[2]!) || /\{[^{}]*\bskip:\s*true\b/.test(source.code.slice(open, end));
    if (isDead) dead.push([match.index, end]);
    const title = quotedAt(source, open + 1);
    if (title === undefined || match[1] === 'describe' || match[1] === 'suite') continue;
    const ids = idsIn(title);
    if (ids.length === 0) continue;
    const line = lineAt(source.code, match.index);
    found.push({ path: source.path, line, title, ids, runs: true, offset: match.index });
  }
  return found.map(({ offset, ...test }) => ({
    ...test,
    runs: !dead.some(([from, to]) => offset >= from && offset < to),
  }));
}

/** All tests of the project whose titles carry ids. */
export function readTitledTests(): TitledTest[] {
  return filesUnder('test', ['.test.ts']).flatMap((path) => titledTests(mask(path, read(path))));
}
