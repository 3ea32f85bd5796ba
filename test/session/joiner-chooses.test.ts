import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
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

  test('goes on asking the one whose session it joins, and nobody else any more (ENU-10) [3.1.2.2-01]', () => {
    const bench = new Bench({ seed: 'one only', players: ['ann', 'bob', 'cid'], cables: 'all' });
    bench.session('bob').host(0, { name: 'bob', sessionName: 'Attic' });
    bench.session('cid').join(0, bench.to('ann'), { name: 'cid', alsoAsk: [bench.to('bob')] });
    while (bench.told('cid', 'found').length === 0) bench.run(MILLISECOND);
    // The way into the session is long.
    bench.cut('bob', 'cid', true);
    bench.others.length = 0;
    bench.run(10 * SECOND);
    expect(bench.session('cid').state).toBe('joining');
    const asked = bench.others.map(({ to, message }) => [to, message.kind]);
    expect(asked).toEqual(Array.from({ length: 6 }, () => ['bob', 'enumerationQuery']));
    bench.cut('bob', 'cid', false);
    bench.run(10 * SECOND);
    expect(bench.session('cid').state).toBe('joined');
  });
});
