/** What the new host does until it is at work: collects reports, fetches what it lacks, brings everybody up to date. Elects nobody. [MS-DPDX] 3.1.5.4 */
import { type Duration, earlier, type Instant } from '../base/instant.ts';
import { DPNDESTROYPLAYERREASON } from '../wire/flags.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { MigrationAction, MigrationBook } from './migration-action.ts';
import { VERSION_MAX } from './name-table.ts';

type AckNameTableOp = Extract<SessionPayload, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP' }>;

/** How far the new host is with one peer. */
interface Peer {
  /** What it reported; `undefined` until it has. */
  version: number | undefined;
  /** When its report, or its operations, are overdue. */
  until: Instant;
}

/** See the head of the file. */
export class Takeover {
  readonly #book: MigrationBook;
  readonly #emit: (action: MigrationAction) => void;
  readonly #answer: Duration;
  readonly #oldHost: number;
  readonly #peers = new Map<number, Peer>();
  /** Who was asked for operations, and has not answered. */
  #asked: number | undefined;
  #isOver = false;

  /** Makes us the host in our own table and announces it to `peers`, those who are connected; `answer` is the limit of each step. */
  constructor(
    now: Instant,
    book: MigrationBook,
    peers: readonly number[],
    answer: Duration,
    emit: (action: MigrationAction) => void,
  ) {
    this.#book = book;
    this.#emit = emit;
    this.#answer = answer;
    const { table } = book;
    this.#oldHost = table.host;
    table.host = table.self;
    emit({ type: 'host', from: this.#oldHost, to: table.self });
    for (const dpnid of peers) this.#announce(now, dpnid);
    this.#proceed(now);
  }

  /** Whether we are at work. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** When {@link expire} is next wanted. */
  get deadline(): Instant | undefined {
    let first: Instant | undefined;
    for (const [dpnid, peer] of this.#peers)
      if (this.#isAwaited(dpnid, peer)) first = earlier(first, peer.until);
    return first;
  }

  /** A connection to a player has come about meanwhile: it is told as well. */
  found(now: Instant, dpnid: number): void {
    if (!this.#peers.has(dpnid)) this.#announce(now, dpnid);
  }

  /** The connection to a player is over: it drops out. */
  lost(now: Instant, dpnid: number): void {
    this.#peers.delete(dpnid);
    if (this.#asked === dpnid) this.#asked = undefined;
    this.#proceed(now);
  }

  /** A peer reports its version. [MS-DPDX] 2.2.23 */
  reported(now: Instant, dpnid: number, version: number): void {
    const peer = this.#peers.get(dpnid);
    if (peer === undefined) return;
    if (version === 0 || version > VERSION_MAX) {
      this.#expel(now, dpnid, '2.2.23', `reports version ${version}`);
      return;
    }
    // It may report again while operations that are under way to it are applied.
    if (peer.version !== undefined) return;
    peer.version = version;
    this.#proceed(now);
  }

  /** The operations that we lack arrive. [MS-DPDX] 2.2.25 */
  operations(now: Instant, dpnid: number, { entries }: AckNameTableOp): void {
    if (dpnid !== this.#asked) {
      this.#emit({ type: 'violation', from: dpnid, section: '2.2.25', text: 'sends operations unasked' });
      return;
    }
    const { table, log } = this.#book;
    this.#asked = undefined;
    for (const { op } of entries.toSorted((a, b) => a.op.dwVersion - b.op.dwVersion)) {
      const { dwVersion } = op;
      const before = table.version;
      const result = table.apply(op);
      if (result === 'refused') {
        const text = `sends operation ${dwVersion}, which cannot be`;
        this.#emit({ type: 'violation', from: dpnid, section: '2.2.25', text });
      }
      if (table.version > before) log.record(op);
      const isDestroyed = op.name === 'TRANS_USERDATA_DESTROY_PLAYER' && result === 'applied';
      if (isDestroyed) this.#left(op.dpnidLeaving);
    }
    const peer = this.#peers.get(dpnid);
    if (peer?.version !== undefined && peer.version > table.version) {
      this.#expel(now, dpnid, '2.2.25', `is at version ${peer.version} and cannot say how`);
    } else this.#proceed(now);
  }

  /** Whoever has not answered in time is cut off. */
  expire(now: Instant): void {
    for (const [dpnid, peer] of [...this.#peers]) {
      if (this.#isOver || !this.#isAwaited(dpnid, peer) || now < peer.until) continue;
      this.#expel(now, dpnid, '3.1.5.4', 'does not answer the new host');
    }
  }

  #isAwaited(dpnid: number, { version }: Peer): boolean {
    return !this.#isOver && (version === undefined || dpnid === this.#asked);
  }

  #announce(now: Instant, dpnid: number): void {
    this.#peers.set(dpnid, { version: undefined, until: now + this.#answer });
    this.#send(dpnid, {
      name: 'TRANS_USERDATA_HOST_MIGRATE',
      dpnidOldHost: this.#oldHost,
      dpnidNewHost: this.#book.table.self,
    });
  }

  /** Reports first, from all; then the operations of whoever has the most; then everybody is served alike (MIG-3). */
  #proceed(now: Instant): void {
    if (this.#isOver || this.#asked !== undefined) return;
    const { table } = this.#book;
    let newest: [number, Peer] | undefined;
    for (const each of this.#peers) {
      const { version } = each[1];
      if (version === undefined) return;
      if (version > table.version && version > (newest?.[1].version ?? 0)) newest = each;
    }
    if (newest === undefined) {
      this.#finish();
      return;
    }
    const [dpnid, peer] = newest;
    this.#asked = dpnid;
    peer.until = now + this.#answer;
    this.#send(dpnid, { name: 'TRANS_USERDATA_REQ_NAMETABLE_OP', dwVersion: table.version });
  }

  /** What everybody lacks, then the end of everybody who is not connected, then the common version (MIG-4, MIG-8, MIG-9). */
  #finish(): void {
    const { table, log, reports } = this.#book;
    this.#isOver = true;
    for (const [dpnid, { version }] of this.#peers) {
      for (const operation of log.after(version!)) this.#send(dpnid, operation);
    }
    for (const { dpnid } of table.entries) {
      if (dpnid === table.self || this.#peers.has(dpnid)) continue;
      const operation = table.destroy(dpnid, DPNDESTROYPLAYERREASON.NORMAL);
      log.record(operation);
      this.#sendAll(operation);
      this.#emit({ type: 'left', dpnid });
    }
    this.#sendAll({ name: 'TRANS_USERDATA_RESYNC_VERSION', dwVersion: table.version });
    this.#sendAll({ name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' });
    log.release(table.version);
    reports.clear();
    for (const dpnid of this.#peers.keys()) reports.joined(dpnid, table.version);
    this.#emit({ type: 'over' });
  }

  #left(dpnid: number): void {
    this.#peers.delete(dpnid);
    this.#emit({ type: 'left', dpnid });
  }

  #expel(now: Instant, dpnid: number, section: string, text: string): void {
    this.#emit({ type: 'violation', from: dpnid, section, text });
    this.#emit({ type: 'cut', dpnid });
    this.lost(now, dpnid);
  }

  #send(to: number, payload: SessionPayload): void {
    this.#emit({ type: 'send', to, payload });
  }

  #sendAll(payload: SessionPayload): void {
    for (const dpnid of this.#peers.keys()) this.#send(dpnid, payload);
  }
}
