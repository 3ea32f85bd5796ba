/** The rules between floors as functions from source to complaints: imports, cycles, and what is banned below `port`. Reads nothing. */
import { posix } from 'node:path';
import { FLOORS, type Floor, ONE_FILE_PACKAGES } from './floors.ts';
import { lineAt, type MaskedSource } from './masked-source.ts';

/** One import, export-from or dynamic import. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type`, or a type inside `import(...)`: gone after compilation. */
  readonly typeOnly: boolean;
}

const FROM = /\b(?:import|export)\b(?!\s*[(.])([^;'"]*?)\bfrom\s*(?=['"])/g;
const BARE = /\b(?:import|require)\s*(\(?)\s*(?=['"])/g;

/** What `source` imports, in order. */
export function importsOf(source: MaskedSource): Import[] {
  const found: (Import & { offset: number })[] = [];
  const take = (quoteAt: number, offset: number, typeOnly: boolean): void => {
    const quote = source.original[quoteAt]!;
    const end = source.code.indexOf(quote, quoteAt + 1);
    const specifier = source.original.slice(quoteAt + 1, end);
    found.push({ specifier, line: lineAt(source.original, quoteAt), typeOnly, offset });
  };
  for (const match of source.code.matchAll(FROM)) {
    take(match.index + match[0].length, match.index, /^\s*type\b/.test(match[1]!));
  }
  for (const match of source.code.matchAll(BARE)) take(match.index + match[0].length, match.index, false);
  return found
    .sort((a, b) => a.offset - b.offset)
    .map(({ specifier, line, typeOnly }) => ({ specifier, line, typeOnly }));
}

/** The floor a path such as `src/wire/flags.ts` lies on; `undefined` outside of all. */
export function floorOf(path: string, floors: readonly Floor[] = FLOORS): Floor | undefined {
  const name = /^src\/([^/]+)\//.exec(path)?.[1];
  return floors.find((floor) => floor.name === name);
}

/** The path that a relative specifier of `from` names. */
function target(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

/** Complaints about imports that the map does not allow. */
export function importComplaints(source: MaskedSource, floors: readonly Floor[] = FLOORS): string[] {
  const floor = floorOf(source.path, floors);
  if (!floor) return [`${source.path}: lies on no floor of the map (test/tidy/floors.ts)`];
  return importsOf(source).flatMap(({ specifier, line }) => {
    const where = `${source.path}:${line}`;
    if (specifier.startsWith('.')) {
      const path = target(source.path, specifier);
      const other = floorOf(path, floors);
      if (!other) return [`${where}: imports ${path}, which lies on no floor`];
      const allowed = other === floor || floor.imports.includes(other.name);
      return allowed ? [] : [`${where}: ${floor.name} may not import ${other.name} (${path})`];
    }
    const known = specifier.startsWith('node:') ? floor.node : floor.packages;
    return known?.includes(specifier) ? [] : [`${where}: ${floor.name} may not import ${specifier}`];
  });
}

/** Complaints about packages that more than one file imports although only one may. */
export function oneFileComplaints(sources: readonly MaskedSource[]): string[] {
  return ONE_FILE_PACKAGES.flatMap((name) => {
    const users = sources.filter((source) =>
      importsOf(source).some((entry) => entry.specifier === name && !entry.typeOnly),
    );
    return users.length > 1
      ? [`${name} is imported by ${users.map((user) => user.path).join(' and ')}: one may`]
      : [];
  });
}

/** Every way round a circle in a directed graph that a depth-first walk meets, each as `a -> b -> a`. */
export function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const from = path.indexOf(node);
    if (from >= 0) {
      cycles.push([...path.slice(from), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const next of edges.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of edges.keys()) visit(node);
  return cycles;
}

/** Which file imports which when the program runs; types are gone by then, and may be recursive over two files. */
export function importGraph(sources: readonly MaskedSource[]): Map<string, string[]> {
  return new Map(
    sources.map((source) => [
      source.path,
      importsOf(source)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => target(source.path, specifier)),
    ]),
  );
}

/** A name that must not occur in the code of a pure floor, and why. */
interface Ban {
  readonly pattern: RegExp;
  readonly why: string;
}

/** A global name: not a member of something, not a key. */
function globalName(names: string): RegExp {
  return new RegExp(`(?<![\\w$.#])(?:${names})\\b(?!\\s*\\??:(?!:))`, 'g');
}

/** What a machine that is told the time must not touch. */
const BANS: readonly Ban[] = [
  { pattern: globalName('Date|performance|Temporal'), why: 'the time is given from outside' },
  {
    pattern: globalName(
      'setTimeout|setInterval|setImmediate|clearTimeout|clearInterval|clearImmediate|queueMicrotask',
    ),
    why: 'a machine has a deadline, not a timer',
  },
  { pattern: /\bMath\s*\.\s*random\b/g, why: 'chance comes from a seeded Random' },
  { pattern: globalName('crypto'), why: 'chance comes from a seeded Random' },
  {
    pattern: /\bMath\s*\.\s*(?:a?(?:sin|cos|tan)h?|atan2|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)\b/g,
    why: 'differs between engines in the last bit',
  },
  {
    // IEEE arithmetic rounds + - * / sqrt alike everywhere, and powers of a power of two are exact.
    pattern: /(?<!\b(?:2|4|8|16|32|64|256|1024)\s*)\*\*/g,
    why: 'differs between engines in the last bit unless the base is a power of two',
  },
  { pattern: /(?<![\w$.#])(?:async|await)\b(?!\s*\??:)/g, why: 'a machine is synchronous' },
  { pattern: globalName('Promise|PromiseLike'), why: 'a machine is synchronous' },
  {
    pattern: globalName('process|globalThis|console|fetch|WebSocket|Atomics|SharedArrayBuffer'),
    why: 'no I/O below port',
  },
  { pattern: /\ballocUnsafe(?:Slow)?\b/g, why: 'what it holds is chance' },
  { pattern: globalName('NodeJS|require'), why: 'Node itself stays above' },
  {
    pattern: globalName('WeakRef|FinalizationRegistry|Intl'),
    why: 'depends on the collector or the machine',
  },
  { pattern: /\.\s*(?:toLocale\w+|localeCompare)\b/g, why: 'depends on the machine' },
  { pattern: /(?<![\w$.#])(?:eval\b|new\s+Function\b)/g, why: 'code is written, not made' },
];

/** Complaints about ambient time, chance, I/O and waiting in a file of a pure floor. */
export function banComplaints(source: MaskedSource): string[] {
  return BANS.flatMap(({ pattern, why }) =>
    [...source.code.matchAll(pattern)].map(
      (match) => `${source.path}:${lineAt(source.code, match.index)}: ${match[0].trim()}: ${why}`,
    ),
  );
}

/** SHA-1 is all that `wire` takes from node:crypto: everything else there has chance in it. */
export function cryptoComplaints(source: MaskedSource): string[] {
  return [...source.code.matchAll(/\bimport\b([^;'"]*)\bfrom\s*'/g)]
    .filter((match) => source.original.startsWith('node:crypto', match.index + match[0].length))
    .filter((match) => match[1]!.replace(/\s/g, '') !== '{createHash}')
    .map(
      (match) => `${source.path}:${lineAt(source.code, match.index)}: only createHash of node:crypto is pure`,
    );
}

/** Complaints about writing past the console or leaving the process anywhere but in `cli`. */
export function exitComplaints(source: MaskedSource): string[] {
  return [
    ...source.code.matchAll(/(?<![\w$.#])(?:process\s*\.\s*(?:exit|exitCode|abort)\b|console\s*\.)/g),
  ].map(
    (match) => `${source.path}:${lineAt(source.code, match.index)}: ${match[0]}: only cli prints and exits`,
  );
}
