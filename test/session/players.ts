/** Players, tables and introductions as tests need them. */

import type { PlayerConnectInfo } from '../../src/session/admission.ts';
import { NameTable, type NameTableOperation, type NewPlayer } from '../../src/session/name-table.ts';
import type { SessionDescription } from '../../src/session/session-information.ts';
import {
  isFault,
  readSessionInformation,
  sessionInformation,
} from '../../src/session/session-information.ts';
import { DXDIAG_APPLICATION_GUID } from '../../src/wire/guid.ts';
import { decodePayload, encodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';

/** The instance GUID of the published session; its first word is 0x94BE8123. */
export const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';

/** A session without password that may migrate. */
export const DESCRIPTION: SessionDescription = {
  instance: INSTANCE,
  application: DXDIAG_APPLICATION_GUID,
  sessionName: 'Test Session',
  playersMax: 0,
  password: undefined,
  flags: 4,
};

/** A player with an address, or without where it hosts. */
export function player(name: string, url: string | undefined = `x-directplay:/hostname=${name}`): NewPlayer {
  return { name, url, data: undefined, dnetVersion: 7 };
}

/** The table of a host that is alone. */
export function hostTable(): NameTable {
  return NameTable.hosted(INSTANCE, { ...player('host'), url: undefined });
}

/** What the player `dpnid` makes of the table as it is told it, over the wire. */
export function tableOf(host: NameTable, dpnid: number, description = DESCRIPTION): NameTable {
  const info = onTheWire(sessionInformation(host, description, dpnid));
  const result = readSessionInformation(info, {
    instance: description.instance,
    application: description.application,
    password: description.password,
  });
  if (isFault(result)) throw new Error(`${result.section} ${result.text}`);
  return result.table;
}

/** A payload as it arrives: encoded and decoded again. */
export function onTheWire<P extends SessionPayload>(payload: P): P {
  return decodePayload(encodePayload(payload)) as P;
}

/** An operation as it arrives. */
export const arrived = (operation: NameTableOperation): NameTableOperation => onTheWire(operation);

/** What a table comes to, for comparison: version, host and players. */
export function pictureOf(table: NameTable): unknown {
  const players = table.entries.map(({ dpnid, name, version, isHost, url, data, dnetVersion }) => {
    return { dpnid, name, version, isHost, url, data: data && [...data], dnetVersion };
  });
  return { version: table.version, host: table.host, players };
}

/** An introduction that the session of {@link DESCRIPTION} lets in. */
export const INTRODUCTION: PlayerConnectInfo = {
  name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
  dwFlags: 4,
  dwDNETVersion: 7,
  guidInstance: INSTANCE,
  guidApplication: DXDIAG_APPLICATION_GUID,
  clientName: 'joiner',
};
