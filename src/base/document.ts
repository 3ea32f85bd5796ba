/** YAML text checked against a schema: every complaint names file, line, column and key. Reads no file itself. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UsageError } from './failure.ts';

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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new UsageError(
      document.errors.map((error) => `${place(error.pos[0])} ${error.message}`).join('\n'),
    );
  }
  const checked = schema.safeParse(document.toJS());
  if (checked.success) return checked.data;
  const complaints = innermost(checked.error.issues, []).map((issue) => {
    const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const path = extra === undefined ? issue.path : [...issue.path, extra];
    const message = extra === undefined ? sentence(issue.message) : 'unknown key';
    return `${place(offsetOf(document, path, extra !== undefined))} ${keyText(path)}: ${message}`;
  });
  throw new UsageError(complaints.join('\n'));
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
