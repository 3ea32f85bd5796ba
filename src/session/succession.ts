/** Carries out what a migration wants: tells, asks and cuts off players, and says when another hosts. Decides nothing about it. [MS-DPDX] 3.1.5.4 */
import type { Instant } from '../base/instant.ts';
import type { Membership } from './membership.ts';
import { Migration, type MigrationMessage } from './migration.ts';
import type { MigrationAction } from './migration-action.ts';
import type { Partner } from './partner.ts';
import type { Player } from './player.ts';
import type { PartingReason } from './session-event.ts';
import type { Switchboard } from './switchboard.ts';

/** What follows for the session. */
export interface SuccessionDuties {
  /** We are the new host, not yet at work; false if we would rather go. */
  takeOver(now: Instant): boolean;
  /** Another is the new host, not yet at work; an attempt of our own is dropped (MIG-10). */
  follow(): void;
  /** The new host, perhaps ourselves, is at work. */
  settled(now: Instant): void;
}

/** See the head of the file. */
export class Succession {
  readonly #board: Switchboard;
  readonly #membership: Membership;
  readonly #duties: SuccessionDuties;
  readonly #migration: Migration;
  /** The host before, for the report. */
  #before: Player | undefined;
  /** The host as of the last look, who may be out of the table by the time that it is reported. */
  #lastHost: Player | undefined;
  #isOver = false;

  constructor(board: Switchboard, membership: Membership, duties: SuccessionDuties) {
    this.#board = board;
    this.#membership = membership;
    this.#duties = duties;
    this.#migration = new Migration(membership, (dpnid) => board.partners.of(dpnid)?.isBound === true);
  }

  /** Whether we are the new host and not yet at work. */
  get isTakingOver(): boolean {
    return this.#migration.isTakingOver;
  }

  /** Whether there is a host and it is at work. */
  get isSettled(): boolean {
    return this.#migration.phase === 'settled';
  }

  /** A player's connection is over, or about to be. */
  lost(now: Instant, dpnid: number, reason: PartingReason): void {
    this.#membership.suspect(dpnid, reason);
    this.#lookAtHost();
    this.#migration.lost(now, dpnid);
    this.#act(now);
  }

  /** The host took a player out of the table. */
  left(now: Instant, dpnid: number): void {
    this.#lookAtHost();
    this.#migration.lost(now, dpnid);
    this.#act(now);
  }

  /** A connection to a player has come about. */
  found(now: Instant, dpnid: number): void {
    this.#migration.found(now, dpnid);
    this.#act(now);
  }

  /** A player sends one of the messages of a migration. */
  message(now: Instant, from: number, payload: MigrationMessage): void {
    this.#lookAtHost();
    this.#migration.message(now, from, payload);
    this.#act(now);
  }

  expire(now: Instant): void {
    const { deadline } = this.#migration;
    if (deadline === undefined || now < deadline) return;
    this.#lookAtHost();
    this.#migration.expire(now);
    this.#act(now);
  }

  get deadline(): Instant | undefined {
    return this.#isOver ? undefined : this.#migration.deadline;
  }

  #lookAtHost(): void {
    this.#lastHost = this.#membership.player(this.#membership.hostId);
  }

  #act(now: Instant): void {
    for (let action = this.#migration.next(); action !== undefined; action = this.#migration.next()) {
      if (!this.#isOver) this.#carryOut(now, action);
    }
  }

  #carryOut(now: Instant, action: MigrationAction): void {
    const { partners, timing } = this.#board;
    switch (action.type) {
      case 'send': {
        const partner = partners.of(action.to);
        if (partner !== undefined) this.#board.tell(now, partner, action.payload);
        break;
      }
      case 'ask':
        partners.of(action.dpnid)?.connection.probe(now, timing.probe);
        break;
      case 'cut':
        this.#cut(now, partners.of(action.dpnid));
        break;
      case 'host':
        this.#before ??= this.#lastHost;
        if (action.to === this.#membership.self) this.#isOver = !this.#duties.takeOver(now);
        else this.#duties.follow();
        break;
      case 'left':
        this.#board.expel(now, action.dpnid);
        this.#membership.farewell(action.dpnid);
        break;
      case 'over':
        this.#settle(now);
        break;
      case 'violation': {
        const partner = partners.of(action.from);
        if (partner !== undefined) this.#board.violation(partner, action.section, action.text);
        break;
      }
    }
  }

  #cut(now: Instant, partner: Partner | undefined): void {
    if (partner === undefined) return;
    partner.stage = 'parting';
    partner.connection.abort(now);
  }

  #settle(now: Instant): void {
    const from = this.#before;
    const to = this.#membership.player(this.#membership.hostId)!;
    this.#before = undefined;
    this.#board.report({ type: 'hostMigrated', from, to });
    this.#duties.settled(now);
  }
}
