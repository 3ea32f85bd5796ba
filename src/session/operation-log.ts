/** What was done to the name table, by version, for those who lack some of it after a migration. Applies nothing. [MS-DPDX] 2.2.25, 2.2.37 */
import type { SessionPayload } from '../wire/session-payload.ts';
import type { NameTableOperation } from './name-table.ts';

type AckNameTableOp = Extract<SessionPayload, { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP' }>;

/** Operations that are kept at most; beyond, the oldest go, and whoever lacks them gets those that are left (MIG-5). */
export const OPERATIONS_MAX = 4096;

/** What the kept operations may come to as one message, in bytes; beyond, the oldest go. */
export const OPERATION_BYTES_MAX = 512 * 1024;

/** What an operation comes to inside ACK_NAMETABLE_OP, in bytes, at most. [MS-DPDX] 2.2.25 */
function operationBytes(operation: NameTableOperation): number {
  if (operation.name !== 'TRANS_USERDATA_ADD_PLAYER') return 28;
  const { clientName = '', data, url = '' } = operation;
  return 63 + 2 * clientName.length + (data?.length ?? 0) + url.length;
}

/** See the head of the file. */
export class OperationLog {
  /** Ascending by version. */
  #operations: NameTableOperation[] = [];
  #bytes = 0;

  /** How many operations are kept. */
  get size(): number {
    return this.#operations.length;
  }

  /** What they come to as one message, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The lowest version that is kept. */
  get oldest(): number | undefined {
    return this.#operations[0]?.dwVersion;
  }

  /** Keeps an operation; its version must be above all that are kept, or it is disregarded. */
  record(operation: NameTableOperation): void {
    const newest = this.#operations.at(-1)?.dwVersion ?? 0;
    if (operation.dwVersion <= newest) return;
    this.#operations.push(operation);
    this.#bytes += operationBytes(operation);
    while (this.#operations.length > OPERATIONS_MAX || this.#bytes > OPERATION_BYTES_MAX) {
      this.#bytes -= operationBytes(this.#operations.shift()!);
    }
  }

  /** The operations above `version`, in order; fewer where some are no longer kept (MIG-5). */
  after(version: number): NameTableOperation[] {
    return this.#operations.filter(({ dwVersion }) => dwVersion > version);
  }

  /** Lets go of the operations strictly below `version`: everybody has them (NAM-11). [MS-DPDX] 2.2.30 */
  release(version: number): void {
    this.#operations = this.#operations.filter(({ dwVersion }) => dwVersion >= version);
    this.#bytes = this.#operations.reduce((sum, operation) => sum + operationBytes(operation), 0);
  }

  /** The answer to REQ_NAMETABLE_OP of a host that is at `version`. [MS-DPDX] 2.2.24, 2.2.25 */
  answer(version: number): AckNameTableOp {
    const entries = this.after(version).map((op) => ({ op }));
    return { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries };
  }
}
