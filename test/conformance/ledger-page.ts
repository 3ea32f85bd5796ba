/** The ledger as tables: rows covered, departed from and open, by area and by section. Decides nothing. */
import type { Ledger, LedgerInput, Row, Standing } from './ledger.ts';

const STANDINGS: readonly Standing[] = ['covered', 'departed', 'open', 'later', 'outside'];

/** Rows grouped by `key`, in the order in which the groups first occur. */
function grouped(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

/** How many of `rows` have each standing, in the order of {@link STANDINGS}. */
function counts(rows: readonly Row[], ledger: Ledger): number[] {
  return STANDINGS.map((wanted) => rows.filter((row) => ledger.standing.get(row.id) === wanted).length);
}

/** Lines of a table in Markdown that also reads well as plain text. */
function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const width = head.map((text, column) => Math.max(text.length, ...body.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(width[0]!) : cell.padStart(width[column]!))).join(' | ')} |`;
  const rule = `| ${width.map((size, column) => (column === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)];
}

/** The rows of `input` counted by area, the sum last. */
export function areaTable(input: LedgerInput, ledger: Ledger): string[] {
  const done = new Set(input.done.map((area) => area.area));
  const body = [...grouped(input.rows, (row) => row.area)].map(([area, rows]) => [
    done.has(area) ? `${area} (done)` : area,
    ...counts(rows, ledger).map(String),
  ]);
  return table(['area', ...STANDINGS], [...body, ['all', ...counts(input.rows, ledger).map(String)]]);
}

/** The rows of `input` counted by section. */
export function sectionTable(input: LedgerInput, ledger: Ledger): string[] {
  const body = [...grouped(input.rows, (row) => row.section)].map(([section, rows]) => [
    `${section} ${input.specification.sections[section] ?? ''}`.trim(),
    ...counts(rows, ledger).map(String),
  ]);
  return table(['section', ...STANDINGS], body);
}

/** What stands between the two marks of docs/conformance.md. */
export function generatedPart(input: LedgerInput, ledger: Ledger): string {
  return areaTable(input, ledger).join('\n');
}
