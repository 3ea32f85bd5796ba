import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';

const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';
const pair = (seed: string, options: object = {}) => {
  const bench = new Bench({ seed, players: ['host', 'client'], cables: 'all', ...options });
  bench.session('host').host(0, { name: 'Harry', sessionName: 'Test', instance: INSTANCE });
  return bench;
};

test('two players over one cable: join, chat both ways, leave', () => {
  const bench = pair('first');
  bench.session('client').join(bench.now, bench.to('host'), { name: 'Clara', instance: INSTANCE });
  bench.run(5 * SECOND);
  expect(bench.states).toEqual({ host: 'hosting', client: 'joined' });
  expect(bench.story('host')).toEqual(['hosting', 'playerJoined']);
  bench.session('client').chat(bench.now, 'hello');
  bench.session('host').chat(bench.now, 'welcome');
  bench.run(5 * SECOND);
  expect(bench.told('host', 'chat')).toMatchObject([{ from: { name: 'Clara' }, text: 'hello' }]);
  expect(bench.told('client', 'chat')).toMatchObject([{ from: { name: 'Harry' }, text: 'welcome' }]);
  bench.session('client').leave(bench.now);
  bench.run(20 * SECOND);
  expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'left' }]);
  expect(bench.told('host', 'playerLeft')).toMatchObject([{ player: { name: 'Clara' }, reason: 'left' }]);
  expect(bench.session('host').players).toHaveLength(1);
});
