/** How long a joiner waits for each thing that is still to come, and for what it does not wait. [MS-DPDX] 3.1.5.2 (TIM-6) */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { SessionPayload } from '../../src/wire/session-payload.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

const [HOST, OTHER, CLIENT] = [0x94bf_8121, 0x94be_8122, 0x94bd_8123];
const entry = (dpnid: number, name: string, dwVersion: number, dwFlags: number) => ({
  ...{ dpnid, name, dwVersion, dwFlags, dpnidOwner: 0, dwDNETVersion: 7, url: undefined, data: undefined },
});
/** Session information of a host, another player, and the client. */
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

/** A client that was let in by a host which says only what a test has it say. */
const admitted = (seed: string) => {
  const bench = new Bench({ seed, players: ['host', 'client', 'other'], cables: 'all' });
  const host = bench.replace('host', new Stranger(seed, bench.to('client')));
  host.connection.listen(0);
  bench.session('client').join(0, bench.to('host'), { name: 'client', instance: INSTANCE });
  bench.run(SECOND);
  host.tell(bench.now, INFORMATION);
  bench.run(SECOND);
  expect(host.told('TRANS_USERDATA_ACK_SESSION_INFO')).toHaveLength(1);
  return { bench, host, client: bench.session('client') };
};

describe('who was let in', () => {
  test('waits 30 s to be told to connect, then goes', () => {
    const { bench, host, client } = admitted('never told');
    bench.run(27 * SECOND);
    expect(client.state).toBe('joining');
    bench.run(5 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'stalled' }]);
    expect(host.connection.state).toBe('closed');
  });

  test('waits for those who were there before it as long as the host may take to say that they cannot come, then goes', () => {
    const { bench, host, client } = admitted('never called');
    host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: CLIENT, dwVersion: 6 });
    bench.run(42 * SECOND);
    expect(client.state).toBe('joining');
    bench.run(6 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'stalled' }]);
    expect(host.connection.state).toBe('closed');
  });

  test('does not wait for those who came after it', () => {
    const { bench, host, client } = admitted('others come');
    host.tell(bench.now, {
      name: 'TRANS_USERDATA_ADD_PLAYER',
      ...{ dpnid: 0x9499_8124, dpnidOwner: 0, dwFlags: 0x100, dwVersion: 6, dwDNETClientVersion: 7 },
      ...{ url: undefined, data: undefined, clientName: 'late' },
    });
    host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: CLIENT, dwVersion: 7 });
    bench.run(SECOND);
    expect(client.state).toBe('joining');
    const other = bench.replace('other', new Stranger('other', bench.to('client')));
    other.connection.connect(bench.now);
    other.tell(bench.now, { name: 'TRANS_USERDATA_SEND_PLAYER_DNID', dpnID: OTHER });
    bench.run(SECOND);
    expect(client.state).toBe('joined');
  });
});

test('a joiner whose way to another player is dead learns from the host who it is', () => {
  for (const net of [false, true]) {
    const cables = net ? [] : 'all';
    const bench = new Bench({ seed: `dead way ${net}`, players: ['host', 'first', 'second'], cables, net });
    const to = net ? bench.on('host') : bench.to('host');
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    bench.session('first').join(0, to, { name: 'first', instance: INSTANCE });
    bench.run(5 * SECOND);
    bench.cut('first', 'second', true);
    bench.session('second').join(bench.now, to, { name: 'second', instance: INSTANCE });
    bench.run(50 * SECOND);
    expect(bench.told('second', 'unreachable')).toMatchObject([{ player: { name: 'first' } }]);
    expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'unreachable' }]);
    expect(bench.told('host', 'playerLeft')).toMatchObject([{ reason: 'unreachable' }]);
    expect(bench.session('first').players).toHaveLength(2);
  }
});
