/** The record of name table operations. [MS-DPDX] 2.2.25, 2.2.37 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NameTable, NameTableOperation } from '../../src/session/name-table.ts';
import { OPERATION_BYTES_MAX, OPERATIONS_MAX, OperationLog } from '../../src/session/operation-log.ts';
import { VersionReports } from '../../src/session/version-reports.ts';
import { MESSAGE_SIZE_MAX } from '../../src/transport/connection-options.ts';
import { encodePayload } from '../../src/wire/session-payload.ts';
import { wordAt } from '../wire/hex.ts';
import { hostTable, onTheWire, pictureOf, player, tableOf } from './players.ts';

const instruct = (dwVersion: number): NameTableOperation => ({
  name: 'TRANS_USERDATA_INSTRUCT_CONNECT',
  dpnid: 9,
  dwVersion,
});
interface Peer {
  readonly since: number;
  readonly table: NameTable;
  readonly log: OperationLog;
  /** What is under way to it: operations, and versions of RESYNC_VERSION. */
  readonly queue: (NameTableOperation | number)[];
}
const versions = (operations: readonly NameTableOperation[]) => operations.map(({ dwVersion }) => dwVersion);

describe('the record of operations', () => {
  it('has all that were performed, in order, above any version [2.2.37-07, 2.2.25-03]', () => {
    const log = new OperationLog();
    for (let version = 3; version <= 9; version++) log.record(instruct(version));
    expect(versions(log.after(0))).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(versions(log.after(7))).toEqual([8, 9]);
    expect(log.after(9)).toEqual([]);
    expect(log.oldest).toBe(3);
  });

  it('answers REQ_NAMETABLE_OP with what is above its version, each as it was sent [2.2.25-03]', () => {
    const host = hostTable();
    const log = new OperationLog();
    const added = host.add({ ...player('one'), data: Uint8Array.of(5) })!;
    const done = [added, host.instruct(added.dpnid), host.destroy(added.dpnid, 4)];
    for (const operation of done) log.record(operation);
    expect(onTheWire(log.answer(2)).entries.map(({ op }) => op)).toEqual(done);
    const late = encodePayload(log.answer(3));
    expect(wordAt(late, 4)).toBe(2);
    expect(log.answer(5).entries).toEqual([]);
  });

  it('lets go of what is strictly below the version that everybody has [2.2.30-02, 2.2.37-13]', () => {
    const log = new OperationLog();
    for (let version = 3; version <= 9; version++) log.record(instruct(version));
    log.release(8);
    expect(versions(log.after(0))).toEqual([8, 9]);
    log.release(3);
    expect(log.size).toBe(2);
    log.release(100);
    expect([log.size, log.bytes, log.oldest]).toEqual([0, 0, undefined]);
  });

  it('disregards a version that it has', () => {
    const log = new OperationLog();
    for (const version of [3, 5, 5, 4]) log.record(instruct(version));
    expect(versions(log.after(0))).toEqual([3, 5]);
  });

  it('is bounded in number and bytes, by its oldest, and always fits into one message', () => {
    const log = new OperationLog();
    for (let version = 1; version <= OPERATIONS_MAX + 10; version++) log.record(instruct(version));
    expect([log.size, log.oldest]).toEqual([OPERATIONS_MAX, 11]);
    expect(encodePayload(log.answer(0)).length).toBeLessThan(MESSAGE_SIZE_MAX);
    const heavy = new OperationLog();
    const host = hostTable();
    for (let count = 0; count < 200; count++) {
      heavy.record(host.add({ ...player('heavy'), data: new Uint8Array(3000) })!);
    }
    expect(heavy.bytes).toBeLessThanOrEqual(OPERATION_BYTES_MAX);
    expect(heavy.size).toBeGreaterThan(100);
    expect(encodePayload(heavy.answer(0)).length).toBeLessThanOrEqual(heavy.bytes + 8);
  });
});

describe('any interleaving of operations, reports and resynchronisation', () => {
  const turn = fc.record({
    what: fc.constantFrom('add', 'remove', 'deliver', 'deliver', 'deliver'),
    who: fc.nat(50),
  });

  it('converges, and nobody lets go of what another may still lack [2.2.37-02, 2.2.37-07, 2.2.37-11, 2.2.37-13]', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 150 }), (turns) => {
        const host = hostTable();
        const log = new OperationLog();
        const reports = new VersionReports();
        const peers = new Map<number, Peer>();
        const tell = (operation: NameTableOperation) => {
          log.record(operation);
          for (const peer of peers.values()) peer.queue.push(operation);
        };
        const resync = () => {
          const oldest = reports.advance(host.version);
          if (oldest === undefined) return;
          log.release(oldest);
          for (const peer of peers.values()) peer.queue.push(oldest);
        };
        const deliver = (dpnid: number) => {
          const peer = peers.get(dpnid)!;
          const item = peer.queue.shift();
          if (typeof item === 'number') peer.log.release(item);
          else if (item !== undefined) {
            if (peer.table.apply(item) === 'applied') peer.log.record(item);
            const { version } = peer.table;
            if (version % 4 === 0 && reports.reported(dpnid, version, host.version)) resync();
          }
        };
        for (const { what, who } of turns) {
          const ids = [...peers.keys()];
          const dpnid = ids[who % Math.max(1, ids.length)];
          if (what === 'add' || dpnid === undefined) {
            const added = host.add(player(`player ${who}`))!;
            tell(added);
            reports.joined(added.dpnid, added.dwVersion);
            const table = tableOf(host, added.dpnid);
            peers.set(added.dpnid, { since: table.version, table, log: new OperationLog(), queue: [] });
            tell(host.instruct(added.dpnid));
          } else if (what === 'remove') {
            peers.delete(dpnid);
            reports.left(dpnid);
            tell(host.destroy(dpnid, 1));
            resync();
          } else deliver(dpnid);
          for (const { table } of peers.values()) {
            // Whoever is behind finds all it lacks with everybody who was there at that time and is ahead.
            for (const other of peers.values()) {
              if (other.since > table.version || other.table.version <= table.version) continue;
              expect(other.log.after(table.version)[0]?.dwVersion).toBe(table.version + 1);
            }
            if (host.version > table.version)
              expect(log.after(table.version)[0]?.dwVersion).toBe(table.version + 1);
          }
        }
        for (const dpnid of peers.keys()) while (peers.get(dpnid)!.queue.length > 0) deliver(dpnid);
        for (const { table } of peers.values()) expect(pictureOf(table)).toEqual(pictureOf(host));
        // What is kept is bounded by how far the peers are apart, not by the length of the history.
        if (peers.size > 0) expect(log.size).toBeLessThanOrEqual(host.version - reports.oldest! + 4);
      }),
      { seed: 43, numRuns: 120 },
    );
  });
});
