import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import type { HostOptions } from '../../src/session/session-options.ts';
import { DPNERR } from '../../src/wire/flags.ts';
import { encodePayload } from '../../src/wire/session-payload.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

const OTHER = '00000000-0000-0000-0000-000000000001';

/** A host, a client that may join, and a stranger with an open connection to the host. */
const setUp = (seed: string, options: Partial<HostOptions> = {}) => {
  const bench = new Bench({ seed, players: ['host', 'client', 'stranger'], cables: 'all' });
  const host = bench.session('host');
  host.host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE, ...options });
  const stranger = bench.replace('stranger', new Stranger(seed, bench.to('host')));
  stranger.connection.connect(0);
  bench.run(SECOND);
  return { bench, host, stranger };
};
/** An introduction whose name lies beyond its end. */
const garbled = () => {
  const bytes = encodePayload(introduction());
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(12, 0x7fff_fff0, true);
  return bytes;
};
const join = (bench: Bench, password?: string) =>
  bench.session('client').join(bench.now, bench.to('host'), {
    name: 'client',
    instance: INSTANCE,
    ...(password === undefined ? {} : { password }),
  });

describe('who may join', () => {
  const refusal = (parts: Parameters<typeof introduction>[0], options: Partial<HostOptions> = {}) => {
    const { bench, host, stranger } = setUp('refused', options);
    stranger.tell(bench.now, introduction(parts));
    bench.run(10 * SECOND);
    const failed = stranger.told('TRANS_USERDATA_CONNECT_FAILED');
    expect(failed).toHaveLength(1);
    expect(stranger.payloads).toHaveLength(1);
    expect(stranger.connection.state).toBe('closed');
    expect(bench.told('host', 'turnedAway')).toMatchObject([{ code: failed[0]!.hResultCode }]);
    expect(host.players).toHaveLength(1);
    return failed[0]!;
  };

  test('whose dwFlags are not those of a peer is refused as no peer [2.2.13-06]', () => {
    expect(refusal({ dwFlags: 2 }).hResultCode).toBe(0x80158390);
  });

  test('whose DirectPlay version is none is refused for it [2.2.13-07]', () => {
    expect(refusal({ dwDNETVersion: 0 }).hResultCode).toBe(0x80158460);
  });

  test('with another instance GUID, zeros included, it is refused for it, then END_OF_STREAM [2.2.13-08] [2.2.26-22] [3.1.5.1-40] [3.1.5.1-41]', () => {
    expect(refusal({ guidInstance: OTHER }).hResultCode).toBe(0x80158380);
    const zero = '00000000-0000-0000-0000-000000000000';
    expect(refusal({ guidInstance: zero }).hResultCode).toBe(0x80158380);
  });

  test('with another application GUID it is refused for it [2.2.13-09] [2.2.26-24]', () => {
    expect(refusal({ guidApplication: OTHER }).hResultCode).toBe(0x80158300);
  });

  test('with a wrong password, or none where one is asked for, it is refused for it [2.2.13-10]', () => {
    expect(refusal({ Password: 'wrong' }, { password: 'right' }).hResultCode).toBe(0x80158410);
    expect(refusal({}, { password: 'right' }).hResultCode).toBe(0x80158410);
  });

  test('when the application refuses, its reply goes along [2.2.13-11] [2.2.13-15]', () => {
    const reply = Uint8Array.of(0x4e, 0x6f, 0);
    const failed = refusal(
      { clientName: 'Nobody' },
      { refuse: ({ name }) => (name === 'Nobody' ? reply : undefined) },
    );
    expect(failed).toMatchObject({ hResultCode: 0x80158260, reply });
  });

  test('the checks come in one order, so that several faults give one code (JOI-6)', () => {
    const parts = {
      dwFlags: 2,
      dwDNETVersion: 0,
      guidApplication: OTHER,
      guidInstance: OTHER,
      Password: 'wrong',
    };
    const options = { password: 'right', refuse: () => new Uint8Array(0) };
    expect(refusal(parts, options).hResultCode).toBe(DPNERR.INVALIDINTERFACE);
    expect(refusal({ ...parts, dwFlags: 4 }, options).hResultCode).toBe(DPNERR.INVALIDVERSION);
    const old = { ...parts, dwFlags: 4, dwDNETVersion: 7 };
    expect(refusal(old, options).hResultCode).toBe(DPNERR.INVALIDAPPLICATION);
    const { guidApplication: _, ...own } = old;
    expect(refusal(own, options).hResultCode).toBe(DPNERR.INVALIDINSTANCE);
    expect(refusal({ Password: 'wrong' }, options).hResultCode).toBe(DPNERR.INVALIDPASSWORD);
    expect(refusal({ Password: 'right' }, options).hResultCode).toBe(DPNERR.HOSTREJECTEDCONNECTION);
  });

  test('a full session refuses like a host that does not want more (JOI-7)', () => {
    const { bench, stranger } = setUp('full', { playersMax: 2 });
    join(bench);
    bench.run(3 * SECOND);
    stranger.tell(bench.now, introduction());
    bench.run(3 * SECOND);
    expect(stranger.told('TRANS_USERDATA_CONNECT_FAILED')).toMatchObject([
      { hResultCode: DPNERR.HOSTREJECTEDCONNECTION },
    ]);
    bench.session('client').leave(bench.now);
    bench.run(5 * SECOND);
    const next = bench.replace('stranger', new Stranger('next', bench.to('host')));
    next.connection.connect(bench.now);
    next.tell(bench.now, introduction());
    bench.run(3 * SECOND);
    expect(next.told('TRANS_USERDATA_SEND_SESSION_INFO')).toHaveLength(1);
  });

  test('a PLAYER_CONNECT_INFO that cannot be read is refused for no particular reason [2.2.13-12]', () => {
    const { bench, stranger } = setUp('garbled');
    stranger.tell(bench.now, garbled());
    bench.run(5 * SECOND);
    expect(stranger.told('TRANS_USERDATA_CONNECT_FAILED')).toMatchObject([{ hResultCode: 0x80004005 }]);
    expect(bench.told('host', 'violation')).toMatchObject([{ section: '2.2.26' }]);
  });

  test.each([
    ['in order', encodePayload(introduction())],
    ['that cannot be read', garbled()],
  ])('while the host is leaving, it says so, to an introduction %s [2.2.13-04]', (_, bytes) => {
    const { bench, host, stranger } = setUp('leaving');
    join(bench);
    bench.run(3 * SECOND);
    bench.cut('host', 'client', true);
    host.leave(bench.now);
    bench.run(SECOND);
    stranger.tell(bench.now, bytes);
    bench.run(3 * SECOND);
    expect(stranger.told('TRANS_USERDATA_CONNECT_FAILED')).toMatchObject([{ hResultCode: 0x80158050 }]);
    bench.run(60 * SECOND);
    expect(host.state).toBe('idle');
  });

  test.each([
    ['in order', encodePayload(introduction())],
    ['that cannot be read', garbled()],
  ])('a player that is not the host says so, to an introduction %s [2.2.13-05]', (_, bytes) => {
    const { bench } = setUp('not the host');
    join(bench);
    bench.run(3 * SECOND);
    const lost = bench.replace('stranger', new Stranger('lost', bench.to('client')));
    lost.connection.connect(bench.now);
    lost.tell(bench.now, bytes);
    bench.run(5 * SECOND);
    expect(lost.told('TRANS_USERDATA_CONNECT_FAILED')).toMatchObject([{ hResultCode: 0x80158530 }]);
    expect(lost.connection.state).toBe('closed');
    expect(bench.session('client').state).toBe('joined');
  });

  test('a password where none is asked for does no harm (JOI-9)', () => {
    const { bench } = setUp('extra password');
    join(bench, 'nobody asked');
    bench.run(3 * SECOND);
    expect(bench.session('client').state).toBe('joined');
  });

  test('the right password lets in, in clear text [2.2.26-31]', () => {
    const { bench } = setUp('password', { password: 'right' });
    join(bench, 'right');
    bench.run(3 * SECOND);
    expect(bench.session('client').state).toBe('joined');
    const told = bench.payloads('client', 'host')[0];
    expect(told).toMatchObject({ name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO', Password: 'right' });
  });

  test('with a player present, a refused one leaves no trace: CONNECT_FAILED, END_OF_STREAM, no ADD_PLAYER [3.1.5.2-03]', () => {
    const { bench, stranger } = setUp('present');
    join(bench);
    bench.run(3 * SECOND);
    const before = bench.payloads('host', 'client').length;
    stranger.tell(bench.now, introduction({ guidInstance: OTHER }));
    bench.run(5 * SECOND);
    expect(stranger.told('TRANS_USERDATA_CONNECT_FAILED')).toHaveLength(1);
    expect(stranger.connection.state).toBe('closed');
    expect(bench.payloads('host', 'client')).toHaveLength(before);
  });
});

describe('those who misbehave', () => {
  test('one who connects and says nothing is shown out after 30 s, and its place is free again (TIM-6)', () => {
    const { bench, stranger } = setUp('silent');
    bench.run(28 * SECOND);
    expect(stranger.connection.state).toBe('connected');
    bench.run(5 * SECOND);
    expect(stranger.connection.state).toBe('closed');
    expect(bench.told('host', 'violation')).toMatchObject([{ section: 'TIM-6' }]);
  });

  test('one who never acknowledges the session information is taken out of all tables after 30 s (TIM-6)', () => {
    const { bench, host, stranger } = setUp('half in');
    join(bench);
    bench.run(3 * SECOND);
    stranger.tell(bench.now, introduction());
    bench.run(SECOND);
    expect(bench.session('client').players).toHaveLength(3);
    bench.run(35 * SECOND);
    expect(host.players).toHaveLength(2);
    expect(bench.session('client').players).toHaveLength(2);
    expect(stranger.connection.state).toBe('closed');
    expect(bench.told('host', 'playerJoined')).toHaveLength(1);
    expect(bench.told('client', 'playerLeft')).toEqual([]);
  });

  test('one who vanishes half-way is taken out as well, and the others talk on', () => {
    const { bench, host, stranger } = setUp('vanishes');
    join(bench);
    bench.run(3 * SECOND);
    stranger.tell(bench.now, introduction());
    bench.run(SECOND);
    bench.cut('host', 'stranger', true);
    for (let n = 0; n < 60; n++) {
      host.chat(bench.now, `line ${n}`);
      bench.run(SECOND);
    }
    expect(bench.told('client', 'chat')).toHaveLength(60);
    expect(host.players).toHaveLength(2);
  });

  test('a client that tells others what only the host may tell changes nothing (NAM-17, DIS-11)', () => {
    const { bench, host, stranger } = setUp('impostor');
    stranger.tell(bench.now, introduction());
    bench.run(SECOND);
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    bench.run(SECOND);
    const { nameTableVersion } = host;
    const self = host.self!.dpnid;
    stranger.tell(bench.now, {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: self,
      dwVersion: nameTableVersion + 1,
      dwDestroyReason: 1,
    });
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_TERMINATE_SESSION', TerminateData: undefined });
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    stranger.tell(bench.now, introduction());
    stranger.tell(bench.now, Uint8Array.of(0xff, 0, 0, 0));
    bench.run(SECOND);
    expect(host).toMatchObject({ state: 'hosting', nameTableVersion });
    expect(host.players).toHaveLength(2);
    expect(bench.told('host', 'violation')).toHaveLength(5);
  });

  test('a client cannot have another one sent away whom it was not told to connect to', () => {
    const { bench, host, stranger } = setUp('slander');
    join(bench);
    bench.run(3 * SECOND);
    stranger.tell(bench.now, introduction());
    bench.run(SECOND);
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    bench.run(SECOND);
    const { dpnid } = bench.session('client').self!;
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED', dpnID: dpnid });
    bench.run(SECOND);
    expect(host.players.map(({ name }) => name)).toContain('client');
    expect(bench.told('host', 'violation')).toMatchObject([{ section: '2.2.21' }]);
  });
});
