/** Puts measured tables into `docs/performance.md`, between the marks that stand there. Words around them are not touched. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** A table of Markdown; all but the first column to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join(
    '\n',
  );
}

/** `page` with `text` between `<!-- name -->` and `<!-- /name -->`. Throws when the marks are not there. */
export function replaced(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`no ${open} before ${close} on the page`);
  return `${page.slice(0, from + open.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** Writes `text` into the page. */
export function writePage(name: string, text: string): void {
  writeFileSync(PAGE, replaced(readFileSync(PAGE, 'utf8'), name, text));
}
