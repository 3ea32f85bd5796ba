import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

const meet = (seed: string, players: readonly string[], joining: readonly string[], mayMigrate = true) => {
  const bench = new Bench({ seed, players, cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE, mayMigrate });
  for (const name of joining) {
    bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
    bench.run(5 * SECOND);
  }
  return bench;
};

describe('a player that connects to a new one', () => {
  test('says who it is, and what comes over that connection is from that player [2.2.32-04]', () => {
    const bench = meet('identity', ['host', 'first', 'second'], ['first', 'second']);
    const { dpnid } = bench.session('first').self!;
    expect(bench.session('second').connectionTo(dpnid)?.state).toBe('connected');
    bench.session('first').chat(bench.now, 'me');
    bench.run(SECOND);
    expect(bench.told('second', 'chat')).toMatchObject([{ from: { dpnid, name: 'first' } }]);
  });

  test('and says that it is nobody, ourselves, or somebody who is connected already, is shown out (JOI-11)', () => {
    for (const claim of ['nobody', 'first', 'host']) {
      const bench = meet(`claims ${claim}`, ['host', 'first', 'stranger'], ['first']);
      const stranger = bench.replace('stranger', new Stranger(claim, bench.to('first')));
      const dpnID = claim === 'nobody' ? 4711 : bench.session(claim).self!.dpnid;
      stranger.connection.connect(bench.now);
      stranger.tell(bench.now, { name: 'TRANS_USERDATA_SEND_PLAYER_DNID', dpnID });
      bench.run(5 * SECOND);
      expect(stranger.connection.state, claim).toBe('closed');
      expect(bench.told('first', 'violation'), claim).toMatchObject([{ section: '2.2.32' }]);
      expect(bench.session('first').state).toBe('joined');
      expect(bench.session('first').chat(bench.now, 'still here')).toBe(1);
    }
  });
});

describe('an introduction', () => {
  test('that comes before our own keep-alive has arrived is taken [3.1.5.1-39]', () => {
    const bench = meet('early', ['host', 'stranger'], []);
    const stranger = bench.replace('stranger', new Stranger('early', bench.to('host')));
    stranger.connection.connect(0);
    stranger.tell(0, introduction());
    bench.run(SECOND);
    const first = (from: string, payload: number) =>
      bench.heard.find((each) => {
        const packet = decodeTransport(each.body);
        if (each.from !== from || isMalformed(packet) || packet.name !== 'TRANS_USERDATA_HEADER')
          return false;
        return payload === 0 ? packet.bControl === 2 : packet.payload[0] === payload;
      })!.at;
    // One millisecond from end to end: the host's keep-alive was still under way.
    expect(first('stranger', 0xc1)).toBeLessThan(first('host', 0) + 1_000);
    expect(stranger.told('TRANS_USERDATA_SEND_SESSION_INFO')).toHaveLength(1);
  });

  test('of DirectX 9, as Windows XP sends it, is taken [6-14]', () => {
    const bench = meet('windows client', ['host', 'stranger'], []);
    const stranger = bench.replace('stranger', new Stranger('windows client', bench.to('host')));
    stranger.connection.connect(0);
    stranger.tell(0, introduction({ dwDNETVersion: 7 }));
    bench.run(SECOND);
    expect(stranger.told('TRANS_USERDATA_SEND_SESSION_INFO')).toHaveLength(1);
  });
});

test('a session is described by the flag of migration or none, as Windows does it [6-15]', () => {
  for (const mayMigrate of [true, false]) {
    const bench = meet(`flags ${mayMigrate}`, ['host', 'first'], ['first'], mayMigrate);
    const told = bench.payloads('host', 'first')[0];
    expect(told).toMatchObject({ name: 'TRANS_USERDATA_SEND_SESSION_INFO', dwFlags: mayMigrate ? 4 : 0 });
    expect(bench.session('first').state).toBe('joined');
  }
});

test('a client does not do what another client tells it as if it were the host (NAM-17, DIS-11)', () => {
  const bench = meet('false host', ['host', 'first', 'stranger'], ['first']);
  const stranger = bench.replace('stranger', new Stranger('false host', bench.to('first')));
  stranger.connection.connect(bench.now);
  const { nameTableVersion: dwVersion } = bench.session('first');
  const dpnid = bench.session('first').self!.dpnid;
  stranger.tell(bench.now, { name: 'TRANS_USERDATA_TERMINATE_SESSION', TerminateData: undefined });
  stranger.tell(bench.now, {
    name: 'TRANS_USERDATA_DESTROY_PLAYER',
    dpnidLeaving: dpnid,
    dwVersion: dwVersion + 1,
    dwDestroyReason: 1,
  });
  bench.run(5 * SECOND);
  expect(bench.session('first').state).toBe('joined');
  expect(bench.session('first').nameTableVersion).toBe(dwVersion);
  expect(bench.told('first', 'violation').map(({ section }) => section)).toEqual(['2.2.37', '2.2.37']);
});
