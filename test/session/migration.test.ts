/** Host migration: who takes over, what it fetches and brings, and what becomes of those who lie, stall or die. [MS-DPDX] 3.1.5.4 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { MigrationAction } from '../../src/session/migration-action.ts';
import { VERSION_MAX } from '../../src/session/name-table.ts';
import type { SessionPayload } from '../../src/wire/session-payload.ts';
import { type Member, MigrationGroup } from './migration-group.ts';
import { player } from './players.ts';

const packetName = (text: string) => `TRANS_USERDATA_${text}`;
const sentTo = (member: Member, to: Member): SessionPayload[] =>
  member.actions.flatMap((each) => (each.type === 'send' && each.to === to.id ? [each.payload] : []));
const namesTo = (member: Member, to: Member): string[] =>
  sentTo(member, to).map(({ name }) => name.replace('TRANS_USERDATA_', ''));
const violations = (member: Member) =>
  member.actions.filter((each): each is MigrationAction & { type: 'violation' } => each.type === 'violation');

/** Everybody who lives is in everybody's table, and only they; one hosts, and everybody agrees who. */
function expectAgreement(group: MigrationGroup): void {
  const [first, ...others] = group.pictures;
  for (const other of others) expect(other).toEqual(first);
  const { living } = group;
  const [member] = living;
  expect(member!.table.entries.map(({ dpnid }) => dpnid)).toEqual(living.map(({ id }) => id));
  expect(living.filter(({ isHostAtWork }) => isHostAtWork).length).toBe(1);
  expect(living.every(({ migration }) => migration.phase === 'settled')).toBe(true);
}

describe('when the host is gone', () => {
  it('the player longest in the session takes over, tells all others, and all go on [3.1.5.4-01, 3.1.5.4-05, 3.1.5.4-06, 3.1.5.4-07, 2.2.18-02, 2.2.18-04, 2.2.18-05, 2.2.19-02, 2.2.37-06, 6-20]', () => {
    const group = new MigrationGroup(3);
    const [host, next, a, b] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    group.settle();
    expectAgreement(group);
    expect(next.isHostAtWork).toBe(true);
    for (const peer of [a, b]) {
      expect(sentTo(next, peer)[0]).toEqual({
        name: packetName('HOST_MIGRATE'),
        dpnidOldHost: host.id,
        dpnidNewHost: next.id,
      });
      expect(namesTo(peer, next)).toEqual(['NAMETABLE_VERSION']);
      expect(peer.actions.map(({ type }) => type)).toEqual(['host', 'send', 'over']);
    }
  });

  it('peers that are level get the removal of the old host, RESYNC_VERSION and the completion; nobody is asked for operations [3.1.5.4-08, 3.1.5.4-09, 3.1.5.4-12, 3.1.5.4-13, 2.2.24-03, 2.2.37-09]', () => {
    const group = new MigrationGroup(2);
    const [host, next, peer] = group.members as [Member, Member, Member];
    const { version } = next.table;
    group.kill(host);
    group.settle();
    expect(sentTo(next, peer).slice(1)).toEqual([
      {
        name: packetName('DESTROY_PLAYER'),
        dpnidLeaving: host.id,
        dwVersion: version + 1,
        dwDestroyReason: 1,
      },
      { name: packetName('RESYNC_VERSION'), dwVersion: version + 1 },
      { name: packetName('HOST_MIGRATE_COMPLETE') },
    ]);
    expect(group.pictures[0]).toEqual(group.pictures[1]);
  });

  it('a peer that is behind gets what it lacks, as it was sent the first time [3.1.5.4-08, 3.1.5.4-09, 2.2.37-07]', () => {
    const group = new MigrationGroup(2);
    const [host, next, peer] = group.members as [Member, Member, Member];
    group.operate(host, (table) => table.add(player('fourth')));
    const behind = group.mail(host, peer).splice(0);
    group.settle();
    group.kill(host);
    group.settle();
    const names = ['HOST_MIGRATE', 'ADD_PLAYER', 'DESTROY_PLAYER', 'DESTROY_PLAYER', 'RESYNC_VERSION'];
    expect(namesTo(next, peer)).toEqual([...names, 'HOST_MIGRATE_COMPLETE']);
    expect(sentTo(next, peer)[1]).toEqual(behind[0]);
    expectAgreement(group);
  });

  it('the new host asks the one who is ahead for what it lacks, and only that one [3.1.5.4-10, 3.1.5.4-11, 2.2.24-02, 2.2.24-05, 2.2.25-02, 2.2.25-03, 2.2.37-07]', () => {
    const group = new MigrationGroup(4);
    const [host, next, a, b, c] = group.members as [Member, Member, Member, Member, Member];
    const { version } = next.table;
    group.operate(host, (table) => table.destroy(c.id, 4));
    group.mail(host, next).splice(0);
    group.operate(host, (table) => table.add(player('newcomer')));
    group.mail(host, next).splice(0);
    group.mail(host, a).splice(1);
    group.settle();
    c.isAlive = false;
    for (const member of group.living) member.connected.delete(c.id);
    group.kill(host);
    group.settle();
    expect(sentTo(next, b)[1]).toEqual({ name: packetName('REQ_NAMETABLE_OP'), dwVersion: version });
    expect(namesTo(next, a)).not.toContain('REQ_NAMETABLE_OP');
    const [, answer] = sentTo(b, next);
    expect(answer).toMatchObject({ name: packetName('ACK_NAMETABLE_OP') });
    const ops = answer?.name === 'TRANS_USERDATA_ACK_NAMETABLE_OP' ? answer.entries : [];
    expect(ops.map(({ op }) => [op.name, op.dwVersion])).toEqual([
      [packetName('DESTROY_PLAYER'), version + 1],
      [packetName('ADD_PLAYER'), version + 2],
    ]);
    expectAgreement(group);
    // The player whom they took out on the way, the newcomer that nobody reached, and the old host are told as gone.
    expect(next.actions.filter(({ type }) => type === 'left').length).toBe(3);
  });

  it('who remains alone becomes the host without a word', () => {
    const group = new MigrationGroup(1);
    const [host, next] = group.members as [Member, Member];
    group.kill(host);
    group.settle();
    expectAgreement(group);
    expect(next.actions.map(({ type }) => type)).toEqual(['host', 'left', 'over']);
  });

  it('players without a connection to the new host are no longer players', () => {
    const group = new MigrationGroup(3);
    const [host, next, a, b] = group.members as [Member, Member, Member, Member];
    next.connected.delete(b.id);
    b.connected.delete(next.id);
    group.kill(host);
    group.settle();
    expect(next.table.entries.map(({ dpnid }) => dpnid)).toEqual([next.id, a.id]);
    expect(a.table.entry(b.id)).toBeUndefined();
  });

  it('a connection that comes about during the migration takes part', () => {
    const group = new MigrationGroup(3);
    const [host, next, a, b] = group.members as [Member, Member, Member, Member];
    next.connected.delete(b.id);
    group.kill(host);
    group.deliver(host, next);
    next.connected.add(b.id);
    next.migration.found(group.now, b.id);
    group.act(next);
    group.settle();
    expectAgreement(group);
    expect(namesTo(next, b)).toEqual(namesTo(next, a));
  });

  it('the new host knows how far everybody is, and lets go of what all have', () => {
    const group = new MigrationGroup(2);
    const [host, next, peer] = group.members as [Member, Member, Member];
    group.kill(host);
    group.settle();
    expect(next.reports.oldest).toBe(next.table.version);
    expect(next.log.after(0).length).toBe(1);
    for (let count = 0; count < 8; count++) group.operate(next, (table) => table.instruct(peer.id));
    group.settle();
    expect(next.reports.oldest! % 4).toBe(0);
    expectAgreement(group);
  });
});

describe('a new host that dies', () => {
  it('at any step is followed by the next one', () => {
    for (let steps = 0; steps < 40; steps++) {
      const group = new MigrationGroup(4);
      const [host, next, third] = group.members as [Member, Member, Member];
      group.operate(host, (table) => table.instruct(third.id));
      group.mail(host, next).splice(0);
      group.kill(host);
      for (let step = 0; step < steps; step++) {
        const [pair] = group.pending.filter(([from, to]) => from === next || to === next);
        if (pair === undefined) break;
        group.deliver(...pair);
      }
      group.kill(next);
      group.settle();
      expectAgreement(group);
      expect(third.isHostAtWork).toBe(true);
    }
  });

  it('without announcing itself is waited for, and no longer than that', () => {
    const group = new MigrationGroup(3);
    const [host, next, third, fourth] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    next.isAlive = false;
    group.settle();
    expect([third, fourth].map(({ migration }) => migration.phase)).toEqual(['waiting', 'waiting']);
    group.pass(89 * SECOND);
    expect(third.migration.phase).toBe('waiting');
    // It seems connected still: the third gives it up, and cuts it off when it does not report.
    group.pass(120 * SECOND);
    expectAgreement(group);
    expect(third.isHostAtWork).toBe(true);
  });

  it('without completing is cut off, and the next one takes over', () => {
    const group = new MigrationGroup(3);
    const [host, next, third, fourth] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    group.deliver(host, next);
    for (const each of [third, fourth]) {
      group.deliver(host, each);
      group.deliver(next, each);
    }
    next.isAlive = false;
    group.settle();
    expect(third.migration.phase).toBe('following');
    group.pass(200 * SECOND);
    expectAgreement(group);
    expect(third.actions).toContainEqual({ type: 'cut', dpnid: next.id });
    expect(violations(third)[0]).toMatchObject({ from: next.id, section: '3.1.5.4' });
  });
});

describe('a peer that spoils a migration', () => {
  /** A migration whose new host waits for the reports of two peers. */
  function collecting() {
    const group = new MigrationGroup(3);
    const [host, next, a, b] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    group.deliver(host, next);
    group.deliver(host, a);
    group.deliver(next, a);
    group.deliver(a, next);
    expect(next.migration.phase).toBe('takingOver');
    return { group, host, next, a, b };
  }

  it('by silence is cut off in time, and the others go on without it', () => {
    const { group, next, a, b } = collecting();
    b.isAlive = false;
    expect(next.migration.deadline).toBe(20 * SECOND);
    group.pass(20 * SECOND);
    expect(next.actions).toContainEqual({ type: 'cut', dpnid: b.id });
    expectAgreement(group);
    expect(a.table.entry(b.id)).toBeUndefined();
  });

  it('by a version that cannot be is cut off at once', () => {
    for (const dwVersion of [0, VERSION_MAX + 1]) {
      const { group, next, b } = collecting();
      next.migration.message(0, b.id, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion });
      group.act(next);
      expect(next.actions).toContainEqual({ type: 'cut', dpnid: b.id });
      expect(violations(next)[0]).toMatchObject({ from: b.id, section: '2.2.23' });
      b.isAlive = false;
      group.settle();
      expectAgreement(group);
    }
  });

  it('by a version for which it has no operations is cut off', () => {
    const { group, next, a, b } = collecting();
    next.migration.message(0, b.id, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: 99 });
    group.act(next);
    expect(namesTo(next, b)).toContain('REQ_NAMETABLE_OP');
    next.migration.message(0, a.id, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [] });
    expect(next.migration.phase).toBe('takingOver');
    next.migration.message(0, b.id, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [] });
    group.act(next);
    expect(violations(next).map(({ from, section }) => [from, section])).toEqual([
      [a.id, '2.2.25'],
      [b.id, '2.2.25'],
    ]);
    b.isAlive = false;
    group.settle();
    expectAgreement(group);
  });

  it('by operations that remove the new host removes nobody', () => {
    const { group, next, b } = collecting();
    const { version } = next.table;
    next.migration.message(0, b.id, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: version + 1 });
    const op = {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: next.id,
      dwVersion: version + 1,
      dwDestroyReason: 4,
    } as const;
    next.migration.message(0, b.id, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [{ op }] });
    group.act(next);
    expect(violations(next)[0]).toMatchObject({ from: b.id, section: '2.2.25' });
    expect(next.table.entry(next.id)).toBeDefined();
    expect(next.isHostAtWork).toBe(true);
  });

  it('by not answering for its operations is cut off in time', () => {
    const { group, next, b } = collecting();
    next.migration.message(0, b.id, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: 99 });
    group.act(next);
    b.isAlive = false;
    group.pass(20 * SECOND);
    expect(violations(next)[0]).toMatchObject({ from: b.id, section: '3.1.5.4' });
    expectAgreement(group);
  });
});

describe('HOST_MIGRATE', () => {
  const migrate = (oldHost: Member, newHost: Member) =>
    ({
      name: 'TRANS_USERDATA_HOST_MIGRATE',
      dpnidOldHost: oldHost.id,
      dpnidNewHost: newHost.id,
    }) as const;

  it('that names another than its sender, or a player who cannot have been the host, changes nothing', () => {
    const group = new MigrationGroup(3);
    const [host, a, b, c] = group.members as [Member, Member, Member, Member];
    b.migration.message(0, a.id, migrate(host, c));
    b.migration.message(0, a.id, migrate(c, a));
    b.migration.message(0, host.id, migrate(host, host));
    group.act(b);
    expect(violations(b).map(({ section }) => section)).toEqual(['2.2.18', '2.2.18', '2.2.18']);
    expect(b.actions.length).toBe(3);
    expect(b.table.host).toBe(host.id);
  });

  it('while the host lives has the host asked, and steals nothing', () => {
    const group = new MigrationGroup(2);
    const [host, a, b] = group.members as [Member, Member, Member];
    b.migration.message(0, a.id, migrate(host, a));
    b.migration.message(1, a.id, migrate(host, a));
    group.act(b);
    expect(b.actions).toEqual([{ type: 'ask', dpnid: host.id }]);
    expect(b.migration.deadline).toBe(10 * SECOND);
    group.pass(10 * SECOND);
    expect(violations(b)).toMatchObject([{ from: a.id, section: 'MIG-10' }]);
    expect(b.table.host).toBe(host.id);
    expect(b.migration.phase).toBe('settled');
  });

  it('before the loss of the host is noticed counts as soon as it is [2.2.18-02]', () => {
    const group = new MigrationGroup(2);
    const [host, a, b] = group.members as [Member, Member, Member];
    group.kill(host);
    group.deliver(host, a);
    group.deliver(a, b);
    expect(b.actions).toEqual([{ type: 'ask', dpnid: host.id }]);
    group.settle();
    expectAgreement(group);
    expect(a.isHostAtWork).toBe(true);
  });

  it('from one who comes after us is refused, and from one who comes before us ends our own attempt', () => {
    const group = new MigrationGroup(3);
    const [host, a, b, c] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    for (const each of [a, b, c]) group.deliver(host, each);
    a.migration.message(0, b.id, migrate(host, b));
    group.act(a);
    expect(violations(a)).toMatchObject([{ from: b.id, section: 'MIG-10' }]);
    // The second believes the first to be gone, and begins; then the first is heard of after all.
    b.migration.lost(0, a.id);
    group.act(b);
    expect(b.migration.phase).toBe('takingOver');
    b.connected.add(a.id);
    b.migration.message(0, a.id, migrate(host, a));
    group.act(b);
    expect(b.migration.phase).toBe('following');
    expect(b.table.host).toBe(a.id);
    group.settle();
    expectAgreement(group);
    expect(a.isHostAtWork).toBe(true);
  });

  it('is completed by nobody but the new host [2.2.19-02]', () => {
    const group = new MigrationGroup(3);
    const [host, a, b, c] = group.members as [Member, Member, Member, Member];
    group.kill(host);
    for (const to of [a, c]) group.deliver(host, to);
    group.deliver(a, c);
    c.migration.message(0, b.id, { name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' });
    group.act(c);
    expect(violations(c)).toMatchObject([{ from: b.id, section: '2.2.19' }]);
    expect(c.migration.phase).toBe('following');
    group.settle();
    expectAgreement(group);
  });

  it('and all else of a migration, out of place, is a violation without effect', () => {
    const group = new MigrationGroup(2);
    const [host, a, b] = group.members as [Member, Member, Member];
    b.migration.message(0, host.id, { name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' });
    b.migration.message(0, a.id, { name: 'TRANS_USERDATA_REQ_NAMETABLE_OP', dwVersion: 2 });
    b.migration.message(0, a.id, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [] });
    group.act(b);
    expect(b.actions.map((each) => each.type === 'violation' && each.section)).toEqual([
      '2.2.19',
      '2.2.24',
      '2.2.25',
    ]);
    expect([b.migration.phase, b.table.host]).toEqual(['settled', host.id]);
  });
});

describe('any order of deaths, losses noticed and messages', () => {
  const turn = fc.record({
    what: fc.constantFrom('operate', 'deliver', 'deliver', 'deliver', 'deliver', 'kill'),
    which: fc.nat(999),
  });

  it('ends with one host, whom all know, and one table [2.2.37-02, 2.2.37-06, 2.2.37-07, 3.1.5.4-05]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.array(turn, { maxLength: 120 }), (clients, turns) => {
        const group = new MigrationGroup(clients);
        for (const { what, which } of turns) {
          const { living, pending } = group;
          if (what === 'deliver' && pending.length > 0) group.deliver(...pending[which % pending.length]!);
          if (what === 'operate') {
            const host = living.find(({ isHostAtWork }) => isHostAtWork);
            if (host !== undefined) operate(group, host, which);
          }
          // The one who hosts, or begins to, is the likeliest to die.
          if (what === 'kill' && living.length > 1) {
            const host = living.find(({ table }) => table.host === table.self);
            const victim = which % 3 > 0 && host !== undefined ? host : living[which % living.length]!;
            let lot = which;
            group.kill(victim, (count) => {
              lot = (lot * 7 + 3) % 1009;
              return lot % (count + 1);
            });
          }
        }
        group.settle();
        // Players other than the host died as well: the host takes them out, as it does when a connection breaks.
        const host = group.living.find(({ isHostAtWork }) => isHostAtWork)!;
        for (const { dpnid } of host.table.entries) {
          if (dpnid !== host.id && !host.connected.has(dpnid)) {
            group.operate(host, (table) => table.destroy(dpnid, 1));
          }
        }
        group.settle();
        expect(group.now).toBe(0);
        expectAgreement(group);
        expect(group.living[0]!.isHostAtWork).toBe(true);
        for (const { actions } of group.living) {
          expect(actions.filter(({ type }) => type === 'cut' || type === 'violation')).toEqual([]);
        }
      }),
      { seed: 44, numRuns: 300 },
    );
  });

  /** Some operation that leaves everybody who lives a player. */
  function operate(group: MigrationGroup, host: Member, which: number): void {
    const strangers = host.table.entries.filter(({ dpnid }) => !group.members.some(({ id }) => id === dpnid));
    const stranger = strangers[which % Math.max(1, strangers.length)];
    group.operate(host, (table) => {
      if (stranger === undefined || which % 3 === 0) return table.add(player(`stranger ${which}`));
      return which % 3 === 1 ? table.instruct(stranger.dpnid) : table.destroy(stranger.dpnid, 4);
    });
  }
});
