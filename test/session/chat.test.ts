import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { type DataPacket, decodeTransport } from '../../src/wire/transport-packet.ts';
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
/** Data frames without USER_1. */
const frames = (bench: Bench, from: string, to: string): DataPacket[] =>
  bench.heard.flatMap((each) => {
    const packet = decodeTransport(each.body);
    const isOurs = each.from === from && each.to === to && !isMalformed(packet);
    return isOurs && packet.name === 'TRANS_USERDATA_HEADER' && (packet.bCommand & 0x40) === 0
      ? [packet]
      : [];
  });

describe('a line of chat', () => {
  test('goes to each other participant once, as 0x3D with 402 bytes: type, text, zeros [2.2.31-01] [2.2.31-02] [2.2.31-03] [2.2.31-04] [2.2.31-05] [2.2.31-06] [2.2.31-07] [3.1.4.1-01] [3.1.4.1-02] [3.1.4.1-03]', () => {
    const bench = meet('chat');
    expect(bench.session('first').chat(bench.now, 'Hi')).toBe(2);
    bench.run(5 * SECOND);
    for (const other of ['host', 'second']) {
      const sent = frames(bench, 'first', other);
      expect(sent).toHaveLength(1);
      const [{ bCommand, bControl, payload }] = sent as [DataPacket];
      expect([bCommand, bControl, payload.length]).toEqual([0x3d, 0, 402]);
      expect([...payload.subarray(0, 6)]).toEqual([1, 0, 0x48, 0, 0x69, 0]);
      expect(payload.subarray(6).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('asks for its acknowledgment at once also where another follows (CHT-6)', () => {
    const bench = meet('two lines', ['host', 'first']);
    bench.session('first').chat(bench.now, 'one');
    bench.session('first').chat(bench.now, 'two');
    bench.run(5 * SECOND);
    expect(frames(bench, 'first', 'host').map(({ bCommand }) => bCommand)).toEqual([0x3d, 0x3d]);
  });

  test('is shown with its sender, and acknowledged by a SACK at once [3.1.5.7-01] [3.1.5.7-02]', () => {
    const bench = meet('shown', ['host', 'first']);
    bench.session('first').chat(bench.now, 'Hi');
    bench.run(20 * MILLISECOND);
    expect(bench.told('host', 'chat')).toMatchObject([{ from: { name: 'first' }, text: 'Hi' }]);
    const [{ bSeq }] = frames(bench, 'first', 'host') as [DataPacket];
    const answers = bench.heard
      .filter(({ from }) => from === 'host')
      .map(({ body }) => decodeTransport(body));
    expect(answers).toMatchObject([{ name: 'TRANS_COMMAND_SACK', bNRcv: bSeq + 1 }]);
  });

  test('of more than 199 characters is cut, and one of other characters arrives whole (CHT-3)', () => {
    const bench = meet('long', ['host', 'first']);
    bench.session('first').chat(bench.now, 'x'.repeat(500));
    bench.session('first').chat(bench.now, 'Grüße, 世界, 🚂');
    bench.run(5 * SECOND);
    expect(bench.told('host', 'chat').map(({ text }) => text)).toEqual(['x'.repeat(199), 'Grüße, 世界, 🚂']);
  });

  test('that is too short is acknowledged and thrown away [2.2.31-08] [2.2.31-09]', () => {
    const bench = meet('short', ['host', 'first']);
    const payload = new Uint8Array(22);
    payload[0] = 1;
    bench.session('first').send(bench.now, payload, { reliable: false, sequential: true, receipt: 5 });
    bench.run(5 * SECOND);
    expect(bench.told('first', 'acknowledged')).toMatchObject([{ receipt: 5 }]);
    expect(bench.told('host', 'chat')).toEqual([]);
    expect(bench.told('host', 'message')).toEqual([]);
    expect(bench.told('host', 'violation')).toMatchObject([{ section: '2.2.31' }]);
  });

  test('is not what is too short for one and does not travel as one does', () => {
    const bench = meet('no chat', ['host', 'first']);
    const payload = Uint8Array.of(1, 0, 7);
    bench.session('first').send(bench.now, payload, { reliable: true, sequential: true });
    bench.session('first').send(bench.now, payload, { reliable: false, sequential: false });
    bench.run(SECOND);
    expect(bench.told('host', 'message').map((each) => [...each.payload])).toEqual([
      [1, 0, 7],
      [1, 0, 7],
    ]);
    expect(bench.told('host', 'violation')).toEqual([]);
  });

  test('of another type is no chat but a message of the application (CHT-4)', () => {
    const bench = meet('type', ['host', 'first']);
    const payload = new Uint8Array(402).fill(2);
    bench.session('first').send(bench.now, payload, { reliable: false, sequential: true });
    bench.run(5 * SECOND);
    expect(bench.told('host', 'chat')).toEqual([]);
    expect(bench.told('host', 'message')).toMatchObject([{ payload, reliable: false, sequential: true }]);
  });

  test('of somebody who is not in yet is acknowledged and dropped (JOI-12)', () => {
    const bench = new Bench({ seed: 'early', players: ['host', 'stranger'], cables: 'all' });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    const stranger = bench.replace('stranger', new Stranger('early', bench.to('host')));
    stranger.connection.connect(0);
    stranger.tell(0, introduction());
    const payload = new Uint8Array(402);
    payload.set([1, 0, 0x48, 0]);
    stranger.connection.send(0, payload, { reliable: false, sequential: true, receipt: 1 });
    bench.run(5 * SECOND);
    expect(bench.session('host').chat(bench.now, 'anybody?')).toBe(0);
    expect(stranger.events).toContainEqual({ type: 'acknowledged', receipt: 1 });
    expect(bench.told('host', 'chat')).toEqual([]);
  });
});

describe('a message of the application', () => {
  test('goes to one player or to all, and its receipt comes back once per receiver', () => {
    const bench = meet('receipts');
    const first = bench.session('first').self!.dpnid;
    const delivery = { reliable: true, sequential: true };
    const host = bench.session('host');
    expect(host.send(bench.now, Uint8Array.of(9), { ...delivery, receipt: 1 })).toBe(2);
    expect(host.send(bench.now, Uint8Array.of(8), { ...delivery, receipt: 2, to: first })).toBe(1);
    expect(host.send(bench.now, Uint8Array.of(7), { ...delivery, to: 4711 })).toBe(0);
    bench.run(5 * SECOND);
    expect(bench.told('first', 'message').map(({ payload }) => payload[0])).toEqual([9, 8]);
    expect(bench.told('second', 'message').map(({ payload }) => payload[0])).toEqual([9]);
    const second = bench.session('second').self!.dpnid;
    const receipts = bench.told('host', 'acknowledged').map(({ to, receipt }) => [to, receipt]);
    expect(receipts).toHaveLength(3);
    expect(receipts).toEqual(
      expect.arrayContaining([
        [first, 1],
        [first, 2],
        [second, 1],
      ]),
    );
  });

  test('to a player whose line is dead is reported lost', () => {
    const bench = meet('lost', ['host', 'first']);
    bench.cut('host', 'first', true);
    const delivery = { reliable: true, sequential: true, receipt: 3 };
    bench.session('host').send(bench.now, new Uint8Array(9), delivery);
    bench.run(60 * SECOND);
    expect(bench.told('host', 'lost')).toMatchObject([{ receipt: 3 }]);
  });
});
