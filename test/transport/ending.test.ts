import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { ascii, established, hex, LoneEnd, SESSION, word } from './lone-end.ts';

const RELIABLE = { reliable: true, sequential: true };
const close = (end: LoneEnd) => end.command((connection, now) => connection.close(now));
const abort = (end: LoneEnd) => end.command((connection, now) => connection.abort(now));
const sack = (nextReceive: number) => `80 06 01 00 02 ${hex(Uint8Array.of(nextReceive))} 00 00 00 00 00 00`;
const hard = (session = SESSION) => `80 04 05 00 ${word(0x00010000)} ${word(session)} 00 00 00 00`;

describe('END_OF_STREAM', () => {
  it('is a frame of four bytes with bControl 08 and a number of its own (DIS-6) [2.2.16-01] [2.2.16-07] [2.2.16-08] [2.2.16-09] [3.1.5.3-03] [3.1.4.2-01]', () => {
    expect(close(established()).hex).toEqual(['3f 08 01 01']);
  });

  it('goes out behind everything queued, and nothing new after it (DIS-7) [3.1.5.3-05]', () => {
    const end = established();
    end.command((connection, now) => {
      for (let n = 0; n < 20; n++) connection.send(now, ascii('x'), RELIABLE);
    });
    close(end);
    for (let n = 2; n <= 22; n++) end.receive(sack(n));
    end.run(end.now + 60 * SECOND);
    expect(end.frames.map(({ bSeq }) => bSeq).slice(0, 21)).toEqual(
      Array.from({ length: 21 }, (_, n) => n + 1),
    );
    expect(end.frames[20]).toMatchObject({ bControl: 8, bSeq: 21 });
    expect(end.frames.every(({ bSeq }) => bSeq <= 21)).toBe(true);
  });

  it('is repeated until it is acknowledged [2.2.16-04]', () => {
    const end = close(established());
    end.run(end.now + SECOND);
    expect(end.frames.length).toBeGreaterThan(1);
    expect(end.frames.every(({ bControl }) => (bControl & 8) !== 0)).toBe(true);
  });

  it('of the partner is answered by four SACKs and one of our own [2.2.16-02] [2.2.16-06] [2.2.17-19] [3.1.5.3-07] [3.1.5.4-03] [3.1.5.5-05] [3.1.5.6-06]', () => {
    const end = established().receive('3f 08 01 01');
    expect(end.sacks.map(({ bNRcv }) => bNRcv)).toEqual([2, 2, 2, 2]);
    expect(end.frames).toMatchObject([{ bControl: 8, bSeq: 1, bNRcv: 2 }]);
    expect(end.receive('80 06 01 00 02 02 00 00 00 00 00 00').of('closed')).toEqual([
      { type: 'closed', cause: 'partner', undelivered: 0 },
    ]);
  });

  it('of the partner, in answer to ours, is answered by four SACKs, and that is the end [3.1.5.3-06] [3.1.5.3-08] [3.1.5.4-02] [3.1.5.4-04] [3.1.5.5-06] [3.1.5.6-07]', () => {
    const end = close(established()).forget().receive(sack(2));
    expect(end.connection.state).toBe('closing');
    end.receive('3f 08 01 02');
    expect(end.sacks.map(({ bNRcv }) => bNRcv)).toEqual([2, 2, 2, 2]);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'local', undelivered: 0 }]);
  });

  it('goes out before the four SACKs for the partner’s, whose answer to it is what the end waits for (DIS-1)', () => {
    const end = established().receive('3f 08 01 01');
    expect(end.sent.map(({ packet }) => packet.name)).toEqual([
      'TRANS_USERDATA_HEADER',
      ...Array.from({ length: 4 }, () => 'TRANS_COMMAND_SACK'),
    ]);
  });

  it('that was sent leaves SACKs their meaning, until the partner’s has come [3.1.5.3-06]', () => {
    const end = established();
    end.command((connection, now) => {
      connection.send(now, ascii('x'), { ...RELIABLE, receipt: 1 });
      connection.send(now, ascii('y'), { ...RELIABLE, receipt: 2 });
    });
    close(end).forget();
    // 1 is missing, 2 is here: 2 is acknowledged and 1 repeated; then all are here, the end included.
    end.receive('80 06 03 00 01 01 00 00 00 00 00 00 01 00 00 00').run(end.now + 15 * MILLISECOND);
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([2]);
    expect(end.frames.map(({ bSeq }) => bSeq)).toContain(1);
    end.receive(sack(4)).forget();
    expect(end.run(end.now + 20 * SECOND).frames).toEqual([]);
    expect(end.connection.undelivered).toBe(0);
  });

  it('does not silence a partner that still sends: it is heard as long as it does, unless we abort', () => {
    const end = close(established()).receive(sack(2));
    for (let n = 1; n < 60; n++) {
      end.run(end.now + 2 * SECOND).receive(`37 00 ${hex(Uint8Array.of(n))} 02 41`);
    }
    expect(end.messages).toHaveLength(59);
    expect(end.connection.state).toBe('closing');
    expect(
      abort(end)
        .run(end.now + SECOND)
        .of('closed'),
    ).toHaveLength(1);
  });

  it('from both sides at once ends both', () => {
    const end = close(established()).receive('3f 08 01 01').receive(sack(2));
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'local', undelivered: 0 }]);
  });

  it('takes effect in its turn [2.2.16-05]', () => {
    const end = established().receive('3f 08 02 01');
    expect(end.connection.state).toBe('connected');
    end.receive('3f 00 01 01 41');
    expect(end.messages).toEqual(['A']);
    expect(end.connection.state).toBe('closing');
  });

  it('is recognised by bControl whatever the other bits [2.2.16-03]', () => {
    for (const command of ['01', '27', '3d', '7f']) {
      expect(established().receive(`${command} 08 01 01`).connection.state).toBe('closing');
    }
  });

  it('with a payload is data and no end (DIS-5) [3.1.5.3-04] [3.1.5.9-03] [3.1.5.9-04]', () => {
    const end = established().receive('3d 08 01 01 41');
    expect(end.messages).toEqual(['A']);
    expect(end.connection.state).toBe('connected');
  });

  it('is followed by nothing that counts', () => {
    const end = established().receive('3f 08 01 01').receive('3f 00 02 01 41');
    expect(end.messages).toEqual([]);
    expect(end.of('violation')[0]?.section).toBe('3.1.5.3');
  });

  it('that comes again after the end is answered for a few seconds (DIS-2), and then no more', () => {
    const end = close(established()).receive(sack(2)).receive('3f 08 01 02').forget();
    end.run(end.now + 3 * SECOND).receive('3f 09 01 02');
    expect(end.sacks.map(({ bNRcv }) => bNRcv)).toEqual([2]);
    end.forget().run(end.now + 10 * SECOND);
    expect(end.receive('3f 09 01 02').sent).toEqual([]);
  });

  it('stops keep-alives [3.1.2.4-05]', () => {
    const end = close(established()).receive(sack(2)).forget();
    end.run(end.now + 29 * SECOND);
    expect(end.sent).toEqual([]);
  });

  it('that the partner acknowledges without one of its own is given up after 30 s of silence', () => {
    const end = close(established()).receive(sack(2));
    expect(end.run(end.now + 31 * SECOND).of('closed')).toEqual([
      { type: 'closed', cause: 'retries', undelivered: 0 },
    ]);
  });
});

describe('HARD_DISCONNECT', () => {
  it('is sent three times, half a round trip apart, and everything queued is given up', () => {
    const end = established({ roundTrip: 40 * MILLISECOND });
    end.command((connection, now) => connection.send(now, ascii('x'), { ...RELIABLE, receipt: 1 }));
    const { now } = end.forget();
    abort(end).run(now + 10 * SECOND);
    expect(end.sent.map(({ at }) => (at - now) / MILLISECOND)).toEqual([0, 20, 40]);
    expect(end.hex[0]).toBe(
      `80 04 01 00 ${word(0x00010000)} ${word(SESSION)} ${word(Math.floor(now / MILLISECOND))}`,
    );
    expect(end.of('lost')).toEqual([{ type: 'lost', receipt: 1 }]);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'local', undelivered: 1 }]);
  });

  it('of the partner is answered by three of our own at once', () => {
    const end = established();
    const { now } = end;
    end.receive(hard()).run(now + 10 * SECOND);
    expect(end.sent).toHaveLength(3);
    expect(end.sent[0]?.at).toBe(now);
    expect(end.of('closed')).toMatchObject([{ cause: 'hardDisconnect' }]);
  });

  it('of the partner counts as the acknowledgment of ours', () => {
    const end = abort(established()).receive(hard());
    expect(end.of('closed')).toMatchObject([{ cause: 'local' }]);
    expect(end.run(end.now + SECOND).sent).toHaveLength(1);
  });

  it('with another dwSessID is disregarded', () => {
    expect(established().receive(hard(1)).connection.state).toBe('connected');
  });
});

describe('commands in the wrong state', () => {
  it('have no effect, and closing before there is a connection ends at once', () => {
    const end = new LoneEnd();
    close(end);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'local', undelivered: 0 }]);
    end.command((connection, now) => connection.connect(now));
    abort(close(end));
    expect(end.events).toHaveLength(1);
    expect(end.connection.state).toBe('closed');
  });
});

describe('a partner that acknowledges END_OF_STREAM by its mask and then says that it expects it', () => {
  it('is given up when it falls silent', () => {
    const end = established();
    end.command((connection, now) => connection.send(now, ascii('x'), RELIABLE));
    close(end);
    // Frame 1 is missing and 2, our END_OF_STREAM, is here; then 1 is here and 2 is expected.
    end.receive('80 06 03 00 01 01 00 00 00 00 00 00 01 00 00 00');
    end.receive(sack(2));
    end.run(end.now + 120 * SECOND);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'retries', undelivered: 0 }]);
  });
});
