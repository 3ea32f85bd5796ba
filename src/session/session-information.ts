/** SEND_SESSION_INFO: written from a name table for one new player, and read into one by that player. Sends nothing. [MS-DPDX] 2.2.33 */
import { NO_DPNID } from '../wire/dpnid.ts';
import { DPNSESSION, NAMETABLE_ENTRY_FLAGS } from '../wire/flags.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import {
  entryBytes,
  entryFlags,
  NameTable,
  type NameTableEntry,
  PLAYERS_MAX,
  TABLE_BYTES_MAX,
  VERSION_MAX,
} from './name-table.ts';

type SessionInfo = Extract<SessionPayload, { name: 'TRANS_USERDATA_SEND_SESSION_INFO' }>;
type EntryInfo = SessionInfo['DN_NAMETABLE_ENTRY_INFO'][number];

/** The session as its host describes it. [MS-DPDX] 2.2.5, 2.2.33 */
export interface SessionDescription {
  /** Instance GUID. */
  readonly instance: string;
  /** Application GUID. */
  readonly application: string;
  readonly sessionName: string;
  /** How many players there may be, the host included; 0: as many as a session holds. */
  readonly playersMax: number;
  /** What those who join must send; never sent with the description, since whoever is in knows it. */
  readonly password: string | undefined;
  /** DPNSESSION flags. */
  readonly flags: number;
}

/** What a joiner learns. */
export interface SessionInformation {
  readonly description: SessionDescription;
  readonly table: NameTable;
}

/** Why session information is not believed: the section that it breaks, and how. */
export interface SessionInformationFault {
  readonly section: string;
  readonly text: string;
}

/** What the client expects of the host's answer to its introduction. */
export interface Introduction {
  readonly instance: string;
  readonly application: string;
  readonly password: string | undefined;
}

/** Whether another player takes over from the host (MIG-11). */
export function mayMigrate({ flags }: SessionDescription): boolean {
  return (flags & DPNSESSION.MIGRATE_HOST) !== 0;
}

/** The session information for the player `dpnid`, whose own entry is in the table (NAM-14). No groups. [MS-DPDX] 2.2.33 */
export function sessionInformation(
  table: NameTable,
  description: SessionDescription,
  dpnid: number,
): SessionInfo {
  const { instance, application, sessionName, playersMax, flags } = description;
  return {
    name: 'TRANS_USERDATA_SEND_SESSION_INFO',
    dwFlags: flags,
    dwMaxPlayers: playersMax,
    dwCurrentPlayers: table.size,
    guidInstance: instance,
    applicationGUID: application,
    dpnid,
    dwVersion: table.version,
    DN_NAMETABLE_ENTRY_INFO: table.entries.map(entryInfo),
    DN_NAMETABLE_MEMBERSHIP_INFO: [],
    SessionName: sessionName,
  };
}

function entryInfo(entry: NameTableEntry): EntryInfo {
  const { dpnid, version, dnetVersion, url, data, name } = entry;
  return {
    dpnid,
    dpnidOwner: NO_DPNID,
    dwFlags: entryFlags(entry),
    dwVersion: version,
    dwDNETVersion: dnetVersion,
    url,
    data,
    name,
  };
}

/**
 * Reads the session information that answers our introduction. dpnidOwner, unknown flags, memberships and
 * dwCurrentPlayers say nothing that the entries do not (NAM-12, NAM-13); everything else must fit together.
 */
export function readSessionInformation(
  info: SessionInfo,
  introduction: Introduction,
): SessionInformation | SessionInformationFault {
  const text = faultOfSession(info, introduction);
  if (text !== undefined) return { section: '2.2.33', text };
  const entries = info.DN_NAMETABLE_ENTRY_INFO.map(entryOf);
  const fault = faultOfEntries(entries, info.dpnid, info.dwVersion);
  if (fault !== undefined) return fault;
  const description: SessionDescription = {
    instance: info.guidInstance,
    application: info.applicationGUID,
    sessionName: info.SessionName ?? '',
    playersMax: info.dwMaxPlayers,
    // One that nobody asked for is none of the session's (JOI-9): whoever takes over would ask for it.
    password: (info.dwFlags & DPNSESSION.REQUIREPASSWORD) === 0 ? undefined : introduction.password,
    flags: info.dwFlags,
  };
  const table = NameTable.installed(info.guidInstance, {
    version: info.dwVersion,
    self: info.dpnid,
    entries,
  });
  return { description, table };
}

function entryOf(info: EntryInfo): NameTableEntry {
  const { dpnid, dwFlags, dwVersion, dwDNETVersion, url, data, name } = info;
  const isHost = (dwFlags & NAMETABLE_ENTRY_FLAGS.HOST) !== 0;
  return { dpnid, name, version: dwVersion, isHost, url, data, dnetVersion: dwDNETVersion };
}

function faultOfSession(info: SessionInfo, introduction: Introduction): string | undefined {
  if (info.guidInstance !== introduction.instance) return 'describes another session than we asked to join';
  if (info.applicationGUID !== introduction.application) return 'describes a session of another application';
  if (info.dwVersion === 0 || info.dwVersion > VERSION_MAX) return `has version ${info.dwVersion}`;
  const { length } = info.DN_NAMETABLE_ENTRY_INFO;
  if (length > PLAYERS_MAX) return `has ${length} players; a session has ${PLAYERS_MAX} at most`;
  return undefined;
}

function faultOfEntries(
  entries: readonly NameTableEntry[],
  self: number,
  version: number,
): SessionInformationFault | undefined {
  const all = '2.2.33';
  const each = '2.2.33.1';
  const ids = new Set(entries.map(({ dpnid }) => dpnid));
  if (ids.has(NO_DPNID)) return { section: each, text: 'has a player with DPNID 0' };
  if (ids.size < entries.length) return { section: '2.2.1', text: 'has two players with one DPNID' };
  if (entries.some((entry) => entry.version > version)) {
    return { section: each, text: 'has a player who is newer than the table' };
  }
  const hosts = entries.filter(({ isHost }) => isHost);
  if (hosts.length !== 1) return { section: each, text: `has ${hosts.length} hosts` };
  if (!ids.has(self)) return { section: 'NAM-14', text: 'does not list us' };
  if (hosts[0]!.dpnid === self) return { section: each, text: 'says that we are the host' };
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > TABLE_BYTES_MAX) return { section: all, text: `has ${bytes} bytes of players` };
  return undefined;
}

/** Whether reading it failed. */
export function isFault(
  result: SessionInformation | SessionInformationFault,
): result is SessionInformationFault {
  return 'section' in result;
}
