import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { ascii, bytesOf, established, hex, type LoneEnd } from './lone-end.ts';

/** A data frame in hex: bCommand, bControl, bSeq, bNRcv and a text. */
const frame = (command: number, control: number, sequence: number, text = '', masks = '', nextReceive = 1) =>
  `${hex(Uint8Array.of(command, control, sequence, nextReceive))} ${masks} ${hex(ascii(text))}`.trim();

/** Reliable, sequential, whole message, unpolled. */
const plain = (sequence: number, text = `m${sequence}`) => frame(0x37, 0, sequence, text);

const lastSack = (end: LoneEnd) => end.sacks.at(-1)!;

describe('frames in and out of order', () => {
  it('indicates a frame in its turn, and moves the expected number on [3.1.5.10-09] [2.2.17-32] [2.2.17-26] [2.2.17-27]', () => {
    const end = established().receive(plain(1, 'hello'));
    expect(end.messages).toEqual(['hello']);
    end.command((connection, now) => connection.send(now, ascii('x'), { reliable: true, sequential: true }));
    expect(end.frames[0]).toMatchObject({ bSeq: 1, bNRcv: 2 });
  });

  it('holds early frames until the missing ones arrive [3.1.5.10-10] [3.1.5.10-11] [2.2.17-07]', () => {
    const end = established().receive(plain(2)).receive(plain(3));
    expect(end.messages).toEqual([]);
    end.receive(plain(1));
    expect(end.messages).toEqual(['m1', 'm2', 'm3']);
  });

  it('accepts the expected number and the 63 after it, no other [3.1.5.10-01] [3.1.5.10-02]', () => {
    for (let sequence = 0; sequence < 256; sequence++) {
      const end = established();
      const inRange = ((sequence - 1) & 0xff) < 64;
      end.receive(frame(0x33, 0, sequence, 'x'));
      expect([sequence, end.messages.length]).toEqual([sequence, inRange ? 1 : 0]);
    }
  });

  it('answers a frame out of range with the expected number, at once if polled, else after 20 ms [3.1.5.10-03] [3.1.5.10-04] [3.1.5.10-05] [3.1.5.10-06] [3.1.5.10-07]', () => {
    const polled = established().receive(frame(0x3f, 0, 0, 'again'));
    expect(lastSack(polled)).toMatchObject({ bNRcv: 1, at: polled.now });
    const unpolled = established();
    const { now } = unpolled;
    unpolled.receive(frame(0x37, 0, 100, 'far')).run(now + SECOND);
    expect(unpolled.sacks.map(({ at, bNRcv }) => [at - now, bNRcv])).toEqual([[20 * MILLISECOND, 1]]);
    expect(unpolled.of('violation')[0]?.section).toBe('3.1.5.10');
  });

  it('takes other delays from its timing [3.1.5.10-08] [3.1.2.6-03]', () => {
    const end = established({ timing: { acknowledgeSoon: 50 * MILLISECOND, acknowledge: 70 * MILLISECOND } });
    const { now } = end;
    end.receive(frame(0x37, 0, 0, 'again')).run(now + SECOND);
    expect(lastSack(end).at - now).toBe(50 * MILLISECOND);
    const again = end.now;
    end.receive(plain(1)).run(again + SECOND);
    expect(lastSack(end).at - again).toBe(70 * MILLISECOND);
  });

  it('hands over a whole message that is not sequential at once, and only once (DFR-10)', () => {
    const end = established()
      .receive(frame(0x33, 0, 3, 'early'))
      .receive(plain(2))
      .receive(plain(1));
    expect(end.messages).toEqual(['early', 'm1', 'm2']);
    end.receive(plain(4));
    expect(end.messages.at(-1)).toBe('m4');
  });

  it('drops duplicates, of waiting frames too, and counts them', () => {
    const end = established().receive(plain(2)).receive(plain(2)).receive(plain(1)).receive(plain(1));
    expect(end.messages).toEqual(['m1', 'm2']);
    expect(end.connection.statistics.duplicates).toBe(2);
  });

  it('keeps nothing of the buffer it was given', () => {
    const end = established();
    for (const packet of [plain(2, 'late'), frame(0x17, 0, 1, 'ear'), frame(0x27, 0, 3, 'ly')]) {
      const bytes = bytesOf(packet);
      end.connection.receive(end.now, bytes);
      bytes.fill(0);
    }
    expect(end.settle().messages).toEqual(['ear', 'late', 'ly']);
  });

  it('goes on over the end of the numbers', () => {
    const end = established();
    for (let n = 1; n <= 600; n++) end.receive(plain(n & 0xff, `${n}`));
    expect(end.messages).toEqual(Array.from({ length: 600 }, (_, n) => `${n + 1}`));
  });
});

describe('SACK masks sent', () => {
  it('name what waits behind a gap, bit 0 for the number after the missing one (DFR-2) [3.1.5.12-05] [3.1.5.10-13] [2.2.9-13] [2.2.9-23] [2.2.9-24] [2.2.9-30]', () => {
    const end = established()
      .receive(plain(2))
      .receive(frame(0x3f, 0, 4, 'x'));
    expect(lastSack(end)).toMatchObject({ bNRcv: 1, dwSACKMask1: 0b101 });
    expect(hex(end.sent.at(-1)!.bytes).slice(0, 17)).toBe('80 06 03 00 01 01');
  });

  it('use the second word alone where only far frames wait (DFR-5) [2.2.9-14] [2.2.9-31] [2.2.17-29]', () => {
    const end = established().receive(frame(0x3f, 0, 1 + 33, 'x'));
    expect(lastSack(end)).toMatchObject({ bNRcv: 1, dwSACKMask2: 1 });
    end.command((connection, now) => connection.send(now, ascii('x'), { reliable: true, sequential: true }));
    expect(hex(end.sent.at(-1)!.bytes)).toBe('3f 20 01 01 01 00 00 00 78');
  });

  it('ride on outgoing frames as well [3.1.5.10-13] [2.2.9-01] [2.2.17-20] [2.2.17-28]', () => {
    const end = established().receive(plain(3));
    end.command((connection, now) => connection.send(now, ascii('x'), { reliable: true, sequential: true }));
    expect(hex(end.sent[0]!.bytes)).toBe('3f 10 01 01 02 00 00 00 78');
    expect(end.sacks).toEqual([]);
  });

  it('never name bit 63, which lies outside the window', () => {
    const end = established();
    for (let n = 2; n <= 64; n++) end.receive(plain(n));
    end.receive(frame(0x3f, 0, 64, 'again'));
    expect(lastSack(end)).toMatchObject({ bNRcv: 1, dwSACKMask1: 0xffffffff, dwSACKMask2: 0x7fffffff });
  });
});

describe('send masks received', () => {
  it('release the places they name, bit 0 for the number before bSeq (DFR-3) [3.1.5.10-12] [3.1.5.13-01] [3.1.5.13-05] [3.1.5.13-06] [3.1.5.13-07] [2.2.17-22] [2.2.17-30]', () => {
    const end = established().receive(plain(2)).receive(plain(3));
    end.receive(frame(0x37, 0x40, 4, 'm4', '04 00 00 00'));
    expect(end.messages).toEqual(['m2', 'm3', 'm4']);
  });

  it('join two words into one mask, an absent word counting as 0 [3.1.5.13-02] [3.1.5.13-03] [3.1.5.13-04] [2.2.17-23] [2.2.17-31]', () => {
    const end = established();
    for (let n = 2; n <= 40; n++) if (n !== 5) end.receive(plain(n));
    // Frame 41 names 1 (bit 39) and 5 (bit 35): both lie in the high word.
    end.receive(frame(0x37, 0x80, 41, 'm41', '88 00 00 00'));
    expect(end.messages.at(-1)).toBe('m41');
    expect(end.messages).toHaveLength(39);
  });

  it('count from bNSeq in a SACK, and are acknowledged soon [2.2.9-15] [2.2.9-32]', () => {
    const end = established()
      .receive(plain(2))
      .run(2 * SECOND)
      .forget();
    const { now } = end;
    end.receive('80 06 09 00 03 01 00 00 00 00 00 00 02 00 00 00');
    expect(end.messages).toEqual(['m2']);
    end.run(now + SECOND);
    expect(end.sacks.map(({ at, bNRcv }) => [at - now, bNRcv])).toEqual([[20 * MILLISECOND, 3]]);
  });

  it('leave what has arrived alone, and let nothing in that comes too late', () => {
    const end = established()
      .receive(plain(1))
      .receive(frame(0x37, 0x40, 4, 'm4', '07 00 00 00'));
    expect(end.messages).toEqual(['m1', 'm4']);
    end.receive(plain(2)).receive(plain(3));
    expect(end.messages).toEqual(['m1', 'm4']);
  });

  it('drop what there is of the message that lost a part', () => {
    const end = established();
    end.receive(frame(0x15, 0, 1, 'begin')).receive(frame(0x25, 0, 3, 'end'));
    end.receive(frame(0x37, 0x40, 4, 'whole', '02 00 00 00'));
    expect(end.messages).toEqual(['whole']);
  });
});

describe('frames with missing words or strange flags', () => {
  it('are disregarded when a mask flag has no word [3.1.5.9-05] [2.2.9-17]', () => {
    const end = established().receive('3f 10 01 01').receive('80 06 03 00 01 01 00 00 00 00 00 00');
    expect(end.sent).toEqual([]);
    expect(end.messages).toEqual([]);
    expect(end.of('violation')).toHaveLength(2);
  });

  it('are disregarded without the data frame flag [3.1.5.8-03] [3.1.5.8-04]', () => {
    const end = established()
      .receive('7e 00 01 01 c1 00 00 00')
      .run(5 * SECOND);
    expect(end.sent).toEqual([]);
    expect(end.messages).toEqual([]);
  });

  it('are acknowledged and handed to nobody with USER_2 (DFR-17) [3.1.5.8-01] [3.1.5.8-02] [2.2.17-12]', () => {
    const end = established().receive('ff 00 01 01 c1 00 00 00');
    expect(end.messages).toEqual([]);
    expect(lastSack(end).bNRcv).toBe(2);
  });

  it('of the application are indicated and acknowledged, those of the session marked [3.1.5.8-05] [3.1.5.8-06] [2.2.17-11]', () => {
    const end = established().receive('3d 00 01 01 41').receive('7f 00 02 01 42');
    expect(end.of('message').map(({ session, reliable }) => [session, reliable])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(lastSack(end).bNRcv).toBe(3);
  });

  it('of a session message in parts are acknowledged and kept until it is whole [3.1.5.8-07] [3.1.5.8-08] [3.1.5.8-09]', () => {
    const end = established().receive('5f 00 01 01 41');
    expect(end.messages).toEqual([]);
    expect(lastSack(end).bNRcv).toBe(2);
    end.receive('6f 00 02 01 42');
    expect(end.messages).toEqual(['AB']);
  });

  it('with every mask have their payload at offset 20 [2.2.17-01] [2.2.17-24] [2.2.17-25]', () => {
    const end = established().receive(`3f f1 01 01 ${'00 00 00 00 '.repeat(4)} 41 42`);
    expect(end.messages).toEqual(['AB']);
    expect(lastSack(end).bRetry).toBe(1);
  });
});
