/** Path tests: sent by the new player, understood by the existing one. [MS-DPDX] 2.2.6, 3.1.2.5, 3.1.3, 3.1.5.2, 3.1.6.5 */
import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECOND } from '../../src/base/instant.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import { ExpectedPathTests, hasPathTests, PathTests } from '../../src/session/path-tests.ts';
import {
  decodeSessionPacket,
  encodeSessionPacket,
  type PathTestPacket,
} from '../../src/wire/session-packet.ts';
import { hexOf } from '../wire/hex.ts';

/** The published session. */
const SESSION = {
  application: '02AE835D-9179-485F-8343-901D327CE794',
  instance: 'C0A65D4F-9CE3-4F70-80DE-3AB4DF6F09B6',
};
const NEW = 0xc0f65d4b;
const EXISTING = 0xc0965d4c;
const OTHER = 0xc0965d4d;

const at = (address: string, line = 'net'): Endpoint => ({ line, address });
const HERE = at('192.168.1.5:2302');
const THERE = at('192.168.1.9:40000');

/** Everything that is sent on the line up to `until`, with when. */
function sent(
  tests: PathTests,
  until: Instant,
): { now: Instant; packet: PathTestPacket; endpoint: Endpoint }[] {
  const all = [];
  for (let now = tests.deadline; now !== undefined && now <= until; now = tests.deadline) {
    for (let next = tests.poll(now, 'net'); next !== undefined; next = tests.poll(now, 'net')) {
      all.push({ now, ...next });
    }
  }
  return all;
}

describe('a new player', () => {
  it('sends seven path tests, the first at once, 375 ms apart, and no eighth [3.1.2.5-01, 3.1.2.5-02, 3.1.3-11, 3.1.6.5-01, 3.1.6.5-03, 3.1.6.5-04, 3.1.6.5-05]', () => {
    const tests = new PathTests(SESSION, NEW);
    tests.start(1000, EXISTING, HERE);
    const all = sent(tests, 10_000 * MILLISECOND);
    expect(all.map(({ now }) => now)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => 1000 + n * 375 * MILLISECOND));
    expect(all.every(({ endpoint }) => endpoint === HERE)).toBe(true);
    expect(tests.deadline).toBeUndefined();
  });

  it('sends one key to one player, and a message number of its own each time [3.1.3-10, 6-07, 2.2.6-05]', () => {
    const tests = new PathTests(SESSION, NEW, 0xfffd);
    tests.start(0, EXISTING, HERE);
    const all = sent(tests, 10_000 * MILLISECOND);
    expect(new Set(all.map(({ packet }) => hexOf(packet.Key))).size).toBe(1);
    expect(all.map(({ packet }) => packet.wMsgID)).toEqual([0xfffd, 0xfffe, 0xffff, 0, 1, 2, 3]);
  });

  it('makes the published key of the published players, itself as the sender [3.1.3-01, 3.1.3-02, 3.1.3-03, 3.1.3-04, 3.1.3-05, 3.1.3-06, 3.1.3-07, 3.1.1-05, 2.2.6-07]', () => {
    const tests = new PathTests(SESSION, NEW);
    tests.start(0, EXISTING, HERE);
    expect(hexOf(tests.poll(0, 'net')!.packet.Key)).toBe('b8 82 dd 92 9c e9 af f9');
    const keys = [
      new PathTests({ ...SESSION, application: SESSION.instance }, NEW),
      new PathTests({ ...SESSION, instance: SESSION.application }, NEW),
    ].map((each) => {
      each.start(0, EXISTING, HERE);
      return hexOf(each.poll(0, 'net')!.packet.Key);
    });
    expect(new Set([...keys, 'b8 82 dd 92 9c e9 af f9']).size).toBe(3);
  });

  it('sends them to every existing player from which it expects a connection, each in its own time [3.1.5.2-06]', () => {
    const tests = new PathTests(SESSION, NEW);
    tests.start(0, EXISTING, HERE);
    tests.start(100, OTHER, THERE);
    const all = sent(tests, 10_000 * MILLISECOND);
    expect(all.filter(({ endpoint }) => endpoint === HERE).length).toBe(7);
    expect(all.filter(({ endpoint }) => endpoint === THERE).length).toBe(7);
    expect(new Set(all.map(({ packet }) => hexOf(packet.Key))).size).toBe(2);
  });

  it('stops when the player has connected, or is gone', () => {
    const tests = new PathTests(SESSION, NEW);
    tests.start(0, EXISTING, HERE);
    tests.start(0, OTHER, THERE);
    expect(sent(tests, 1000 * MILLISECOND).length).toBe(6);
    tests.stop(EXISTING);
    expect(sent(tests, 10_000 * MILLISECOND).every(({ endpoint }) => endpoint === THERE)).toBe(true);
    tests.stop(OTHER);
    expect(tests.deadline).toBeUndefined();
  });

  it('sends as many as it is set to, as often as it is set to [3.1.2.5-03]', () => {
    const tests = new PathTests(SESSION, NEW, 0, { interval: 50, count: 3 });
    tests.start(0, EXISTING, HERE);
    expect(sent(tests, 10_000).map(({ now }) => now)).toEqual([0, 50, 100]);
    const none = new PathTests(SESSION, NEW, 0, { interval: 50, count: 0 });
    none.start(0, EXISTING, HERE);
    expect(none.deadline).toBeUndefined();
  });

  it('sends none over IPv6 and none over a serial line [2.2.6-02]', () => {
    expect(hasPathTests(HERE)).toBe(true);
    for (const endpoint of [at('[::1]:2302'), at('[::ffff:1.2.3.4]:2302'), at('')]) {
      expect(hasPathTests(endpoint)).toBe(false);
      const tests = new PathTests(SESSION, NEW);
      tests.start(0, EXISTING, endpoint);
      expect([tests.deadline, tests.poll(0, 'net')]).toEqual([undefined, undefined]);
    }
  });

  it('sends on the line that leads to the player, and does not catch up when it was kept waiting', () => {
    const tests = new PathTests(SESSION, NEW);
    tests.start(0, EXISTING, HERE);
    expect(tests.poll(0, 'serial')).toBeUndefined();
    expect(tests.poll(5000 * MILLISECOND, 'net')).toBeDefined();
    expect(tests.poll(5000 * MILLISECOND, 'net')).toBeUndefined();
    expect(tests.deadline).toBe(5375 * MILLISECOND);
  });
});

describe('an existing player', () => {
  /** The path test that `newcomer` sends to `existing`, as it arrives. */
  function arriving(newcomer: number, existing: number, messageId = 0): PathTestPacket {
    const tests = new PathTests(SESSION, newcomer, messageId);
    tests.start(0, existing, HERE);
    return decodeSessionPacket(encodeSessionPacket(tests.poll(0, 'net')!.packet)) as PathTestPacket;
  }

  it('finds whom a path test is from, and where its attempt goes now [3.1.3-01, 3.1.3-02, 3.1.3-03, 3.1.3-09, 3.1.5.2-07, 3.1.5.2-08]', () => {
    const expected = new ExpectedPathTests(SESSION, EXISTING);
    expected.expect(OTHER);
    expected.expect(NEW);
    expect(expected.sourceOf(NEW)).toBeUndefined();
    expect(expected.received(THERE, arriving(NEW, EXISTING))).toBe(NEW);
    expect(expected.sourceOf(NEW)).toBe(THERE);
    expect(expected.sourceOf(OTHER)).toBeUndefined();
  });

  it('makes nothing of the message number [2.2.6-06]', () => {
    for (const messageId of [0, 0x1234, 0xffff]) {
      const expected = new ExpectedPathTests(SESSION, EXISTING);
      expected.expect(NEW);
      expect(expected.received(THERE, arriving(NEW, EXISTING, messageId))).toBe(NEW);
    }
  });

  it('disregards a key that belongs to no attempt [3.1.5.2-09]', () => {
    const expected = new ExpectedPathTests(SESSION, EXISTING);
    expect(expected.received(THERE, arriving(NEW, EXISTING))).toBeUndefined();
    expected.expect(NEW);
    const strangers = [
      arriving(NEW, OTHER),
      arriving(OTHER, EXISTING),
      arriving(EXISTING, NEW),
      { name: 'SESS_PATH_TEST', wMsgID: 0, Key: new Uint8Array(8) } as const,
    ];
    for (const packet of strangers) expect(expected.received(THERE, packet)).toBeUndefined();
    expect(expected.sourceOf(NEW)).toBeUndefined();
    expect(expected.size).toBe(1);
  });

  it('keeps the key until the first valid path test, and disregards its repeats [3.1.3-08]', () => {
    const expected = new ExpectedPathTests(SESSION, EXISTING);
    expected.expect(NEW);
    expected.received(THERE, arriving(NEW, EXISTING));
    expect(expected.received(at('10.0.0.1:1'), arriving(NEW, EXISTING))).toBeUndefined();
    expect(expected.sourceOf(NEW)).toBe(THERE);
  });

  it('forgets the key when the attempt has failed or succeeded [3.1.3-08]', () => {
    const expected = new ExpectedPathTests(SESSION, EXISTING);
    expected.expect(NEW);
    expected.settle(NEW);
    expect(expected.received(THERE, arriving(NEW, EXISTING))).toBeUndefined();
    expected.expect(NEW);
    expected.received(THERE, arriving(NEW, EXISTING));
    expected.settle(NEW);
    expect([expected.size, expected.sourceOf(NEW)]).toEqual([0, undefined]);
  });

  it('takes none over anything but IPv4 [2.2.6-02]', () => {
    const expected = new ExpectedPathTests(SESSION, EXISTING);
    expected.expect(NEW);
    expect(expected.received(at('[::1]:2302'), arriving(NEW, EXISTING))).toBeUndefined();
    expect(expected.received(at(''), arriving(NEW, EXISTING))).toBeUndefined();
  });
});
