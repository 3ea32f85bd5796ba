import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Connection } from '../../src/transport/connection.ts';
import { Bench } from './bench.ts';
import { INSTANCE, Stranger } from './stranger.ts';

/** A CONNECT with a dwSessID of its own. */
const connect = (sessionId: number) => {
  const connection = new Connection({ random: new Random('connect'), sessionId });
  connection.connect(0);
  return { kind: 'transport', identifier: 0, body: connection.poll(0)! } as const;
};
/** The packet that completes the handshake begun so. */
const accept = (sessionId: number) => {
  const body = connect(sessionId).body.slice();
  body.set([0x80, 0x02, 0x01, 0x00]);
  return { kind: 'transport', identifier: 0, body } as const;
};
const meet = (seed: string, options = {}) => {
  const bench = new Bench({ seed, players: ['host', 'first'], net: true, ...options });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  bench.session('first').join(0, bench.on('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  return bench;
};

describe('a CONNECT from where a connection stands', () => {
  test('does not throw out a living player, however many come and on a lossy line too', () => {
    for (const pipe of [{}, { loss: 0.1 }]) {
      const bench = meet(`spoofed ${Object.keys(pipe)}`, { pipe });
      for (let n = 1; n <= 300; n++) {
        bench.session('host').receive(bench.now, bench.on('first'), connect(n));
        bench.run(SECOND / 5);
      }
      bench.run(30 * SECOND);
      expect(bench.session('host').players).toHaveLength(2);
      expect(bench.told('first', 'ended')).toEqual([]);
    }
  });

  test('has it asked whether it is alive no more often than every ten seconds', () => {
    const bench = meet('rate');
    const count = () => bench.heard.filter(({ from }) => from === 'host').length;
    const before = count();
    for (let n = 1; n <= 1000; n++) {
      bench.session('host').receive(bench.now, bench.on('first'), connect(n));
      bench.run(SECOND / 100);
    }
    expect(count() - before).toBeLessThan(20);
  });

  test('makes way within seconds when nobody is alive there', () => {
    const bench = meet('dead');
    bench.restart('first');
    bench.session('first').join(bench.now, bench.on('host'), { name: 'first', instance: INSTANCE });
    bench.run(8 * SECOND);
    expect(bench.session('first').state).toBe('joined');
    expect(bench.session('host').players).toHaveLength(2);
    expect(bench.told('host', 'playerLeft')).toMatchObject([{ reason: 'lost' }]);
  });

  test('makes way as well when the one before had only begun', () => {
    const bench = new Bench({ seed: 'begun', players: ['host', 'first'], cables: 'all' });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    bench.session('host').receive(0, bench.to('first'), connect(7));
    bench.run(4 * SECOND);
    bench.session('first').join(bench.now, bench.to('host'), { name: 'first', instance: INSTANCE });
    bench.run(8 * SECOND);
    expect(bench.session('first').state).toBe('joined');
  });
});

describe('many who ask for a connection', () => {
  test('from a thousand addresses, and never answer, take no more than 64 places and keep nobody out', () => {
    const bench = meet('flood');
    const host = bench.session('host');
    for (let n = 1; n <= 1000; n++) {
      host.receive(bench.now, { line: 'net', address: `10.9.${n >> 8}.${n & 255}:1` }, connect(n));
      bench.run(SECOND / 100);
    }
    bench.nowhere.length = 0;
    bench.run(10 * SECOND);
    expect(new Set(bench.nowhere).size).toBe(64);
    bench.restart('first');
    bench.session('first').join(bench.now, bench.on('host'), { name: 'first', instance: INSTANCE });
    bench.run(10 * SECOND);
    expect(bench.session('first').state).toBe('joined');
    const before = bench.now;
    bench.run(120 * SECOND);
    expect(host.deadline! - before).toBeGreaterThan(60 * SECOND);
  });

  test('faster than places turn over keep nobody out who is 60 ms away, whether they go on or not', () => {
    for (const goesOn of [false, true]) {
      const bench = meet(`fast ${goesOn}`, {
        players: ['host', 'first', 'second'],
        pipe: { latency: 30_000 },
      });
      const host = bench.session('host');
      bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
      for (let n = 1; n <= 2000; n++) {
        const from = { line: 'net', address: `10.9.${n >> 8}.${n & 255}:1` };
        host.receive(bench.now, from, connect(n));
        // What completes a handshake can be guessed: it holds nothing that only the answered could know.
        if (goesOn) host.receive(bench.now, from, accept(n));
        bench.run(SECOND / 300);
      }
      expect(bench.session('second').state).toBe('joined');
      expect(host.holdings.connections).toBeLessThan(80);
      const open = bench.told('host', 'connection').map((each) => each.open);
      bench.run(60 * SECOND);
      expect(host.holdings.connections).toBeLessThan(10);
      expect(open.filter(Boolean).length - open.filter((each) => !each).length).toBeLessThan(80);
    }
  });

  test('are not answered by somebody who is in no session [3.1.5.1-17]', () => {
    const bench = new Bench({ seed: 'idle', players: ['idle', 'other'], cables: 'all' });
    bench.session('idle').receive(0, bench.to('other'), connect(7));
    bench.run(10 * SECOND);
    expect(bench.heard).toEqual([]);
    expect(bench.session('idle').deadline).toBeUndefined();
  });
});

test('a flood of session messages from one player neither stops the others nor fills the memory', () => {
  const bench = new Bench({ seed: 'chatter', players: ['host', 'first', 'stranger'], cables: 'all' });
  const host = bench.session('host');
  host.host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  bench.session('first').join(0, bench.to('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  const stranger = bench.replace('stranger', new Stranger('chatter', bench.to('host')));
  stranger.connection.connect(bench.now);
  for (let n = 0; n < 2000; n++) {
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_REQ_INTEGRITY_CHECK', dwReqContext: 0, dpnidTarget: n });
  }
  for (let n = 0; n < 20; n++) {
    host.chat(bench.now, `line ${n}`);
    bench.run(SECOND);
  }
  expect(bench.told('first', 'chat')).toHaveLength(20);
  expect(bench.told('host', 'violation').length).toBeGreaterThan(0);
});

test('a player for whom so much waits that the name table no longer gets through is cut off, and the others go on', () => {
  const bench = new Bench({
    seed: 'full queue',
    players: ['host', 'first', 'second'],
    cables: 'all',
    session: { connection: { queueBytesMax: 2000 } },
  });
  const host = bench.session('host');
  host.host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  bench.session('first').join(0, bench.to('host'), { name: 'first', instance: INSTANCE });
  bench.run(5 * SECOND);
  bench.cut('host', 'first', true);
  const to = host.players[1]!.dpnid;
  for (let round = 0; round < 5; round++) {
    while (host.send(bench.now, new Uint8Array(20), { reliable: true, sequential: true, to }) > 0);
    bench.run(SECOND / 10);
  }
  bench.session('second').join(bench.now, bench.to('host'), { name: 'second', instance: INSTANCE });
  bench.run(2 * SECOND);
  expect(host.players.map(({ name }) => name)).toEqual(['host', 'second']);
  expect(bench.session('second').state).toBe('joined');
});
