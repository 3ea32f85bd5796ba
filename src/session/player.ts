/** What everybody may know of a player. Keeps no table. */

/** A player of the session: its name table entry in our words. [MS-DPDX] 2.2.33.1 */
export interface Player {
  /** Its identifier in this session, never 0. [MS-DPDX] 2.2.1 */
  readonly dpnid: number;
  readonly name: string;
  /** The name table's version when the player was added: the lower, the longer in the session (MIG-2). */
  readonly version: number;
  readonly isHost: boolean;
  /** The address from which the host saw it; absent for the host (JOI-1). */
  readonly url: string | undefined;
  /** What it told of itself when it joined. */
  readonly data: Uint8Array | undefined;
}
