/** The rules of the house as functions from a file to complaints: names, sizes, comments, shortcuts, links. Reads nothing. */
import { posix } from 'node:path';
import { lineAt, type MaskedSource } from './masked-source.ts';

/** The hard ceiling of a file; about 300 lines is a full room. */
export const LINES_MAX = 400;
/** The same for a file of tests, which is read a test at a time. */
export const TEST_LINES_MAX = 500;

/** Names that say nothing about what a file holds. */
const EMPTY_NAMES = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'types',
  'misc',
  'shared',
  'lib',
  'index',
  'constants',
]);

/** Complaints about the name of a file. */
export function nameComplaints(path: string): string[] {
  const stem = posix.basename(path).replace(/(?:(?:\.property)?\.test|\.d)?\.[a-z]+$/, '');
  if (EMPTY_NAMES.has(stem)) return [`${path}: a file is named for the one thing it holds`];
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(stem) ? [] : [`${path}: file names are lower case with dashes`];
}

/** Complaints about the length and the first line of a file. */
export function shapeComplaints(source: MaskedSource): string[] {
  const lines = source.original.split('\n');
  const first = lines[0]!.startsWith('#!') ? lines[1] : lines[0];
  const complaints: string[] = [];
  const ceiling = source.path.endsWith('.test.ts') ? TEST_LINES_MAX : LINES_MAX;
  if (lines.length - 1 > ceiling) {
    complaints.push(`${source.path}: ${lines.length - 1} lines; the ceiling is ${ceiling}`);
  }
  // A test mirrors the file that it tests, and its titles are sentences.
  if (!/^\/\*\*(?: |$)/.test(first ?? '') && !source.path.endsWith('.test.ts'))
    complaints.push(`${source.path}:1: the first line says what the file is, as /** ... */`);
  return complaints;
}

interface Shortcut {
  readonly pattern: RegExp;
  readonly view: 'code' | 'comments';
  readonly why: string;
}

/** Ways round the checks. */
const SHORTCUTS: readonly Shortcut[] = [
  { pattern: /\bas\s+any\b/g, view: 'code', why: 'say what it is' },
  { pattern: /@ts-(?:ignore|nocheck|expect-error)\b/g, view: 'comments', why: 'mend the type' },
  {
    pattern: /\b(?:c8|v8|istanbul|node:coverage)\s+ignore\b/g,
    view: 'comments',
    why: 'coverage says what it says',
  },
  {
    pattern: /\.\s*only\s*\(/g,
    view: 'code',
    why: 'the other tests run too',
  },
  { pattern: /\bexport\s*\*/g, view: 'code', why: 'no barrels: import from where it is' },
  { pattern: /^\s*debugger\b/gm, view: 'code', why: 'left behind' },
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g, view: 'comments', why: 'do it, or open an issue' },
];

/** Complaints about ways round the checks. */
export function shortcutComplaints(source: MaskedSource): string[] {
  return SHORTCUTS.flatMap(({ pattern, view, why }) =>
    [...source[view].matchAll(pattern)].map(
      (match) => `${source.path}:${lineAt(source.original, match.index)}: ${match[0].trim()}: ${why}`,
    ),
  );
}

const EXPORTED =
  /^export\s+(?:declare\s+)?(?:default\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|interface|type|enum)\s+([\w$]+)/gm;

/**
 * Complaints about exported declarations without a doc comment right above. Overloads share the first one's,
 * and so do declarations that follow a documented one without a blank line.
 */
export function docComplaints(source: MaskedSource): string[] {
  const exported = [...source.code.matchAll(EXPORTED)];
  let documented = false;
  return exported.flatMap((match) => {
    const above = source.original.slice(0, match.index);
    // The first line of a file speaks of the file; it is a declaration's own only if the file holds nothing else.
    const ofFile = exported.length > 1 && /^(?:#!.*\n)?\/\*\*[^\n]*\*\/\s*$/.test(above);
    const commented = /\*\/\s*$/.test(above) && !ofFile;
    documented = commented || (documented && /[;}]\n$/.test(above));
    return documented
      ? []
      : [`${source.path}:${lineAt(source.code, match.index)}: ${match[1]!} has no sentence`];
  });
}

/** A reason, as the title of a skipped test gives it. */
const REASON = /\b(?:needs|because|only|until|where|without)\b/;

/** Complaints about tests that are always skipped and whose titles do not say why; a condition speaks for itself. */
export function skipComplaints(source: MaskedSource): string[] {
  const call = /(?<![\w$.])(?:test|it|describe|suite)(?:\s*\.\s*\w+)*?\s*\.\s*(?:skip|todo)\b\s*\(/g;
  return [...source.code.matchAll(call)].flatMap((match) => {
    const first = source.texts.slice(match.index).trimStart().split('\n')[0]!;
    return REASON.test(first)
      ? []
      : [
          `${source.path}:${lineAt(source.code, match.index)}: a skipped test says in its title what it needs`,
        ];
  });
}

/** Complaints about paths of one particular machine. */
export function machineComplaints(path: string, text: string, places: readonly string[]): string[] {
  return places.flatMap((place) => {
    const found: string[] = [];
    for (let at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + 1)) {
      found.push(`${path}:${lineAt(text, at)}: ${place} exists on one machine`);
    }
    return found;
  });
}

/** Complaints about versions in a package.json that are not one exact version. */
export function pinComplaints(manifest: Readonly<Record<string, unknown>>): string[] {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
    Object.entries((manifest[group] ?? {}) as Record<string, string>)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([name, version]) => `package.json: ${name}: ${version} is no exact version`),
  );
}

/** The anchor that a heading of Markdown gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** What a page of Markdown offers and asks for, fenced code and comments left out. */
function pageText(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/<!--[\s\S]*?-->/g, '');
}

/** Complaints about links of the page `path` to files or headings that do not exist; `readPage` gives a file's text, or `undefined`. */
export function linkComplaints(
  path: string,
  text: string,
  readPage: (path: string) => string | undefined,
): string[] {
  const body = pageText(text).replaceAll(/`[^`\n]*`/g, '');
  return [...body.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
    const link = match[1]!;
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const place = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
    const page = place === path ? text : readPage(place);
    if (page === undefined) return [`${path}: ${link} leads nowhere`];
    if (anchor === undefined) return [];
    const anchors = [...pageText(page).matchAll(/^#+ (.+)$/gm)].map((heading) => anchorOf(heading[1]!));
    return anchors.includes(anchor) ? [] : [`${path}: ${link}: no such heading`];
  });
}
