import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';

const hosted = (): Bench => {
  const bench = new Bench({ seed: 'choosing', players: ['ann', 'bob', 'cid'], cables: 'all' });
  bench.session('ann').host(0, { name: 'ann', sessionName: 'Kitchen' });
  bench.session('bob').host(0, { name: 'bob', sessionName: 'Attic' });
  return bench;
};

describe('a joiner that asks in several places', () => {
  test('joins the first session that answers, wherever it is', () => {
    const bench = new Bench({ seed: 'anywhere', players: ['ann', 'bob', 'cid'], cables: 'all' });
    bench.session('bob').host(0, { name: 'bob', sessionName: 'Attic' });
    bench.session('cid').join(0, bench.to('ann'), { name: 'cid', alsoAsk: [bench.to('bob')] });
    bench.run(10 * SECOND);
    expect(bench.session('cid').hostPlayer?.name).toBe('bob');
  });

  test('joins the session of the name it wants, and no other', () => {
    for (const [sessionName, host] of [
      ['Kitchen', 'ann'],
      ['Attic', 'bob'],
    ] as const) {
      const bench = hosted();
      const options = { name: 'cid', alsoAsk: [bench.to('bob')], sessionName };
      bench.session('cid').join(0, bench.to('ann'), options);
      bench.run(10 * SECOND);
      expect(bench.session('cid').hostPlayer?.name).toBe(host);
    }
  });

  test('whose session nobody hosts gives up as if nobody had answered', () => {
    const bench = hosted();
    bench.session('cid').join(0, bench.to('ann'), { name: 'cid', sessionName: 'Cellar' });
    bench.run(60 * SECOND);
    expect(bench.told('cid', 'ended')).toMatchObject([{ cause: 'unanswered' }]);
  });
});
