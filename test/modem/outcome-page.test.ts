/** The table of outcomes in docs/modems.md against the outcomes and spellings that the code knows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ONLINE_OUTCOMES } from '../../src/modem/call-plan.ts';
import { CALL_FAILURES } from '../../src/modem/dialer-event.ts';
import { ESCAPE_PATTERNS } from '../../src/modem/escape-safety.ts';
import { PLAIN_RESULTS } from '../../src/modem/result-table.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'modems.md'), 'utf8');

/** The rows under a heading, each as its cells. */
function rowsUnder(heading: string): string[][] {
  const section = PAGE.split(/^## /m).find((each) => each.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

const outcomes = new Map(
  rowsUnder('What each outcome means').map(([, name = '', ...cells]) => [name.replaceAll('`', ''), cells]),
);

describe('the page about modems', () => {
  test('has a row for every outcome of a call, and no others', () => {
    expect([...outcomes.keys()].sort()).toEqual([...ONLINE_OUTCOMES, ...CALL_FAILURES].sort());
  });

  test.each([...outcomes].filter(([name]) => name !== 'passed' && name !== 'aborted'))(
    '%s: says what it means and what to try',
    (_name, [, means, hint]) => {
      expect(means).not.toBe('');
      expect(hint).not.toBe('');
    },
  );

  test.each(
    Object.entries(PLAIN_RESULTS).filter(([, kind]) => (CALL_FAILURES as readonly string[]).includes(kind)),
  )('tells that %s is %s', (text, kind) => {
    expect(outcomes.get(kind)?.[0]?.split(', ')).toContain(text);
  });

  test('has every pattern of +++ that is tried', () => {
    const named = rowsUnder('`+++` in the data').map(([, name]) => name);
    for (const pattern of ESCAPE_PATTERNS) expect(named.join()).toContain(`\`${pattern}\``);
  });
});
