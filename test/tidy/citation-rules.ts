/** Finds citations of the specification in a text and complains about those that lead nowhere. Reads nothing. */
import type { Specification } from '../conformance/specification.ts';
import { lineAt } from './masked-source.ts';

/** Everything that a citation may name. */
export interface Citable extends Specification {
  /** The ids of the ledger's rows. */
  readonly rows: ReadonlySet<string>;
}

const NUMBER = String.raw`\d+(?:\.\d+)*`;
/** `[MS-DPDX] 2.2.7, 2.2.8 and 3.1.2`: a document and the sections that follow its name. */
const TAGGED = new RegExp(
  String.raw`\[(M[CS]-[A-Z0-9]+)\](?:['’]s)?((?:,?\s+(?:and\s+|to\s+|sections?\s+)*${NUMBER}(?![\w-]))*)`,
  'g',
);
/** A number of three parts or more on its own: in this project always a section of [MS-DPDX] or a row of the ledger. */
const BARE = /(?<![\w.:/@^-])[1-6](?:\.\d+){2,4}(?:-\d+)?(?![\w-]|\.\d)/g;
/** `section 2.2`, without a document: ours. `RFC 9562, section 5.5` is another's. */
const SECTION = new RegExp(String.raw`(?<!\b[A-Z]{3,}[ -]?[\w.]+,? )\bsections? (${NUMBER})`, 'g');
const AMBIGUITY = /\b([A-Z]{3})-\d+\b/g;

/** One citation that leads nowhere. */
interface Complaint {
  readonly offset: number;
  readonly text: string;
}

/** What is wrong with a section number of `document`; `undefined` when it exists. */
function sectionFault(document: string, number: string, known: Citable): string | undefined {
  if (document === 'MS-DPDX') {
    return number in known.sections ? undefined : `[MS-DPDX] has no section ${number}`;
  }
  return known.companions[document]?.includes(number)
    ? undefined
    : `[${document}] ${number} is not among the known sections`;
}

/** Complaints about the citations in `text`, which stands in the file `path`. With `bare`, numbers without a document count too. */
export function citationComplaints(path: string, text: string, known: Citable, bare: boolean): string[] {
  const found: Complaint[] = [];
  const complain = (offset: number, fault: string | undefined): void => {
    if (fault !== undefined) found.push({ offset, text: fault });
  };
  // What stands behind the name of a document is settled here and hidden from the rules below.
  const rest = text.replaceAll(TAGGED, (whole: string, document: string, numbers: string, offset: number) => {
    const unknown = !(document in known.companions) && document !== 'MS-DPDX';
    if (unknown) complain(offset, `[${document}] is no specification that this project cites`);
    for (const [number] of numbers.matchAll(new RegExp(NUMBER, 'g'))) {
      if (!unknown) complain(offset, sectionFault(document, number, known));
    }
    return whole.replaceAll(/[^\n]/g, ' ');
  });
  if (bare) {
    for (const match of rest.matchAll(BARE)) {
      const row = match[0].includes('-');
      if (row && !known.rows.has(match[0])) complain(match.index, `the ledger has no row ${match[0]}`);
      if (!row) complain(match.index, sectionFault('MS-DPDX', match[0], known));
    }
    for (const match of rest.matchAll(SECTION))
      complain(match.index, sectionFault('MS-DPDX', match[1]!, known));
  }
  const groups = new Set(Object.keys(known.ambiguities).map((id) => id.slice(0, 3)));
  for (const match of rest.matchAll(AMBIGUITY)) {
    if (groups.has(match[1]!) && !(match[0] in known.ambiguities)) {
      complain(match.index, `there is no ambiguity ${match[0]}`);
    }
  }
  return found
    .sort((a, b) => a.offset - b.offset)
    .map((complaint) => `${path}:${lineAt(text, complaint.offset)}: ${complaint.text}`);
}
