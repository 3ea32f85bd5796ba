/** `npm run conformance`: prints the ledger and ends with 1 when it does not hold. `-- --write` brings docs/conformance.md up to date. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, read } from '../tidy/masked-source.ts';
import { type LedgerInput, readDepartures, readDoneAreas, readRows, workOut } from './ledger.ts';
import { areaTable, generatedPart, sectionTable } from './ledger-page.ts';
import { readCitations, rowsBySection } from './ledger-rows.ts';
import { readSpecification } from './specification.ts';
import { readTitledTests } from './test-titles.ts';

const PAGE = 'docs/conformance.md';
/** What stands between the two marks of a generated part. */
const marked = (name: string): RegExp =>
  new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`);

const input: LedgerInput = {
  rows: readRows(),
  departures: readDepartures(),
  done: readDoneAreas(),
  specification: readSpecification(),
  tests: readTitledTests(),
};
const ledger = workOut(input);

console.log(sectionTable(input, ledger).join('\n'));
console.log('');
console.log(areaTable(input, ledger).join('\n'));
console.log('');
for (const problem of ledger.problems) console.log(`- ${problem}`);
console.log(
  ledger.problems.length === 0
    ? `the ledger holds: ${input.done.map((area) => area.area).join(', ')} done`
    : `the ledger does not hold: ${ledger.problems.length} problems`,
);

if (process.argv.includes('--write')) {
  const page = read(PAGE);
  const parts = {
    ledger: generatedPart(input, ledger),
    rows: rowsBySection(input, ledger, readCitations()).join('\n'),
  };
  const fresh = Object.entries(parts).reduce(
    (text, [name, part]) =>
      text.replace(marked(name), (_, begin: string, end: string) => `${begin}${part}\n${end}`),
    page,
  );
  writeFileSync(join(ROOT, PAGE), fresh);
}
process.exitCode = ledger.problems.length === 0 ? 0 : 1;
