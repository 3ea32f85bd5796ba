/** The ledger holds, and it would notice if it did not. */
import { describe, expect, test } from 'vitest';
import { mask } from '../tidy/masked-source.ts';
import { type LedgerInput, type Row, readDepartures, readDoneAreas, readRows, workOut } from './ledger.ts';
import { areaTable, sectionTable } from './ledger-page.ts';
import { readSpecification } from './specification.ts';
import { idsIn, readTitledTests, type TitledTest, titledTests } from './test-titles.ts';

const specification = readSpecification();

test('every row of a done area is covered by a test that runs, or is a listed departure', () => {
  const ledger = workOut({
    rows: readRows(),
    departures: readDepartures(),
    done: readDoneAreas(),
    specification,
    tests: readTitledTests(),
  });
  expect(ledger.problems).toEqual([]);
});

test('every SHOULD and SHOULD NOT is followed, as by Windows: shown by a test, and none departed from [6-01]', () => {
  const rows = readRows();
  const ledger = workOut({
    rows,
    departures: readDepartures(),
    done: readDoneAreas(),
    specification,
    tests: readTitledTests(),
  });
  const recommended = rows.filter(({ level }) => level.startsWith('SHOULD'));
  expect(recommended.length).toBeGreaterThan(30);
  expect(recommended.filter(({ id }) => ledger.standing.get(id) !== 'covered')).toEqual([]);
});

describe('titles', () => {
  const found = (text: string) =>
    titledTests(mask('x.test.ts', text)).map(({ ids, runs }) => [ids.join(' '), runs]);

  test('ids stand in square brackets, one or several', () => {
    expect(idsIn('a [2.2.2-05] b [2.2.2-06, 3.1.5.1-10] c [DFR-2] [x]')).toEqual([
      '2.2.2-05',
      '2.2.2-06',
      '3.1.5.1-10',
    ]);
  });

  test('a test that runs counts in every spelling', () => {
    expect(found("test('a [1.5-01]', () => {});")).toEqual([['1.5-01', true]]);
    expect(found("it(\n  'a [1.5-01]',\n  () => {},\n);")).toEqual([['1.5-01', true]]);
    expect(found("test.each([1, 2])('a %i [1.5-01]', () => {});")).toEqual([['1.5-01', true]]);
    expect(found("test.skipIf(win)('a [1.5-01]', () => {});")).toEqual([['1.5-01', true]]);
    expect(found("describe('a', () => { test(`b [1.5-01]`, () => {}); });")).toEqual([['1.5-01', true]]);
  });

  test('a test that does not run, or is meant to fail, does not count', () => {
    expect(found("test.skip('a [1.5-01]', () => {});")).toEqual([['1.5-01', false]]);
    expect(found("test.todo('a [1.5-01]');")).toEqual([['1.5-01', false]]);
    expect(found("test.fails('a [1.5-01]', () => {});")).toEqual([['1.5-01', false]]);
    expect(found("test('a [1.5-01]', { skip: true }, () => {});")).toEqual([['1.5-01', false]]);
    expect(
      found("describe.skip('a', () => { test('b [1.5-01]', () => {}); }); test('c [1.5-02]', f);"),
    ).toEqual([
      ['1.5-01', false],
      ['1.5-02', true],
    ]);
  });

  test('an id in a comment, in a text or around tests counts for nothing', () => {
    expect(
      found("// test('a [1.5-01]')\nconst a = \"test('b [1.5-01]')\";\ndescribe('c [1.5-01]', () => {});"),
    ).toEqual([]);
  });
});

describe('the ledger', () => {
  const row = (id: string, level: Row['level'], applies: Row['applies'] = 'all'): Row => ({
    id,
    section: '2.2.2',
    level,
    area: 'framing',
    applies,
    text: 'text',
    test: 'test',
  });
  const covering = (...ids: string[]): TitledTest => ({
    path: 'x.test.ts',
    line: 1,
    title: '',
    ids,
    runs: true,
  });
  const input: LedgerInput = {
    rows: [row('2.2.2-01', 'MUST'), row('2.2.2-02', 'FACT'), row('2.2.2-03', 'MAY')],
    departures: [],
    done: [{ area: 'framing', later: {} }],
    specification,
    tests: [covering('2.2.2-01', '2.2.2-02')],
  };

  test('holds when every row that can be demanded is covered', () => {
    const ledger = workOut(input);
    expect(ledger.problems).toEqual([]);
    expect([...ledger.standing.values()]).toEqual(['covered', 'covered', 'outside']);
  });

  test('does not hold with an open row of a done area, and does with one of another area', () => {
    const open = { ...input, tests: [covering('2.2.2-01')] };
    expect(workOut(open).problems).toEqual([expect.stringContaining('2.2.2-02 (FACT, framing)')]);
    expect(workOut({ ...open, done: [] }).problems).toEqual([]);
  });

  test('demands what concerns UDP alone like the rest', () => {
    const withUdp = { ...input, rows: [...input.rows, row('2.2.2-04', 'SHOULD', 'udp')] };
    expect(workOut(withUdp).problems).toEqual([expect.stringContaining('2.2.2-04 (SHOULD, framing)')]);
  });

  test('does not hold when the covering test is skipped', () => {
    const skipped = { ...input, tests: [{ ...covering('2.2.2-01', '2.2.2-02'), runs: false }] };
    expect(workOut(skipped).problems).toHaveLength(2);
  });

  test('does not hold with an id that no row has', () => {
    expect(workOut({ ...input, tests: [...input.tests, covering('2.2.2-99')] }).problems).toEqual([
      'x.test.ts:1: the ledger has no row 2.2.2-99',
    ]);
  });

  test('takes a departure for covered, and from a MUST only where an ambiguity leaves room', () => {
    const departing = (departures: LedgerInput['departures'], tests = [covering('2.2.2-02')]) =>
      workOut({ ...input, departures, tests }).problems;
    expect(departing([{ id: '2.2.2-01', reason: 'r', ambiguity: 'SER-1' }])).toEqual([]);
    expect(departing([{ id: '2.2.2-01', reason: 'r' }])).toHaveLength(1);
    expect(departing([{ id: '2.2.2-01', reason: 'r', ambiguity: 'SER-99' }])).toHaveLength(1);
    expect(departing([{ id: '2.2.2-01', reason: ' ', ambiguity: 'SER-1' }])).toHaveLength(1);
    expect(departing([{ id: '2.2.2-77', reason: 'r' }], [...input.tests])).toHaveLength(1);
    expect(departing([{ id: '2.2.2-01', reason: 'r', ambiguity: 'SER-1' }], [...input.tests])).toHaveLength(
      1,
    );
    expect(departing([{ id: '2.2.2-02', reason: 'r' }], [covering('2.2.2-01')])).toEqual([]);
  });

  test('takes a row for later only while it is not covered, and only in its own area', () => {
    const later = (entries: Record<string, string>, ids: string[], area = 'framing') =>
      workOut({ ...input, done: [{ area, later: entries }], tests: [covering(...ids)] }).problems;
    expect(later({ '2.2.2-02': 'r' }, ['2.2.2-01'])).toEqual([]);
    expect(later({ '2.2.2-02': 'r' }, ['2.2.2-01', '2.2.2-02'])).toHaveLength(1);
    expect(later({ '2.2.2-02': '' }, ['2.2.2-01'])).toHaveLength(1);
    expect(later({ '2.2.2-88': 'r' }, ['2.2.2-01', '2.2.2-02'])).toHaveLength(1);
    expect(later({}, ['2.2.2-01', '2.2.2-02'], 'attic')).toHaveLength(1);
  });

  test('is counted by area and by section, and nothing is counted twice', () => {
    const ledger = workOut(input);
    expect(
      areaTable(input, ledger)
        .at(-1)!
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    ).toEqual(['all', '2', '0', '0', '0', '1']);
    expect(sectionTable(input, ledger)[2]).toContain('2.2.2 _MESSAGE_HEADER');
  });
});
