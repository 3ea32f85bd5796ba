/** Integrity checks between sessions: who asks whom, and who goes. [MS-DPDX] 2.2.27 to 2.2.29, 3.1.5.6 */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Bench } from './bench.ts';
import { INSTANCE, introduction, Stranger } from './stranger.ts';

/** A host and two players that say what the test has them say. */
function strangers(seed: string) {
  const bench = new Bench({ seed, players: ['host', 'asking', 'asked'], cables: 'all' });
  const host = bench.session('host');
  host.host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
  const [asking, asked] = ['asking', 'asked'].map((name) => {
    const stranger = bench.replace(name, new Stranger(name, bench.to('host')));
    stranger.connection.connect(bench.now);
    stranger.tell(bench.now, introduction({ clientName: name }));
    bench.run(SECOND);
    stranger.tell(bench.now, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
    bench.run(SECOND);
    return stranger;
  }) as [Stranger, Stranger];
  const idOf = (name: string) => host.players.find((each) => each.name === name)!.dpnid;
  return { bench, host, asking, asked, askingId: idOf('asking'), askedId: idOf('asked') };
}
const request = (dpnidTarget: number, dwReqContext = 0) =>
  ({ name: 'TRANS_USERDATA_REQ_INTEGRITY_CHECK', dwReqContext, dpnidTarget }) as const;
const response = (dpnidRequesting: number) =>
  ({ name: 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE', dpnidRequesting }) as const;

describe('the host that is asked after a player', () => {
  test('asks that player, in the name of who asked, whatever the context says [2.2.27-02, 2.2.27-04, 2.2.27-05, 2.2.27-06, 2.2.28-04, 3.1.5.6-02]', () => {
    for (const context of [0, 0xdead_beef]) {
      const { bench, asking, asked, askingId, askedId } = strangers(`asks ${context}`);
      asking.tell(bench.now, request(askedId, context));
      bench.run(SECOND);
      expect(asked.told('TRANS_USERDATA_INTEGRITY_CHECK')).toEqual([
        { name: 'TRANS_USERDATA_INTEGRITY_CHECK', dpnidRequesting: askingId },
      ]);
      expect(asking.told('TRANS_USERDATA_INTEGRITY_CHECK')).toEqual([]);
    }
  });

  test('takes it out of all tables when it does not answer in time [3.1.5.6-03]', () => {
    const { bench, host, asking, askedId } = strangers('silent');
    asking.tell(bench.now, request(askedId));
    bench.run(29 * SECOND);
    expect(asking.told('TRANS_USERDATA_DESTROY_PLAYER')).toEqual([]);
    bench.run(3 * SECOND);
    expect(asking.told('TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([
      { dpnidLeaving: askedId, dwDestroyReason: 1 },
    ]);
    expect(host.players.map(({ name }) => name)).toEqual(['host', 'asking']);
  });

  test('has who asked leave when it answers, and tells it so [3.1.5.6-04, 3.1.5.6-08]', () => {
    const { bench, host, asking, asked, askingId, askedId } = strangers('answers');
    asking.tell(bench.now, request(askedId));
    bench.run(SECOND);
    asked.tell(bench.now, response(askingId));
    bench.run(SECOND);
    expect(asking.told('TRANS_USERDATA_TERMINATE_SESSION')).toHaveLength(1);
    expect(asked.told('TRANS_USERDATA_DESTROY_PLAYER')).toMatchObject([{ dpnidLeaving: askingId }]);
    expect(asked.told('TRANS_USERDATA_TERMINATE_SESSION')).toEqual([]);
    expect(host.players.map(({ name }) => name)).toEqual(['host', 'asked']);
  });

  test('has only the first of two leave who ask after each other', () => {
    const { bench, host, asking, asked, askingId, askedId } = strangers('each other');
    asking.tell(bench.now, request(askedId));
    bench.run(SECOND);
    asked.tell(bench.now, request(askingId));
    asked.tell(bench.now, response(askingId));
    bench.run(SECOND);
    asking.tell(bench.now, response(askedId));
    bench.run(60 * SECOND);
    expect(host.players.map(({ name }) => name)).toContain('asked');
    expect(asked.told('TRANS_USERDATA_TERMINATE_SESSION')).toEqual([]);
  });

  test('does nothing when that is nobody, who asks, or the host itself; an answer to nothing harms nobody', () => {
    const { bench, host, asking, asked, askingId } = strangers('nothing');
    for (const target of [4711, askingId, host.self!.dpnid]) asking.tell(bench.now, request(target));
    asked.tell(bench.now, response(askingId));
    bench.run(60 * SECOND);
    expect(host.players).toHaveLength(3);
    for (const each of [asking, asked]) {
      expect(each.told('TRANS_USERDATA_INTEGRITY_CHECK')).toEqual([]);
      expect(each.told('TRANS_USERDATA_TERMINATE_SESSION')).toEqual([]);
    }
  });
});

describe('a client', () => {
  test('that loses another asks the host after it, and one that is asked after says that it is there [2.2.28-02, 2.2.29-02, 2.2.29-04, 3.1.5.6-01, 3.1.5.6-02, 3.1.5.6-04]', () => {
    const bench = new Bench({ seed: 'client', players: ['host', 'first', 'second'], cables: 'all' });
    bench.session('host').host(0, { name: 'host', sessionName: 'Test', instance: INSTANCE });
    for (const name of ['first', 'second']) {
      bench.session(name).join(bench.now, bench.to('host'), { name, instance: INSTANCE });
      bench.run(5 * SECOND);
    }
    const [first, second] = ['first', 'second'].map((name) => bench.session(name).self!.dpnid);
    bench.heard.length = 0;
    bench.cut('first', 'second', true);
    bench.session('second').send(bench.now, new Uint8Array(9), { reliable: true, sequential: true });
    bench.run(90 * SECOND);
    expect(bench.payloads('second', 'host')).toContainEqual(request(first!));
    const check = { name: 'TRANS_USERDATA_INTEGRITY_CHECK', dpnidRequesting: second };
    expect(bench.payloads('host', 'first')).toContainEqual(check);
    expect(bench.payloads('first', 'host')).toContainEqual(response(second!));
    expect(bench.payloads('host', 'second').map(({ name }) => name)).toContain(
      'TRANS_USERDATA_TERMINATE_SESSION',
    );
  });
});
