/** The host goes while somebody is on the way in. [MS-DPDX] 3.1.5.2, 3.1.5.4 */
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';
import { INSTANCE } from './stranger.ts';

const ALL = ['host', 'first', 'second', 'third'] as const;

/** Host, first and second in session, the third on its way in; its cable to the second is dead for now. */
const onTheWay = (seed: string) => {
  const bench = new Bench({ seed, players: ALL, cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of ['first', 'second']) join(bench, name, 5 * SECOND);
  bench.cut('second', 'third', true);
  join(bench, 'third', 2 * SECOND);
  expect(bench.session('third').state).toBe('joining');
  return bench;
};
const join = (bench: Bench, name: string, wait: number) => {
  bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
  bench.run(wait);
};
const names = (bench: Bench, of: string) => bench.session(of).players.map(({ name }) => name);

describe('who is on the way in when the host goes', () => {
  test.each(['leaves', 'dies'])(
    'and is connected to the next host gets in all the same (the host %s)',
    (how) => {
      const bench = onTheWay(how);
      if (how === 'leaves') bench.session('host').leave(bench.now);
      else for (const name of ALL.slice(1)) bench.cut('host', name, true);
      if (how === 'dies') {
        for (const name of ALL.slice(1)) bench.session(name).lineLost(bench.now, 'host');
      }
      bench.run(SECOND);
      bench.cut('second', 'third', false);
      bench.run(20 * SECOND);
      expect(bench.session('third').state).toBe('joined');
      for (const name of ALL.slice(1)) {
        expect(names(bench, name)).toEqual(['first', 'second', 'third']);
        expect(bench.session(name).hostPlayer?.name).toBe('first');
      }
      expect(bench.session('third').chat(bench.now, 'made it')).toBe(2);
      bench.run(SECOND);
      expect(bench.told('second', 'chat')).toHaveLength(1);
    },
  );

  test('waits as long as it takes the others to notice', () => {
    const bench = onTheWay('unnoticed');
    for (const name of ALL.slice(1)) bench.cut('host', name, true);
    bench.session('third').lineLost(bench.now, 'host');
    bench.cut('second', 'third', false);
    bench.run(48 * SECOND);
    expect(bench.session('first').state).toBe('joined');
    expect(bench.session('third').state).toBe('joining');
    bench.run(40 * SECOND);
    expect(bench.states).toMatchObject({ first: 'hosting', second: 'joined', third: 'joined' });
    expect(names(bench, 'third')).toEqual(['first', 'second', 'third']);
  });

  test('and cannot be reached by another player goes when its time is up, and nobody else does', () => {
    const bench = onTheWay('unreachable');
    bench.session('host').leave(bench.now);
    bench.run(120 * SECOND);
    expect(bench.session('third').state).toBe('idle');
    expect(bench.told('third', 'joined')).toEqual([]);
    for (const name of ['first', 'second']) expect(names(bench, name)).toEqual(['first', 'second']);
    // The second one was told to connect by the host before: it does no wrong when it says that it cannot.
    const said = bench.payloads('second', 'first').map(({ name }) => name);
    expect(said).toContain('TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED');
    expect(bench.told('first', 'violation')).toEqual([]);
  });

  test('and is connected to nobody else has nothing to take over', () => {
    const bench = new Bench({ seed: 'nobody else', players: ['host', 'first', 'second'], cables: 'all' });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    join(bench, 'first', 5 * SECOND);
    bench.cut('first', 'second', true);
    join(bench, 'second', SECOND);
    bench.session('host').leave(bench.now);
    bench.run(20 * SECOND);
    expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'hostLost' }]);
    expect(bench.told('second', 'hostMigrated')).toEqual([]);
    expect(names(bench, 'first')).toEqual(['first']);
  });
});

test('who leaves while another player is about to say who it is says goodbye to that one as well', () => {
  const bench = new Bench({
    seed: 'about to',
    players: ['host', 'first', 'second'],
    cables: 'all',
    baud: 9600,
  });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  join(bench, 'first', 10 * SECOND);
  join(bench, 'second', 0);
  const second = bench.session('second');
  // The first one’s connection stands here, and its SEND_PLAYER_DNID is still under way.
  const isOpen = () => bench.told('second', 'connection').filter(({ open }) => open).length === 2;
  for (let step = 0; !isOpen() && step < 5000; step++) bench.run(MILLISECOND);
  expect(second.state).toBe('joining');
  second.leave(bench.now);
  bench.run(2 * SECOND);
  expect(second.state).toBe('idle');
});
