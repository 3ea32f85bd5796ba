/** Every section, ledger row and ambiguity that the sources and the docs cite exists. */
import { describe, expect, test } from 'vitest';
import { readRows } from '../conformance/ledger.ts';
import { readSpecification } from '../conformance/specification.ts';
import { type Citable, citationComplaints } from './citation-rules.ts';
import { filesUnder, read, sourcesUnder } from './masked-source.ts';

const known: Citable = { ...readSpecification(), rows: new Set(readRows().map((row) => row.id)) };

test('every citation in the sources leads somewhere', () => {
  const complaints = sourcesUnder('src').flatMap((source) => [
    ...citationComplaints(source.path, source.comments, known, true),
    ...citationComplaints(source.path, source.texts, known, false),
  ]);
  expect(complaints).toEqual([]);
});

test('every citation in the docs leads somewhere', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...filesUnder('docs', ['.md'])];
  expect(pages.flatMap((path) => citationComplaints(path, read(path), known, false))).toEqual([]);
});

test('the list of sections holds every section that a row of the ledger belongs to', () => {
  expect(readRows().filter((row) => !(row.section in known.sections))).toEqual([]);
});

describe('the check itself', () => {
  const complaints = (text: string) => citationComplaints('x.ts', text, known, true);

  test('finds what does not exist', () => {
    for (const text of [
      '// [MS-DPDX] 2.2.99',
      '// [MS-DPDX] 2.2.7 and 2.2.98',
      '// [MS-DPDX] 2.2.7, 3.1.9',
      '// see section 7.3',
      '// as 3.1.5.99 says',
      '// [MC-DPL8R] 9.9.9',
      '// [MC-DPL8X] 2.2',
      '// [MS-DPXX]',
      '// SER-14',
      '// DFR-2, DFR-99',
      '// row 2.2.2-77',
    ]) {
      expect(complaints(text), text).toHaveLength(1);
    }
  });

  test('passes what exists, and what is no citation', () => {
    for (const text of [
      '// [MS-DPDX] 2.2.7, 2.2.8 and 3.1.2.1',
      '// [MS-DPDX] 2.2.17, modulo 256.',
      '// [MC-DPL8R] 2.2.1.4, SER-2, 3.1.5.10',
      '// section 2.2; 10 % of 0.1.0, 127.0.0.1, CRC-16, UTF-8',
      '// row 2.2.2-05',
      '// RFC 9562, section 6.6; RFC 9562 section 5.5',
      '// serialport@13.0.0, ABC-1',
    ]) {
      expect(complaints(text), text).toEqual([]);
    }
  });

  test('without the strict rule only what names its document counts', () => {
    expect(citationComplaints('x.md', 'version 3.1.99', known, false)).toEqual([]);
    expect(citationComplaints('x.md', '[MS-DPDX] 3.1.99', known, false)).toHaveLength(1);
  });
});
