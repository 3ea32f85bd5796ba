import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { encodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { Bench, type BenchOptions } from './bench.ts';
import { INSTANCE, Stranger } from './stranger.ts';

const setUp = (seed: string, options: Partial<BenchOptions> = {}) => {
  const bench = new Bench({ seed, players: ['host', 'first', 'second'], cables: 'all', ...options });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test Session', instance: INSTANCE });
  return bench;
};
const join = (bench: Bench, name: string) =>
  bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });

/** What went from one to another, without repeats and acknowledgments, in words. */
const said = (bench: Bench, from: string, to: string): string[] => {
  const seen = new Set<string>();
  return bench.heard.flatMap((each) => {
    const packet = decodeTransport(each.body);
    if (each.from !== from || each.to !== to || isMalformed(packet)) return [];
    if (packet.name === 'TRANS_COMMAND_SACK') return [];
    if (packet.name === 'HARD_DISCONNECT') return [packet.name];
    if (packet.name !== 'TRANS_USERDATA_HEADER') return [`${packet.name} ${packet.bCommand.toString(16)}`];
    if ((packet.bCommand & 0x10) === 0) return [];
    const what =
      packet.bControl & 2 ? 'KEEPALIVE' : packet.bControl & 8 ? 'END_OF_STREAM' : nameOf(packet.payload);
    const key = `${packet.bSeq}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [what];
  });
};
const TYPES: Record<number, string> = {
  193: 'PLAYER_CONNECT_INFO',
  194: 'SEND_SESSION_INFO',
  195: 'ACK_SESSION_INFO',
  196: 'SEND_PLAYER_DNID',
  198: 'INSTRUCT_CONNECT',
  199: 'INSTRUCTED_CONNECT_FAILED',
  200: 'CONNECT_ATTEMPT_FAILED',
  201: 'NAMETABLE_VERSION',
  202: 'RESYNC_VERSION',
  208: 'ADD_PLAYER',
  209: 'DESTROY_PLAYER',
};
const nameOf = (payload: Uint8Array) => TYPES[payload[0] ?? 0] ?? 'other';

describe('the first client', () => {
  test('shakes hands, introduces itself, acknowledges, and is told to connect [3.1.5.1-12] [3.1.5.1-38] [3.1.5.1-42] [3.1.5.1-43] [3.1.5.1-44] [3.2.5-03] [3.3.4-05] [2.2.10-02] [2.2.26-03] [2.2.33-04]', () => {
    const bench = setUp('alone');
    join(bench, 'first');
    bench.run(5 * SECOND);
    expect(said(bench, 'first', 'host').slice(0, 5)).toEqual([
      'TRANS_COMMAND_CONNECT 88',
      'TRANS_COMMAND_CONNECT_ACCEPT 80',
      'KEEPALIVE',
      'PLAYER_CONNECT_INFO',
      'ACK_SESSION_INFO',
    ]);
    expect(said(bench, 'host', 'first').slice(0, 4)).toEqual([
      'TRANS_COMMAND_CONNECT_ACCEPT 88',
      'KEEPALIVE',
      'SEND_SESSION_INFO',
      'INSTRUCT_CONNECT',
    ]);
  });

  test('sends what its introduction must hold [2.2.26-04] [2.2.26-05] [2.2.26-06] [2.2.26-08] [2.2.26-10] [2.2.26-14] [2.2.26-16] [2.2.26-21] [2.2.26-23] [6-13]', () => {
    const bench = setUp('introduction');
    join(bench, 'first');
    bench.run(5 * SECOND);
    const told = bench.payloads('first', 'host')[0]!;
    expect(told).toMatchObject({ dwFlags: 4, dwDNETVersion: 7, guidInstance: INSTANCE, clientName: 'first' });
    const bytes = encodePayload(told);
    const word = (offset: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
    expect([word(0), word(4), word(8)]).toEqual([0xc1, 4, 7]);
    expect(word(12)).not.toBe(0);
    expect(word(16)).toBe(12);
    expect([word(28), word(32)]).toEqual([0, 0]);
    expect([...bytes.subarray(68, 84)]).toEqual([
      0xda, 0x80, 0xef, 0x61, 0x1b, 0x69, 0x47, 0x42, 0x9a, 0xdd, 0x1c, 0x7b, 0xed, 0x2b, 0xc1, 0x3e,
    ]);
  });

  test('learns the session and its players from the host [2.2.33-09] [2.2.33-10] [2.2.33-11] [2.2.33-15] [2.2.33-17] [2.2.33-22] [2.2.33-23] [2.2.33-38]', () => {
    const bench = setUp('information');
    join(bench, 'first');
    bench.run(5 * SECOND);
    expect(bench.payloads('host', 'first')[0]).toMatchObject({
      name: 'TRANS_USERDATA_SEND_SESSION_INFO',
      dwFlags: 4,
      dwMaxPlayers: 0,
      dwCurrentPlayers: 2,
      guidInstance: INSTANCE,
      applicationGUID: '61EF80DA-691B-4247-9ADD-1C7BED2BC13E',
      SessionName: 'Test Session',
      dpnid: bench.session('first').self!.dpnid,
    });
    for (const part of ['Password', 'reply', 'ReservedData', 'ApplicationReservedData']) {
      expect(bench.payloads('host', 'first')[0]).not.toHaveProperty(part);
    }
  });
});

describe('one more client', () => {
  test('is announced, told of the others, and connected to by them [3.1.5.2-01] [3.1.5.2-02] [3.1.5.2-05] [3.1.5.2-12] [3.1.5.2-13] [3.1.5.2-18] [3.1.5.2-22] [3.1.5.2-23] [2.2.20-02] [2.2.20-04] [2.2.32-02]', () => {
    const bench = setUp('second');
    join(bench, 'first');
    bench.run(5 * SECOND);
    bench.heard.length = 0;
    join(bench, 'second');
    bench.run(5 * SECOND);
    expect(said(bench, 'second', 'host').slice(0, 5)).toEqual([
      'TRANS_COMMAND_CONNECT 88',
      'TRANS_COMMAND_CONNECT_ACCEPT 80',
      'KEEPALIVE',
      'PLAYER_CONNECT_INFO',
      'ACK_SESSION_INFO',
    ]);
    expect(said(bench, 'host', 'first').slice(0, 2)).toEqual(['ADD_PLAYER', 'INSTRUCT_CONNECT']);
    expect(said(bench, 'host', 'second').slice(2, 4)).toEqual(['SEND_SESSION_INFO', 'INSTRUCT_CONNECT']);
    expect(said(bench, 'first', 'second')).toEqual([
      'TRANS_COMMAND_CONNECT 88',
      'TRANS_COMMAND_CONNECT_ACCEPT 80',
      'KEEPALIVE',
      'SEND_PLAYER_DNID',
    ]);
    expect(said(bench, 'second', 'first')).toEqual(['TRANS_COMMAND_CONNECT_ACCEPT 88', 'KEEPALIVE']);
    const [named] = bench.payloads('first', 'second');
    expect(named).toEqual({
      name: 'TRANS_USERDATA_SEND_PLAYER_DNID',
      dpnID: bench.session('first').self!.dpnid,
    });
  });

  test('whom an existing one cannot reach is sent away, and all tables agree [3.1.5.2-14] [3.1.5.2-15] [3.1.5.2-16] [2.2.12-02] [2.2.12-04] [2.2.21-04]', () => {
    const bench = setUp('no way', {
      cables: [
        ['host', 'first'],
        ['host', 'second'],
      ],
    });
    join(bench, 'first');
    bench.run(5 * SECOND);
    const first = bench.session('first').self!.dpnid;
    bench.heard.length = 0;
    join(bench, 'second');
    bench.run(5 * SECOND);
    const second = bench.payloads('host', 'second').find(({ name }) => name.endsWith('SESSION_INFO'));
    const { dpnid } = second as Extract<SessionPayload, { name: 'TRANS_USERDATA_SEND_SESSION_INFO' }>;
    expect(bench.payloads('first', 'host')).toContainEqual({
      name: 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED',
      dpnID: dpnid,
    });
    expect(bench.payloads('host', 'second')).toContainEqual({
      name: 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED',
      dpnID: first,
    });
    expect(said(bench, 'host', 'first').slice(0, 3)).toEqual([
      'ADD_PLAYER',
      'INSTRUCT_CONNECT',
      'DESTROY_PLAYER',
    ]);
    expect(bench.told('second', 'ended')).toMatchObject([{ cause: 'unreachable' }]);
    expect(bench.told('second', 'joined')).toEqual([]);
    expect(bench.session('first').nameTableVersion).toBe(bench.session('host').nameTableVersion);
  });

  test('waits no longer for an existing one that is no player any more', () => {
    const bench = setUp('no longer there');
    join(bench, 'first');
    bench.run(5 * SECOND);
    bench.cut('first', 'second', true);
    join(bench, 'second');
    bench.run(5 * SECOND);
    expect(bench.session('second').state).toBe('joining');
    bench.session('host').remove(bench.now, bench.session('first').self!.dpnid);
    bench.run(SECOND);
    expect(bench.session('second').state).toBe('joined');
  });

  test('whose cable to an existing one is dead is sent away when all attempts went unanswered [2.2.21-02]', () => {
    const bench = setUp('dead cable');
    join(bench, 'first');
    bench.run(5 * SECOND);
    bench.cut('first', 'second', true);
    join(bench, 'second');
    bench.run(25 * SECOND);
    expect(bench.session('second').state).toBe('joining');
    bench.run(30 * SECOND);
    expect(bench.session('second').state).toBe('idle');
    expect(bench.session('host').players).toHaveLength(2);
    expect(bench.session('first').players).toHaveLength(2);
  });
});

describe('a host that misbehaves', () => {
  const meet = (seed: string, timing = {}) => {
    const bench = new Bench({ seed, players: ['host', 'client'], cables: 'all', session: { timing } });
    const host = bench.replace('host', new Stranger(seed, bench.to('client')));
    host.connection.listen(0);
    bench.session('client').join(0, bench.to('host'), { name: 'client', instance: INSTANCE });
    bench.run(SECOND);
    return { bench, host };
  };

  test('and does not answer the introduction is left after 30 s (TIM-6)', () => {
    const { bench, host } = meet('silent host');
    bench.run(25 * SECOND);
    expect(bench.session('client').state).toBe('joining');
    bench.run(10 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'stalled' }]);
    expect(host.connection.state).toBe('closed');
  });

  test('and refuses is reported with its code and its reply [2.2.13-02]', () => {
    const { bench, host } = meet('refusing host');
    const reply = Uint8Array.of(0x6e, 0x6f, 0);
    host.tell(bench.now, { name: 'TRANS_USERDATA_CONNECT_FAILED', hResultCode: 0x80158260, reply });
    host.connection.close(bench.now);
    bench.run(5 * SECOND);
    expect(bench.told('client', 'refused')).toEqual([{ type: 'refused', code: 0x80158260, reply }]);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'refused' }]);
  });

  test('and sends a table without the client in it is left', () => {
    const { bench, host } = meet('lying host');
    host.tell(bench.now, {
      name: 'TRANS_USERDATA_SEND_SESSION_INFO',
      dwFlags: 4,
      dwMaxPlayers: 0,
      dwCurrentPlayers: 2,
      guidInstance: INSTANCE,
      applicationGUID: '61EF80DA-691B-4247-9ADD-1C7BED2BC13E',
      dpnid: 7,
      dwVersion: 3,
      DN_NAMETABLE_ENTRY_INFO: [],
      DN_NAMETABLE_MEMBERSHIP_INFO: [],
      ApplicationReservedData: undefined,
      ReservedData: undefined,
      Password: undefined,
      SessionName: 'lies',
      reply: undefined,
    });
    bench.run(5 * SECOND);
    expect(bench.told('client', 'violation')).toMatchObject([{ section: '2.2.33.1' }]);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'violation' }]);
  });

  test('and is not there at all is given up when the connect retries are', () => {
    const bench = new Bench({ seed: 'nobody', players: ['host', 'client'], cables: 'all' });
    bench.session('client').join(0, bench.to('host'), { name: 'client', instance: INSTANCE });
    bench.run(90 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'unanswered' }]);
  });
});
