/** What a session is after its host has gone: who took over lets people in by the same rules. [MS-DPDX] 3.1.5.4 (MIG-12) */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { HostOptions } from '../../src/session/session-options.ts';
import { encodeSessionMessage } from '../../src/wire/session-packet.ts';
import { Bench } from './bench.ts';
import { INSTANCE } from './stranger.ts';

/** A host and one client, who joins with `password`; then the host leaves. */
const inherit = (seed: string, options: Partial<HostOptions> = {}, password?: string) => {
  const bench = new Bench({ seed, players: ['host', 'first', 'second'], cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE, ...options });
  join(bench, 'first', 'host', password);
  bench.session('host').leave(bench.now);
  bench.run(20 * SECOND);
  expect(bench.session('first').state).toBe('hosting');
  return bench;
};
const join = (bench: Bench, name: string, at: string, password?: string) => {
  const own = password === undefined ? {} : { password };
  bench.session(name).join(bench.now, bench.to(at), { name, instance: INSTANCE, ...own });
  bench.run(5 * SECOND);
};
/** How often `name` answers a query. */
const answersOf = (bench: Bench, name: string) => {
  const query = encodeSessionMessage({ name: 'EnumQuery', EnumPayload: 1 });
  bench.others.length = 0;
  bench.session(name).receive(bench.now, bench.to('second'), query);
  bench.run(SECOND);
  return bench.others.filter(({ from, message }) => from === name && message.kind === 'enumerationResponse')
    .length;
};

describe('who took over from the host', () => {
  test('asks for no password that the session never had, though it gave one itself (JOI-9)', () => {
    const bench = inherit('superfluous', {}, 'nobody asked');
    join(bench, 'second', 'first');
    expect(bench.session('second').state).toBe('joined');
  });

  test('asks for the password of the session', () => {
    const bench = inherit('password', { password: 'right' }, 'right');
    join(bench, 'second', 'first', 'wrong');
    expect(bench.told('second', 'refused')).toMatchObject([{ code: 0x80158410 }]);
    join(bench, 'second', 'first', 'right');
    expect(bench.session('second').state).toBe('joined');
  });

  test('lets no more players in than the session has room for', () => {
    const bench = inherit('full', { playersMax: 1 + 1 });
    join(bench, 'second', 'first');
    expect(bench.session('second').state).toBe('joined');
    bench.session('host').join(bench.now, bench.to('first'), { name: 'host', instance: INSTANCE });
    bench.run(5 * SECOND);
    expect(bench.told('host', 'refused')).toMatchObject([{ code: 0x80158260 }]);
  });

  test('answers queries as the session did, or does not [2.2.5-16]', () => {
    expect(answersOf(inherit('open'), 'first')).toBe(1);
    expect(answersOf(inherit('hidden', { mayEnumerate: false }), 'first')).toBe(0);
  });
});

test('while the host takes over it answers no query, and afterwards it does (ENU-5)', () => {
  const bench = new Bench({
    seed: 'taking over',
    players: ['host', 'first', 'second', 'third'],
    cables: 'all',
  });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of ['first', 'second']) join(bench, name, 'host');
  bench.session('host').leave(bench.now);
  // The second one's report is withheld, so that the migration waits for it.
  bench.cut('first', 'second', true);
  bench.run(5 * SECOND);
  const query = encodeSessionMessage({ name: 'EnumQuery', EnumPayload: 1 });
  const answers = () => {
    bench.others.length = 0;
    bench.session('first').receive(bench.now, bench.to('third'), query);
    bench.run(SECOND);
    return bench.others.filter(({ from }) => from === 'first').length;
  };
  expect(bench.told('first', 'hostMigrated')).toEqual([]);
  expect(answers()).toBe(0);
  bench.run(60 * SECOND);
  expect(bench.told('first', 'hostMigrated')).toHaveLength(1);
  expect(answers()).toBe(1);
});
