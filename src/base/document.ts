/** YAML text checked against a schema: every complaint names file, line, column and key. Reads no file itself. */
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { plainComplaint } from './complaint.ts';
import { UsageError } from './failure.ts';
import { nearest } from './nearest.ts';
import { keysAt } from './schema-keys.ts';

/** yaml's own words advise a programmer. */
const SECOND_DOCUMENT = 'expected one document, a second one begins here';

/** `ends.near.baud`, or `the document` for the root. */
function keyText(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the document' : path.map(String).join('.');
}

/**
 * Parses `text` as YAML 1.2 and checks it against `schema`.
 * Throws {@link UsageError} with one line per complaint: `file:line:column key: what was expected`.
 */
export function parseChecked<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, version: '1.2', stringKeys: true } as const;
  const document = parseDocument(text, options);
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  // A warning is a tag that YAML does not know: its author meant something that would not happen.
  const mistakes = [...document.errors, ...document.warnings].map(
    ({ code, pos, message }) => `${place(pos[0])} ${code === 'MULTIPLE_DOCS' ? SECOND_DOCUMENT : message}`,
  );
  const dangling = danglingAliases(document).map(
    ({ offset, name }) => `${place(offset)} *${name}: no such anchor`,
  );
  if (mistakes.length + dangling.length > 0) throw new UsageError([...mistakes, ...dangling].join('\n'));
  const checked = schema.safeParse(heldBy(document, file), { error: plainComplaint });
  if (checked.success) return checked.data;
  const complaints = innermost(checked.error.issues, []).flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      const { path, message } = issue;
      return [`${place(offsetOf(document, path, false))} ${keyText(path)}: ${sentence(message)}`];
    }
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const guess = nearest(key, keysAt(schema, issue.path));
      const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
      return `${place(offsetOf(document, path, true))} ${keyText(path)}: unknown key${hint}`;
    });
  });
  throw new UsageError(complaints.join('\n'));
}

/** What the document holds. Throws UsageError when its aliases blow it up beyond all reason. */
function heldBy(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`${file}:1:1 the document: ${sentence((error as Error).message)}`);
  }
}

/** The aliases that stand for nothing: yaml finds them only when it takes the value out. */
function danglingAliases(document: Document): { offset: number; name: string }[] {
  const found: { offset: number; name: string }[] = [];
  visit(document, {
    Alias: (_key, node) => {
      if (node.resolve(document) === undefined)
        found.push({ offset: node.range?.[0] ?? 0, name: node.source });
    },
  });
  return found;
}

/**
 * The complaints that help most. Where no branch of a union fits, the branch that was clearly meant (its
 * complaints all lie within the value, and are fewer than any other's) speaks instead of the union.
 */
function innermost(issues: readonly z.core.$ZodIssue[], prefix: readonly PropertyKey[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'invalid_union') {
      const [meant, rival] = issue.errors
        .filter((branch) =>
          branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
        )
        .sort((a, b) => a.length - b.length);
      if (meant && meant.length !== rival?.length) return innermost(meant, path);
    }
    return [{ ...issue, path }];
  });
}

/** zod's messages begin with a capital; ours stand behind a colon. */
function sentence(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** Where the value at `path` stands (its key, when `ofKey`); a missing one is placed at the nearest parent that exists. */
function offsetOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  ofKey: boolean,
): number {
  for (let depth = path.length; depth >= 0; depth--) {
    if (ofKey && depth === path.length) {
      const parent = document.getIn(path.slice(0, -1), true) as { items?: unknown[] } | undefined;
      const pair = parent?.items?.find(
        (item) => String((item as { key?: { value?: unknown } }).key?.value) === String(path.at(-1)),
      ) as { key?: { range?: [number, number, number] } } | undefined;
      if (pair?.key?.range) return pair.key.range[0];
      continue;
    }
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}
