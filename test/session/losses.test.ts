import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { Player } from '../../src/session/player.ts';
import { Bench, type BenchOptions } from './bench.ts';
import { INSTANCE } from './stranger.ts';

const PLAYERS = ['host', 'first', 'second', 'third'] as const;
const join = (bench: Bench, name: string, at = 'host') => {
  bench.session(name).join(bench.now, bench.to(at), { name, instance: INSTANCE });
  bench.run(5 * SECOND);
};
const meet = (seed: string, count: number, options: Partial<BenchOptions> = {}, mayMigrate = true) => {
  const players = PLAYERS.slice(0, count);
  const bench = new Bench({ seed, players, cables: 'all', ...options });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE, mayMigrate });
  for (const name of players.slice(1)) join(bench, name);
  return bench;
};
const names = (bench: Bench, of: string) => bench.session(of).players.map(({ name }) => name);
const talk = (bench: Bench, among: readonly string[]) => {
  const before = Object.fromEntries(among.map((name) => [name, bench.told(name, 'chat').length]));
  for (const name of among) expect(bench.session(name).chat(bench.now, 'hello')).toBe(among.length - 1);
  bench.run(5 * SECOND);
  for (const name of among) {
    expect(bench.told(name, 'chat').length - before[name]!, `${name} hears`).toBe(among.length - 1);
  }
};

describe('the host goes', () => {
  test('in good order: the player longest in the session takes over, and all talk on', () => {
    const bench = meet('leaves', 4);
    bench.session('host').leave(bench.now);
    bench.run(20 * SECOND);
    expect(bench.states).toEqual({ host: 'idle', first: 'hosting', second: 'joined', third: 'joined' });
    for (const name of ['first', 'second', 'third']) {
      expect(names(bench, name)).toEqual(['first', 'second', 'third']);
      expect(bench.session(name).hostPlayer?.name).toBe('first');
      expect(bench.told(name, 'hostMigrated')).toMatchObject([
        { from: { name: 'host' }, to: { name: 'first' } },
      ]);
      expect(bench.told(name, 'playerLeft')).toMatchObject([{ player: { name: 'host' }, reason: 'left' }]);
    }
    talk(bench, ['first', 'second', 'third']);
    join(bench, 'host', 'first');
    talk(bench, PLAYERS);
  });

  test('killed: its loss is noticed by retries, and the next takes over', () => {
    const bench = meet('killed', 3);
    for (const name of ['first', 'second']) bench.cut('host', name, true);
    bench.session('first').chat(bench.now, 'anybody there?');
    bench.run(120 * SECOND);
    expect(bench.session('first').state).toBe('hosting');
    expect(bench.session('second').state).toBe('joined');
    talk(bench, ['first', 'second']);
    expect(bench.told('second', 'playerLeft')).toMatchObject([{ player: { name: 'host' } }]);
  });

  test('and nobody may take over: the session is over for all [2.2.5-13]', () => {
    const bench = meet('no migration', 3, {}, false);
    bench.session('host').leave(bench.now);
    bench.run(30 * SECOND);
    expect(bench.states).toEqual({ host: 'idle', first: 'idle', second: 'idle' });
    expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'hostLost' }]);
  });

  test('and the last one left hosts alone, so that the old host can come back', () => {
    const bench = meet('alone', 2);
    bench.session('host').leave(bench.now);
    bench.run(20 * SECOND);
    expect(bench.session('first').state).toBe('hosting');
    expect(bench.told('first', 'hostMigrated')).toMatchObject([
      { from: { name: 'host' }, to: { name: 'first' } },
    ]);
    join(bench, 'host', 'first');
    talk(bench, ['host', 'first']);
  });

  test('and who would rather not host goes as well', () => {
    const bench = meet('unwilling', 1, { players: ['host', 'first'] });
    const options = { name: 'first', instance: INSTANCE, mayHost: false };
    bench.session('first').join(bench.now, bench.to('host'), options);
    bench.run(5 * SECOND);
    bench.session('host').leave(bench.now);
    bench.run(20 * SECOND);
    expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'hostLost' }]);
    expect(bench.told('first', 'hostMigrated')).toEqual([]);
  });
});

describe('a connection breaks between two clients', () => {
  test('and the other one answers the host: who lost it goes, the others stay', () => {
    const bench = meet('cable', 3);
    bench.cut('first', 'second', true);
    bench.session('second').send(bench.now, new Uint8Array(10), { reliable: true, sequential: true });
    bench.run(90 * SECOND);
    expect(bench.told('second', 'removed')).toHaveLength(1);
    expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'removed' }]);
    expect(bench.session('first').state).toBe('joined');
    expect(names(bench, 'first')).toEqual(['host', 'first']);
    expect(names(bench, 'host')).toEqual(['host', 'first']);
  });

  test('because one of them is dead: the others go on without it', () => {
    const bench = meet('dead', 3);
    for (const name of ['host', 'second']) bench.cut('first', name, true);
    bench.run(120 * SECOND);
    expect(names(bench, 'second')).toEqual(['host', 'second']);
    expect(names(bench, 'host')).toEqual(['host', 'second']);
    expect(bench.session('second').state).toBe('joined');
  });
});

test('who lost another player while there was no host asks the new one after it', () => {
  const bench = meet('both at once', 4);
  for (const name of ['first', 'second', 'third']) bench.cut('host', name, true);
  bench.cut('second', 'third', true);
  for (const name of ['first', 'second', 'third']) {
    bench.session(name).send(bench.now, new Uint8Array(3), { reliable: true, sequential: true });
  }
  bench.run(200 * SECOND);
  expect(bench.session('first').state).toBe('hosting');
  // One of the two has to go, since they cannot reach each other.
  const left = ['second', 'third'].filter((name) => bench.session(name).state === 'joined');
  expect(left).toHaveLength(1);
  expect(names(bench, 'first')).toEqual(['first', left[0]]);
  expect(names(bench, left[0]!)).toEqual(['first', left[0]]);
});

describe('a line hangs up', () => {
  test('while we ask for a connection over it: the join is over', () => {
    for (const instance of [INSTANCE, undefined]) {
      const bench = new Bench({ seed: `asking ${instance}`, players: ['host', 'first'], cables: 'all' });
      bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
      const options = { name: 'first', ...(instance === undefined ? {} : { instance }) };
      bench.session('first').join(0, bench.to('host'), options);
      if (instance === undefined) while (bench.told('first', 'found').length === 0) bench.run(SECOND / 1000);
      bench.cut('host', 'first', true);
      bench.run(SECOND);
      bench.session('first').lineLost(bench.now, 'host');
      bench.settle();
      expect(bench.session('first').state).toBe('idle');
      expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'unanswered' }]);
    }
  });

  test('while an existing player asks a new one for a connection over it: the new one is sent away', () => {
    const bench = meet('calling', 2, { players: ['host', 'first', 'second'] });
    bench.cut('first', 'second', true);
    bench.session('second').join(bench.now, bench.to('host'), { name: 'second', instance: INSTANCE });
    bench.run(2 * SECOND);
    expect(bench.session('second').state).toBe('joining');
    bench.session('first').lineLost(bench.now, 'second');
    bench.run(2 * SECOND);
    expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'unreachable' }]);
    expect(names(bench, 'host')).toEqual(['host', 'first']);
  });

  test('and whoever waits for a receipt over it is told', () => {
    const bench = meet('receipt', 2);
    bench.cut('host', 'first', true);
    const [, { dpnid: to }] = bench.session('host').players as [Player, Player];
    const options = { reliable: true, sequential: true, receipt: 7 };
    bench.session('host').send(bench.now, new Uint8Array(3), options);
    bench.run(SECOND);
    bench.session('host').lineLost(bench.now, 'first');
    bench.settle();
    expect(bench.told('host', 'lost')).toEqual([{ type: 'lost', to, receipt: 7 }]);
    expect(bench.told('host', 'connection').at(-1)).toMatchObject({ dpnid: to, open: false });
    expect(bench.told('host', 'connection').filter(({ open }) => !open)).toHaveLength(1);
  });

  test('and what ran over it is over at once; reconnecting works', () => {
    const bench = meet('hang-up', 2);
    bench.cut('host', 'first', true);
    bench.session('host').lineLost(bench.now, 'first');
    bench.session('first').lineLost(bench.now, 'host');
    bench.settle();
    expect(bench.told('host', 'playerLeft')).toMatchObject([{ reason: 'lost' }]);
    expect(names(bench, 'host')).toEqual(['host']);
    bench.cut('host', 'first', false);
    bench.session('first').leave(bench.now);
    bench.run(SECOND);
    join(bench, 'first');
    talk(bench, ['host', 'first']);
  });
});
