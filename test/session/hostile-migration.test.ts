/** Migrations among players who send anything at any time: nothing throws, nothing grows, and it comes to an end. [MS-DPDX] 3.1.5.4 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { MigrationMessage } from '../../src/session/migration.ts';
import { PLAYERS_MAX } from '../../src/session/name-table.ts';
import { OPERATIONS_MAX } from '../../src/session/operation-log.ts';
import { MigrationGroup } from './migration-group.ts';

const who = fc.nat(5);
const version = fc.oneof(fc.nat(20), fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));

/** Something that a player does, good or bad; `who` and `about` count players, one of whom is none. */
const deed = fc.record({
  what: fc.constantFrom('migrate', 'complete', 'version', 'request', 'answer', 'lost', 'found', 'pass'),
  who,
  about: who,
  other: who,
  version,
});
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

/** The message of a deed. */
function messageOf({ what, version: dwVersion }: Deed, about: number, other: number): MigrationMessage {
  switch (what) {
    case 'migrate':
      return { name: 'TRANS_USERDATA_HOST_MIGRATE', dpnidOldHost: about, dpnidNewHost: other };
    case 'complete':
      return { name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' };
    case 'version':
      return { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion };
    case 'request':
      return { name: 'TRANS_USERDATA_REQ_NAMETABLE_OP', dwVersion };
    default: {
      const destroy = { dpnidLeaving: about, dwVersion, dwDestroyReason: 1 as const };
      const add = { dpnid: other, dpnidOwner: 0, dwFlags: 0, dwVersion, dwDNETClientVersion: 0 };
      return {
        name: 'TRANS_USERDATA_ACK_NAMETABLE_OP',
        entries: [
          { op: { name: 'TRANS_USERDATA_DESTROY_PLAYER', ...destroy } },
          { op: { name: 'TRANS_USERDATA_ADD_PLAYER', ...add, dwVersion: (dwVersion + 1) >>> 0 } },
        ],
      };
    }
  }
}

test('nothing throws, we stay in our own table with one host, and every migration ends', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 80 }), fc.nat(3), (deeds, position) => {
      const group = new MigrationGroup(4);
      const self = group.members[position + 1]!;
      const ids = [...group.members.map(({ id }) => id), 0xdead];
      for (const each of deeds) {
        const [from, about, other] = [each.who, each.about, each.other].map((index) => ids[index]!);
        const isThere = self.connected.has(from!);
        if (each.what === 'lost' && isThere) {
          self.connected.delete(from!);
          self.migration.lost(group.now, from!);
        } else if (each.what === 'found' && from !== self.id && self.table.entry(from!) !== undefined) {
          self.connected.add(from!);
          self.migration.found(group.now, from!);
        } else if (each.what === 'pass') {
          group.now += each.version % (60 * SECOND);
          if ((self.migration.deadline ?? Infinity) <= group.now) self.migration.expire(group.now);
        } else if (isThere && each.what !== 'lost' && each.what !== 'found') {
          self.migration.message(group.now, from!, messageOf(each, about!, other!));
        }
        for (let action = self.migration.next(); action !== undefined; action = self.migration.next()) {
          if (action.type === 'cut') self.connected.delete(action.dpnid);
        }
        const { table, log } = self;
        expect(table.entry(self.id)).toBeDefined();
        expect(table.entries.filter(({ isHost }) => isHost).length).toBe(1);
        expect(table.size).toBeLessThanOrEqual(PLAYERS_MAX);
        expect(log.size).toBeLessThanOrEqual(OPERATIONS_MAX);
      }
      // Left alone, it comes to rest within its times, whoever it waits for.
      for (let turns = 0; self.migration.deadline !== undefined; turns++) {
        expect(turns).toBeLessThan(50);
        group.now = Math.max(group.now, self.migration.deadline);
        self.migration.expire(group.now);
        for (let action = self.migration.next(); action !== undefined; action = self.migration.next()) {
          if (action.type === 'cut') self.connected.delete(action.dpnid);
        }
      }
      expect(self.migration.phase).toBe('settled');
    }),
    { seed: 45, numRuns: 300 },
  );
});
