/** What people and programs are shown of sessions that were found, hostile names included. */
import { describe, expect, test } from 'vitest';
import { enumerationDocument, enumerationTable } from '../../src/cli/enumeration-text.ts';
import type { FoundSession } from '../../src/session/enumerator.ts';

const SESSION: FoundSession = {
  endpoint: { line: '/dev/ttyUSB0', address: '' },
  instance: '94BE8123-A1AB-48FB-A2E7-23859E658936',
  application: '61EF80DA-691B-4247-9ADD-1C7BED2BC13E',
  name: 'Kitchen table',
  flags: 4,
  needsPassword: false,
  mayMigrate: true,
  playersCurrent: 2,
  playersMax: 0,
  answers: 1,
  roundTrip: { last: 123_456, least: 123_456, most: 123_456 },
};
const env = { LANG: 'C.UTF-8' };
const rowOf = (more: Partial<FoundSession>): string =>
  enumerationTable([{ ...SESSION, ...more }], env).split('\n')[1]!;

describe('the table', () => {
  test('has a line for each session, and none without', () => {
    expect(enumerationTable([], env)).toBe('');
    expect(
      enumerationTable(
        [
          SESSION,
          { ...SESSION, name: 'Ö', playersMax: 4, endpoint: { line: 'udp', address: '192.0.2.7:2302' } },
        ],
        env,
      ),
    ).toBe(
      [
        'SESSION        PLAYERS  ROUND TRIP  ANSWERS  REMARKS  WHERE',
        'Kitchen table  2        123.5 ms    1        -        /dev/ttyUSB0',
        'Ö              2 of 4   123.5 ms    1        -        192.0.2.7:2302',
        '',
      ].join('\n'),
    );
  });

  test('shows the spread of several answers, and what stands in the way of joining', () => {
    const roundTrip = { last: 2_000, least: 1_000, most: 9_000 };
    expect(rowOf({ answers: 3, roundTrip })).toContain('2.0 ms (1.0 to 9.0)');
    expect(rowOf({ needsPassword: true, playersMax: 2, mayMigrate: false, application: 'X' })).toContain(
      'password, full, ends with its host, ano…',
    );
  });

  test('lets no name move the cursor or widen it without end', () => {
    const row = rowOf({ name: `\u001b[2J${'x'.repeat(200)}\n` });
    expect(row).not.toMatch(/\p{Cc}/u);
    expect(row.length).toBeLessThan(110);
    expect(rowOf({ name: '' })).toMatch(/^\(no name\) /);
    expect(enumerationTable([{ ...SESSION, name: 'Ö' }], { LANG: 'C' }).split('\n')[1]).toMatch(/^\? /);
  });
});

test('the document has everything in numbers, names as they came', () => {
  const counters = { queries: 4, answers: 3, repeated: 0, violations: 1, overlooked: 0 };
  const outcome = { asked: [SESSION.endpoint], elapsed: 5_000_400, sessions: [SESSION], counters };
  expect(enumerationDocument(outcome)).toEqual({
    schema: 'dplink/enumeration/1',
    asked: ['/dev/ttyUSB0'],
    durationSeconds: 5,
    ...counters,
    sessions: [
      {
        name: 'Kitchen table',
        instance: SESSION.instance,
        application: SESSION.application,
        where: '/dev/ttyUSB0',
        players: 2,
        playersMax: null,
        needsPassword: false,
        mayMigrate: true,
        flags: 4,
        answers: 1,
        roundTripMs: { last: 123.456, min: 123.456, max: 123.456 },
      },
    ],
  });
});
