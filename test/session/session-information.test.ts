/** Session information, as the host writes it and the joiner reads it. [MS-DPDX] 2.2.33 */
import { describe, expect, it } from 'vitest';
import { PLAYERS_MAX, TABLE_BYTES_MAX, VERSION_MAX } from '../../src/session/name-table.ts';
import {
  isFault,
  mayMigrate,
  readSessionInformation,
  sessionInformation,
} from '../../src/session/session-information.ts';
import { MESSAGE_SIZE_MAX } from '../../src/transport/connection-options.ts';
import { splitDpnid } from '../../src/wire/dpnid.ts';
import { encodePayload } from '../../src/wire/session-payload.ts';
import { wordAt } from '../wire/hex.ts';
import { DESCRIPTION, hostTable, INSTANCE, onTheWire, pictureOf, player, tableOf } from './players.ts';

const EXPECTED = {
  instance: DESCRIPTION.instance,
  application: DESCRIPTION.application,
  password: 'secret',
};

/** A host with one client before the joiner, and what the joiner is sent. */
function joining() {
  const host = hostTable();
  host.instruct(host.add(player('first'))!.dpnid);
  const { dpnid } = host.add({ ...player('joiner'), data: Uint8Array.of(1, 2) })!;
  const info = sessionInformation(host, DESCRIPTION, dpnid);
  return { host, dpnid, info };
}
type Info = ReturnType<typeof joining>['info'];
type Entry = Info['DN_NAMETABLE_ENTRY_INFO'][number];

describe('the host writes', () => {
  it('the joiner’s DPNID, the version and all players, the joiner among them [2.2.33-24, 2.2.33-25, 2.2.33-26, 2.2.33-29, 3.1.1-02]', () => {
    const { dpnid, info } = joining();
    const bytes = encodePayload(info);
    expect(wordAt(bytes, 92)).toBe(dpnid);
    expect(wordAt(bytes, 96)).toBe(5);
    expect(splitDpnid(wordAt(bytes, 92), INSTANCE)).toEqual({ index: 4, version: 5 });
    expect(wordAt(bytes, 104)).toBe(3);
  });

  it('each player with its DPNID, no owner, 0x102 for the host and 0x100 for others, the version it came at and its own DirectPlay version [2.2.33.1-03, 2.2.33.1-04, 2.2.33.1-05, 2.2.33.1-06, 2.2.33.1-07, 2.2.33.1-08, 2.2.33.1-11, 6-17]', () => {
    const { host, info } = joining();
    const bytes = encodePayload(info);
    const words = [0, 1, 2].map((index) =>
      [0, 4, 8, 12, 20].map((at) => wordAt(bytes, 112 + index * 48 + at)),
    );
    const [first, second, third] = host.entries.map((entry) => entry.dpnid);
    expect(words).toEqual([
      [first, 0, 0x102, 2, 7],
      [second, 0, 0x100, 3, 7],
      [third, 0, 0x100, 5, 7],
    ]);
    expect(splitDpnid(second!, INSTANCE)).toEqual({ index: 3, version: 3 });
  });

  it('a name for everybody, also for who has an empty one [2.2.33.1-13, 2.2.33.1-15]', () => {
    const host = hostTable();
    const { dpnid } = host.add({ ...player('joiner'), name: '' })!;
    const bytes = encodePayload(sessionInformation(host, DESCRIPTION, dpnid));
    for (const at of [112, 160]) {
      expect(wordAt(bytes, at + 24)).toBeGreaterThan(0);
      expect(wordAt(bytes, at + 28)).toBeGreaterThanOrEqual(2);
    }
  });

  it('no group and no membership [2.2.33.2-04, 2.2.37-03]', () => {
    const { info } = joining();
    expect(wordAt(encodePayload(info), 108)).toBe(0);
  });

  it('a message that a connection takes, even of a full table', () => {
    const host = hostTable();
    while (host.size < PLAYERS_MAX - 1) host.add({ ...player('x'.repeat(200)), data: new Uint8Array(2000) });
    const { dpnid } = host.add(player('joiner')) ?? host.entry(host.self)!;
    const { length } = encodePayload(sessionInformation(host, DESCRIPTION, dpnid));
    expect(length).toBeLessThan(MESSAGE_SIZE_MAX);
    expect(length).toBeGreaterThan(TABLE_BYTES_MAX / 2);
  });
});

describe('the joiner reads', () => {
  it('the table that the host has, and the session’s description', () => {
    const { host, dpnid, info } = joining();
    const flags = 0x84;
    const result = readSessionInformation(onTheWire({ ...info, dwFlags: flags }), EXPECTED);
    if (isFault(result)) throw new Error(result.text);
    expect(pictureOf(result.table)).toEqual(pictureOf(host));
    expect(result.table.self).toBe(dpnid);
    expect(result.description).toEqual({ ...DESCRIPTION, flags, password: 'secret' });
    expect(mayMigrate(result.description)).toBe(true);
    expect(mayMigrate({ ...result.description, flags: 0x80 })).toBe(false);
  });

  it('without regard to owners, unknown flags, memberships and the number of players that is told [2.2.33.1-05, 2.2.33.1-06, 2.2.33.2-03, 2.2.33.2-05]', () => {
    const { host, info } = joining();
    const [one] = host.entries;
    const strange: Info = {
      ...info,
      dwCurrentPlayers: 9,
      DN_NAMETABLE_ENTRY_INFO: info.DN_NAMETABLE_ENTRY_INFO.map((entry) => ({
        ...entry,
        dpnidOwner: 5,
        dwFlags: entry.dwFlags | 0xfff0_0001,
      })),
      DN_NAMETABLE_MEMBERSHIP_INFO: [{ dpnidPlayer: one!.dpnid, dpnidGroup: 7, dwVersion: 99 }],
    };
    const result = readSessionInformation(onTheWire(strange), EXPECTED);
    expect(isFault(result) || pictureOf(result.table)).toEqual(pictureOf(host));
  });

  it('any numbering of versions and indexes', () => {
    const host = hostTable();
    const { dpnid } = host.add(player('joiner'))!;
    const info = sessionInformation(host, DESCRIPTION, dpnid);
    const renumbered: Info = {
      ...info,
      dwVersion: 900,
      DN_NAMETABLE_ENTRY_INFO: info.DN_NAMETABLE_ENTRY_INFO.map((entry, index) => ({
        ...entry,
        dpnid: index === 0 ? 0x1234_5678 : dpnid,
        dwVersion: index === 0 ? 1 : 899,
      })),
    };
    const result = readSessionInformation(onTheWire(renumbered), EXPECTED);
    expect(isFault(result) || [result.table.host, result.table.version]).toEqual([0x1234_5678, 900]);
  });

  /** The same information, with each entry changed. */
  const entries = (info: Info, change: (entry: Entry, index: number) => Partial<Entry>): Info => ({
    ...info,
    DN_NAMETABLE_ENTRY_INFO: info.DN_NAMETABLE_ENTRY_INFO.map((entry, index) => ({
      ...entry,
      ...change(entry, index),
    })),
  });
  const lies: readonly [string, string, (info: Info) => Info][] = [
    ['another session', '2.2.33', (info) => ({ ...info, guidInstance: DESCRIPTION.application })],
    ['another application', '2.2.33', (info) => ({ ...info, applicationGUID: INSTANCE })],
    ['no version', '2.2.33', (info) => ({ ...info, dwVersion: 0 })],
    ['a version without room to count on', '2.2.33', (info) => ({ ...info, dwVersion: VERSION_MAX + 1 })],
    [
      'more players than there may be',
      '2.2.33',
      (info) => ({
        ...info,
        DN_NAMETABLE_ENTRY_INFO: Array.from({ length: PLAYERS_MAX + 1 }, (_, index) => ({
          ...info.DN_NAMETABLE_ENTRY_INFO[1]!,
          dpnid: index + 1,
        })),
      }),
    ],
    [
      'more bytes of players than there may be',
      '2.2.33',
      (info) => entries(info, () => ({ data: new Uint8Array(TABLE_BYTES_MAX / 2) })),
    ],
    [
      'a player without DPNID',
      '2.2.33.1',
      (info) => entries(info, (_, index) => (index === 1 ? { dpnid: 0 } : {})),
    ],
    ['two players with one DPNID', '2.2.1', (info) => entries(info, () => ({ dpnid: info.dpnid }))],
    [
      'a player from the future',
      '2.2.33.1',
      (info) => entries(info, (_, index) => (index === 1 ? { dwVersion: 6 } : {})),
    ],
    ['no host', '2.2.33.1', (info) => entries(info, () => ({ dwFlags: 0x100 }))],
    ['two hosts', '2.2.33.1', (info) => entries(info, () => ({ dwFlags: 0x102 }))],
    [
      'us as the host',
      '2.2.33.1',
      (info) => entries(info, ({ dpnid }) => ({ dwFlags: dpnid === info.dpnid ? 0x102 : 0x100 })),
    ],
    ['everybody but us', 'NAM-14', (info) => ({ ...info, dpnid: 77 })],
    ['nobody', '2.2.33.1', (info) => ({ ...info, DN_NAMETABLE_ENTRY_INFO: [] })],
  ];

  it.each(lies)('and does not believe %s: %s', (_, section, lie) => {
    const result = readSessionInformation(lie(joining().info), EXPECTED);
    expect(result).toMatchObject({ section });
    expect(isFault(result)).toBe(true);
  });

  it('what is told to each joiner of a growing session', () => {
    const host = hostTable();
    for (let count = 0; count < 20; count++) {
      const { dpnid } = host.add(player(`player ${count}`))!;
      expect(pictureOf(tableOf(host, dpnid))).toEqual(pictureOf(host));
      host.instruct(dpnid);
    }
  });
});
