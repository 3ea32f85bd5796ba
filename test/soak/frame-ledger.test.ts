import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/soak/fingerprint.ts';
import { type Census, FrameLedger } from '../../src/soak/frame-ledger.ts';

/** A frame of its own for each number. */
function frame(number: number): Uint8Array {
  const body = new Uint8Array(12);
  new DataView(body.buffer).setUint32(0, number);
  return body;
}

/** What was received by the end of frame `number`: so many frames, and 20 bytes for each that was sent, corrected by `bytes`. */
function census(number: number, frames: number, bytes = 0): Census {
  const body = frame(number);
  return { fingerprint: fingerprint(body), length: body.length, frames, bytes: (number + 1) * 20 + bytes };
}

function ledger(frames: number): FrameLedger {
  const made = new FrameLedger();
  for (let number = 0; number < frames; number++) made.sent(frame(number));
  return made;
}

describe('the ledger of frames', () => {
  test('says nothing before the second census: where the two counters stood at first is not known', () => {
    const made = ledger(10);
    expect(made.passage).toBeUndefined();
    made.take(census(3, 100, 777));
    expect(made.passage).toBeUndefined();
    made.take(census(7, 104, 777));
    expect(made.passage).toEqual({ frames: 4, bytes: 80, framesLost: 0, bytesLost: 0, bytesInserted: 0 });
  });

  test('tells lost from inserted bytes where a census stands between them, and only then', () => {
    const made = ledger(10);
    made.take(census(0, 1));
    made.take(census(4, 4, -1));
    made.take(census(9, 8, 1));
    expect(made.passage).toEqual({ frames: 9, bytes: 180, framesLost: 2, bytesLost: 1, bytesInserted: 2 });
    const together = ledger(10);
    together.take(census(0, 1));
    together.take(census(9, 8, 1));
    expect(together.passage).toMatchObject({ framesLost: 2, bytesLost: 0, bytesInserted: 1 });
  });

  test('takes no census of a frame that it does not know, of one of which there were two, or of the past', () => {
    const made = ledger(10);
    made.sent(frame(5));
    made.take(census(0, 1));
    made.take(census(8, 9));
    const before = made.passage;
    for (const vain of [census(5, 6), census(77, 60), census(2, 1, 99)]) made.take(vain);
    expect(made.passage).toEqual(before);
  });

  test('remembers the newest frames only, however many there are', () => {
    const made = ledger(20_000);
    made.take(census(100, 101));
    made.take(census(19_000, 19_001));
    made.take(census(19_999, 20_000));
    expect(made.passage).toMatchObject({ frames: 999, framesLost: 0 });
  });

  test('never counts less than nothing lost, whatever a partner claims', () => {
    const made = ledger(10);
    made.take(census(0, 1));
    made.take(census(9, 4_000, 1e6));
    expect(made.passage).toMatchObject({ framesLost: 0, bytesLost: 0, bytesInserted: 1e6 });
  });
});
