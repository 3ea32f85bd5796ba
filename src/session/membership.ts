/** What a player knows of the session it is in: its description, the name table and its history, who was greeted. Sends nothing. */
import type { SessionPayload } from '../wire/session-payload.ts';
import type { DestroyReason, NameTable, NameTableOperation, NewPlayer } from './name-table.ts';
import { OperationLog } from './operation-log.ts';
import type { Player } from './player.ts';
import type { PartingReason } from './session-event.ts';
import type { SessionDescription } from './session-information.ts';
import type { Switchboard } from './switchboard.ts';
import { VersionReports } from './version-reports.ts';

type Of<N extends SessionPayload['name']> = Extract<SessionPayload, { name: N }>;

/** See the head of the file. */
export class Membership {
  readonly description: SessionDescription;
  readonly table: NameTable;
  readonly log = new OperationLog();
  /** How far the others are; only the host is told. */
  readonly reports = new VersionReports();
  readonly #board: Pick<Switchboard, 'report'>;
  readonly #greeted = new Map<number, Player>();
  readonly #suspected = new Map<number, PartingReason>();

  constructor(description: SessionDescription, table: NameTable, board: Pick<Switchboard, 'report'>) {
    this.description = description;
    this.table = table;
    this.#board = board;
  }

  /** Our own DPNID. */
  get self(): number {
    return this.table.self;
  }

  /** The host's DPNID. */
  get hostId(): number {
    return this.table.host;
  }

  /** The player of that DPNID. */
  player(dpnid: number): Player | undefined {
    return this.table.entry(dpnid);
  }

  /** As the host: a new player; `undefined` where there is no room for it. */
  add(player: NewPlayer): Of<'TRANS_USERDATA_ADD_PLAYER'> | undefined {
    const operation = this.table.add(player);
    if (operation === undefined) return undefined;
    this.log.record(operation);
    this.reports.joined(operation.dpnid, operation.dwVersion);
    return operation;
  }

  /** As the host: everybody is told to connect to a player. */
  instruct(dpnid: number): NameTableOperation {
    return this.#recorded(this.table.instruct(dpnid));
  }

  /** As the host: takes a player out. */
  destroy(dpnid: number, reason: DestroyReason): NameTableOperation {
    this.reports.left(dpnid);
    return this.#recorded(this.table.destroy(dpnid, reason));
  }

  /** As everybody else: follows the host, and says what became of the operation. */
  apply(operation: NameTableOperation): 'applied' | 'known' | 'refused' {
    const application = this.table.apply(operation);
    if (application === 'applied') this.log.record(operation);
    return application;
  }

  /** Tells the floor above of a player that messages can go to. */
  announce(dpnid: number): void {
    const player = this.table.entry(dpnid);
    if (player === undefined || this.#greeted.has(dpnid)) return;
    this.#greeted.set(dpnid, player);
    this.#board.report({ type: 'playerJoined', player });
  }

  /** Notes that the floor above knows of a player, who was there before us. */
  greet(dpnid: number): void {
    const player = this.table.entry(dpnid);
    if (player !== undefined) this.#greeted.set(dpnid, player);
  }

  /** Notes why a player will be gone, before the host says that it is. */
  suspect(dpnid: number, reason: PartingReason): void {
    this.#suspected.set(dpnid, reason);
  }

  /** Tells the floor above that a player is gone, if it was told that there is one; `reason` absent: as suspected. */
  farewell(dpnid: number, reason?: PartingReason): void {
    const player = this.#greeted.get(dpnid);
    const suspected = this.#suspected.get(dpnid);
    this.#greeted.delete(dpnid);
    this.#suspected.delete(dpnid);
    if (player === undefined) return;
    this.#board.report({ type: 'playerLeft', player, reason: reason ?? suspected ?? 'left' });
  }

  #recorded<O extends NameTableOperation>(operation: O): O {
    this.log.record(operation);
    return operation;
  }
}
