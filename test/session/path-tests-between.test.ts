/** Path tests between sessions: from whom, to whom, and what they change. [MS-DPDX] 3.1.3, 3.1.5.2, 3.1.6.5 */
import { describe, expect, test } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import type { SessionOptions } from '../../src/session/session-options.ts';
import { DXDIAG_APPLICATION_GUID } from '../../src/wire/guid.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { pathTestKey } from '../../src/wire/path-test.ts';
import { decodeSessionMessage, encodeSessionMessage } from '../../src/wire/session-packet.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { Bench, type BenchOptions } from './bench.ts';
import { INSTANCE } from './stranger.ts';

const PLAYERS = ['host', 'first', 'second', 'third'];
const NOWHERE = { line: 'net', address: '10.9.9.9:9999' };

/** A session over one net; `lost` names the players whose address in the table leads nowhere. */
function meet(
  seed: string,
  clients: readonly string[],
  lost: readonly string[] = [],
  pipe: BenchOptions['pipe'] = {},
) {
  const reach: SessionOptions['reach'] = ({ name }) =>
    lost.includes(name) ? NOWHERE : { line: 'net', address: `10.0.0.1:${2302 + PLAYERS.indexOf(name)}` };
  const bench = new Bench({ seed, players: PLAYERS, net: true, pipe, session: { reach } });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of clients) {
    bench.session(name).join(bench.now, bench.on('host'), { name, instance: INSTANCE });
    bench.run(5 * SECOND);
  }
  return bench;
}
const tests = (bench: Bench) => bench.others.filter(({ message }) => message.kind === 'pathTest');
const keyBetween = (newcomer: number, existing: number) =>
  pathTestKey({
    dpnidSender: newcomer,
    dpnidTarget: existing,
    guidApplication: DXDIAG_APPLICATION_GUID,
    guidInstance: INSTANCE,
  });
const pathTest = (Key: Uint8Array) => encodeSessionMessage({ name: 'SESS_PATH_TEST', wMsgID: 7, Key });
const idOf = (bench: Bench, name: string) => bench.session(name).self!.dpnid;

/** When a player first asked another for a connection. */
function firstConnect(bench: Bench, from: string, to: string): Instant | undefined {
  return bench.heard.find((each) => {
    const packet = each.from === from && each.to === to ? decodeTransport(each.body) : undefined;
    return packet !== undefined && !isMalformed(packet) && packet.name === 'TRANS_COMMAND_CONNECT';
  })?.at;
}

describe('a new player', () => {
  test('sends path tests to all others but the host, with the key of each pair, until they have connected [3.1.3-10, 3.1.3-11, 3.1.5.2-06, 2.2.38-05]', () => {
    const bench = meet('all', ['first', 'second', 'third']);
    const ofThird = tests(bench).filter(({ from }) => from === 'third');
    expect(new Set(ofThird.map(({ to }) => to))).toEqual(new Set(['first', 'second']));
    for (const { to, message } of ofThird) {
      const packet = decodeSessionMessage(message);
      expect(packet).toMatchObject({ Key: keyBetween(idOf(bench, 'third'), idOf(bench, to)) });
    }
    // All were connected within an interval.
    expect(ofThird).toHaveLength(2);
  });

  test('goes on every 375 ms, seven times in all, to one that does not connect [3.1.6.5-01, 3.1.6.5-03, 3.1.6.5-05, 3.1.2.5-02]', () => {
    const bench = meet('silent', ['first']);
    bench.cut('first', 'second', true);
    bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
    bench.run(10 * SECOND);
    const times = tests(bench).map(({ at }) => at);
    expect(times).toHaveLength(7);
    for (const [index, at] of times.entries()) {
      if (index > 0) expect(at - times[index - 1]!).toBe(375 * MILLISECOND);
    }
  });

  test('tests the path no longer to one that has connected or is gone, while it waits for others [3.1.6.5-05] (PTH-6)', () => {
    for (const isRemoved of [false, true]) {
      const bench = meet(`stops ${isRemoved}`, ['first', 'second']);
      bench.cut('second', 'third', true);
      bench.cut('first', 'third', isRemoved);
      bench.session('third').join(bench.now, bench.on('host'), { name: 'third', instance: INSTANCE });
      bench.run(SECOND / 2);
      if (isRemoved) bench.session('host').remove(bench.now, idOf(bench, 'first'));
      bench.run(10 * SECOND);
      const to = (name: string) => tests(bench).filter((each) => each.from === 'third' && each.to === name);
      expect(to('second')).toHaveLength(7);
      expect(to('first')).toHaveLength(isRemoved ? 2 : 1);
      expect(bench.session('third').state).toBe('joining');
    }
  });

  test('tests the path no longer once the other’s CONNECT has come, however long the rest takes (PTH-6) [3.1.6.5-05]', () => {
    const bench = meet('far away', ['first'], [], { latency: 500 * MILLISECOND });
    bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
    bench.run(10 * SECOND);
    expect(bench.session('second').state).toBe('joined');
    const came = firstConnect(bench, 'first', 'second')! + 500 * MILLISECOND;
    const times = tests(bench).map(({ at }) => at);
    expect(times.length).toBeGreaterThan(2);
    expect(times.filter((at) => at > came)).toEqual([]);
  });

  test('disregards a path test, whatever its key [3.1.5.2-10]', () => {
    const bench = meet('to the new one', ['first']);
    bench.cut('first', 'second', true);
    const second = bench.session('second');
    second.join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
    bench.run(3 * SECOND);
    const { length } = bench.heard;
    const [a, b] = [idOf(bench, 'first'), idOf(bench, 'second')];
    for (const key of [keyBetween(b, a), keyBetween(a, b), new Uint8Array(8)]) {
      second.receive(bench.now, NOWHERE, pathTest(key));
      bench.settle();
    }
    expect(second.state).toBe('joining');
    expect(bench.heard.length).toBe(length);
    bench.cut('first', 'second', false);
    bench.run(10 * SECOND);
    expect(second.state).toBe('joined');
  });
});

describe('an existing player', () => {
  test('connects to where the path test came from, although the table says otherwise [3.1.5.2-07, 3.1.5.2-08, 3.1.3-09]', () => {
    const bench = meet('moved', ['first', 'second'], ['second']);
    expect(firstConnect(bench, 'first', 'second')).toBeDefined();
    expect(bench.session('second').state).toBe('joined');
    expect(bench.session('first').chat(bench.now, 'hello')).toBe(2);
    bench.run(SECOND);
    expect(bench.told('second', 'chat')).toHaveLength(1);
  });

  test('moves an attempt that is under way and unanswered [3.1.5.2-08, 3.1.3-09]', () => {
    const bench = meet('under way', ['first'], ['second']);
    // The first path tests are lost.
    bench.cut('first', 'second', true);
    bench.session('second').join(bench.now, bench.on('host'), { name: 'second', instance: INSTANCE });
    bench.run(SECOND);
    expect(firstConnect(bench, 'first', 'second')).toBeUndefined();
    bench.cut('first', 'second', false);
    bench.run(10 * SECOND);
    expect(firstConnect(bench, 'first', 'second')).toBeDefined();
    expect(bench.session('second').state).toBe('joined');
  });

  test('does nothing about a key that belongs to no attempt, nor about one that has served [3.1.5.2-09, 3.1.3-08]', () => {
    const bench = meet('strangers', ['first', 'second']);
    const first = bench.session('first');
    const before = bench.heard.length;
    const served = keyBetween(idOf(bench, 'second'), idOf(bench, 'first'));
    for (const key of [new Uint8Array(8), served]) first.receive(bench.now, NOWHERE, pathTest(key));
    bench.settle();
    expect(bench.heard.length).toBe(before);
    first.chat(bench.now, 'still there');
    bench.run(SECOND);
    expect(bench.told('second', 'chat')).toHaveLength(1);
  });
});

test('the host disregards a path test, whatever its key [3.1.5.2-11]', () => {
  const bench = meet('to the host', ['first']);
  const host = bench.session('host');
  const before = bench.heard.length;
  const { players, nameTableVersion } = host;
  const [a, b] = [idOf(bench, 'first'), host.self!.dpnid];
  for (const key of [keyBetween(a, b), keyBetween(b, a), new Uint8Array(8)]) {
    host.receive(bench.now, NOWHERE, pathTest(key));
    bench.settle();
  }
  expect(bench.heard.length).toBe(before);
  expect(host).toMatchObject({ state: 'hosting', players, nameTableVersion });
  expect(host.chat(bench.now, 'hello')).toBe(1);
});

test('there are none over a serial line [2.2.6-02]', () => {
  const bench = new Bench({ seed: 'serial', players: ['host', 'first', 'second'], cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of ['first', 'second']) {
    bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
    bench.run(5 * SECOND);
  }
  expect(bench.session('second').state).toBe('joined');
  expect(tests(bench)).toEqual([]);
});
