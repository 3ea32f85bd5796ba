/** Ends that are set differently: what a receiver makes of the waveform. */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Missampling } from '../../src/line/missampling.ts';
import { channelOf, counting, eventsOf, joined, runOut } from './run-out.ts';

function read(sent: number[], sender: Partial<LineSettings>, receiver: Partial<LineSettings>, pieces = 1) {
  const counts = { framing: 0, parity: 0, break: 0 };
  const as = (settings: Partial<LineSettings>) => ({ ...DEFAULT_LINE_SETTINGS, ...settings });
  const sampling = new Missampling(as(sender), as(receiver), counts);
  const bytes: number[] = [];
  for (let at = 0; at < sent.length; at += pieces) {
    const piece = Uint8Array.from(sent.slice(at, at + pieces));
    bytes.push(...sampling.receive(piece, at + pieces >= sent.length));
  }
  return { bytes, ...counts };
}

const ALL = Array.from({ length: 256 }, (_, i) => i);

describe('a receiver', () => {
  test('at the same rate reads every byte as sent, whatever the stop bits', () => {
    for (const stopbits of [1, 1.5, 2] as const) {
      expect(read(ALL, { stopbits }, { stopbits: 1 })).toEqual({
        bytes: ALL,
        framing: 0,
        parity: 0,
        break: 0,
      });
    }
  });

  test('that is two per cent off reads every byte as sent; one that is seven per cent off does not', () => {
    expect(read(ALL, { baud: 100_000 }, { baud: 102_000 }).bytes).toEqual(ALL);
    expect(read(ALL, { baud: 100_000 }, { baud: 98_000 }).bytes).toEqual(ALL);
    expect(read(ALL, { baud: 100_000 }, { baud: 107_000 }).bytes).not.toEqual(ALL);
  });

  test('at twice the rate reads each bit twice', () => {
    // 0x55 is 0 1010 1010 1 on the wire, each level two of the receiver's bits: 0 01100110 0 | 1 1 | 0 01100111 1.
    expect(read([0x55], { baud: 4_800 }, { baud: 9_600 })).toMatchObject({ bytes: [0x66, 0xe6], framing: 1 });
  });

  test('at half the rate reads half of the bits', () => {
    // Nine low bits of the sender are a start bit and three low bits of the receiver; the rest reads idle.
    expect(read([0x00], { baud: 9_600 }, { baud: 4_800 })).toMatchObject({ bytes: [0xf8], framing: 0 });
  });

  test('far faster than the sender sees a break in a long low', () => {
    expect(read([0x00], { baud: 300 }, { baud: 9_600 })).toMatchObject({ break: 1, framing: 0 });
  });

  test('finds wrong parity where the sender has another, and takes the data as it is', () => {
    const { bytes, parity } = read(ALL, { parity: 'ODD' }, { parity: 'EVEN' });
    expect(bytes).toEqual(ALL);
    expect(parity).toBe(256);
    expect(read(ALL, { parity: 'MARK' }, { parity: 'EVEN' }).parity).toBe(128);
  });

  test('that expects no parity takes a low parity bit for a missing stop bit', () => {
    const { framing } = read([0x00], { parity: 'EVEN' }, { parity: 'NONE' });
    const broken = read([0x03], { parity: 'EVEN' }, { parity: 'NONE' });
    expect([framing, broken.framing]).toEqual([0, 1]);
  });

  test('reads the same however the bytes come in pieces', () => {
    const sent = [...new Random('waves').fill(new Uint8Array(500))];
    for (const [from, to] of [
      [115_200, 57_600],
      [9_600, 115_200],
      [19_200, 14_400],
      [4_000_000, 50],
    ] as const) {
      const whole = read(sent, { baud: from }, { baud: to }, 500);
      for (const pieces of [1, 7]) expect(read(sent, { baud: from }, { baud: to }, pieces)).toEqual(whole);
    }
  });
});

describe('mismatch', () => {
  const other: LineSettings = { ...DEFAULT_LINE_SETTINGS, baud: 57_600 };

  test('ends at different rates garble, the same way every time, and say so', () => {
    const garble = (piece: number) => {
      const channel = channelOf({ receiverSettings: other });
      const sent = new Random('payload').fill(new Uint8Array(1_000));
      for (let at = 0; at < sent.length; at += piece) channel.receive(0, sent.subarray(at, at + piece));
      const received = joined(runOut(channel));
      expect(channel.injected.garbled).toBe(1_000);
      expect(channel.receiveErrors.framing).toBeGreaterThan(10);
      expect(eventsOf(channel)).toEqual([{ kind: 'mismatch', at: 0, offset: 0 }]);
      return received;
    };
    const received = garble(1_000);
    expect(received.length).toBeGreaterThan(200);
    expect(received.length).toBeLessThan(800);
    expect(garble(3)).toEqual(received);
  });

  test('when the ends agree again the bytes are whole again and what was garbled is told', () => {
    const channel = channelOf({ receiverSettings: other });
    channel.receive(0, counting(100));
    runOut(channel);
    channel.retune(SECOND, DEFAULT_LINE_SETTINGS);
    channel.receive(SECOND, counting(100));
    expect(joined(runOut(channel))).toEqual(counting(100));
    expect(eventsOf(channel).at(-1)).toEqual({ kind: 'matched', at: SECOND, offset: 100, garbled: 100 });
  });
});
