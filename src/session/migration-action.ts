/** What a migration wants of the session, and the times it keeps. Types and defaults only. [MS-DPDX] 3.1.5.4 */
import { type Duration, SECOND } from '../base/instant.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { NameTable } from './name-table.ts';
import type { OperationLog } from './operation-log.ts';
import type { VersionReports } from './version-reports.ts';

/** What is handed over from one host to the next. */
export interface MigrationBook {
  readonly table: NameTable;
  readonly log: OperationLog;
  /** Filled for the new host when it has taken over. */
  readonly reports: VersionReports;
}

/** One thing to do, in the order in which they come. */
export type MigrationAction =
  /** Tell a player. */
  | { readonly type: 'send'; readonly to: number; readonly payload: SessionPayload }
  /** Another says that this player is gone: have it prove that it is alive, or its connection ended, soon (MIG-10). */
  | { readonly type: 'ask'; readonly dpnid: number }
  /** Break off the connection to a player: it took too long or lied. It need not be reported as lost. */
  | { readonly type: 'cut'; readonly dpnid: number }
  /** The table has another host: `to`, perhaps ourselves, not yet at work. */
  | { readonly type: 'host'; readonly from: number; readonly to: number }
  /** A player is no longer in the table, by an operation that the migration applied. */
  | { readonly type: 'left'; readonly dpnid: number }
  /** The migration is over; as the host we are at work from here on. */
  | { readonly type: 'over' }
  /** A player broke a rule; what it sent had no effect. */
  | { readonly type: 'violation'; readonly from: number; readonly section: string; readonly text: string };

/** How long each step of a migration may take. */
export interface MigrationTiming {
  /** From the loss of the host to the HOST_MIGRATE of whoever is next: as long as a dead connection may seem alive to it. */
  readonly announcement: Duration;
  /** From HOST_MIGRATE to a peer's NAMETABLE_VERSION, and from REQ_NAMETABLE_OP to its answer. */
  readonly answer: Duration;
  /** From HOST_MIGRATE to HOST_MIGRATE_COMPLETE. */
  readonly completion: Duration;
  /** How long somebody who comes first may seem alive when another announces itself as the host (MIG-10). */
  readonly hold: Duration;
}

/** The values that are used unless others are given. */
export const DEFAULT_MIGRATION_TIMING: MigrationTiming = {
  announcement: 90 * SECOND,
  answer: 20 * SECOND,
  completion: 90 * SECOND,
  hold: 10 * SECOND,
};
