import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { decodeTransport, type TransportPacket } from '../../src/wire/transport-packet.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

const meet = (seed: string, players = ['host', 'first', 'second']) => {
  const bench = new Bench({ seed, players, cables: 'all' });
  bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  for (const name of players.slice(1)) {
    bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
    bench.run(5 * SECOND);
  }
  bench.heard.length = 0;
  return bench;
};
const packets = (bench: Bench, from: string, to: string): TransportPacket[] =>
  bench.heard.flatMap((each) => {
    if (each.from !== from || each.to !== to) return [];
    const packet = decodeTransport(each.body);
    return isMalformed(packet) ? [] : [packet];
  });
const ends = (bench: Bench, from: string, to: string) =>
  packets(bench, from, to).filter(
    (packet) => packet.name === 'TRANS_USERDATA_HEADER' && packet.bControl === 8,
  ).length;
const sacks = (bench: Bench, from: string, to: string) =>
  packets(bench, from, to).filter(({ name }) => name === 'TRANS_COMMAND_SACK').length;
const kinds = (bench: Bench, from: string, to: string) =>
  bench.payloads(from, to).map(({ name }) => name.replace('TRANS_USERDATA_', ''));

describe('a client leaves', () => {
  test('and ends all its connections, each answered by four SACKs and END_OF_STREAM; the host tells the others, who ask after it [3.1.5.3-01] [3.1.5.3-02] [3.1.5.3-09] [3.1.5.3-11] [3.1.5.3-12]', () => {
    const bench = meet('leaves');
    const { dpnid } = bench.session('first').self!;
    bench.session('first').leave(bench.now);
    bench.run(20 * SECOND);
    for (const other of ['host', 'second']) {
      expect(ends(bench, 'first', other)).toBe(1);
      expect(ends(bench, other, 'first')).toBe(1);
      expect(sacks(bench, other, 'first')).toBeGreaterThanOrEqual(4);
      expect(sacks(bench, 'first', other)).toBeGreaterThanOrEqual(4);
    }
    expect(bench.payloads('host', 'second')).toContainEqual({
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: dpnid,
      dwVersion: bench.session('host').nameTableVersion,
      dwDestroyReason: 1,
    });
    expect(kinds(bench, 'second', 'host')).toContain('REQ_INTEGRITY_CHECK');
    expect(kinds(bench, 'host', 'first')).toEqual([]);
  });

  test('and nothing it says afterwards is sent', () => {
    const bench = meet('quiet');
    bench.session('first').leave(bench.now);
    expect(bench.session('first').chat(bench.now, 'too late')).toBe(0);
    bench.run(20 * SECOND);
    expect(bench.told('host', 'chat')).toEqual([]);
    expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'left' }]);
  });

  test('over a dead line, and is gone all the same once the retries are used up; again, at once', () => {
    const bench = meet('dead', ['host', 'first']);
    bench.cut('host', 'first', true);
    bench.session('first').leave(bench.now);
    bench.run(60 * SECOND);
    expect(bench.session('first').state).toBe('idle');
    const impatient = meet('impatient', ['host', 'first']);
    impatient.cut('host', 'first', true);
    impatient.session('first').leave(impatient.now);
    impatient.run(SECOND);
    impatient.session('first').leave(impatient.now);
    impatient.run(5 * SECOND);
    expect(impatient.session('first').state).toBe('idle');
  });
});

describe('a client is removed', () => {
  test('by TERMINATE_SESSION, on which it ends all its connections; the others are told at once [2.2.14-02] [2.2.14-07] [3.1.5.5-01] [3.1.5.5-02] [3.1.5.5-03] [3.1.5.5-04] [3.1.5.5-07]', () => {
    const bench = meet('removed');
    const { dpnid } = bench.session('first').self!;
    const data = Uint8Array.of(0x62, 0x79, 0x65);
    expect(bench.session('host').remove(bench.now, dpnid, data)).toBe(true);
    bench.run(20 * SECOND);
    expect(bench.payloads('host', 'first')).toEqual([
      { name: 'TRANS_USERDATA_TERMINATE_SESSION', TerminateData: data },
    ]);
    expect(bench.told('first', 'removed')).toEqual([{ type: 'removed', data }]);
    expect(bench.told('first', 'ended')).toMatchObject([{ cause: 'removed' }]);
    for (const other of ['host', 'second']) {
      expect(ends(bench, 'first', other)).toBe(1);
      expect(ends(bench, other, 'first')).toBe(1);
    }
    expect(bench.payloads('host', 'second')).toContainEqual(
      expect.objectContaining({ dpnidLeaving: dpnid, dwDestroyReason: 4 }),
    );
  });

  test('and does not go: it is cut off after a few seconds (DIS-9)', () => {
    const bench = new Bench({ seed: 'stays', players: ['host', 'stranger'], cables: 'all' });
    const host = bench.session('host');
    host.host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    const stranger = bench.replace('stranger', new Stranger('stays', bench.to('host')));
    stranger.connection.connect(0);
    stranger.tell(0, introduction());
    stranger.tell(0, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    bench.run(5 * SECOND);
    expect(host.players).toHaveLength(2);
    host.remove(bench.now, host.players[1]!.dpnid);
    expect(host.players).toHaveLength(1);
    bench.run(3 * SECOND);
    expect(stranger.connection.state).toBe('connected');
    bench.run(5 * SECOND);
    expect(stranger.connection.state).toBe('closed');
  });

  test('that is no player, or ourselves: nothing happens', () => {
    const bench = meet('nobody', ['host', 'first']);
    const host = bench.session('host');
    expect(host.remove(bench.now, 12345)).toBe(false);
    expect(host.remove(bench.now, host.self!.dpnid)).toBe(false);
    expect(bench.session('first').remove(bench.now, host.self!.dpnid)).toBe(false);
    expect(host.players).toHaveLength(2);
  });
});

describe('a connection between two clients breaks', () => {
  test('and who lost it is told to go, and says goodbye to the host [3.1.5.6-05]', () => {
    const bench = meet('broken');
    bench.cut('first', 'second', true);
    bench.session('second').send(bench.now, new Uint8Array(9), { reliable: true, sequential: true });
    bench.run(90 * SECOND);
    expect(kinds(bench, 'second', 'host')).toContain('REQ_INTEGRITY_CHECK');
    expect(kinds(bench, 'host', 'first')).toEqual(['INTEGRITY_CHECK', 'DESTROY_PLAYER']);
    expect(kinds(bench, 'first', 'host')).toContain('INTEGRITY_CHECK_RESPONSE');
    expect(kinds(bench, 'host', 'second')).toEqual(['TERMINATE_SESSION']);
    expect(ends(bench, 'second', 'host')).toBe(1);
  });
});
