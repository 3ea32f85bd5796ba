import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Spoken, WireWatch } from '../../src/sim/wire-watch.ts';
import { encodeTransport } from '../../src/wire/transport-packet.ts';

const data = (bSeq: number, bNRcv: number, bControl = 0) =>
  encodeTransport({
    name: 'TRANS_USERDATA_HEADER',
    bCommand: 0x3f,
    bControl,
    bSeq,
    bNRcv,
    payload: Uint8Array.of(1, 2, 3),
  });

function watching() {
  const heard = new Spoken();
  let forged = 0;
  const watch = new WireWatch(
    { name: 'near', isConnected: () => true, patience: 10 * MILLISECOND },
    new Spoken(),
    heard,
    () => forged++,
  );
  const send = (now: Instant, body: Uint8Array) =>
    watch.tap(now, 'sent', { kind: 'transport', identifier: 0, body });
  const receive = (now: Instant, body: Uint8Array, isGenuine = true) => {
    if (isGenuine) heard.add(body);
    watch.tap(now, 'received', { kind: 'transport', identifier: 0, body });
  };
  return { watch, send, receive, forged: () => forged };
}

describe('the watch over a wire', () => {
  it('allows 64 frames beyond what was acknowledged, across the end of the numbers, and not 65', () => {
    const { watch, send, receive } = watching();
    for (let n = 0; n < 300; n++) {
      send(n, data(n & 0xff, 0));
      if (n >= 63) receive(n, data(0, (n - 62) & 0xff));
    }
    for (let n = 300; n < 301; n++) send(n, data(n & 0xff, 0));
    expect(watch.complaints).toEqual([]);
    send(301, data(301 & 0xff, 0));
    expect(watch.complaints).toEqual(['near: 65 frames are outstanding']);
  });

  it('complains of a number that does not follow', () => {
    const { watch, send } = watching();
    send(0, data(0, 0));
    send(1, data(2, 0));
    expect(watch.complaints).toEqual(['near: frame 2 where 1 follows']);
  });

  it('wants data acknowledged 100 ms later and what the line takes, by whatever carries bNRcv', () => {
    const { watch, send, receive } = watching();
    receive(0, data(0, 0));
    send(110 * MILLISECOND, data(0, 1));
    expect(watch.complaints).toEqual([]);
    receive(SECOND, data(1, 0));
    watch.check(SECOND + 110 * MILLISECOND);
    expect(watch.complaints).toEqual([]);
    watch.check(SECOND + 110 * MILLISECOND + 1);
    expect(watch.complaints).toEqual(['near: an acknowledgment is 1 us late at 1110001']);
  });

  it('wants a word after 25 s in which nothing was heard', () => {
    const { watch, send, receive } = watching();
    receive(0, data(0, 0));
    send(1, data(0, 1));
    watch.check(25 * SECOND);
    expect(watch.complaints).toEqual([]);
    watch.check(26 * SECOND);
    expect(watch.complaints).toHaveLength(1);
    expect(watch.complaints[0]).toMatch(/keep-alive/);
  });

  it('excuses a host that slept', () => {
    const { watch, receive } = watching();
    receive(0, data(0, 0));
    watch.excuse();
    watch.check(60 * SECOND);
    expect(watch.complaints).toEqual([]);
  });

  it('knows what was never sent', () => {
    const { watch, receive, forged } = watching();
    receive(0, data(0, 0));
    expect(watch.forged).toBe(0);
    receive(1, data(1, 0), false);
    expect(watch.forged).toBe(1);
    expect(forged()).toBe(1);
  });
});
