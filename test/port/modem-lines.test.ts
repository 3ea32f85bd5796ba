import { describe, expect, it } from 'vitest';
import { modemLinesOf } from '../../src/port/modem-lines.ts';

describe('modem lines', () => {
  it.each([
    ['dtr', 0x002],
    ['rts', 0x004],
    ['cts', 0x020],
    ['dcd', 0x040],
    ['ri', 0x080],
    ['dsr', 0x100],
  ])('%s is bit %i of TIOCMGET and no other', (name, bit) => {
    const on = Object.entries(modemLinesOf(bit)).filter(([, value]) => value);
    expect(on).toEqual([[name, true]]);
  });
});
