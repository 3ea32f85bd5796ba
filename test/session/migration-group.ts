/** Players of one session who only follow, host and migrate: queues between them, deaths, and losses noticed late. No connections, no loss on the way. */
import type { Instant } from '../../src/base/instant.ts';
import { Migration, type MigrationMessage } from '../../src/session/migration.ts';
import type { MigrationAction } from '../../src/session/migration-action.ts';
import type { NameTable, NameTableOperation } from '../../src/session/name-table.ts';
import { OperationLog } from '../../src/session/operation-log.ts';
import { VersionReports } from '../../src/session/version-reports.ts';
import type { SessionPayload } from '../../src/wire/session-payload.ts';
import { hostTable, onTheWire, pictureOf, player, tableOf } from './players.ts';

/** What is under way from one player to another: a message, or the end of the connection. */
type Mail = SessionPayload | 'end';

/** One player. */
export class Member {
  readonly table: NameTable;
  readonly log = new OperationLog();
  readonly reports = new VersionReports();
  readonly migration: Migration;
  readonly connected = new Set<number>();
  /** Everything its migration wanted, in order. */
  readonly actions: MigrationAction[] = [];
  isAlive = true;

  constructor(table: NameTable) {
    this.table = table;
    this.migration = new Migration(this, (dpnid) => this.connected.has(dpnid));
  }

  get id(): number {
    return this.table.self;
  }

  get isHostAtWork(): boolean {
    return this.table.host === this.id && this.migration.phase === 'settled';
  }

  /** The names of what it sent, for sequences. */
  get sent(): string[] {
    return this.actions.flatMap((each) => (each.type === 'send' ? [each.payload.name] : []));
  }
}

/** See the head of the file. */
export class MigrationGroup {
  readonly members: Member[];
  now: Instant = 0;
  readonly #mail = new Map<string, Mail[]>();

  /** A host and `clients` others, all connected to each other and up to date. */
  constructor(clients: number) {
    const host = new Member(hostTable());
    this.members = [host];
    for (let count = 0; count < clients; count++) {
      const added = host.table.add(player(`client ${count}`))!;
      host.log.record(added);
      this.#spread(added);
      const member = new Member(tableOf(host.table, added.dpnid));
      for (const other of this.members) {
        other.connected.add(member.id);
        member.connected.add(other.id);
      }
      this.members.push(member);
      host.reports.joined(member.id, added.dwVersion);
      const instruction = host.table.instruct(member.id);
      host.log.record(instruction);
      this.#spread(instruction);
    }
    this.settle();
  }

  member(id: number): Member {
    return this.members.find((each) => each.id === id)!;
  }

  get living(): Member[] {
    return this.members.filter(({ isAlive }) => isAlive);
  }

  /** The host at work performs an operation and tells all others of it. */
  operate(host: Member, make: (table: NameTable) => NameTableOperation | undefined): void {
    const operation = make(host.table);
    if (operation === undefined) return;
    host.log.record(operation);
    for (const to of host.connected)
      if (host.table.entry(to) !== undefined) this.#post(host.id, to, operation);
  }

  /** The host at work says something of its own accord. */
  post(from: Member, to: Member, mail: SessionPayload): void {
    this.#post(from.id, to.id, mail);
  }

  /** A player dies; of what is under way from it to each other player, `arrives` says how much still comes. Each notices in its own time. */
  kill(member: Member, arrives: (count: number) => number = (count) => count): void {
    member.isAlive = false;
    for (const other of this.living) {
      const mail = this.mail(member, other);
      mail.splice(arrives(mail.length));
      this.#post(member.id, other.id, 'end');
    }
  }

  /** Pairs with something under way to a living player. */
  get pending(): [Member, Member][] {
    return [...this.#mail.entries()].flatMap(([key, queue]): [Member, Member][] => {
      const [from, to] = key.split(' ').map(Number) as [number, number];
      return queue.length > 0 && this.member(to).isAlive ? [[this.member(from), this.member(to)]] : [];
    });
  }

  /** What is under way from one player to another. */
  mail(from: Member, to: Member): Mail[] {
    const key = `${from.id} ${to.id}`;
    const queue = this.#mail.get(key) ?? [];
    this.#mail.set(key, queue);
    return queue;
  }

  /** The oldest thing under way from one player to another arrives. */
  deliver(from: Member, to: Member): void {
    const mail = this.mail(from, to).shift();
    if (mail === undefined || !to.isAlive || !to.connected.has(from.id)) return;
    if (mail === 'end') {
      to.connected.delete(from.id);
      to.migration.lost(this.now, from.id);
    } else this.#receive(to, from.id, onTheWire(mail));
    this.act(to);
  }

  /** Carries out what a player's migration wants. */
  act(member: Member): void {
    for (let action = member.migration.next(); action !== undefined; action = member.migration.next()) {
      member.actions.push(action);
      if (action.type === 'send') this.#post(member.id, action.to, action.payload);
      if (action.type === 'cut') {
        member.connected.delete(action.dpnid);
        this.#post(member.id, action.dpnid, 'end');
      }
    }
  }

  /** Time passes for everybody. */
  pass(until: Instant): void {
    for (;;) {
      const deadlines = this.living.flatMap(({ migration }) => migration.deadline ?? []);
      const next = Math.min(...deadlines);
      if (!(next <= until)) break;
      this.now = Math.max(this.now, next);
      for (const member of this.living) {
        if ((member.migration.deadline ?? Infinity) > this.now) continue;
        member.migration.expire(this.now);
        this.act(member);
      }
      this.settle();
    }
    this.now = until;
  }

  /** Everything under way arrives. */
  settle(): void {
    for (let pending = this.pending; pending.length > 0; pending = this.pending) {
      for (const [from, to] of pending) this.deliver(from, to);
    }
  }

  /** What the tables of the living come to, one after the other. */
  get pictures(): unknown[] {
    return this.living.map(({ table }) => pictureOf(table));
  }

  #spread(operation: NameTableOperation): void {
    const [host, ...others] = this.members;
    for (const other of others) this.#post(host!.id, other.id, operation);
  }

  #post(from: number, to: number, mail: Mail): void {
    this.mail(this.member(from), this.member(to)).push(mail);
  }

  #receive(to: Member, from: number, payload: SessionPayload): void {
    const { table, log, migration } = to;
    switch (payload.name) {
      case 'TRANS_USERDATA_ADD_PLAYER':
      case 'TRANS_USERDATA_INSTRUCT_CONNECT':
      case 'TRANS_USERDATA_DESTROY_PLAYER':
        if (from !== table.host || table.apply(payload) !== 'applied') return;
        log.record(payload);
        if (table.version % 4 === 0) {
          this.#post(to.id, from, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: table.version });
        }
        return;
      case 'TRANS_USERDATA_RESYNC_VERSION':
        if (from === table.host) log.release(payload.dwVersion);
        return;
      case 'TRANS_USERDATA_NAMETABLE_VERSION':
        if (migration.isTakingOver) break;
        if (to.isHostAtWork && to.reports.reported(from, payload.dwVersion, table.version)) this.#resync(to);
        return;
    }
    migration.message(this.now, from, payload as MigrationMessage);
  }

  #resync(host: Member): void {
    const dwVersion = host.reports.advance(host.table.version);
    if (dwVersion === undefined) return;
    host.log.release(dwVersion);
    for (const to of host.connected) {
      this.#post(host.id, to, { name: 'TRANS_USERDATA_RESYNC_VERSION', dwVersion });
    }
  }
}
