import { describe, expect, it } from 'vitest';
import { WindowSize } from '../../src/transport/window-size.ts';

function grown(): WindowSize {
  const size = new WindowSize();
  for (let n = 0; n < 64; n++) size.acknowledged(1, true);
  return size;
}

describe('the window size', () => {
  it('starts at 32, grows by one for each frame acknowledged, also where others are missing, and ends at 64', () => {
    const size = new WindowSize();
    expect(size.size).toBe(32);
    size.acknowledged(5, true);
    size.acknowledged(1, false);
    expect(size.size).toBe(38);
    for (let n = 0; n < 100; n++) size.acknowledged(1, true);
    expect(size.size).toBe(64);
  });

  it('does not fall on noise: four frames of ten may be lost', () => {
    const size = grown();
    for (let n = 0; n < 1000; n++) {
      if (n % 10 < 4) size.lost();
      else size.acknowledged(1, false);
    }
    expect(size.size).toBe(64);
  });

  it('falls by a quarter when more than half of 64 are lost, down to 2', () => {
    const size = grown();
    const bad = () => {
      for (let n = 0; n < 64; n++)
        if (n % 3 === 0) size.acknowledged(1, false);
        else size.lost();
    };
    bad();
    expect(size.size).toBe(48);
    for (let n = 0; n < 30; n++) bad();
    expect(size.size).toBe(2);
  });

  it('falls when timers run out', () => {
    const size = grown();
    size.timedOut();
    expect(size.size).toBe(48);
  });
});
