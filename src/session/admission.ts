/** Whether somebody who introduces itself is let in, and with which code if not. Assigns nothing, sends nothing. [MS-DPDX] 2.2.13, 2.2.26 */
import { DPNERR } from '../wire/flags.ts';
import type { Malformed } from '../wire/malformed.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import { entryBytes, type NameTable } from './name-table.ts';
import type { SessionDescription } from './session-information.ts';

/** The introduction of a client. [MS-DPDX] 2.2.26 */
export type PlayerConnectInfo = Extract<SessionPayload, { name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO' }>;

/** What one player may come to as session information, in bytes, so that nobody fills the table alone. */
export const PLAYER_BYTES_MAX = 4096;

/** dwFlags of a client that is a peer. [MS-DPDX] 2.2.26 */
export const CONNECT_AS_PEER = 0x4;

/** How things stand when somebody introduces itself. */
export interface Circumstances {
  /** Whether we host the session. */
  readonly isHost: boolean;
  /** Whether we are leaving, or a migration is under way (MIG-12). */
  readonly isClosing: boolean;
  /** The session; absent where there is none. */
  readonly description: SessionDescription | undefined;
  readonly table: NameTable | undefined;
  /** The application's own refusal: the reply to send, or `undefined` to let the client in. */
  readonly refuse: (info: PlayerConnectInfo) => Uint8Array | undefined;
}

/** Why somebody is not let in. */
export interface Refusal {
  /** For CONNECT_FAILED: one of DPNERR. [MS-DPDX] 2.2.13 */
  readonly code: number;
  /** The application's reply, where it is the one that refused. */
  readonly reply: Uint8Array | undefined;
  /** What the client did wrong, for people; absent where it did nothing wrong. */
  readonly text: string | undefined;
}

/** The order of the checks where several fail (JOI-6); the first that objects decides. `undefined`: let in. */
export function refusal(
  info: PlayerConnectInfo | Malformed,
  circumstances: Circumstances,
): Refusal | undefined {
  const { isHost, isClosing, description, table } = circumstances;
  if (!isHost || description === undefined || table === undefined) return plain(DPNERR.NOTHOST);
  if (isClosing) return plain(DPNERR.ALREADYCLOSING);
  if (isMalformed(info)) return plain(DPNERR.GENERIC, `${info.field} ${info.reason}`);
  const fault = faultOf(info, description);
  if (fault !== undefined) return fault;
  const reply = circumstances.refuse(info);
  if (reply !== undefined) return { code: DPNERR.HOSTREJECTEDCONNECTION, reply, text: undefined };
  const player = { name: info.clientName, data: info.data, url: info.url };
  // No code says that a session is full (JOI-7).
  if (!table.hasRoom(player, description.playersMax)) return plain(DPNERR.HOSTREJECTEDCONNECTION);
  return undefined;
}

function plain(code: number, text?: string): Refusal {
  return { code, reply: undefined, text };
}

function faultOf(
  info: PlayerConnectInfo,
  { application, instance, password }: SessionDescription,
): Refusal | undefined {
  const { clientName: name, data, url } = info;
  const bytes = entryBytes({ name, data, url });
  if (bytes > PLAYER_BYTES_MAX) return plain(DPNERR.GENERIC, `tells ${bytes} bytes of itself`);
  if (info.dwFlags !== CONNECT_AS_PEER) {
    return plain(DPNERR.INVALIDINTERFACE, `dwFlags is 0x${info.dwFlags.toString(16)}, not 4`);
  }
  // 8 and above occur or may come (VER-7).
  if (info.dwDNETVersion === 0) return plain(DPNERR.INVALIDVERSION, 'dwDNETVersion is 0');
  if (info.guidApplication !== application) {
    return plain(DPNERR.INVALIDAPPLICATION, `guidApplication is ${info.guidApplication}`);
  }
  // All zeros as well: [MC-DPL8CS] reads them as "any instance", this specification does not (JOI-8).
  if (info.guidInstance !== instance) {
    return plain(DPNERR.INVALIDINSTANCE, `guidInstance is ${info.guidInstance}`);
  }
  // A password for a session without one is nothing to object to (JOI-9).
  if (password !== undefined && info.Password !== password) {
    return plain(DPNERR.INVALIDPASSWORD, 'the password is not the session’s');
  }
  return undefined;
}
