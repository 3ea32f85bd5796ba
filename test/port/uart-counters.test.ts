import { describe, expect, it } from 'vitest';
import { ICOUNTER_BYTES, rawUartCountersOf, uartCountersBetween } from '../../src/port/uart-counters.ts';

const none = { frame: 0, overrun: 0, parity: 0, brk: 0, bufOverrun: 0 };

describe('UART counters', () => {
  it('are read from their places in the structure of linux/serial.h', () => {
    const bytes = Buffer.alloc(ICOUNTER_BYTES);
    // cts dsr rng dcd rx tx frame overrun parity brk buf_overrun
    for (let index = 0; index < 11; index++) bytes.writeInt32LE(100 + index, index * 4);
    bytes.writeInt32LE(-1, 6 * 4);
    expect(rawUartCountersOf(bytes)).toEqual({
      frame: 0xffffffff,
      overrun: 107,
      parity: 108,
      brk: 109,
      bufOverrun: 110,
    });
  });

  it('are what happened since the run began', () => {
    const from = { frame: 5, overrun: 1, parity: 2, brk: 3, bufOverrun: 4 };
    const to = { frame: 7, overrun: 2, parity: 2, brk: 4, bufOverrun: 10 };
    expect(uartCountersBetween(from, to)).toEqual({ framing: 2, parity: 0, overrun: 7, break: 1 });
  });

  it('go on over the wrap of 32 bits', () => {
    expect(uartCountersBetween({ ...none, frame: 0xffffffff }, { ...none, frame: 1 }).framing).toBe(2);
  });
});
