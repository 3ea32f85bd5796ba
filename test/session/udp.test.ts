import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { decodeSessionMessage } from '../../src/wire/session-packet.ts';
import { Bench } from './bench.ts';
import { INSTANCE } from './stranger.ts';

const PLAYERS = ['host', 'first', 'second', 'third'];
const meet = (seed: string) => {
  const bench = new Bench({ seed, players: PLAYERS, net: true });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  return bench;
};

test('over one net all find the session by asking, join it, and talk to all', () => {
  const bench = meet('net');
  for (const name of PLAYERS.slice(1)) bench.session(name).join(0, bench.on('host'), { name });
  bench.run(10 * SECOND);
  for (const name of PLAYERS) {
    expect(bench.session(name).players).toHaveLength(4);
    expect(bench.session(name).chat(bench.now, name)).toBe(3);
  }
  bench.run(5 * SECOND);
  for (const name of PLAYERS) expect(bench.told(name, 'chat')).toHaveLength(3);
  expect(bench.told('first', 'found')).toMatchObject([{ session: { name: 'Test', playersCurrent: 1 } }]);
});

test('a new player tests the path to those who are there, and its URL is where the host saw it', () => {
  const bench = meet('paths');
  bench.session('first').join(0, bench.on('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
  bench.run(5 * SECOND);
  const tests = bench.others.filter(({ message }) => message.kind === 'pathTest');
  expect(tests.map(({ from, to }) => `${from} ${to}`)).toContain('second first');
  expect(new Set(tests.map(({ from, to }) => `${from} ${to}`)).size).toBe(1);
  expect(decodeSessionMessage(tests[0]!.message)).toMatchObject({ name: 'SESS_PATH_TEST' });
  const url = bench.session('first').players.find(({ name }) => name === 'second')?.url;
  expect(url).toContain('hostname=10.0.0.1;port=2304');
});

test('a player that is told to connect calls where the URL of the new one says, when no path test has come [3.3.5-03]', () => {
  const bench = meet('no path test');
  bench.session('first').join(0, bench.on('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  const first = bench.session('first');
  const receive = first.receive.bind(first);
  first.receive = (now, endpoint, message) => {
    if (message.kind !== 'pathTest') receive(now, endpoint, message);
  };
  bench.heard.length = 0;
  bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
  bench.run(5 * SECOND);
  const call = bench.heard.find(({ from, to }) => from === 'first' && to === 'second');
  expect([...(call?.body.subarray(0, 2) ?? [])]).toEqual([0x88, 0x01]);
  expect(bench.session('second').state).toBe('joined');
});

test('packets from where no connection is are ignored [3.1.5.1-22] [3.1.5.1-30] [3.1.5.1-48]', () => {
  const bench = meet('nobody');
  bench.session('first').join(0, bench.on('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  const before = bench.heard.length;
  for (const bytes of [
    '80 02 00 00 00 00 01 00 01 00 00 00 00 00 00 00',
    '80 06 00 00 01 01 00 00 00 00 00 00',
    '7f 00 00 00 c3 00 00 00',
  ]) {
    const body = Uint8Array.from(bytes.split(' '), (each) => Number.parseInt(each, 16));
    bench.session('host').receive(bench.now, bench.on('second'), { kind: 'transport', identifier: 0, body });
    bench.run(SECOND);
  }
  expect(bench.heard).toHaveLength(before);
  expect(bench.session('host').players).toHaveLength(2);
});
