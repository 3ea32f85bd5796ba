/** The ledger row by row, section by section: where each is carried out, which test shows it, or why not. Decides nothing. */
import { filesUnder, read } from '../tidy/masked-source.ts';
import type { Ledger, LedgerInput, Row } from './ledger.ts';

/** A section's number on its own, as the sources cite it. */
const SECTION = /(?<![\w.:/@^-])[1-6](?:\.\d+){1,4}(?![\w-]|\.\d)/g;
/** Tests named for one row; more are counted. */
const TESTS_MAX = 2;
/** Source files named for one section; more are counted. */
const SOURCES_MAX = 4;

/** The source files that cite each section. */
export type Citations = ReadonlyMap<string, readonly string[]>;

/** Reads which files of `src` cite which section. */
export function readCitations(): Citations {
  const citations = new Map<string, string[]>();
  for (const path of filesUnder('src', ['.ts'])) {
    for (const section of new Set(read(path).match(SECTION) ?? [])) {
      citations.set(section, [...(citations.get(section) ?? []), path]);
    }
  }
  return citations;
}

/** The files that carry a section out: those that cite it, else what stands around it in the text. */
function sourcesOf(section: string, citations: Citations): readonly string[] {
  for (let at = section; at.includes('.'); at = at.slice(0, at.lastIndexOf('.'))) {
    const found = citations.get(at);
    if (found !== undefined) return found;
  }
  return [];
}

const link = (path: string, line?: number): string =>
  `[${path.slice(path.lastIndexOf('/') + 1).replace(/\.test\.ts$|\.ts$/, '')}](../${path}${line === undefined ? '' : `#L${line}`})`;

function some(links: readonly string[], most: number): string {
  const more = links.length > most ? ` and ${links.length - most} more` : '';
  return links.slice(0, most).join(', ') + more;
}

/** What stands behind a row: tests, the reason of a departure, or what is still to come. */
function ground(row: Row, input: LedgerInput, ledger: Ledger): string {
  const standing = ledger.standing.get(row.id);
  if (standing === 'covered') {
    const tests = input.tests.filter(({ ids, runs }) => runs && ids.includes(row.id));
    return some(
      tests
        .map(({ path }) => path)
        .filter((path, at, all) => all.indexOf(path) === at)
        .map((path) => link(path)),
      TESTS_MAX,
    );
  }
  const departure = input.departures.find(({ id }) => id === row.id);
  if (departure !== undefined)
    return `departed: ${departure.reason}${departure.ambiguity ? ` (${departure.ambiguity})` : ''}`;
  const later = input.done.map((area) => area.later[row.id]).find((reason) => reason !== undefined);
  if (standing === 'later') return `later: ${later}`;
  return standing === 'outside' ? 'not demanded' : '**open**';
}

/** A text in a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** All rows as Markdown: a heading and a table for each section, in the order of the specification. */
export function rowsBySection(input: LedgerInput, ledger: Ledger, citations: Citations): string[] {
  const sections = [...new Set(input.rows.map(({ section }) => section))];
  return sections.flatMap((section) => {
    const sources = sourcesOf(section, citations).map((path) => link(path));
    const rows = input.rows.filter((row) => row.section === section);
    return [
      `### ${section} ${input.specification.sections[section] ?? ''}`.trim(),
      '',
      sources.length === 0 ? 'No file cites it.' : `Carried out in ${some(sources, SOURCES_MAX)}.`,
      '',
      '| row | level | statement | shown by |',
      '| --- | --- | --- | --- |',
      ...rows.map((row) => {
        const level = row.applies === 'all' ? row.level : `${row.level} (${row.applies})`;
        return `| ${row.id} | ${level} | ${cell(row.text)} | ${cell(ground(row, input, ledger))} |`;
      }),
      '',
    ];
  });
}
