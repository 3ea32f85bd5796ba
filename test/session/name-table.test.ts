/** The name table as its host changes it and as the others follow. [MS-DPDX] 2.2.1, 2.2.37 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/base/failure.ts';
import {
  entryBytes,
  NameTable,
  type NameTableOperation,
  PLAYERS_MAX,
  TABLE_BYTES_MAX,
  VERSION_MAX,
} from '../../src/session/name-table.ts';
import { INDEX_MAX, makeDpnid, splitDpnid } from '../../src/wire/dpnid.ts';
import { decodeGuid } from '../../src/wire/guid.ts';
import { encodePayload } from '../../src/wire/session-payload.ts';
import { wordAt } from '../wire/hex.ts';
import { arrived, hostTable, INSTANCE, pictureOf, player, tableOf } from './players.ts';

describe('the host', () => {
  it('is version 2 and index 2; the first client 3 and 3, its INSTRUCT_CONNECT 4 [2.2.37-08, 2.2.37-09, 2.2.33.1-08, 2.2.11-07]', () => {
    const table = hostTable();
    expect(table.version).toBe(2);
    expect(table.self).toBe(0x949e8121);
    expect(table.host).toBe(table.self);
    const first = table.add(player('first'))!;
    expect(first).toMatchObject({ dpnid: 0x948e8120, dwVersion: 3 });
    expect(table.instruct(first.dpnid)).toMatchObject({ dpnid: first.dpnid, dwVersion: 4 });
    const second = table.add(player('second'))!;
    expect(splitDpnid(second.dpnid, INSTANCE)).toEqual({ index: 4, version: 5 });
    expect(table.entries.map(({ version }) => version)).toEqual([2, 3, 5]);
  });

  it('gives every change a version of its own, one above the last, and never takes one back [2.2.37-01, 2.2.37-04, 2.2.37-09, 2.2.15-05, 3.1.1-03]', () => {
    const table = hostTable();
    const { dpnid, dwVersion } = table.add(player('one'))!;
    const versions = [dwVersion, table.instruct(dpnid).dwVersion, table.destroy(dpnid, 1).dwVersion];
    expect(versions).toEqual([3, 4, 5]);
    expect(table.version).toBe(5);
  });

  it('tells of a player as a peer without owner, in its own DirectPlay version [2.2.11-05, 2.2.11-06, 2.2.11-10, 6-11]', () => {
    const bytes = encodePayload(hostTable().add({ ...player('one'), dnetVersion: 7 })!);
    expect(wordAt(bytes, 8)).toBe(0);
    expect(wordAt(bytes, 12)).toBe(0x100);
    expect(wordAt(bytes, 24)).toBe(7);
  });

  it('says why a player goes with 1 or 4 [2.2.15-08]', () => {
    const table = hostTable();
    for (const reason of [1, 4] as const) {
      const { dpnid } = table.add(player('one'))!;
      expect(wordAt(encodePayload(table.destroy(dpnid, reason)), 16)).toBe(reason);
    }
  });

  it('counts indexes upwards and never reuses one that is taken, nor gives anybody the DPNID 0 [2.2.1-02]', () => {
    // The fourth index would give 0 under this GUID.
    const zero = decodeGuid(Uint8Array.from([0x04, 0x00, 0x50, 0x00, ...new Array(12).fill(9)]));
    const table = NameTable.hosted(zero, player('host'));
    table.instruct(table.add(player('first'))!.dpnid);
    const second = table.add(player('second'))!;
    expect(makeDpnid(4, 5, zero)).toBe(0);
    expect(splitDpnid(second.dpnid, zero)).toEqual({ index: 5, version: 5 });
    table.destroy(second.dpnid, 1);
    expect(splitDpnid(table.add(player('third'))!.dpnid, zero).index).toBe(6);
  });

  it('goes on behind the indexes of an earlier host, around the end if need be [2.2.1-02]', () => {
    const last = makeDpnid(INDEX_MAX, 3, INSTANCE);
    const host = hostTable();
    const table = NameTable.installed(INSTANCE, {
      version: 7,
      self: last,
      entries: [host.entry(host.self)!, { ...player('last'), dpnid: last, version: 3, isHost: false }],
    });
    table.host = last;
    expect(splitDpnid(table.add(player('next'))!.dpnid, INSTANCE)).toEqual({ index: 1, version: 8 });
    // Index 2 is the former host's.
    expect(splitDpnid(table.add(player('next'))!.dpnid, INSTANCE)).toEqual({ index: 3, version: 9 });
  });

  it('has no room beyond its own limits, or the description’s', () => {
    const table = hostTable();
    expect(table.hasRoom(player('one'), 1)).toBe(false);
    expect(table.hasRoom(player('one'), 2)).toBe(true);
    while (table.size < PLAYERS_MAX) table.add(player(`player ${table.size}`));
    expect(table.hasRoom(player('one'))).toBe(false);
    expect(table.add(player('one'))).toBeUndefined();
    const heavy = { ...player('heavy'), data: new Uint8Array(TABLE_BYTES_MAX / 2) };
    const other = hostTable();
    expect(other.add(heavy)).toBeDefined();
    expect(other.add(heavy)).toBeUndefined();
    expect(other.bytes).toBe(other.entries.reduce((sum, entry) => sum + entryBytes(entry), 0));
  });

  it('never takes itself out: that is our own fault', () => {
    const table = hostTable();
    expect(() => table.destroy(table.self, 1)).toThrow(InvariantError);
    expect(() => table.instruct(1)).toThrow(InvariantError);
    expect(() => {
      table.host = 1;
    }).toThrow(InvariantError);
  });
});

describe('everybody else', () => {
  /** A host, a client, and the client's table. */
  function pair() {
    const host = hostTable();
    const client = host.add(player('client'))!.dpnid;
    return { host, client, table: tableOf(host, client) };
  }

  it('has the host’s table once it has the session information [3.1.1-02, 3.1.1-04, 2.2.33-26, 2.2.33.1-03]', () => {
    const { host, client, table } = pair();
    expect(pictureOf(table)).toEqual(pictureOf(host));
    expect(table.self).toBe(client);
    expect(table.version).toBe(3);
    expect(table.entry(client)).toMatchObject({ name: 'client', url: 'x-directplay:/hostname=client' });
  });

  it('adds whom ADD_PLAYER names, with name, address and data [2.2.11-02, 2.2.11-04, 2.2.11-06, 2.2.11-18, 3.3.5-02, 3.1.1-04]', () => {
    const { host, table } = pair();
    const added = host.add({ ...player('third'), data: Uint8Array.of(1, 0, 2) })!;
    expect(table.apply(arrived(added))).toBe('applied');
    expect(table.entry(added.dpnid)).toEqual(host.entry(added.dpnid));
    expect(table.size).toBe(3);
  });

  it('adds whoever it is without regard to owner, unknown flags and unused version [2.2.11-05, 2.2.11-06, 2.2.11-09]', () => {
    const { host, table } = pair();
    const added = host.add(player('third'))!;
    expect(table.apply({ ...added, dpnidOwner: 77, dwFlags: 0xffff_ffff })).toBe('applied');
    expect(table.host).toBe(host.host);
    expect(table.entry(added.dpnid)?.isHost).toBe(false);
  });

  it('takes out whom DESTROY_PLAYER names, and nobody else [2.2.15-02, 2.2.15-04, 2.2.15-05]', () => {
    const { host, table } = pair();
    const [a, b] = [host.add(player('a'))!, host.add(player('b'))!];
    for (const each of [a, b, host.destroy(a.dpnid, 1)]) expect(table.apply(arrived(each))).toBe('applied');
    expect(table.entry(a.dpnid)).toBeUndefined();
    expect(pictureOf(table)).toEqual(pictureOf(host));
    expect(table.version).toBe(6);
  });

  it('has the version of INSTRUCT_CONNECT behind it, and the same players [2.2.20-05, 2.2.37-04]', () => {
    const { host, client, table } = pair();
    expect(table.apply(arrived(host.instruct(client)))).toBe('applied');
    expect(table.version).toBe(4);
    expect(table.size).toBe(2);
  });

  it('disregards a version that it has, and takes a gap over [2.2.37-02]', () => {
    const { host, client, table } = pair();
    const added = host.add(player('third'))!;
    const destroyed = host.destroy(added.dpnid, 1);
    expect(table.apply(added)).toBe('applied');
    expect(table.apply(added)).toBe('known');
    expect(table.apply({ ...destroyed, dwVersion: 3 })).toBe('known');
    expect(table.size).toBe(3);
    expect(table.apply({ ...host.instruct(client), dwVersion: 40 })).toBe('applied');
    expect(table.version).toBe(40);
  });

  it('refuses what cannot be, and is as before but for the version', () => {
    const { host, client, table } = pair();
    const before = table.entries;
    const add = host.add(player('third'))!;
    const refused: NameTableOperation[] = [
      { ...add, dpnid: 0 },
      { ...add, dpnid: client },
      { ...add, data: new Uint8Array(TABLE_BYTES_MAX) },
      { name: 'TRANS_USERDATA_DESTROY_PLAYER', dpnidLeaving: host.self, dwVersion: 0, dwDestroyReason: 1 },
      { name: 'TRANS_USERDATA_DESTROY_PLAYER', dpnidLeaving: client, dwVersion: 0, dwDestroyReason: 4 },
    ];
    for (const [index, operation] of refused.entries()) {
      const dwVersion = 10 + index;
      expect(table.apply({ ...operation, dwVersion })).toBe('refused');
      expect(table.version).toBe(dwVersion);
    }
    expect(table.entries).toEqual(before);
  });

  it('does not believe a version that leaves no room to count on', () => {
    const { host, client, table } = pair();
    expect(table.apply({ ...host.instruct(client), dwVersion: VERSION_MAX + 1 })).toBe('refused');
    expect(table.version).toBe(3);
    expect(table.apply({ ...host.instruct(client), dwVersion: VERSION_MAX })).toBe('applied');
    table.host = table.self;
    expect(table.add(player('next'))).toMatchObject({ dwVersion: VERSION_MAX + 1 });
  });

  it('knows who is longer in the session', () => {
    const { host, client, table } = pair();
    expect(table.isOlder(host.self, client)).toBe(true);
    expect(table.isOlder(client, host.self)).toBe(false);
    expect(table.isOlder(client, 5)).toBe(false);
  });

  it('has one host at any time', () => {
    const { host, client, table } = pair();
    table.host = client;
    expect(table.entries.filter(({ isHost }) => isHost).map(({ dpnid }) => dpnid)).toEqual([client]);
    expect(table.entry(host.self)).toMatchObject({ isHost: false });
  });
});

describe('any history', () => {
  const step = fc.record({ what: fc.constantFrom('add', 'instruct', 'destroy'), which: fc.nat(99) });

  /** The operations of a host that lives through `steps`. */
  function live(host: NameTable, steps: readonly { what: string; which: number }[]): NameTableOperation[] {
    return steps.map(({ what, which }): NameTableOperation => {
      const others = host.entries.filter(({ dpnid }) => dpnid !== host.self);
      const dpnid = others[which % Math.max(1, others.length)]?.dpnid;
      if (what === 'add' || dpnid === undefined) return host.add(player(`player ${which}`))!;
      return what === 'instruct' ? host.instruct(dpnid) : host.destroy(dpnid, which % 2 ? 1 : 4);
    });
  }

  it('gives no two players one DPNID, live or not [2.2.1-02]', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat(0xffff_ffff), (steps, word) => {
        const guid = Uint8Array.from([word, word >>> 8, word >>> 16, word >>> 24, ...new Array(12).fill(1)]);
        const host = NameTable.hosted(decodeGuid(guid), player('host'));
        const operations = live(host, steps);
        const ids = operations.flatMap((each) =>
          each.name === 'TRANS_USERDATA_ADD_PLAYER' ? [each.dpnid] : [],
        );
        expect(new Set([...ids, host.self, 0]).size).toBe(ids.length + 2);
      }),
      { seed: 41, numRuns: 150 },
    );
  });

  it('ends in the same table for everybody, whenever they came and however often they heard of it [2.2.37-02]', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.nat(3), { maxLength: 60 }),
        (before, after, repeats) => {
          const host = hostTable();
          live(host, before);
          const late = host.add(player('late'))!.dpnid;
          const table = tableOf(host, late);
          const kept = live(host, after).filter(
            (each) => each.name !== 'TRANS_USERDATA_DESTROY_PLAYER' || each.dpnidLeaving !== late,
          );
          fc.pre(host.entry(late) !== undefined);
          for (const [index, operation] of kept.entries()) {
            for (let count = repeats[index] ?? 0; count >= 0; count--) table.apply(arrived(operation));
          }
          expect(pictureOf(table)).toEqual(pictureOf(host));
          expect(table.bytes).toBe(host.bytes);
        },
      ),
      { seed: 42, numRuns: 150 },
    );
  });
});
