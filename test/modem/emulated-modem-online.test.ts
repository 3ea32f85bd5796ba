/** An emulated modem while a call is on: the escape, DTR, flow control. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { Desk } from './desk.ts';

const quick = (options: object = {}): Desk => new Desk({ timings: QUICK_TIMINGS, ...options });

describe('the escape', () => {
  test('needs silence on both sides, and the far end sees it', () => {
    const desk = quick();
    desk.connect();
    desk.type(0, 'abc+++');
    desk.wait(2_000);
    expect(desk.heard(0)).toBe('');
    desk.type(0, '+++x');
    desk.wait(2_000);
    desk.type(0, '++++');
    desk.wait(2_000);
    expect(desk.heard(0)).toBe('');
    for (let i = 0; i < 3; i++) {
      desk.type(0, '+');
      desk.wait(500);
    }
    expect(desk.heard(0)).toBe('');
    desk.wait(501);
    expect(desk.heard(0)).toBe('\r\nOK\r\n');
    expect(desk.heard(1)).toBe('abc++++++x+++++++');
  });

  test('ATO returns to the data, and what came meanwhile is not lost', () => {
    const desk = quick();
    desk.connect();
    desk.wait(1_000);
    desk.type(0, '+++');
    desk.wait(1_100);
    desk.heard(0);
    desk.type(1, 'meanwhile');
    desk.wait(1_000);
    expect(desk.ask(0, 'ATI0')).toBe('33600\r\nOK');
    desk.type(0, 'ATO\r');
    desk.wait(100);
    expect(desk.heard(0)).toBe('ATO\r\r\nCONNECT 115200\r\nmeanwhile');
    desk.type(0, 'again');
    desk.wait(500);
    expect(desk.heard(1)).toContain('again');
  });

  test('is off with S2 above 127, and needs no silence with S12=0', () => {
    const off = quick();
    off.connect('ATS2=255DT200');
    off.wait(2_000);
    off.type(0, '+++');
    off.wait(2_000);
    expect(off.heard(0)).toBe('');
    const bare = quick();
    bare.connect('ATS12=0DT200');
    bare.type(0, 'abc+++');
    bare.wait(1);
    expect(bare.heard(0)).toBe('\r\nOK\r\n');
  });
});

test('what was still to be sent when a call ended is not sent in the next', () => {
  const desk = quick();
  desk.connect('AT\\N0DT200');
  desk.type(0, '~'.repeat(4_000));
  desk.exchange.setInputs(desk.now, 0, { dtr: false });
  desk.wait(10_000);
  expect(desk.heard(1)).toMatch(/NO CARRIER/);
  desk.exchange.setInputs(desk.now, 0, { dtr: true });
  desk.wait(1_000);
  desk.heard(0);
  desk.connect('AT\\N0DT200');
  desk.wait(3_000);
  expect(desk.heard(1)).toBe('');
});

describe('DTR off', () => {
  test.each([
    ['AT&D0', '', 'online'],
    ['AT&D1', '\r\nOK\r\n', 'command'],
    ['AT&D2', '\r\nNO CARRIER\r\n', 'gone'],
    ['AT&D3', '\r\nNO CARRIER\r\n', 'gone'],
  ])('with %s', (setting, said, state) => {
    const desk = quick();
    desk.ask(0, setting);
    desk.connect();
    // Shorter than S25 is nothing.
    desk.exchange.setInputs(desk.now, 0, { dtr: false });
    desk.wait(40);
    desk.exchange.setInputs(desk.now, 0, { dtr: true });
    desk.wait(1_000);
    expect(desk.heard(0)).toBe('');
    desk.exchange.setInputs(desk.now, 0, { dtr: false });
    desk.wait(60);
    expect(desk.heard(0)).toBe(said);
    expect(desk.exchange.modem(0).isOnline).toBe(state === 'online');
    desk.wait(2_000);
    expect(desk.heard(1)).toBe(state === 'gone' ? '\r\nNO CARRIER\r\n' : '');
  });
});

describe('flow control', () => {
  const block = new Random('block').fill(new Uint8Array(8_000)).map((byte) => byte | 0x20);

  test('CTS goes off while the line is slower than the port, and nothing is lost', () => {
    const desk = quick({ line: { rateMax: 9_600 } });
    desk.connect();
    let at = 0;
    while (at < block.length) {
      if (desk.exchange.outputs(0).cts) {
        desk.type(0, block.subarray(at, at + 100));
        at += 100;
      }
      desk.wait(9);
    }
    desk.wait(12_000);
    expect(desk.heardBytes(1).equals(block)).toBe(true);
  });

  test('without it what does not fit is lost and reported', () => {
    const desk = quick({ line: { rateMax: 9_600 } });
    desk.ask(0, 'AT&K0');
    desk.connect();
    desk.type(0, block);
    expect(desk.exchange.outputs(0).cts).toBe(true);
    desk.wait(12_000);
    expect(desk.heardBytes(1).length).toBeLessThan(block.length);
    expect(desk.events.some(({ event }) => event.type === 'overflow' && event.from === 'port')).toBe(true);
  });

  test('with XON and XOFF the modem asks the port to stop and to go on, and obeys it', () => {
    const desk = quick({ line: { rateMax: 9_600 } });
    desk.ask(0, 'AT&K4');
    desk.connect();
    desk.type(0, block.subarray(0, 3_500));
    desk.wait(10);
    expect(desk.heard(0)).toBe('\x13');
    desk.wait(4_000);
    expect(desk.heard(0)).toBe('\x11');
    desk.type(0, '\x13');
    desk.type(1, 'held');
    desk.wait(1_000);
    expect(desk.heard(0)).toBe('');
    desk.type(0, '\x11');
    desk.wait(1);
    expect(desk.heard(0)).toBe('held');
    expect(desk.heardBytes(1).includes(0x13)).toBe(false);
  });

  test('RTS off holds back what is for the port, and with correction the far end waits', () => {
    const desk = quick();
    desk.connect();
    desk.exchange.setInputs(desk.now, 0, { rts: false });
    desk.type(1, block.subarray(0, 4_000));
    desk.wait(3_000);
    desk.type(1, block.subarray(4_000));
    desk.wait(3_000);
    expect(desk.heard(0)).toBe('');
    desk.exchange.setInputs(desk.now, 0, { rts: true });
    desk.wait(5_000);
    expect(desk.heardBytes(0).equals(Buffer.from(block))).toBe(true);
  });
});
