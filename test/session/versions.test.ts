/** Name table operations between sessions: who sends which, with which version, and who is believed. [MS-DPDX] 2.2.11, 2.2.15, 2.2.23, 2.2.30, 2.2.37 */
import { describe, expect, test } from 'vitest';
import { earlier, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import type { Outgoing } from '../../src/session/outgoing.ts';
import type { Message } from '../../src/wire/message.ts';
import type { SessionPayload } from '../../src/wire/session-payload.ts';
import { Bench, type Player } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

const CLIENTS = ['first', 'second', 'third'] as const;

/** A session of a host and `count` clients who came one after the other. */
function meet(seed: string, count: number) {
  const bench = new Bench({ seed, players: ['host', ...CLIENTS], cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of CLIENTS.slice(0, count)) join(bench, name);
  return bench;
}
function join(bench: Bench, name: string) {
  bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
  bench.run(5 * SECOND);
}
function told<N extends SessionPayload['name']>(bench: Bench, from: string, to: string, name: N) {
  const all = bench.payloads(from, to);
  return all.filter((each): each is Extract<SessionPayload, { name: N }> => each.name === name);
}

/** A client that says what the test has it say, in session with the host. */
function admit(bench: Bench, name: string): Stranger {
  const stranger = bench.replace(name, new Stranger(name, bench.to('host')));
  stranger.connection.connect(bench.now);
  stranger.tell(bench.now, introduction({ clientName: name }));
  bench.run(SECOND);
  stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
  bench.run(SECOND);
  return stranger;
}

/** One player with two connections, each of which says what the test has it say. */
class Faces implements Player {
  readonly #faces: Readonly<Record<string, Stranger>>;

  constructor(toHost: Stranger, toFirst: Stranger) {
    this.#faces = { host: toHost, first: toFirst };
  }

  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    this.#faces[endpoint.line]?.receive(now, endpoint, message);
  }

  expire(now: Instant): void {
    for (const face of Object.values(this.#faces)) if ((face.deadline ?? Infinity) <= now) face.expire(now);
  }

  get deadline(): Instant | undefined {
    return Object.values(this.#faces).reduce<Instant | undefined>(
      (at, face) => earlier(at, face.deadline),
      undefined,
    );
  }

  poll(now: Instant, line: string): Outgoing | undefined {
    return this.#faces[line]?.poll(now, line);
  }

  next(): undefined {
    return undefined;
  }
}

describe('the first join', () => {
  test('ends with the client’s report of version 4 and the host’s RESYNC_VERSION of it [3.1.5.1-45, 3.1.5.1-46, 2.2.23-02, 2.2.23-04, 2.2.37-10, 2.2.37-12, 2.2.30-04]', () => {
    const bench = meet('first join', 1);
    expect(bench.payloads('first', 'host').at(-1)).toEqual({
      name: 'TRANS_USERDATA_NAMETABLE_VERSION',
      dwVersion: 4,
    });
    expect(bench.payloads('host', 'first').at(-1)).toEqual({
      name: 'TRANS_USERDATA_RESYNC_VERSION',
      dwVersion: 4,
    });
    expect(bench.session('first').nameTableVersion).toBe(4);
  });
});

describe('further joins', () => {
  test('are told to all who are there by ADD_PLAYER, as a peer of DirectX 9 [3.1.5.2-04, 6-10, 6-12]', () => {
    const bench = meet('further', 2);
    expect(told(bench, 'host', 'first', 'TRANS_USERDATA_ADD_PLAYER')).toMatchObject([
      { clientName: 'second', dwVersion: 5, dwFlags: 0x100, dwDNETClientVersion: 7, dpnidOwner: 0 },
    ]);
    expect(told(bench, 'host', 'second', 'TRANS_USERDATA_ADD_PLAYER')).toEqual([]);
  });

  test('list the host as 0x102 and all others as 0x100, of DirectX 9 [6-16, 6-18]', () => {
    const bench = meet('listed', 2);
    const [info] = told(bench, 'host', 'second', 'TRANS_USERDATA_SEND_SESSION_INFO');
    const entries = info!.DN_NAMETABLE_ENTRY_INFO;
    expect(entries.map(({ name, dwFlags, dwDNETVersion }) => [name, dwFlags, dwDNETVersion])).toEqual([
      ['host', 0x102, 7],
      ['first', 0x100, 7],
      ['second', 0x100, 7],
    ]);
    // Only the host is reached otherwise than by its URL: over the connection that everybody has to it (JOI-1).
    expect(entries.map(({ url }) => url === undefined)).toEqual([true, false, false]);
  });

  test('are reported by every client at versions divisible by 4, and nowhere else [2.2.37-10, 2.2.23-04, 2.2.23-05]', () => {
    const bench = meet('reports', 3);
    const reports = CLIENTS.map((name) =>
      told(bench, name, 'host', 'TRANS_USERDATA_NAMETABLE_VERSION').map(({ dwVersion }) => dwVersion),
    );
    expect(reports).toEqual([[4, 8], [8], [8]]);
    expect(bench.session('host').nameTableVersion).toBe(8);
  });

  test('have RESYNC_VERSION sent to all whenever the oldest report advances, never above the host’s version [2.2.37-11, 2.2.37-12, 2.2.30-04]', () => {
    const bench = meet('resync', 3);
    const versions = CLIENTS.map((name) =>
      told(bench, 'host', name, 'TRANS_USERDATA_RESYNC_VERSION').map(({ dwVersion }) => dwVersion),
    );
    for (const each of versions) expect(each.at(-1)).toBe(8);
    expect(versions[0]![0]).toBe(4);
    expect(versions[0]).toEqual([...versions[0]!].sort((a, b) => a - b));
  });

  test('are connected to by one as well who was there first and has not yet acknowledged its own [3.1.5.2-13]', () => {
    const bench = meet('slow first', 0);
    const slow = bench.replace('first', new Stranger('slow', bench.to('host')));
    slow.connection.connect(bench.now);
    slow.tell(bench.now, introduction({ clientName: 'first' }));
    bench.run(SECOND);
    join(bench, 'second');
    const second = bench.session('host').players.find(({ name }) => name === 'second')!.dpnid;
    expect(slow.payloads.map(({ name }) => name.replace('TRANS_USERDATA_', ''))).toEqual([
      'SEND_SESSION_INFO',
      'ADD_PLAYER',
      'INSTRUCT_CONNECT',
    ]);
    expect(slow.told('TRANS_USERDATA_INSTRUCT_CONNECT')).toMatchObject([{ dpnid: second, dwVersion: 5 }]);
  });

  test('that fail are undone at all who were there', () => {
    const bench = new Bench({
      seed: 'fails',
      players: ['host', ...CLIENTS],
      cables: [
        ['host', 'first'],
        ['host', 'second'],
        ['host', 'third'],
        ['first', 'second'],
      ],
    });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    for (const name of CLIENTS) join(bench, name);
    const [info] = told(bench, 'host', 'third', 'TRANS_USERDATA_SEND_SESSION_INFO');
    for (const name of ['first', 'second']) {
      expect(told(bench, 'host', name, 'TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([
        { dpnidLeaving: info!.dpnid, dwDestroyReason: 1 },
      ]);
      expect(bench.session(name).players.map((each) => each.name)).toEqual(['host', 'first', 'second']);
    }
  });
});

describe('a new one whom somebody cannot reach', () => {
  const cables = (...more: (readonly [string, string])[]) =>
    [...CLIENTS.map((name) => ['host', name] as const), ...more] as const;
  const unreached = (seed: string, ...more: (readonly [string, string])[]) => {
    const bench = new Bench({
      seed,
      players: ['host', ...CLIENTS],
      cables: cables(['first', 'second'], ...more),
    });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    for (const name of ['first', 'second']) join(bench, name);
    bench.heard.length = 0;
    return bench;
  };

  test('is taken out of all tables at once, whether it goes or not [3.1.5.2-17]', () => {
    const bench = unreached('stays');
    const third = admit(bench, 'third');
    const { dpnid } = third.told('TRANS_USERDATA_SEND_SESSION_INFO')[0]!;
    expect(third.told('TRANS_USERDATA_CONNECT_ATTEMPT_FAILED')).not.toEqual([]);
    for (const name of ['first', 'second']) {
      expect(told(bench, 'host', name, 'TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([
        { dpnidLeaving: dpnid },
      ]);
    }
  });

  test('is called no longer by those who still tried [3.1.5.2-15]', () => {
    const bench = unreached('tried', ['second', 'third']);
    admit(bench, 'third');
    const calls = () => bench.heard.filter(({ from, to }) => from === 'second' && to === 'third').length;
    const before = calls();
    expect(before).toBeGreaterThan(0);
    bench.run(60 * SECOND);
    expect(calls()).toBe(before);
  });
});

test('when the one who was behind all others goes, the rest is told of the oldest version that is left (NAM-10) [2.2.37-12]', () => {
  const bench = meet('behind', 1);
  const stranger = admit(bench, 'second');
  join(bench, 'third');
  // The stranger reports nothing, and nobody can reach it: third is sent away, first is at 8 and more.
  bench.heard.length = 0;
  stranger.connection.close(bench.now);
  bench.run(5 * SECOND);
  const [told, more] = bench
    .payloads('host', 'first')
    .flatMap((each) => (each.name === 'TRANS_USERDATA_RESYNC_VERSION' ? [each.dwVersion] : []));
  expect(told).toBe(8);
  expect(more).toBeUndefined();
});

test('once all have a version, everybody lets go of the operations before it [2.2.37-13]', () => {
  const bench = meet('let go', 3);
  for (const name of ['host', ...CLIENTS]) {
    expect(bench.session(name).nameTableVersion).toBe(8);
    expect(bench.session(name).holdings.operations, name).toBe(1);
  }
});

describe('who goes', () => {
  test('goes with reason 1 when it leaves and with reason 4 when the host removes it [2.2.15-08, 2.2.15-09, 2.2.15-10]', () => {
    const bench = meet('goes', 3);
    const [, second, third] = CLIENTS.map((name) => bench.session(name).self!.dpnid);
    bench.session('second').leave(bench.now);
    bench.run(10 * SECOND);
    bench.session('host').remove(bench.now, third!);
    bench.run(10 * SECOND);
    expect(told(bench, 'host', 'first', 'TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([
      { dpnidLeaving: second, dwVersion: 9, dwDestroyReason: 1 },
      { dpnidLeaving: third, dwVersion: 10, dwDestroyReason: 4 },
    ]);
  });

  test('is gone from the others’ tables although its last SACKs never come [3.1.5.3-10]', () => {
    const bench = meet('withheld', 1);
    const stranger = admit(bench, 'second');
    const { dpnid } = bench.session('host').players[2]!;
    stranger.connection.close(bench.now);
    bench.settle();
    bench.cut('host', 'second', true);
    bench.run(SECOND / 10);
    expect(stranger.connection.state).not.toBe('closed');
    expect(told(bench, 'host', 'first', 'TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([
      { dpnidLeaving: dpnid, dwDestroyReason: 1 },
    ]);
  });
});

describe('a client', () => {
  test('does nothing that another client tells of the name table [2.2.37-05]', () => {
    const bench = meet('impostor', 1);
    const host = bench.session('host');
    const stranger = new Stranger('to the host', bench.to('host'));
    const impostor = new Stranger('to the first', bench.to('first'));
    bench.replace('second', new Faces(stranger, impostor));
    stranger.connection.connect(bench.now);
    impostor.connection.listen(bench.now);
    stranger.tell(bench.now, introduction({ clientName: 'second' }));
    bench.run(SECOND);
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    bench.run(3 * SECOND);
    expect(impostor.told('TRANS_USERDATA_SEND_PLAYER_DNID')).toHaveLength(1);
    const { dpnid } = host.players[2]!;
    const first = bench.session('first');
    const { nameTableVersion, players } = first;
    expect(players).toHaveLength(3);
    impostor.tell(bench.now, {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: host.self!.dpnid,
      dwVersion: nameTableVersion + 1,
      dwDestroyReason: 1,
    });
    impostor.tell(bench.now, {
      name: 'TRANS_USERDATA_INSTRUCT_CONNECT',
      dpnid,
      dwVersion: nameTableVersion + 2,
    });
    bench.run(500 * MILLISECOND);
    expect(first).toMatchObject({ nameTableVersion, players });
    expect(bench.told('first', 'violation').length).toBeGreaterThanOrEqual(2);
  });
});
