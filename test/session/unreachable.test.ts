import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';

test('in a star of cables the second client is told whom it cannot reach, before its session ends', () => {
  const bench = new Bench({
    seed: 'star',
    players: ['hub', 'first', 'second'],
    cables: [
      ['hub', 'first'],
      ['hub', 'second'],
    ],
  });
  bench.session('hub').host(0, { name: 'hub', sessionName: 'Star' });
  for (const name of ['first', 'second']) {
    bench.session(name).join(bench.now, bench.to('hub'), { name });
    bench.run(20 * SECOND);
  }
  expect(bench.told('second', 'unreachable')).toMatchObject([{ player: { name: 'first' } }]);
  expect(bench.story('second').slice(-2)).toEqual(['unreachable', 'ended']);
  expect(bench.told('first', 'unreachable')).toEqual([]);
});
