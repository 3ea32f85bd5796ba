import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import type { SendOptions } from '../../src/transport/connection-event.ts';
import { decodeCoalesced } from '../../src/wire/coalesced.ts';
import { ascii, established, hex, type LoneEnd, word } from './lone-end.ts';

const RELIABLE: SendOptions = { reliable: true, sequential: true };
const UNRELIABLE: SendOptions = { reliable: false, sequential: true };
/** The bare schedule of the text, without the early probe of a burst's end. */
const LITERAL = { timing: { tailProbe: false } };

const send = (end: LoneEnd, text: string, options: SendOptions = RELIABLE) =>
  end.command((connection, now) => connection.send(now, ascii(text), options));

/** A SACK in hex: bNRcv and up to two mask words. */
const sack = (nextReceive: number, low = 0, high = 0, retry = 0) => {
  const flags = 1 | (low === 0 ? 0 : 2) | (high === 0 ? 0 : 4);
  const masks = `${low === 0 ? '' : word(low)} ${high === 0 ? '' : word(high)}`;
  return `${hex(Uint8Array.of(0x80, 6, flags, retry, 1, nextReceive))} 00 00 00 00 00 00 ${masks}`.trim();
};

const sequences = (end: LoneEnd) => end.frames.map(({ bSeq }) => bSeq);

/** Opens the window to 64 by acknowledging one frame at a time. */
function opened(options = {}): LoneEnd {
  const end = established({ ...LITERAL, ...options });
  for (let n = 1; n <= 70; n++) send(end, 'x').receive(sack((n + 1) & 0xff));
  return end.forget();
}

describe('the Retry Timer', () => {
  it('repeats after 2.5 RTT + 100 ms, then in steps of it, doubling, at most 5 s, ten times, and then the connection is lost [3.1.2.3-01] [3.1.2.3-03] [3.1.2.3-06] [3.1.2.3-07] [3.1.2.3-08] [3.1.2.3-09] [3.1.6.3-01] [3.1.6.3-02] [3.1.6.3-03] [3.1.6.3-04] [3.1.6.3-05] [3.1.6.3-06]', () => {
    const end = established({ ...LITERAL, roundTrip: 40 * MILLISECOND });
    const { now } = end;
    send(end, 'a', { ...RELIABLE, receipt: 7 }).run(now + 100 * SECOND);
    const times = end.frames.filter(({ bSeq }) => bSeq === 1).map(({ at }) => (at - now) / MILLISECOND);
    expect(times.slice(0, 6)).toEqual([0, 200, 600, 1200, 2400, 4800]);
    expect(times.slice(6)).toEqual([9600, 14_600, 19_600, 24_600, 29_600]);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'retries', undelivered: 1 }]);
    expect(end.of('lost')).toEqual([{ type: 'lost', receipt: 7 }]);
    expect(end.forget().run(end.now + 100 * SECOND).sent).toEqual([]);
  });

  it('grows by B, B, 3B and then doubles, which the cap of 5 s hides where B is long [3.1.2.3-06] [3.1.2.3-07] [3.1.2.3-08] [3.1.6.3-03]', () => {
    const times = (timing: { retryMax?: number }) => {
      const end = established({ timing: { ...LITERAL.timing, ...timing }, roundTrip: 0 });
      const { now } = end;
      send(end, 'a').run(now + 1000 * SECOND);
      const at = end.frames.filter(({ bSeq }) => bSeq === 1).map((frame) => frame.at - now);
      return at.slice(1).map((each, n) => (each - at[n]!) / (100 * MILLISECOND));
    };
    expect(times({ retryMax: 1000 * SECOND })).toEqual([1, 2, 3, 6, 12, 24, 48, 96, 96, 96]);
    expect(times({})).toEqual([1, 2, 3, 6, 12, 24, 48, 50, 50, 50]);
  });

  it('repeats with the old number, RETRY set, and bNRcv as of now (DFR-12) [2.2.17-05] [2.2.17-14]', () => {
    const end = send(established(LITERAL), 'a').receive('37 00 01 01 42').run(1_400_000);
    expect(end.hex[0]).toBe('3f 00 01 01 61');
    expect(hex(end.frames[1]!.payload)).toBe('61');
    expect(end.frames[1]).toMatchObject({ bCommand: 0x3f, bControl: 1, bSeq: 1, bNRcv: 2 });
  });

  it('leaves acknowledged frames alone [2.2.17-06] [3.1.5.11-01] [3.1.5.11-03] [3.1.2.3-05]', () => {
    const end = send(established(LITERAL), 'a')
      .receive('37 00 01 02 42')
      .forget()
      .run(20 * SECOND);
    expect(end.frames).toEqual([]);
  });

  it('waits out what its own line and the partner’s take, so that a slow line causes no retries', () => {
    const lineTime = (bytes: number) => Math.ceil(((bytes + 8) * 10 * SECOND) / 9600);
    const end = established({ lineTime, ...LITERAL });
    const { now } = end;
    send(end, 'x'.repeat(250)).run(now + lineTime(254) * 4);
    expect(end.frames).toHaveLength(1);
    expect(end.run(now + 20 * SECOND).frames.length).toBeGreaterThan(1);
  });
});

describe('the probe of a burst’s end', () => {
  it('repeats the last frame 1.5 round trips after it left, twice at most before the schedule', () => {
    const end = established({ roundTrip: 40 * MILLISECOND });
    const { now } = end;
    send(end, 'a').run(now + 190 * MILLISECOND);
    expect(end.frames.map(({ at }) => (at - now) / MILLISECOND)).toEqual([0, 90]);
    expect(end.of('retried')[0]).toMatchObject({ sequence: 1, attempt: 1, cause: 'probe' });
  });
});

describe('acknowledgment', () => {
  it('counts every number before bNRcv, modulo 256 [3.1.5.11-02]', () => {
    const end = established();
    for (let n = 1; n <= 252; n++) send(end, 'x').receive(sack(n + 1));
    expect(end.connection.statistics.outstanding).toBe(0);
    for (const receipt of [253, 254, 255, 0]) send(end, 'x', { ...RELIABLE, receipt });
    expect(sequences(end).slice(-4)).toEqual([253, 254, 255, 0]);
    end.receive(sack(1));
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([253, 254, 255, 0]);
  });

  it('rides on a data frame as well as on a SACK [2.2.9-01]', () => {
    const end = send(established(), 'a', { ...RELIABLE, receipt: 1 });
    end.receive('37 00 01 02 41');
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([1]);
  });

  it('disregards numbers that were never sent, masks and all (DFR-8)', () => {
    const end = opened();
    send(end, 'a', { ...RELIABLE, receipt: 1 }).receive(sack(100, 1));
    expect(end.of('acknowledged')).toEqual([]);
    expect(end.of('violation')[0]?.section).toBe('3.1.5.11');
  });

  it('of a frame out of range is not looked at', () => {
    const end = send(established(), 'a', { ...RELIABLE, receipt: 1 });
    end.receive('37 00 c8 02 41');
    expect(end.of('acknowledged')).toEqual([]);
  });

  it('takes nothing from a SACK with a wrong bCommand, and disregards POLL, padding and time in one [2.2.9-08] [2.2.9-09] [2.2.9-10] [2.2.9-26] [2.2.9-28]', () => {
    const end = send(established(), 'a', { ...RELIABLE, receipt: 1 });
    end.receive(sack(2).replace('80', 'c0'));
    end.receive(sack(2).replace('80 06', '80 07'));
    expect(end.of('acknowledged')).toEqual([]);
    end.receive('88 06 01 00 01 02 ff ff 12 34 56 78');
    expect(end.of('acknowledged')).toHaveLength(1);
    expect(end.sacks).toEqual([]);
  });

  it('does not depend on the bits of bRetry, nor on undefined flags [2.2.9-12] [2.2.9-18] [2.2.9-21]', () => {
    for (const retry of [0, 1, 0x80, 0xff]) {
      const end = send(established(), 'a', { ...RELIABLE, receipt: 1 }).receive(sack(2, 0, 0, retry));
      expect(end.of('acknowledged')).toHaveLength(1);
    }
    const end = send(established(), 'a', { ...RELIABLE, receipt: 1 });
    expect(end.receive('80 06 e0 ff 01 02 00 00 00 00 00 00').of('acknowledged')).toHaveLength(1);
  });

  it('samples the round trip, but not from frames sent twice (TIM-4) [2.2.22-02]', () => {
    const end = send(established({ ...LITERAL, roundTrip: 40 * MILLISECOND }), 'a');
    const { count } = end.connection.statistics.roundTrip.histogram;
    end.run(end.now + 250 * MILLISECOND).receive(sack(2, 0, 0, 1));
    expect(end.connection.statistics.roundTrip.histogram.count).toBe(count);
    send(end, 'b')
      .run(end.now + 80 * MILLISECOND)
      .receive(sack(3));
    expect(end.connection.statistics.roundTrip.smoothed).toBe(45 * MILLISECOND);
  });
});

describe('SACK masks received', () => {
  it('acknowledge what they name, and have the missing frame repeated after 10 ms [3.1.2.3-02] [3.1.5.12-01] [3.1.5.12-05] [3.1.5.12-06] [3.1.5.12-07] [3.1.5.12-09]', () => {
    const end = opened();
    const first = 71;
    for (const receipt of [0, 1, 2]) send(end, 'x', { ...RELIABLE, receipt });
    const { now } = end;
    end.receive(sack(first, 0b11));
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([1, 2]);
    end.forget().run(now + 30 * MILLISECOND);
    expect(end.frames.map(({ bSeq, bControl, at }) => [bSeq, bControl, at - now])).toEqual([
      [first, 1, 10 * MILLISECOND],
    ]);
    expect(end.of('retried')).toEqual([{ type: 'retried', sequence: first, attempt: 1, cause: 'gap' }]);
  });

  it('have every gap repeated, once per transmission (TIM-7) [3.1.5.12-04]', () => {
    const end = opened();
    for (let n = 0; n < 6; n++) send(end, 'x');
    // 71, 73, 74 missing; 72, 75 arrived; 76 may still be on its way.
    end
      .forget()
      .receive(sack(71, 0b1001))
      .receive(sack(71, 0b1001))
      .run(end.now + 30 * MILLISECOND);
    expect(sequences(end)).toEqual([71, 73, 74]);
    end
      .forget()
      .receive(sack(71, 0b1001))
      .run(end.now + 30 * MILLISECOND);
    expect(sequences(end)).toEqual([]);
    // 76 was sent before the retries: its arrival says nothing about them. 77 was sent after them.
    end.receive(sack(71, 0b11001)).run(end.now + 30 * MILLISECOND);
    expect(sequences(end)).toEqual([]);
    send(end, 'x')
      .forget()
      .receive(sack(71, 0b111001))
      .run(end.now + 30 * MILLISECOND);
    expect(sequences(end)).toEqual([71, 73, 74]);
  });

  it('take another shortened time from the timing [3.1.5.12-08]', () => {
    const end = opened({ timing: { tailProbe: false, gapRetry: 30 * MILLISECOND } });
    send(end, 'x');
    send(end, 'y').forget();
    const { now } = end;
    end.receive(sack(71, 1)).run(now + 60 * MILLISECOND);
    expect(end.frames[0]?.at).toBe(now + 30 * MILLISECOND);
  });

  it('form one field of 64 bits, an absent word counting as 0 [3.1.5.12-02] [3.1.5.12-03]', () => {
    const end = opened();
    for (let receipt = 0; receipt < 40; receipt++) send(end, 'x', { ...RELIABLE, receipt });
    end.receive(sack(71, 0, 0b101));
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([33, 35]);
  });
});

describe('unreliable frames', () => {
  it('are never repeated; a later frame names them in its send mask [3.1.2.3-04] [3.1.6.3-07] [3.1.5.13-05]', () => {
    const end = send(established(LITERAL), 'gone', { ...UNRELIABLE, receipt: 1 });
    end.run(end.now + 201 * MILLISECOND);
    expect(end.of('lost')).toEqual([{ type: 'lost', receipt: 1 }]);
    send(end.forget(), 'next');
    expect(end.hex).toEqual(['3f 40 02 01 01 00 00 00 6e 65 78 74']);
  });

  it('are named in a SACK 40 ms later if no frame follows (DFR-11), bit 0 for bNSeq - 1 [2.2.9-15] [2.2.9-22]', () => {
    const end = send(established(LITERAL), 'gone', UNRELIABLE).forget();
    const { now } = end;
    end.run(now + 300 * MILLISECOND);
    expect(end.sacks).toMatchObject([{ bNSeq: 2, dwSendMask1: 1, at: now + 240 * MILLISECOND }]);
  });

  it('that stay unanswered are announced by a keep-alive, which must be acknowledged', () => {
    const end = send(established(LITERAL), 'gone', UNRELIABLE)
      .forget()
      .run(5 * SECOND);
    const keepAlive = end.frames.find(({ bControl }) => (bControl & 2) !== 0);
    expect(keepAlive).toMatchObject({ bSeq: 2, dwSendMask1: 1 });
  });

  it('of a retried frame’s mask count from that frame’s own number (DFR-3)', () => {
    const end = opened();
    send(end, 'a', UNRELIABLE);
    send(end, 'b');
    send(end, 'c', UNRELIABLE);
    end.run(end.now + 180 * MILLISECOND).forget();
    send(end, 'd').run(end.now + 250 * MILLISECOND);
    const retry = end.frames.find(({ bSeq }) => bSeq === 72);
    expect(retry).toMatchObject({ bControl: 1, dwSendMask1: 0b1 });
    const later = end.frames.filter(({ bSeq }) => bSeq === 74).at(-1);
    expect(later).toMatchObject({ dwSendMask1: 0b101 });
  });
});

describe('masks of more than 32 places', () => {
  it('are sent in the second word [2.2.9-16] [2.2.9-33] [2.2.17-23]', () => {
    const end = opened();
    send(end, 'gone', UNRELIABLE);
    for (let n = 0; n < 34; n++) send(end, 'x');
    end.forget().run(end.now + 150 * MILLISECOND);
    // 71 is given up: 33 before 104, which is bit 32, and 35 before bNSeq 106, which is bit 34.
    expect(end.frames.find(({ bSeq }) => bSeq === 104)).toMatchObject({ dwSendMask2: 1 });
    expect(end.hex.find((bytes) => bytes.startsWith('3f 81 68 01'))).toBe('3f 81 68 01 01 00 00 00 78');
    end.forget().receive('3f 00 01 47 41');
    expect(end.hex[0]).toMatch(/^80 06 11 00 6a 02 00 00 .. .. .. .. 04 00 00 00$/);
  });

  it('are taken from the second word of a data frame [2.2.17-21]', () => {
    const end = opened();
    for (let receipt = 0; receipt < 40; receipt++) send(end, 'x', { ...RELIABLE, receipt });
    end.receive('37 20 01 47 01 00 00 00 41');
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([33]);
    expect(end.messages).toEqual(['A']);
  });
});

describe('the window', () => {
  it('starts with 32 frames and grows by one for each that is acknowledged, up to 64 (DFR-7)', () => {
    const end = established();
    end.command((connection, now) => {
      for (let n = 0; n < 300; n++) connection.send(now, ascii('x'), RELIABLE);
    });
    const start = end.frames.length;
    expect(start).toBe(33); // 32 at first, one more for the keep-alive that was acknowledged.
    for (let n = 2; n < 140; n++) end.receive(sack(n & 0xff));
    expect(end.connection.statistics.windowMax).toBeLessThanOrEqual(64);
    expect(end.connection.statistics.window).toBe(64);
  });

  it('never has more than 64 numbers outstanding, whatever is acknowledged out of order', () => {
    const end = opened();
    end.command((connection, now) => {
      for (let n = 0; n < 300; n++) connection.send(now, ascii('x'), RELIABLE);
    });
    expect(end.frames).toHaveLength(64);
    end.receive(sack(71, 0xffffffff, 0x7fffffff)).run(end.now + 9 * MILLISECOND);
    expect(end.frames).toHaveLength(64);
  });

  it('takes the acknowledgment, but no mask that names what was never sent (DFR-8)', () => {
    const end = opened();
    for (let receipt = 0; receipt < 4; receipt++) send(end, 'x', { ...RELIABLE, receipt });
    // 71 to 74 are sent: the mask names 73 and 75.
    end.receive(sack(72, 0b101));
    expect(end.of('acknowledged').map(({ receipt }) => receipt)).toEqual([0]);
    expect(end.of('violation').map(({ section }) => section)).toEqual(['3.1.5.11']);
  });

  it('asks for an acknowledgment with every fourth frame and the last of a burst', () => {
    const end = opened();
    end.command((connection, now) => {
      for (let n = 0; n < 10; n++) connection.send(now, ascii('x'), RELIABLE);
    });
    expect(end.frames.map(({ bCommand }) => (bCommand & 8) !== 0)).toEqual(
      Array.from({ length: 10 }, (_, n) => n % 4 === 3 || n === 9),
    );
  });
});

describe('messages', () => {
  it('carry the flags of their category [2.2.17-04] [2.2.17-13] [2.2.17-03]', () => {
    for (const [options, command] of [
      [{ reliable: true, sequential: true }, 0x3f],
      [{ reliable: true, sequential: false }, 0x3b],
      [{ reliable: false, sequential: true }, 0x3d],
      [{ reliable: false, sequential: false }, 0x39],
      [{ reliable: true, sequential: true, session: true }, 0x7f],
    ] as const) {
      expect(send(established(), 'x', options).frames[0]?.bCommand).toBe(command);
    }
  });

  it('larger than a frame go out in parts, NEW_MSG on the first and END_MSG on the last [2.2.17-09] [2.2.17-10]', () => {
    const end = opened({ frameSizeMax: 34 });
    send(end, 'a'.repeat(70), { ...RELIABLE, receipt: 3 });
    expect(end.frames.map(({ bCommand, payload }) => [bCommand & 0x30, payload.length])).toEqual([
      [0x10, 24],
      [0, 23],
      [0x20, 23],
    ]);
    end.receive(sack(73));
    expect(end.of('acknowledged')).toEqual([]);
    expect(end.receive(sack(74)).of('acknowledged')).toEqual([{ type: 'acknowledged', receipt: 3 }]);
  });

  it('are refused beyond the largest message, beyond the queue, and once the connection ends [3.1.5.3-05]', () => {
    const end = established({ messageSizeMax: 100, queueBytesMax: 1000 });
    const accepted = (size: number) => end.connection.send(end.now, new Uint8Array(size), RELIABLE);
    expect(accepted(101)).toBe(false);
    let count = 0;
    while (accepted(100)) count++;
    expect(count).toBeLessThan(10);
    expect(end.connection.queuedBytes).toBe(count * 100);
    end.command((connection, now) => connection.close(now));
    expect(accepted(1)).toBe(false);
  });

  it('of the session share frames from version 1.5 on, others never do [2.2.7-20] [2.2.8-18] [2.2.17-17] [2.2.17-33] [2.2.17.1-02] [2.2.17.1-14] [6-03]', () => {
    const end = established({ version: 0x00010005 });
    end.command((connection, now) => {
      connection.send(now, ascii('abc'), { ...RELIABLE, session: true });
      connection.send(now, ascii('defg'), { ...RELIABLE, session: true, receipt: 1 });
      connection.send(now, ascii('chat'), RELIABLE);
    });
    expect(end.hex[0]).toBe('7f 04 01 01 03 46 04 47 61 62 63 00 64 65 66 67');
    expect(end.hex[1]?.slice(0, 5)).toBe('3f 00');
    expect(end.receive(sack(2)).of('acknowledged')).toEqual([{ type: 'acknowledged', receipt: 1 }]);
  });

  it('of the session always ask for an acknowledgment, and coalesced ones are repeated like others [2.2.17.1-16] [3.1.5.8-10]', () => {
    const end = opened({ version: 0x00010006, partnerVersion: 0x00010006 });
    end.command((connection, now) => {
      for (let n = 0; n < 3; n++) connection.send(now, new Uint8Array(200), { ...RELIABLE, session: true });
      connection.send(now, ascii('a'), { ...RELIABLE, session: true });
    });
    expect(end.frames.map(({ bCommand }) => bCommand)).toEqual([0x7f, 0x7f, 0x7f]);
    expect(end.frames.map(({ bControl }) => bControl)).toEqual([0, 0, 4]);
    end
      .receive(sack(73))
      .forget()
      .run(end.now + 150 * MILLISECOND);
    expect(end.frames[0]).toMatchObject({ bSeq: 73, bControl: 5 });
  });

  it('coalesced never outgrow a standard data frame, whatever their sizes [2.2.17.1-13]', () => {
    for (let size = 1; size < 130; size++) {
      const end = opened({ version: 0x00010006, partnerVersion: 0x00010006, frameSizeMax: 100 });
      end.command((connection, now) => {
        for (let n = 0; n < 5; n++)
          connection.send(now, new Uint8Array(size + n), { ...RELIABLE, session: true });
      });
      for (const { bControl, payload } of end.frames) {
        expect(payload.length).toBeLessThanOrEqual(96);
        if (bControl === 4) expect(Array.isArray(decodeCoalesced(payload))).toBe(true);
      }
    }
  });

  it('are never coalesced below version 1.5, nor more than 32 in a frame [2.2.7-19] [2.2.7-25] [2.2.17-18] [2.2.17.1-04]', () => {
    const fill = (version: number) =>
      opened({ version, partnerVersion: version }).command((connection, now) => {
        for (let n = 0; n < 33; n++) connection.send(now, ascii('x'), { ...RELIABLE, session: true });
      });
    expect(fill(0x00010004).frames.filter(({ bControl }) => bControl !== 0)).toEqual([]);
    expect(fill(0x00010006).frames.map(({ bControl }) => bControl)).toEqual([4, 0]);
  });
});
