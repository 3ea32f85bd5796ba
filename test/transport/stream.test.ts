import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { ascii, established, hex, LoneEnd, SESSION, word } from './lone-end.ts';

const V4 = { version: 0x00010004 };
const V6 = { version: 0x00010006 };
const RELIABLE = { reliable: true, sequential: true };

describe('acknowledging', () => {
  it('reproduces the worked SACK of a polled unreliable frame [2.2.9-05] [2.2.9-06] [2.2.9-07] [2.2.9-11] [2.2.9-19] [2.2.9-25] [2.2.9-27] [3.1.5.7-02]', () => {
    const end = established();
    end.command((connection, now) => {
      connection.send(now, ascii('a'), RELIABLE);
      connection.send(now, ascii('b'), RELIABLE);
    });
    for (let n = 1; n < 5; n++) end.receive(`37 00 0${n} 03 41`);
    end.forget();
    end.now = 0x00115d07 * MILLISECOND;
    end.receive('3d 00 05 03 01 41 42 43 44 45');
    expect(end.hex).toEqual(['80 06 01 00 03 06 00 00 07 5d 11 00']);
    expect(end.messages).toEqual(['\x01ABCDE']);
  });

  it('waits 100 ms in order, 20 ms out of order or twice, and not at all with POLL (DFR-9) [2.2.17-08] [3.1.2.6-01] [2.2.9-02] [2.2.9-03] [2.2.9-04] [3.1.2.6-02] [3.1.6.6-01]', () => {
    for (const [packet, delay] of [
      ['37 00 01 01 41', 100],
      ['37 00 02 01 41', 20],
      ['37 00 00 01 41', 20],
      ['3f 00 01 01 41', 0],
    ] as const) {
      const end = established();
      const { now } = end;
      end.receive(packet).run(now + SECOND);
      expect(end.sacks.map(({ at }) => (at - now) / MILLISECOND)).toEqual([delay]);
    }
  });

  it('takes several receipts together [3.1.2.6-01]', () => {
    const end = established().receive('37 00 01 01 41').receive('37 00 02 01 41').receive('37 00 03 01 41');
    expect(end.run(end.now + SECOND).sacks.map(({ bNRcv }) => bNRcv)).toEqual([4]);
  });

  it('rides on a frame that leaves anyway, and then needs no SACK [2.2.9-01]', () => {
    const end = established().receive('37 00 01 01 41').forget();
    end.command((connection, now) => connection.send(now, ascii('x'), RELIABLE));
    expect(end.frames[0]?.bNRcv).toBe(2);
    expect(end.receive('80 06 01 00 01 02 00 00 00 00 00 00').run(end.now + SECOND).sacks).toEqual([]);
  });

  it('tells whether the last frame was a retry (DFR-13) [2.2.9-20]', () => {
    const end = established().receive('3f 01 01 01 41').receive('3f 00 02 01 41').receive('3f 01 02 01 41');
    expect(end.sacks.map(({ bRetry }) => bRetry)).toEqual([1, 0, 1]);
  });

  it('leaves out of it a frame out of reach, which is not processed (DFR-13)', () => {
    const end = established().receive('3f 00 01 01 41').receive('3f 01 64 01 41');
    expect(end.sacks.map(({ bRetry }) => bRetry)).toEqual([0, 0]);
  });
});

describe('keep-alives', () => {
  it('go out unasked when the handshake is done, below 1.6 without dwSessID (KEP-2) [2.2.22-03] [2.2.22-05] [2.2.22-07] [3.1.5.2-21]', () => {
    for (const [options, keepAlive] of [
      [V4, '3f 02 00 00'],
      [{ ...V6, version: 0x00010005 }, '3f 02 00 00'],
      [V6, `3f 02 00 00 ${word(SESSION)}`],
    ] as const) {
      const end = new LoneEnd(options).command((connection, now) => connection.listen(now));
      end.receive(`88 01 00 00 ${word(options.version)} ${word(SESSION)} 00 00 00 00`).forget();
      end.receive(`80 02 01 00 ${word(options.version)} ${word(SESSION)} 00 00 00 00`);
      expect(end.hex).toEqual([keepAlive]);
    }
  });

  it('follow 25 s of silence, counted from the last valid receipt [3.1.2.4-01] [3.1.2.4-02] [3.1.2.4-04]', () => {
    const end = established(V6);
    const { now } = end;
    end.run(now + 25 * SECOND);
    expect(end.frames.map(({ at }) => at - now)).toEqual([25 * SECOND]);
    expect(hex(end.sent.at(-1)!.bytes)).toBe(`3f 02 01 01 ${word(SESSION)}`);
  });

  it('are put off by valid data frames and SACKs [3.1.6.4-01] [3.1.6.4-02]', () => {
    const end = established();
    for (let n = 1; n < 9; n++) {
      end.run(end.now + 20 * SECOND);
      end.receive(n % 2 === 0 ? '80 06 01 00 01 01 00 00 00 00 00 00' : `37 00 0${(n + 1) / 2} 01 41`);
    }
    expect(end.frames).toEqual([]);
  });

  it('take another interval from the timing [3.1.2.4-03]', () => {
    const end = established({ timing: { keepAlive: 5 * SECOND } });
    const { now } = end;
    expect(end.run(now + 6 * SECOND).frames[0]?.at).toBe(now + 5 * SECOND);
  });

  it('are acknowledged, never answered, and their payload never indicated [2.2.17-15] [2.2.22-04] [3.1.5.9-01] [3.1.5.9-02]', () => {
    for (const command of ['27', '2f', '37', '3f']) {
      const end = established(V6).receive(`${command} 02 01 01 ${word(SESSION)} 41 42`);
      end.run(end.now + SECOND);
      expect(end.messages).toEqual([]);
      expect(end.frames).toEqual([]);
      expect(end.sacks.map(({ bNRcv }) => bNRcv)).toEqual([2]);
    }
  });

  it('with another dwSessID are disregarded unacknowledged [2.2.22-09]', () => {
    const end = established(V6)
      .receive(`3f 02 01 01 ${word(1)}`)
      .run(5 * SECOND);
    expect(end.sent).toEqual([]);
    expect(end.of('violation')[0]?.section).toBe('2.2.22');
  });

  it('below 1.5 are a request for a dedicated SACK, and their payload is a message (KEP-4) [2.2.17-16] [2.2.22-06]', () => {
    const end = established(V4);
    end.command((connection, now) => {
      for (let n = 0; n < 50; n++) connection.send(now, ascii('x'), RELIABLE);
    });
    end.forget().receive('37 02 01 02 41').receive('37 02 02 02');
    expect(end.messages).toEqual(['A']);
    expect(end.sacks.map(({ bNRcv }) => bNRcv)).toEqual([2, 3]);
  });
});

describe('coalesced frames', () => {
  it('are taken apart in header order, sizes without padding [2.2.3-06] [2.2.7-23] [2.2.17-17] [2.2.17.1-01] [2.2.17.1-10] [2.2.17.1-11] [2.2.17.1-15] [2.2.17.1-18]', () => {
    const end = established(V6).receive('7f 04 01 01 05 46 04 47 61 62 63 64 65 00 00 00 66 67 68 69');
    expect(end.messages).toEqual(['abcde', 'fghi']);
    expect(end.of('message').every(({ session, reliable }) => session && reliable)).toBe(true);
    const plain = established(V6).receive('7f 00 01 01 05 46 04 47 61 62 63 64 65 00 00 00 66 67 68 69');
    expect(plain.messages).toHaveLength(1);
  });

  it('wait for their turn [2.2.17.1-17]', () => {
    const end = established(V6).receive('7f 04 02 01 01 47 00 00 62').receive('7f 00 01 01 61');
    expect(end.messages).toEqual(['a', 'b']);
  });

  it('without NEW_MSG and END_MSG are taken apart all the same, and reported (DFR-16)', () => {
    const end = established(V6).receive('4f 04 01 01 01 47 00 00 61');
    expect(end.messages).toEqual(['a']);
    expect(end.of('violation').map(({ section }) => section)).toEqual(['2.2.17.1']);
  });

  it('that cannot be taken apart are acknowledged, reported and go no further [2.2.17.1-13]', () => {
    const end = established(V6).receive('7f 04 01 01 ff 47 00 00 61').receive('7f 04 02 01 01 46');
    expect(end.messages).toEqual([]);
    expect(end.of('violation').map(({ section }) => section)).toEqual(['2.2.17.1', '2.2.17.1']);
    expect(end.sacks.at(-1)?.bNRcv).toBe(3);
  });
});

describe('frames that begin and end messages out of step (DFR-16)', () => {
  it.each([
    ['NEW_MSG while a message is open ends it', ['17 41', '37 42'], ['A', 'B']],
    ['a frame without NEW_MSG after an end begins a message', ['37 41', '27 42'], ['A', 'B']],
    ['a frame without NEW_MSG at the beginning begins one', ['07 41', '27 42'], ['AB']],
    ['parts make one message', ['17 41', '07 42', '27 43'], ['ABC']],
  ])('%s', (_, frames, messages) => {
    const end = established();
    frames.forEach((text, n) => {
      const [command, payload] = text.split(' ');
      end.receive(`${command} 00 0${n + 1} 01 ${payload}`);
    });
    expect(end.messages).toEqual(messages);
  });

  it.each(['3f 00 01 01', '3b 00 02 01'])(
    'a message in one frame (%s) beyond the limit ends it too',
    (header) => {
      const end = established({ messageSizeMax: 19 }).receive(`${header} ${'41 '.repeat(20)}`);
      end.run(end.now + SECOND);
      expect(end.messages).toEqual([]);
      expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'hardDisconnect', undelivered: 0 }]);
    },
  );

  it('a message beyond the limit ends the connection', () => {
    const end = established({ messageSizeMax: 100 });
    for (let n = 1; n < 20; n++) end.receive(`07 00 ${hex(Uint8Array.of(n))} 01 ${'41 '.repeat(20)}`);
    end.run(end.now + SECOND);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'hardDisconnect', undelivered: 0 }]);
    expect(end.of('violation')).toHaveLength(1);
    expect(end.hex.filter((bytes) => bytes.startsWith('80 04'))).toHaveLength(3);
  });
});
