/** How long a joiner waits for each thing that is still to come, and for what it does not wait. [MS-DPDX] 3.1.5.2 (TIM-6) */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';
import { admitted, CLIENT, connectOther } from './scripted-host.ts';
import { INSTANCE } from './stranger.ts';

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
    const scripted = admitted('others come');
    const { bench, host, client } = scripted;
    host.tell(bench.now, {
      name: 'TRANS_USERDATA_ADD_PLAYER',
      ...{ dpnid: 0x94de_8124, dpnidOwner: 0, dwFlags: 0x100, dwVersion: 6, dwDNETClientVersion: 7 },
      ...{ url: undefined, data: undefined, clientName: 'late' },
    });
    host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: CLIENT, dwVersion: 7 });
    bench.run(SECOND);
    expect(client.state).toBe('joining');
    connectOther(scripted);
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
