import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench, type BenchOptions } from './bench.ts';

const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';
const three = (seed: string, options: Partial<BenchOptions> = {}) => {
  const bench = new Bench({ seed, players: ['host', 'first', 'second'], cables: 'all', ...options });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  return bench;
};
const join = (bench: Bench, name: string) =>
  bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
const names = (bench: Bench, of: string) =>
  bench
    .session(of)
    .players.map(({ name }) => name)
    .sort();

test('three players, each joined to each by a cable, all talk to all', () => {
  const bench = three('triangle');
  join(bench, 'first');
  bench.run(3 * SECOND);
  join(bench, 'second');
  bench.run(5 * SECOND);
  expect(bench.states).toEqual({ host: 'hosting', first: 'joined', second: 'joined' });
  for (const name of ['host', 'first', 'second']) {
    expect(names(bench, name)).toEqual(['first', 'host', 'second']);
    bench.session(name).chat(bench.now, `from ${name}`);
  }
  bench.run(3 * SECOND);
  expect(
    bench
      .told('first', 'chat')
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['from host', 'from second']);
  expect(
    bench
      .told('second', 'chat')
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['from first', 'from host']);
  expect(
    bench
      .told('host', 'chat')
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['from first', 'from second']);
});

test('two who join in the same instant both get in', () => {
  const bench = three('at once', { baud: 9600 });
  join(bench, 'first');
  join(bench, 'second');
  bench.run(20 * SECOND);
  expect(bench.states).toEqual({ host: 'hosting', first: 'joined', second: 'joined' });
  expect(new Set(['host', 'first', 'second'].map((name) => bench.session(name).nameTableVersion)).size).toBe(
    1,
  );
});

test('where no cable leads from a player to the new one, the new one is sent away', () => {
  const bench = three('star', {
    cables: [
      ['host', 'first'],
      ['host', 'second'],
    ],
  });
  join(bench, 'first');
  bench.run(3 * SECOND);
  join(bench, 'second');
  bench.run(20 * SECOND);
  expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'unreachable' }]);
  expect(names(bench, 'first')).toEqual(['first', 'host']);
  expect(names(bench, 'host')).toEqual(['first', 'host']);
});

test('who leaves is out of all tables', () => {
  const bench = three('leaves');
  join(bench, 'first');
  bench.run(3 * SECOND);
  join(bench, 'second');
  bench.run(5 * SECOND);
  bench.session('first').leave(bench.now);
  bench.run(10 * SECOND);
  expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'left' }]);
  expect(names(bench, 'second')).toEqual(['host', 'second']);
  expect(bench.told('second', 'playerLeft')).toMatchObject([{ reason: 'left' }]);
  join(bench, 'first');
  bench.run(10 * SECOND);
  expect(bench.session('first').state).toBe('joined');
  expect(names(bench, 'second')).toEqual(['first', 'host', 'second']);
});

test('a player that is removed is told why, and the others that it was removed', () => {
  const bench = three('kick');
  join(bench, 'first');
  bench.run(3 * SECOND);
  join(bench, 'second');
  bench.run(5 * SECOND);
  const { dpnid } = bench.session('first').self!;
  bench.session('host').remove(bench.now, dpnid, Uint8Array.of(1, 2, 3));
  bench.run(10 * SECOND);
  expect(bench.told('first', 'removed')).toEqual([{ type: 'removed', data: Uint8Array.of(1, 2, 3) }]);
  expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'removed' }]);
  expect(bench.told('second', 'playerLeft')).toMatchObject([{ reason: 'removed' }]);
  expect(bench.told('host', 'playerLeft')).toMatchObject([{ reason: 'removed' }]);
});

test('a player that is killed and started again gets back in within seconds', () => {
  const bench = three('killed');
  join(bench, 'first');
  bench.run(3 * SECOND);
  join(bench, 'second');
  bench.run(30 * SECOND);
  bench.restart('first');
  join(bench, 'first');
  bench.run(10 * SECOND);
  expect(bench.session('first').state).toBe('joined');
  for (const name of ['host', 'first', 'second'])
    expect(names(bench, name)).toEqual(['first', 'host', 'second']);
});
