/** TypeScript source taken apart into code, comments and texts, position for position. Tells tokens apart; understands no syntax. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The root of the checkout. */
export const ROOT: string = join(import.meta.dirname, '..', '..');

/** One source file in three views of equal length; what does not belong to a view is blank (line breaks stay). */
export interface MaskedSource {
  /** Path from the root of the checkout, with forward slashes. */
  readonly path: string;
  readonly original: string;
  /** Code alone: quotes stay, what stands between them is blank; `${}` inside a template is code. */
  readonly code: string;
  /** Comments alone, their delimiters included. */
  readonly comments: string;
  /** What stands between quotes, alone. */
  readonly texts: string;
}

type View = 'code' | 'comments' | 'texts';

/** What may stand before a slash that begins a regular expression; after anything else it divides. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))\s*$/;

/** Where the regular expression that starts at `start` ends; `undefined` when the line ends first. */
function regexEnd(text: string, start: number): number | undefined {
  let inClass = false;
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (character === '/' && !inClass) return at;
  }
  return undefined;
}

/** Where the quoted text that starts at `start` ends: its closing quote, or the last character when none comes. */
function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote || text[at] === '\n') return at;
  }
  return text.length - 1;
}

/** Decides for every character of `text` which view it belongs to. */
function viewOf(text: string): View[] {
  const views: View[] = new Array(text.length).fill('code');
  const fill = (from: number, to: number, view: View): void => {
    views.fill(view, from, Math.min(to, text.length));
  };
  // One entry for each template literal under way: how many braces are open inside its current `${}`.
  const braces: number[] = [];
  let at = 0;
  const template = (): void => {
    for (; at < text.length; at++) {
      if (text[at] === '`') return;
      if (text[at] === '$' && text[at + 1] === '{') {
        braces.push(0);
        at++;
        return;
      }
      views[at] = 'texts';
      if (text[at] === '\\') views[++at] = 'texts';
    }
  };
  for (; at < text.length; at++) {
    const two = text.slice(at, at + 2);
    const one = text[at]!;
    if (two === '//' || (at === 0 && two === '#!')) {
      const end = text.indexOf('\n', at);
      const stop = end < 0 ? text.length : end;
      fill(at, stop, 'comments');
      at = stop - 1;
    } else if (two === '/*') {
      const end = text.indexOf('*/', at + 2);
      const stop = end < 0 ? text.length : end + 2;
      fill(at, stop, 'comments');
      at = stop - 1;
    } else if (one === "'" || one === '"') {
      const end = quoteEnd(text, at);
      fill(at + 1, end, 'texts');
      at = end;
    } else if (one === '`') {
      at++;
      template();
    } else if (one === '{' && braces.length > 0) {
      braces.push(braces.pop()! + 1);
    } else if (one === '}' && braces.length > 0) {
      const open = braces.pop()!;
      if (open > 0) braces.push(open - 1);
      else {
        at++;
        template();
      }
    } else if (one === '/' && BEFORE_REGEX.test(text.slice(Math.max(0, at - 40), at))) {
      const end = regexEnd(text, at);
      if (end !== undefined) {
        fill(at + 1, end, 'texts');
        at = end;
      }
    }
  }
  return views;
}

/** Takes `text` apart; `path` is only carried along. */
export function mask(path: string, text: string): MaskedSource {
  const views = viewOf(text);
  const only = (view: View): string => {
    let kept = '';
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      kept += character === '\n' || views[at] === view ? character : ' ';
    }
    return kept;
  };
  return { path, original: text, code: only('code'), comments: only('comments'), texts: only('texts') };
}

/** The number of the line, from 1, in which `offset` lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Paths, from the root, of all files under `folder` that end with one of `endings`, in order of their names. */
export function filesUnder(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** The text of one file of the checkout. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** All TypeScript files under `folder`, taken apart. */
export function sourcesUnder(folder: string): MaskedSource[] {
  return filesUnder(folder, ['.ts']).map((path) => mask(path, read(path)));
}
