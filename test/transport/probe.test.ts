import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { TwoEnds } from './two-ends.ts';

const PATIENCE = 2.5 * SECOND;

test('a partner that is gone is found out within the patience of a probe and two retries', () => {
  const ends = new TwoEnds({ seed: 'gone' });
  ends.world.run(SECOND);
  for (const pipe of ends.pipes) pipe.isCut = true;
  ends.world.at(SECOND, (now) => ends.connections[0].probe(now, PATIENCE));
  ends.world.run(SECOND + PATIENCE - MILLISECOND);
  expect(ends.of(0, 'closed')).toEqual([]);
  ends.world.run(SECOND + PATIENCE + 400 * MILLISECOND);
  expect(ends.of(0, 'closed')).toMatchObject([{ cause: 'retries' }]);
});

test('the keep-alive that falls due meanwhile proves nothing', () => {
  const ends = new TwoEnds({ seed: 'keep-alive' });
  ends.world.at(20 * SECOND, () => {
    for (const pipe of ends.pipes) pipe.isCut = true;
  });
  // Silence began with the first keep-alives, so that the next one is due a second later.
  ends.world.at(24 * SECOND, (now) => ends.connections[0].probe(now, PATIENCE));
  ends.world.run(28 * SECOND);
  expect(ends.of(0, 'closed')).toMatchObject([{ cause: 'retries' }]);
});

test('a partner that is alive passes the probe, with an idle line, with a busy one, and with heavy losses', () => {
  for (const [seed, busy, loss] of [
    ['idle', false, 0],
    ['busy', true, 0],
    ['lossy', false, 0.3],
    ['busy and lossy', true, 0.3],
  ] as const) {
    const ends = new TwoEnds({ seed, baud: 9600, pipe: { loss } });
    if (busy) ends.saturate([0, 1], 300, 20 * SECOND, 4000);
    for (let at = 5; at < 20; at += 5) {
      ends.world.at(at * SECOND, (now) => ends.connections[0].probe(now, PATIENCE));
    }
    ends.world.run(40 * SECOND);
    expect(ends.of(0, 'connected'), seed).toHaveLength(1);
    expect(ends.of(0, 'closed'), seed).toEqual([]);
  }
});

test('a probe before the connection stands, or behind its end, does nothing', () => {
  const ends = new TwoEnds({ seed: 'early' });
  ends.connections[0].probe(0, PATIENCE);
  ends.world.at(SECOND, (now) => ends.connections[0].close(now));
  ends.world.at(2 * SECOND, (now) => ends.connections[0].probe(now, PATIENCE));
  ends.world.run(20 * SECOND);
  expect(ends.of(0, 'closed')).toMatchObject([{ cause: 'local' }]);
});
