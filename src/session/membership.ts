/** What a player knows of the session it is in: who it is, who hosts, the name table and its history. Sends nothing. */

import { makeDpnid, NO_DPNID } from '../wire/dpnid.ts';
import { DPNERR, NAMETABLE_ENTRY_FLAGS } from '../wire/flags.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { Player } from './player.ts';
import type { PartingReason, SessionEvent } from './session-event.ts';

type Of<N extends SessionPayload['name']> = Extract<SessionPayload, { name: N }>;
type SessionInfo = Of<'TRANS_USERDATA_SEND_SESSION_INFO'>;
type Operation = Of<
  'TRANS_USERDATA_ADD_PLAYER' | 'TRANS_USERDATA_INSTRUCT_CONNECT' | 'TRANS_USERDATA_DESTROY_PLAYER'
>;

/** The session as its host describes it. [MS-DPDX] 2.2.33 */
export interface Description {
  readonly instance: string;
  readonly application: string;
  readonly sessionName: string;
  /** 0: no limit but our own. */
  readonly playersMax: number;
  readonly password: string | undefined;
  /** DPNSESSION flags. */
  readonly flags: number;
}

interface Entry extends Player {
  readonly dnetVersion: number;
}

/** See the head of the file. */
export class Membership {
  readonly description: Description;
  self = NO_DPNID;
  hostId = NO_DPNID;
  version = 1;
  readonly #report: (event: SessionEvent) => void;
  readonly #entries = new Map<number, Entry>();
  readonly #announced = new Map<number, Player>();
  readonly #suspected = new Map<number, PartingReason>();
  #index = 1;

  constructor(description: Description, report: (event: SessionEvent) => void) {
    this.description = description;
    this.#report = report;
  }

  static hosted(
    description: Description,
    self: { readonly name: string; readonly data: Uint8Array | undefined; readonly dnetVersion: number },
    report: (event: SessionEvent) => void,
  ): Membership {
    const membership = new Membership(description, report);
    const { dpnid } = membership.add({ ...self, url: undefined });
    membership.self = dpnid;
    membership.hostId = dpnid;
    return membership;
  }

  static admitted(
    info: SessionInfo,
    password: string | undefined,
    report: (event: SessionEvent) => void,
  ): Membership | string {
    const membership = new Membership(
      {
        instance: info.guidInstance,
        application: info.applicationGUID,
        sessionName: info.SessionName ?? '',
        playersMax: info.dwMaxPlayers,
        password,
        flags: info.dwFlags,
      },
      report,
    );
    membership.version = info.dwVersion;
    for (const entry of info.DN_NAMETABLE_ENTRY_INFO) {
      const isHost = (entry.dwFlags & NAMETABLE_ENTRY_FLAGS.HOST) !== 0;
      if (isHost) membership.hostId = entry.dpnid;
      membership.#entries.set(entry.dpnid, {
        dpnid: entry.dpnid,
        name: entry.name,
        version: entry.dwVersion,
        isHost,
        url: entry.url,
        data: entry.data,
        dnetVersion: entry.dwDNETVersion,
      });
    }
    membership.self = info.dpnid;
    if (!membership.#entries.has(info.dpnid)) return 'we are not in the name table';
    if (membership.hostId === NO_DPNID || membership.hostId === info.dpnid) return 'no other is the host';
    return membership;
  }

  get players(): Player[] {
    return [...this.#entries.values()];
  }

  player(dpnid: number): Player | undefined {
    return this.#entries.get(dpnid);
  }

  isOlder(a: number, b: number): boolean {
    const [x, y] = [this.#entries.get(a), this.#entries.get(b)];
    return x !== undefined && y !== undefined && x.version < y.version;
  }

  objection(info: Of<'TRANS_USERDATA_PLAYER_CONNECT_INFO'>): number | undefined {
    const { instance, application, password, playersMax } = this.description;
    if (info.dwFlags !== 4) return DPNERR.INVALIDINTERFACE;
    if (info.dwDNETVersion < 1 || info.dwDNETVersion > 8) return DPNERR.INVALIDVERSION;
    if (info.guidApplication !== application) return DPNERR.INVALIDAPPLICATION;
    if (info.guidInstance !== instance) return DPNERR.INVALIDINSTANCE;
    if (password !== undefined && info.Password !== password) return DPNERR.INVALIDPASSWORD;
    if (playersMax > 0 && this.#entries.size >= playersMax) return DPNERR.HOSTREJECTEDCONNECTION;
    return undefined;
  }

  add(player: {
    readonly name: string;
    readonly data: Uint8Array | undefined;
    readonly url: string | undefined;
    readonly dnetVersion: number;
  }): Of<'TRANS_USERDATA_ADD_PLAYER'> {
    this.version++;
    let dpnid = NO_DPNID;
    while (dpnid === NO_DPNID) dpnid = makeDpnid(++this.#index, this.version, this.description.instance);
    const isHost = this.#entries.size === 0;
    this.#entries.set(dpnid, { ...player, dpnid, version: this.version, isHost });
    return {
      name: 'TRANS_USERDATA_ADD_PLAYER',
      dpnid,
      dpnidOwner: 0,
      dwFlags: NAMETABLE_ENTRY_FLAGS.PEER,
      dwVersion: this.version,
      dwDNETClientVersion: player.dnetVersion,
      url: player.url,
      data: player.data,
      clientName: player.name,
    };
  }

  instruct(dpnid: number): Of<'TRANS_USERDATA_INSTRUCT_CONNECT'> {
    return { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid, dwVersion: ++this.version };
  }

  destroy(dpnid: number, reason: 1 | 4): Of<'TRANS_USERDATA_DESTROY_PLAYER'> {
    this.#entries.delete(dpnid);
    return {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: dpnid,
      dwVersion: ++this.version,
      dwDestroyReason: reason,
    };
  }

  apply(operation: Operation): boolean {
    if (operation.dwVersion <= this.version) return false;
    this.version = operation.dwVersion;
    if (operation.name === 'TRANS_USERDATA_ADD_PLAYER') {
      this.#entries.set(operation.dpnid, {
        dpnid: operation.dpnid,
        name: operation.clientName ?? '',
        version: operation.dwVersion,
        isHost: false,
        url: operation.url,
        data: operation.data,
        dnetVersion: operation.dwDNETClientVersion,
      });
    } else if (operation.name === 'TRANS_USERDATA_DESTROY_PLAYER')
      this.#entries.delete(operation.dpnidLeaving);
    return true;
  }

  information(dpnid: number): SessionInfo {
    const { instance, application, sessionName, playersMax, flags } = this.description;
    return {
      name: 'TRANS_USERDATA_SEND_SESSION_INFO',
      dwFlags: flags,
      dwMaxPlayers: playersMax,
      dwCurrentPlayers: this.#entries.size,
      guidInstance: instance,
      applicationGUID: application,
      dpnid,
      dwVersion: this.version,
      DN_NAMETABLE_ENTRY_INFO: this.players.map((player) => ({
        dpnid: player.dpnid,
        dpnidOwner: 0,
        dwFlags: player.isHost ? 0x102 : 0x100,
        dwVersion: player.version,
        dwDNETVersion: (player as Entry).dnetVersion,
        url: player.url,
        data: player.data,
        name: player.name,
      })),
      DN_NAMETABLE_MEMBERSHIP_INFO: [],
      SessionName: sessionName,
    } as unknown as SessionInfo;
  }

  release(_version: number): void {}

  /** Tells the floor above of a player that messages can go to. */
  announce(dpnid: number): void {
    const player = this.#entries.get(dpnid);
    if (player === undefined || this.#announced.has(dpnid)) return;
    this.#announced.set(dpnid, player);
    this.#report({ type: 'playerJoined', player });
  }

  /** Notes that the floor above knows of a player, who was there before us. */
  greet(dpnid: number): void {
    const player = this.#entries.get(dpnid);
    if (player !== undefined) this.#announced.set(dpnid, player);
  }

  /** Notes why a player will be gone, before the host says that it is. */
  suspect(dpnid: number, reason: PartingReason): void {
    this.#suspected.set(dpnid, reason);
  }

  /** Tells the floor above that a player is gone, if it was told that there is one. */
  farewell(dpnid: number, reason: PartingReason | undefined): void {
    const player = this.#announced.get(dpnid);
    const suspected = this.#suspected.get(dpnid);
    this.#announced.delete(dpnid);
    this.#suspected.delete(dpnid);
    if (player === undefined) return;
    this.#report({ type: 'playerLeft', player, reason: reason ?? suspected ?? 'left' });
  }
}
