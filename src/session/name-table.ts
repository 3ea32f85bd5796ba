/** The players of a session and the version of their list: changed by the host, followed by everybody else. Keeps no history, sends nothing. [MS-DPDX] 2.2.1, 2.2.37 */
import { invariant } from '../base/failure.ts';
import { INDEX_MAX, makeDpnid, NO_DPNID, splitDpnid } from '../wire/dpnid.ts';
import { type DPNDESTROYPLAYERREASON, NAMETABLE_ENTRY_FLAGS } from '../wire/flags.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { Player } from './player.ts';

type Of<Name extends SessionPayload['name']> = Extract<SessionPayload, { name: Name }>;
type AddPlayer = Of<'TRANS_USERDATA_ADD_PLAYER'>;
type InstructConnect = Of<'TRANS_USERDATA_INSTRUCT_CONNECT'>;
type DestroyPlayer = Of<'TRANS_USERDATA_DESTROY_PLAYER'>;

/** A change of the name table as it travels; `dwVersion` is the version behind it (NAM-7). [MS-DPDX] 2.2.37 */
export type NameTableOperation = AddPlayer | InstructConnect | DestroyPlayer;

/** Why a player is taken out, of the two reasons that are sent (DIS-8). [MS-DPDX] 2.2.15 */
export type DestroyReason =
  | typeof DPNDESTROYPLAYERREASON.NORMAL
  | typeof DPNDESTROYPLAYERREASON.HOSTDESTROYEDPLAYER;

/** A player as the name table has it. Never changed: a change makes a new one. */
export interface NameTableEntry extends Player {
  /** The player's DirectPlay version, as it told (VER-7). */
  readonly dnetVersion: number;
}

/** What the host knows of a player before it has an entry. */
export interface NewPlayer {
  readonly name: string;
  readonly data: Uint8Array | undefined;
  /** The address from which the host sees it; absent for the host itself (JOI-1). */
  readonly url: string | undefined;
  readonly dnetVersion: number;
}

/** What became of an operation of the host. */
export type Application =
  /** The table is at the operation's version. */
  | 'applied'
  /** The table had that version already: nothing happened (NAM-16). */
  | 'known'
  /** It cannot be: the version was taken over, the players are as before. */
  | 'refused';

/** Players that a session has at most, the host included: our own limit, and what `dwMaxPlayers` 0 means here. */
export const PLAYERS_MAX = 250;

/** What all entries may come to as session information, in bytes: with it that message stays below a connection's limit. */
export const TABLE_BYTES_MAX = 768 * 1024;

/** The highest version that is believed: from there on our own counting has room up to 32 bits. */
export const VERSION_MAX = 0x7fff_ffff;

/** The size of the fixed part of an entry, in bytes. [MS-DPDX] 2.2.33.1 */
const ENTRY_SIZE = 48;

/** What a player comes to as session information, in bytes: fixed part, name and URL with their ends, data. [MS-DPDX] 2.2.33 */
export function entryBytes({ name, data, url }: Omit<NewPlayer, 'dnetVersion'>): number {
  return ENTRY_SIZE + 2 * (name.length + 1) + (data?.length ?? 0) + (url === undefined ? 0 : url.length + 1);
}

/** dwFlags of an entry: peer, and host where it is, and nothing else (NAM-13). [MS-DPDX] 2.2.33.1 */
export function entryFlags(entry: Pick<Player, 'isHost'>): number {
  const { HOST, PEER } = NAMETABLE_ENTRY_FLAGS;
  return entry.isHost ? HOST | PEER : PEER;
}

/** See the head of the file. */
export class NameTable {
  /** The session's instance GUID, which all DPNIDs are made with. */
  readonly instance: string;
  readonly #entries = new Map<number, NameTableEntry>();
  /** Version 1 and index 1 belong to an operation that is never sent (NAM-5). */
  #version = 1;
  #index = 1;
  #bytes = 0;
  #host = NO_DPNID;
  #self = NO_DPNID;

  private constructor(instance: string) {
    this.instance = instance;
  }

  /** The table of a new session, whose only player hosts it: version 2, index 2 (NAM-5). */
  static hosted(instance: string, self: NewPlayer): NameTable {
    const table = new NameTable(instance);
    const { dpnid } = table.add(self)!;
    table.#self = dpnid;
    table.host = dpnid;
    return table;
  }

  /** The table as session information told it; the caller has validated what it gives. [MS-DPDX] 2.2.33 */
  static installed(
    instance: string,
    told: { readonly version: number; readonly self: number; readonly entries: readonly NameTableEntry[] },
  ): NameTable {
    const table = new NameTable(instance);
    for (const entry of told.entries) table.#put(entry);
    table.#version = told.version;
    table.#self = told.self;
    table.#host = told.entries.find(({ isHost }) => isHost)?.dpnid ?? NO_DPNID;
    return table;
  }

  /** How many operations led here. [MS-DPDX] 3.1.1 */
  get version(): number {
    return this.#version;
  }

  /** Our own DPNID. */
  get self(): number {
    return this.#self;
  }

  /** The host's DPNID. */
  get host(): number {
    return this.#host;
  }

  /** Another player is the host from now on; its entry must be there. [MS-DPDX] 2.2.18 */
  set host(dpnid: number) {
    const next = this.#entries.get(dpnid);
    invariant(next !== undefined, `0x${dpnid.toString(16)} is to host, and is no player`);
    const before = this.#entries.get(this.#host);
    if (before !== undefined) this.#entries.set(before.dpnid, { ...before, isHost: false });
    this.#entries.set(dpnid, { ...next, isHost: true });
    this.#host = dpnid;
  }

  /** How many players there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** What all entries come to as session information, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All players, the longest in the session first (MIG-2). */
  get entries(): NameTableEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.version - b.version);
  }

  /** The player of that DPNID. [MS-DPDX] 2.2.1 */
  entry(dpnid: number): NameTableEntry | undefined {
    return this.#entries.get(dpnid);
  }

  /** Whether the player `a` is longer in the session than the player `b`; false if one of them is no player. */
  isOlder(a: number, b: number): boolean {
    const [x, y] = [this.#entries.get(a), this.#entries.get(b)];
    return x !== undefined && y !== undefined && x.version < y.version;
  }

  /** Whether there is room for one more player, of `playersMax` (0: as many as a session holds). JOI-7 */
  hasRoom(player: Omit<NewPlayer, 'dnetVersion'>, playersMax = 0): boolean {
    if (this.size >= PLAYERS_MAX || (playersMax > 0 && this.size >= playersMax)) return false;
    return this.#bytes + entryBytes(player) <= TABLE_BYTES_MAX;
  }

  /** As the host: a new player, with the operation that tells of it; `undefined` where there is no room. [MS-DPDX] 2.2.11 */
  add(player: NewPlayer): AddPlayer | undefined {
    if (!this.hasRoom(player)) return undefined;
    const { name, data, url, dnetVersion } = player;
    const version = this.#advance();
    const dpnid = this.#freshDpnid(version);
    this.#put({ name, data, url, dnetVersion, dpnid, version, isHost: false });
    return {
      name: 'TRANS_USERDATA_ADD_PLAYER',
      dpnid,
      // 0 for players (NAM-12).
      dpnidOwner: NO_DPNID,
      dwFlags: NAMETABLE_ENTRY_FLAGS.PEER,
      dwVersion: version,
      dwDNETClientVersion: dnetVersion,
      url,
      data,
      clientName: name,
    };
  }

  /** As the host: everybody is told to connect to a player. [MS-DPDX] 2.2.20 */
  instruct(dpnid: number): InstructConnect {
    invariant(this.#entries.has(dpnid), `0x${dpnid.toString(16)} is to be connected to, and is no player`);
    return { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid, dwVersion: this.#advance() };
  }

  /** As the host: takes a player out. [MS-DPDX] 2.2.15 */
  destroy(dpnid: number, reason: DestroyReason): DestroyPlayer {
    invariant(dpnid !== this.#self, 'we are to take ourselves out of the name table');
    this.#remove(dpnid);
    return {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: dpnid,
      dwVersion: this.#advance(),
      dwDestroyReason: reason,
    };
  }

  /**
   * As everybody else: follows the host. A version that is known is disregarded, a gap is taken over (NAM-16). What
   * cannot be is refused: a player without DPNID, of one that is taken, or for whom there is no room; the host or
   * ourselves taken out (DIS-10); a version beyond {@link VERSION_MAX}, which is not taken over either.
   */
  apply(operation: NameTableOperation): Application {
    const { dwVersion } = operation;
    if (dwVersion <= this.#version) return 'known';
    if (dwVersion > VERSION_MAX) return 'refused';
    this.#version = dwVersion;
    if (operation.name === 'TRANS_USERDATA_ADD_PLAYER') return this.#follow(operation);
    if (operation.name === 'TRANS_USERDATA_DESTROY_PLAYER') {
      const { dpnidLeaving } = operation;
      if (dpnidLeaving === this.#host || dpnidLeaving === this.#self) return 'refused';
      this.#remove(operation.dpnidLeaving);
    }
    return 'applied';
  }

  #follow(operation: AddPlayer): Application {
    const { dpnid, clientName = '', data, url, dwVersion, dwDNETClientVersion } = operation;
    const player = { name: clientName, data, url, dnetVersion: dwDNETClientVersion };
    if (dpnid === NO_DPNID || this.#entries.has(dpnid) || !this.hasRoom(player)) return 'refused';
    this.#put({ ...player, dpnid, version: dwVersion, isHost: false });
    return 'applied';
  }

  #advance(): number {
    return ++this.#version;
  }

  /** Indexes count upwards, also behind those of an earlier host (NAM-15); one that gives the DPNID of nobody is left out (NAM-4). */
  #freshDpnid(version: number): number {
    const live = new Set([...this.#entries.keys()].map((id) => splitDpnid(id, this.instance).index));
    let dpnid = NO_DPNID;
    while (dpnid === NO_DPNID) {
      do this.#index = this.#index >= INDEX_MAX ? 1 : this.#index + 1;
      while (live.has(this.#index));
      dpnid = makeDpnid(this.#index, version, this.instance);
    }
    return dpnid;
  }

  #put(entry: NameTableEntry): void {
    this.#entries.set(entry.dpnid, entry);
    this.#bytes += entryBytes(entry);
    this.#index = Math.max(this.#index, splitDpnid(entry.dpnid, this.instance).index);
  }

  #remove(dpnid: number): void {
    const entry = this.#entries.get(dpnid);
    if (entry === undefined) return;
    this.#entries.delete(dpnid);
    this.#bytes -= entryBytes(entry);
  }
}
