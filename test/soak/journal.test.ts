import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Journal } from '../../src/soak/journal.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';

function drain(journal: Journal): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let entry = journal.next(); entry; entry = journal.next()) entries.push(entry);
  return entries;
}

describe('a journal', () => {
  test('counts seconds from the beginning it was given, or from its first entry', () => {
    const given = new Journal(() => 'near', SECOND);
    given.write(3 * SECOND, 'one', { a: 1 });
    expect(drain(given)).toEqual([{ at: 2, end: 'near', event: 'one', a: 1 }]);
    const found = new Journal(() => 'far', undefined);
    found.write(3 * SECOND, 'one');
    found.write(4 * SECOND, 'two');
    expect(drain(found).map((entry) => entry.at)).toEqual([0, 1]);
  });

  test('writes the first of a frequent kind one by one and sums up the rest of the second', () => {
    const journal = new Journal(() => 'near', 0);
    for (let i = 0; i < 500; i++) journal.often(SECOND + i * 1000, 'damage', { i });
    expect(journal.deadline).toBe(2 * SECOND);
    journal.flush(2 * SECOND);
    const entries = drain(journal);
    expect(entries).toHaveLength(11);
    expect(entries.at(-1)).toEqual({ at: 2, end: 'near', event: 'damage', count: 490 });
    expect(journal.deadline).toBeUndefined();
  });

  test('only ever sums up what is not worth an entry', () => {
    const journal = new Journal(() => 'near', 0);
    for (let i = 0; i < 7; i++) journal.sum(i * SECOND * 0.3, 'retried');
    journal.flush(10 * SECOND);
    expect(drain(journal).map((entry) => entry.count)).toEqual([4, 3]);
  });

  test('that nobody reads keeps a bounded number and says how many are missing', () => {
    const journal = new Journal(() => 'near', 0);
    for (let i = 0; i < 10_000; i++) journal.write(i, 'thing');
    const entries = drain(journal);
    expect(entries).toHaveLength(4097);
    expect(entries.at(-1)).toMatchObject({ event: 'journalDropped', count: 10_000 - 4096 });
    journal.write(10_000, 'thing');
    expect(drain(journal)).toHaveLength(1);
  });
});
