/** Who hosts when the host is gone, told by losses, messages and the time. Knows no connections; {@link Takeover} does the new host's work. [MS-DPDX] 3.1.5.4 */
import { earlier, type Instant } from '../base/instant.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import {
  DEFAULT_MIGRATION_TIMING,
  type MigrationAction,
  type MigrationBook,
  type MigrationTiming,
} from './migration-action.ts';
import { Takeover } from './takeover.ts';

type Of<Name extends SessionPayload['name']> = Extract<SessionPayload, { name: Name }>;
type HostMigrate = Of<'TRANS_USERDATA_HOST_MIGRATE'>;

/** The messages that {@link Migration.message} takes. NAMETABLE_VERSION only while `isTakingOver`: later it is the host's affair. */
export type MigrationMessage =
  | HostMigrate
  | Of<'TRANS_USERDATA_HOST_MIGRATE_COMPLETE'>
  | Of<'TRANS_USERDATA_NAMETABLE_VERSION'>
  | Of<'TRANS_USERDATA_REQ_NAMETABLE_OP'>
  | Of<'TRANS_USERDATA_ACK_NAMETABLE_OP'>;

/** Where a migration stands. */
export type MigrationPhase =
  /** There is a host, and it is at work; it may be us. */
  | 'settled'
  /** The host is gone; whoever comes next is to announce itself. */
  | 'waiting'
  /** The new host has announced itself and is not at work yet. */
  | 'following'
  /** We are the new host and not at work yet. */
  | 'takingOver';

/** See the head of the file. */
export class Migration {
  readonly #book: MigrationBook;
  readonly #isConnected: (dpnid: number) => boolean;
  readonly #timing: MigrationTiming;
  readonly #actions: MigrationAction[] = [];
  /** Those of the table who are gone, or were waited for in vain. */
  readonly #passed = new Set<number>();
  /** Announcements of others who seem not to be next, and until when those who come first may prove to be gone. */
  readonly #held = new Map<number, Instant>();
  #phase: MigrationPhase = 'settled';
  /** Who is to announce itself. */
  #candidate: number | undefined;
  #until: Instant | undefined;
  #takeover: Takeover | undefined;

  /** `isConnected`: whether messages to that player find their way. */
  constructor(
    book: MigrationBook,
    isConnected: (dpnid: number) => boolean,
    timing: MigrationTiming = DEFAULT_MIGRATION_TIMING,
  ) {
    this.#book = book;
    this.#isConnected = isConnected;
    this.#timing = timing;
  }

  get phase(): MigrationPhase {
    return this.#phase;
  }

  /** Whether we are the new host and still collect. */
  get isTakingOver(): boolean {
    return this.#phase === 'takingOver';
  }

  /** The next thing to do. */
  next(): MigrationAction | undefined {
    return this.#actions.shift();
  }

  /** A player's connection is over, or it has ended its stream; the host's loss starts a migration (MIG-1). */
  lost(now: Instant, dpnid: number): void {
    const { table } = this.#book;
    this.#held.delete(dpnid);
    // While all is well, the host's loss is the only one that matters here.
    if (this.#phase !== 'settled' || dpnid === table.host) this.#passed.add(dpnid);
    if (this.#takeover !== undefined) this.#takeover.lost(now, dpnid);
    else if (dpnid === table.host && this.#phase !== 'waiting') this.#wait(now);
    else if (dpnid === this.#candidate) this.#choose(now);
    this.#reconsider(now);
    this.#settleTakeover();
  }

  /** A connection to a player has come about. */
  found(now: Instant, dpnid: number): void {
    this.#passed.delete(dpnid);
    this.#takeover?.found(now, dpnid);
  }

  /** A player sends one of the messages of a migration. */
  message(now: Instant, from: number, payload: MigrationMessage): void {
    switch (payload.name) {
      case 'TRANS_USERDATA_HOST_MIGRATE':
        this.#announced(now, from, payload);
        break;
      case 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE':
        if (this.#phase === 'following' && from === this.#book.table.host) this.#settle();
        else this.#violation(from, '2.2.19', 'completes no migration');
        break;
      case 'TRANS_USERDATA_NAMETABLE_VERSION':
        this.#takeover?.reported(now, from, payload.dwVersion);
        break;
      case 'TRANS_USERDATA_REQ_NAMETABLE_OP':
        if (this.#phase === 'following' && from === this.#book.table.host) {
          this.#send(from, this.#book.log.answer(payload.dwVersion));
        } else this.#violation(from, '2.2.24', 'wants operations and is no new host');
        break;
      case 'TRANS_USERDATA_ACK_NAMETABLE_OP':
        if (this.#takeover !== undefined) this.#takeover.operations(now, from, payload);
        else this.#violation(from, '2.2.25', 'sends operations unasked');
        break;
    }
    this.#reconsider(now);
    this.#settleTakeover();
  }

  /** When {@link expire} is next wanted. */
  get deadline(): Instant | undefined {
    let first = earlier(this.#until, this.#takeover?.deadline);
    for (const until of this.#held.values()) first = earlier(first, until);
    return first;
  }

  expire(now: Instant): void {
    this.#reconsider(now);
    for (const [dpnid, until] of [...this.#held]) {
      if (now < until) continue;
      this.#held.delete(dpnid);
      this.#violation(dpnid, 'MIG-10', 'announces itself as the host before its turn');
    }
    this.#takeover?.expire(now);
    this.#settleTakeover();
    if (this.#until === undefined || now < this.#until) return;
    this.#until = undefined;
    if (this.#phase === 'following') this.#giveUpHost(now);
    else if (this.#phase === 'waiting') {
      if (this.#candidate !== undefined) this.#passed.add(this.#candidate);
      this.#choose(now);
    }
  }

  /** The new host does not come to an end: it is as good as lost, and whoever comes after it is next. */
  #giveUpHost(now: Instant): void {
    const { host } = this.#book.table;
    this.#violation(host, '3.1.5.4', 'does not complete the migration');
    this.#actions.push({ type: 'cut', dpnid: host });
    this.lost(now, host);
  }

  #wait(now: Instant): void {
    this.#phase = 'waiting';
    this.#choose(now);
  }

  /** The player longest in the session of those still connected, ourselves included, is next (MIG-2). */
  #choose(now: Instant): void {
    const { table } = this.#book;
    const next = table.entries.find(({ dpnid }) => dpnid === table.self || this.#isAlive(dpnid));
    this.#candidate = undefined;
    this.#until = undefined;
    if (next === undefined || next.dpnid === table.self) {
      this.#takeOver(now);
      return;
    }
    this.#candidate = next.dpnid;
    this.#until = now + this.#timing.announcement;
  }

  #takeOver(now: Instant): void {
    const { table } = this.#book;
    const gone = table.host;
    const peers = table.entries
      .map(({ dpnid }) => dpnid)
      .filter((dpnid) => dpnid !== table.self && dpnid !== gone && this.#isConnected(dpnid));
    this.#phase = 'takingOver';
    this.#held.clear();
    this.#takeover = new Takeover(now, this.#book, peers, this.#timing.answer, (action) =>
      this.#actions.push(action),
    );
    this.#settleTakeover();
  }

  /** Somebody announces itself as the new host. [MS-DPDX] 2.2.18 (MIG-10) */
  #announced(now: Instant, from: number, { dpnidOldHost, dpnidNewHost }: HostMigrate): void {
    const { table } = this.#book;
    const fault = this.#faultOf(from, dpnidOldHost, dpnidNewHost);
    if (fault !== undefined) {
      this.#violation(from, '2.2.18', fault);
      return;
    }
    const better = this.#betterThan(from);
    if (better.length === 0) {
      this.#follow(now, from);
      return;
    }
    if (better.includes(table.self)) {
      this.#violation(from, 'MIG-10', 'announces itself as the host, and it would be our turn');
      return;
    }
    if (this.#held.has(from)) return;
    this.#held.set(from, now + this.#timing.hold);
    for (const dpnid of better) this.#actions.push({ type: 'ask', dpnid });
  }

  #faultOf(from: number, oldHost: number, newHost: number): string | undefined {
    const { table } = this.#book;
    if (newHost !== from || table.entry(from) === undefined) return 'announces another as the new host';
    if (from === table.host) return 'announces itself as the new host and is the host';
    // One who announced itself to others and died at once may be unknown to us as a host.
    const mayHaveHosted = oldHost === table.host || this.#passed.has(oldHost) || table.isOlder(oldHost, from);
    return mayHaveHosted ? undefined : 'takes over from a player who cannot have been the host';
  }

  /** Those who would host rather than `from`: the host at work, and whoever is longer in the session, while alive (MIG-2). */
  #betterThan(from: number): number[] {
    const { table } = this.#book;
    return table.entries
      .map(({ dpnid }) => dpnid)
      .filter((dpnid) => {
        const comesFirst = table.isOlder(dpnid, from) || (dpnid === table.host && this.#phase === 'settled');
        return comesFirst && (dpnid === table.self || this.#isAlive(dpnid));
      });
  }

  /** Whether a player may still be reckoned with. */
  #isAlive(dpnid: number): boolean {
    return !this.#passed.has(dpnid) && this.#isConnected(dpnid);
  }

  /** Looks again at those who announced themselves before their turn. */
  #reconsider(now: Instant): void {
    for (const dpnid of [...this.#held.keys()]) {
      if (!this.#held.has(dpnid) || this.#betterThan(dpnid).length > 0) continue;
      this.#follow(now, dpnid);
    }
  }

  /** `host` is the new host; an own attempt is dropped: the lower version wins (MIG-10). */
  #follow(now: Instant, host: number): void {
    const { table } = this.#book;
    const from = table.host;
    this.#takeover = undefined;
    this.#candidate = undefined;
    this.#held.delete(host);
    if (from !== table.self) this.#passed.add(from);
    this.#phase = 'following';
    this.#until = now + this.#timing.completion;
    table.host = host;
    this.#actions.push({ type: 'host', from, to: host });
    this.#send(host, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: table.version });
  }

  #settleTakeover(): void {
    if (this.#takeover?.isOver !== true) return;
    this.#takeover = undefined;
    this.#rest();
  }

  /** The new host is at work. */
  #settle(): void {
    this.#rest();
    this.#actions.push({ type: 'over' });
  }

  #rest(): void {
    this.#phase = 'settled';
    this.#candidate = undefined;
    this.#until = undefined;
    this.#passed.clear();
    this.#held.clear();
  }

  #send(to: number, payload: SessionPayload): void {
    this.#actions.push({ type: 'send', to, payload });
  }

  #violation(from: number, section: string, text: string): void {
    this.#actions.push({ type: 'violation', from, section, text });
  }
}
