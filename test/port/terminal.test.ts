import { openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { libcSupported } from '../../src/port/libc.ts';
import {
  leadsToPseudoTerminal,
  modemLineBits,
  parityOf,
  rawUartCounters,
  setStickParity,
  stickParityFlags,
  terminalSettings,
  unsentBytes,
} from '../../src/port/terminal.ts';
import { BarePty } from './bare-pty.ts';

// asm-generic/termbits.h
const [CREAD, PARENB, PARODD, CMSPAR, CRTSCTS] = [0o200, 0o400, 0o1000, 0o10000000000, 0o20000000000];

describe('the flags of a terminal', () => {
  it.each([
    ['NONE', 0],
    ['NONE', PARODD | CMSPAR],
    ['EVEN', PARENB],
    ['ODD', PARENB | PARODD],
    ['MARK', PARENB | PARODD | CMSPAR],
    ['SPACE', PARENB | CMSPAR],
  ])('say parity %s', (parity, flags) => {
    expect(parityOf(flags | CREAD)).toBe(parity);
  });

  it('take constant parity and keep the rest, the topmost bit as well', () => {
    const before = (CREAD | CRTSCTS | PARENB | PARODD) >>> 0;
    for (const parity of ['MARK', 'SPACE'] as const) {
      const after = stickParityFlags(before, parity);
      expect(parityOf(after)).toBe(parity);
      expect(after).toBeGreaterThan(0);
      expect((after & (CREAD | CRTSCTS)) >>> 0).toBe((CREAD | CRTSCTS) >>> 0);
    }
  });
});

describe.runIf(libcSupported())('a terminal', () => {
  let far: BarePty;
  let near = 0;
  beforeEach(() => {
    far = new BarePty();
    near = openSync(far.path, 'r+');
  });
  afterEach(() => far.unplug());

  it('that is a pty shows its settings, drops the parity without a word, and has no lines and no counters', () => {
    expect(terminalSettings(near)).toMatchObject({ dataBits8: true, parity: 'NONE', rtscts: false });
    expect(setStickParity(near, 'MARK')).toBe(true);
    expect(terminalSettings(near)?.parity).toBe('NONE');
    expect(modemLineBits(near)).toBeNull();
    expect(rawUartCounters(near)).toBeNull();
    expect(unsentBytes(near)).toBe(0);
  });

  it('is told from other files', () => {
    expect(leadsToPseudoTerminal(far.path)).toBe(true);
    expect(leadsToPseudoTerminal('/dev/null')).toBe(false);
    expect(leadsToPseudoTerminal('/dev/not-there')).toBe(false);
    const file = openSync('/dev/null', 'r');
    expect([terminalSettings(file), setStickParity(file, 'MARK'), unsentBytes(file)]).toEqual([
      null,
      false,
      null,
    ]);
  });
});
