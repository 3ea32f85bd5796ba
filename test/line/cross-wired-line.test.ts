/** Two UARTs and a null-modem cable in virtual time. */
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { CrossWiredLine } from '../../src/line/cross-wired-line.ts';
import type { End } from '../../src/line/direction.ts';
import type { UartSettings } from '../../src/line/uart.ts';
import { counting } from './run-out.ts';

const PLAIN: UartSettings = { line: DEFAULT_LINE_SETTINGS, rtscts: false, xon: false, xoff: false };
const RTS: UartSettings = { ...PLAIN, rtscts: true };
const SOFTWARE: UartSettings = { ...PLAIN, xon: true, xoff: true };

function lineOf(near: UartSettings | undefined, far: UartSettings | undefined, receiveBuffer = 4_096) {
  const line = new CrossWiredLine({
    settings: DEFAULT_LINE_SETTINGS,
    random: new Random('cable'),
    directions: [{}, {}],
    receiveBuffer,
  });
  if (near) line.open(0, 0, near);
  if (far) line.open(0, 1, far);
  return line;
}

function readAll(line: CrossWiredLine, now: number, end: End): number[] {
  return [...line.read(now, end, Number.MAX_SAFE_INTEGER)];
}

describe('a cross-wired line', () => {
  test('carries bytes both ways at once', () => {
    const line = lineOf(PLAIN, PLAIN);
    expect(line.write(0, 0, counting(200))).toBe(200);
    expect(line.write(0, 1, counting(100, 50))).toBe(100);
    line.advance(SECOND);
    expect(readAll(line, SECOND, 1)).toEqual([...counting(200)]);
    expect(readAll(line, SECOND, 0)).toEqual([...counting(100, 50)]);
  });

  test('shows RTS as CTS and DTR as DSR and DCD at the other end, and nothing of a closed one', () => {
    const line = lineOf(PLAIN, undefined);
    expect(line.inputs(0, 0)).toEqual({ cts: false, dsr: false, dcd: false });
    expect(line.inputs(0, 1)).toEqual({ cts: true, dsr: true, dcd: true });
    line.open(1, 1, PLAIN);
    expect(line.inputs(1, 0)).toEqual({ cts: true, dsr: true, dcd: true });
    line.set(2, 1, { rts: false });
    expect(line.inputs(2, 0)).toEqual({ cts: false, dsr: true, dcd: true });
    line.set(3, 1, { rts: true, dtr: false });
    expect(line.inputs(3, 0)).toEqual({ cts: true, dsr: false, dcd: false });
    line.set(4, 1, { dtr: true });
    expect(line.inputs(4, 0)).toEqual({ cts: true, dsr: true, dcd: true });
    line.channel(1).cut(4, 10);
    expect(line.inputs(5, 0)).toEqual({ cts: false, dsr: false, dcd: false });
    line.close(20, 1);
    expect(line.inputs(20, 0)).toEqual({ cts: false, dsr: false, dcd: false });
  });

  test('with RTS flow control a sender waits for CTS and a full receiver takes RTS away: nothing is lost', () => {
    const line = lineOf(RTS, RTS, 256);
    const sent = counting(2_000);
    expect(line.write(0, 0, sent)).toBe(2_000);
    line.advance(SECOND);
    expect(line.inputs(SECOND, 0).cts).toBe(false);
    const held = line.readable(1);
    expect(held).toBeGreaterThan(192);
    expect(held).toBeLessThanOrEqual(256);
    expect(line.drainedAt(0)).toBeUndefined();
    const received: number[] = [];
    for (let now = SECOND; now < 3 * SECOND; now += 5 * MILLISECOND) received.push(...readAll(line, now, 1));
    expect(received).toEqual([...sent]);
    expect(line.counters(1).overrun).toBe(0);
  });

  test('without flow control a receiver that does not read loses what it cannot hold, and counts it', () => {
    const line = lineOf(PLAIN, PLAIN, 256);
    line.write(0, 0, counting(1_000));
    line.advance(SECOND);
    expect(readAll(line, SECOND, 1)).toEqual([...counting(256)]);
    expect(line.counters(1)).toEqual({ framing: 0, parity: 0, overrun: 744, break: 0 });
    expect(line.injected[0].overrun).toBe(744);
  });

  test('with XON/XOFF a full receiver stops the sender with XOFF and starts it with XON, which are no data', () => {
    const line = lineOf(SOFTWARE, SOFTWARE, 256);
    const sent = Uint8Array.from({ length: 2_000 }, () => 0x55);
    line.write(0, 0, sent);
    line.advance(SECOND);
    expect(line.readable(1)).toBeLessThanOrEqual(256);
    const received: number[] = [];
    for (let now = SECOND; now < 3 * SECOND; now += 5 * MILLISECOND) received.push(...readAll(line, now, 1));
    expect(received).toEqual([...sent]);
    expect(readAll(line, 3 * SECOND, 0)).toEqual([]);
    expect(line.counters(1).overrun).toBe(0);
  });

  test('XON and XOFF among the data are swallowed by a UART that obeys them, and are data to one that does not', () => {
    for (const [settings, expected] of [
      [SOFTWARE, [1, 2, 3]],
      [PLAIN, [1, 0x13, 2, 0x11, 3]],
    ] as const) {
      const line = lineOf(PLAIN, settings);
      line.write(0, 0, Uint8Array.of(1, 0x13, 2, 0x11, 3));
      line.advance(SECOND);
      expect(readAll(line, SECOND, 1)).toEqual(expected);
    }
  });

  test('an XOFF from the other end stops what is sent until an XON', () => {
    const line = lineOf(SOFTWARE, PLAIN);
    line.write(0, 1, Uint8Array.of(0x13));
    line.advance(SECOND);
    line.write(SECOND, 0, counting(10));
    line.advance(2 * SECOND);
    expect(line.readable(1)).toBe(0);
    line.write(2 * SECOND, 1, Uint8Array.of(0x11));
    line.advance(3 * SECOND);
    expect(line.readable(1)).toBe(10);
  });

  test('a break is seen once, as 0x00 and in the counters; data waits for its end', () => {
    const line = lineOf(PLAIN, PLAIN);
    line.set(0, 0, { brk: true });
    line.write(10, 0, Uint8Array.of(7));
    line.advance(SECOND);
    expect(readAll(line, SECOND, 1)).toEqual([0]);
    expect(line.counters(1).break).toBe(1);
    line.set(SECOND, 0, { brk: false });
    line.advance(2 * SECOND);
    expect(readAll(line, 2 * SECOND, 1)).toEqual([7]);
    expect(line.next()).toMatchObject({ from: 0, event: { kind: 'break' } });
  });

  test('ends at different rates garble and count framing errors; ends with different parity count parity errors', () => {
    const slow = { ...PLAIN, line: { ...DEFAULT_LINE_SETTINGS, baud: 57_600 } };
    const garbled = lineOf(PLAIN, slow);
    garbled.write(0, 0, counting(200, 65));
    garbled.advance(SECOND);
    expect(readAll(garbled, SECOND, 1)).not.toEqual([...counting(200, 65)]);
    expect(garbled.counters(1).framing).toBeGreaterThan(0);
    const odd = { ...PLAIN, line: { ...DEFAULT_LINE_SETTINGS, parity: 'ODD' as const } };
    const even = { ...PLAIN, line: { ...DEFAULT_LINE_SETTINGS, parity: 'EVEN' as const } };
    const parity = lineOf(odd, even);
    parity.write(0, 0, counting(200));
    parity.advance(SECOND);
    expect(parity.counters(1).parity).toBe(200);
    parity.reset(SECOND, 1, odd);
    parity.write(SECOND, 0, counting(200));
    parity.advance(2 * SECOND);
    expect(parity.counters(1).parity).toBe(200);
  });

  test('a closed end hears nothing and keeps nothing; what it had not sent is gone', () => {
    const line = lineOf(PLAIN, undefined);
    line.write(0, 0, counting(100));
    line.advance(SECOND);
    line.open(SECOND, 1, PLAIN);
    expect(line.readable(1)).toBe(0);
    line.write(SECOND, 1, counting(1_000));
    line.close(SECOND + 10 * MILLISECOND, 1);
    line.advance(2 * SECOND);
    expect(line.readable(0)).toBeLessThan(120);
  });

  test('takes no more than its transmit buffer holds and says when there is room again', () => {
    const line = lineOf(PLAIN, PLAIN);
    expect(line.write(0, 0, new Uint8Array(10_000))).toBe(4_096);
    expect(line.write(0, 0, new Uint8Array(1))).toBe(0);
    expect(line.write(line.writableAt(0)! + 87, 0, new Uint8Array(10))).toBeGreaterThan(0);
  });

  test('flushing throws away what was not read and not sent', () => {
    const line = lineOf(PLAIN, PLAIN);
    line.write(0, 1, counting(100));
    line.advance(SECOND);
    line.write(SECOND, 0, counting(100));
    line.flush(SECOND, 0);
    line.advance(2 * SECOND);
    expect([line.readable(0), line.readable(1)]).toEqual([0, 0]);
  });
});
