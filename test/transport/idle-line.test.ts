import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { ascii, established, hex, type LoneEnd, word } from './lone-end.ts';

const RELIABLE = { reliable: true, sequential: true };

/** A SACK in hex: bNRcv and the first mask word. */
const sack = (nextReceive: number, low = 0) =>
  `${hex(Uint8Array.of(0x80, 6, low === 0 ? 1 : 3, 0, 1, nextReceive))} 00 00 00 00 00 00 ${low === 0 ? '' : word(low)}`.trim();

const send = (end: LoneEnd, count: number) =>
  end.command((connection, now) => {
    for (let n = 0; n < count; n++) connection.send(now, ascii('x'), RELIABLE);
  });

/** Times in milliseconds, from `begin`, at which frame 1 was sent again, with the reason. */
const repeats = (end: LoneEnd, begin: number) =>
  end.frames.filter(({ bSeq }) => bSeq === 1).map(({ at }) => (at - begin) / MILLISECOND);

describe('while the line is idle', () => {
  it('a frame shown missing is repeated in spare copies, eight in a round trip and eight in all, until it is acknowledged', () => {
    const end = send(established({ roundTrip: 160 * MILLISECOND }), 3);
    const { now } = end.forget();
    end.receive(sack(1, 0b11)).run(now + 300 * MILLISECOND);
    // The SACK came at once and made the round trip 140 ms.
    expect(repeats(end, now)).toEqual([10, 27.5, 45, 62.5, 80, 97.5, 115, 132.5, 150]);
    expect(end.of('retried').map(({ cause }) => cause)).toEqual(['gap', ...Array(8).fill('spare')]);

    const soon = send(established({ roundTrip: 160 * MILLISECOND }), 3).forget();
    const begin = soon.now;
    soon.receive(sack(1, 0b11)).run(begin + 40 * MILLISECOND);
    soon.receive(sack(4)).run(begin + 10 * SECOND);
    expect(repeats(soon, begin)).toEqual([10, 27.5]);
  });

  it('a frame that nothing shows missing is not', () => {
    const end = send(established({ roundTrip: 160 * MILLISECOND }), 3);
    const { now } = end.forget();
    end.run(now + 200 * MILLISECOND);
    expect(end.frames).toEqual([]);
  });

  it('and not before it has been idle for the time of three such frames, so that a slow line stays fresh', () => {
    const lineTime = (bytes: number) => Math.ceil(((bytes + 8) * 10 * SECOND) / 300);
    const end = send(established({ lineTime, roundTrip: 160 * MILLISECOND }), 3);
    end.run(end.now + 2 * SECOND).forget();
    const { now } = end;
    end.receive(sack(1, 0b11)).run(now + SECOND);
    expect(repeats(end, now)).toHaveLength(1);
  });

  it('and new messages go first', () => {
    const end = send(established({ roundTrip: 160 * MILLISECOND }), 3);
    end.receive(sack(1, 0b11)).run(end.now + 25 * MILLISECOND);
    send(end.forget(), 1);
    expect(end.frames.map(({ bSeq }) => bSeq)).toEqual([4]);
  });
});

describe('frames that run out of time on a line without damage', () => {
  /** The frame size after ten clean frames, three that nobody answers for a second, and then this acknowledgment. */
  function sizeAfter(acknowledge: (end: LoneEnd) => void): { before: number; after: number } {
    const end = established({ timing: { tailProbe: false } });
    for (let n = 2; n < 40; n++) send(end, 1).receive(sack(n));
    const before = end.connection.statistics.frameSize;
    // Frames 39 to 42.
    send(end, 4).run(end.now + 250 * MILLISECOND);
    expect(end.connection.statistics.frameSize).toBeLessThan(before);
    acknowledge(end);
    return { before, after: end.connection.statistics.frameSize };
  }

  it('are not counted against their size: the host of the partner was busy', () => {
    const { before, after } = sizeAfter((end) => {
      // A message that goes out behind the repeats is acknowledged together with everything before.
      send(end, 1).receive(sack(44));
    });
    expect(after).toBeGreaterThanOrEqual(before);
  });

  it('are counted where nothing newer came with them: they may well have been damaged', () => {
    const { before, after } = sizeAfter((end) => end.receive(sack(43)));
    expect(after).toBeLessThan(before);
  });
});
