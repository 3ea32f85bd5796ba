/** A client between two partners that say exactly what a test has them say: the host, and another player who was there before it. */
import { expect } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { Session } from '../../src/session/session.ts';
import type { SessionPayload } from '../../src/wire/session-payload.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

/** The DPNIDs of the three. */
export const [HOST, OTHER, CLIENT] = [0x949e_8121, 0x948e_8120, 0x94ee_8127] as const;

const entry = (dpnid: number, name: string, dwVersion: number, dwFlags: number) => ({
  ...{ dpnid, name, dwVersion, dwFlags, dpnidOwner: 0, dwDNETVersion: 7, url: undefined, data: undefined },
});

/** What the host tells the client of the session: three players, at version 5. */
const INFORMATION: SessionPayload = {
  name: 'TRANS_USERDATA_SEND_SESSION_INFO',
  dwFlags: 4,
  dwMaxPlayers: 0,
  dwCurrentPlayers: 3,
  guidInstance: INSTANCE,
  applicationGUID: introduction().guidApplication,
  dpnid: CLIENT,
  dwVersion: 5,
  DN_NAMETABLE_ENTRY_INFO: [
    entry(HOST, 'host', 2, 0x102),
    entry(OTHER, 'other', 3, 0x100),
    entry(CLIENT, 'client', 5, 0x100),
  ],
  DN_NAMETABLE_MEMBERSHIP_INFO: [],
  SessionName: 'Test',
};

/** See the head of the file. */
export interface Scripted {
  readonly bench: Bench;
  readonly host: Stranger;
  readonly client: Session;
}

/** A client that was let in and has not been told to connect. */
export function admitted(seed: string): Scripted {
  const bench = new Bench({ seed, players: ['host', 'client', 'other'], cables: 'all' });
  const host = bench.replace('host', new Stranger(seed, bench.to('client')));
  host.connection.listen(0);
  bench.session('client').join(0, bench.to('host'), { name: 'client', instance: INSTANCE });
  bench.run(SECOND);
  host.tell(bench.now, INFORMATION);
  bench.run(SECOND);
  expect(host.told('TRANS_USERDATA_ACK_SESSION_INFO')).toHaveLength(1);
  return { bench, host, client: bench.session('client') };
}

/** The other player connects to the client, and says who it is. */
export function connectOther({ bench }: Scripted): Stranger {
  const other = bench.replace('other', new Stranger('other', bench.to('client')));
  other.connection.connect(bench.now);
  other.tell(bench.now, { name: 'TRANS_USERDATA_SEND_PLAYER_DNID', dpnID: OTHER });
  bench.run(SECOND);
  return other;
}

/** A client that is in: the host has told it to connect, at version 6, and the other player has. */
export function joined(seed: string): Scripted & { readonly other: Stranger } {
  const scripted = admitted(seed);
  const { bench, host, client } = scripted;
  host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: CLIENT, dwVersion: 6 });
  const other = connectOther(scripted);
  expect(client.state).toBe('joined');
  return { ...scripted, other };
}
