/** The command set, the results and the lines of an emulated modem, from its port. */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { Desk } from './desk.ts';

const quick = (options: object = {}): Desk => new Desk({ timings: QUICK_TIMINGS, ...options });

describe('a command line', () => {
  test('is echoed as it is typed and answered with OK', () => {
    const desk = new Desk();
    desk.type(0, 'A');
    expect(desk.heard(0)).toBe('A');
    desk.type(0, 'T\r');
    expect(desk.heard(0)).toBe('T\r\r\nOK\r\n');
  });

  test('begins with AT or at, and with nothing between', () => {
    const desk = new Desk();
    desk.ask(0, 'ATE0');
    for (const line of ['AT', 'at', 'xxAT', 'AAT', 'AtAT']) {
      expect(desk.ask(0, line), line).toBe('OK');
    }
    for (const line of ['aT', 'At', 'A T', '', 'T', 'xx']) expect(desk.ask(0, line), line).toBe('');
  });

  test('may have blanks, small letters and many commands', () => {
    const desk = new Desk();
    expect(desk.ask(0, 'at e0 v1 q0 x4 &c1 &d2 s0=3 s0?')).toBe('003\r\nOK');
  });

  test('is corrected with backspace, and another character may be that', () => {
    const desk = new Desk();
    desk.ask(0, 'ATE0');
    expect(desk.ask(0, 'ATBOGUS\b\b\b\b\bI0')).toBe('33600\r\nOK');
    expect(desk.ask(0, 'ATS5=0')).toBe('OK');
    expect(desk.ask(0, 'ATQ\bI0')).toBe('33600\r\nOK');
  });

  test('of more than 40 characters is an error, and the next is none', () => {
    const desk = new Desk();
    desk.ask(0, 'ATE0');
    expect(desk.ask(0, `AT${'E0'.repeat(20)}`)).toBe('OK');
    expect(desk.ask(0, `AT ${'E 0'.repeat(20)}`)).toBe('OK');
    expect(desk.ask(0, `AT${'E0'.repeat(20)}V`)).toBe('ERROR');
    expect(desk.ask(0, 'AT')).toBe('OK');
  });

  test('ends at the first command that is unknown; what stood before it is done', () => {
    const desk = new Desk();
    expect(desk.ask(0, 'ATS7=33Y7S7=44')).toBe('ERROR');
    expect(desk.ask(0, 'ATS7?')).toBe('033\r\nOK');
  });

  test('is repeated by A/ at once', () => {
    const desk = new Desk();
    desk.ask(0, 'ATI0');
    desk.type(0, 'A/');
    expect(desk.heard(0)).toBe('A/\r\n33600\r\n\r\nOK\r\n');
    desk.type(0, 'a/');
    expect(desk.heard(0)).toContain('33600');
  });

  test('may have the parity bit set', () => {
    const desk = new Desk();
    desk.ask(0, 'ATE0');
    desk.type(
      0,
      Uint8Array.from(Buffer.from('ATI0\r'), (byte) => byte | 0x80),
    );
    expect(desk.heard(0)).toContain('33600');
  });
});

describe('commands', () => {
  test.each([
    ['ATS0=300', 'ERROR'],
    ['ATS3=200', 'ERROR'],
    ['ATS200=1', 'ERROR'],
    ['ATS6=1', 'ERROR'],
    ['ATS60=9S60?', '009\r\nOK'],
    ['ATS7S?', '050\r\nOK'],
    ['ATS12=20?', '020\r\nOK'],
    ['ATS12=20S12?', '020\r\nOK'],
    ['ATS12', 'OK'],
    ['ATS12?', '050\r\nOK'],
    ['ATX9', 'ERROR'],
    ['ATE2', 'ERROR'],
    ['AT&Q5\\N3%C1L1M1Y0B0', 'OK'],
    ['AT&T1', 'ERROR'],
    ['ATC1', 'OK'],
    ['ATC0', 'ERROR'],
    ['ATI3', 'dplink emulated modem 1\r\nOK'],
    ['ATI6', 'LINK DIAGNOSTICS\r\nNo call yet\r\nOK'],
    ['AT+GMI;+GMM', 'dplink\r\nemulated modem\r\nOK'],
    ['AT+MS?', '+MS: V34,1,0,0\r\nOK'],
    ['AT+MS=?', '+MS: (V21,V22,V22B,V32,V32B,V34),(0-1),(0-33600),(0-33600)\r\nOK'],
    ['AT+MS=V32B,1,,14400;+MS?', '+MS: V32B,1,0,14400\r\nOK'],
    ['AT+MS=V99', 'ERROR'],
    ['AT+ES=1', 'OK'],
    ['AT+NONE=1', 'ERROR'],
    ['AT+VCID=1;#CID?', '#CID: 0\r\nOK'],
    ['AT#UD', 'END=NONE\r\nOK'],
    ['ATO', 'ERROR'],
    ['ATD', 'later'],
    ['AT&Z1=5551234', 'OK'],
    ['AT&Z7=5551234', 'ERROR'],
    ['ATDS=7', 'ERROR'],
    ['ATZ', 'OK'],
    ['AT&F1', 'OK'],
    ['AT&W0', 'OK'],
    ['AT~', 'ERROR'],
  ])('%s: %s', (line, answer) => {
    expect(new Desk().ask(0, line)).toBe(answer === 'later' ? '' : answer);
  });

  test('+MS factory says what +MS? says', () => {
    expect(new Desk().ask(0, 'AT&F+MS?')).toContain('+MS: V34,1,');
  });

  test('V0 gives numbers and S3 and S4 shape every line', () => {
    const desk = new Desk();
    expect(desk.ask(0, 'ATE0V0')).toBe('0');
    desk.type(0, 'ATX9\r');
    expect(desk.heard(0)).toBe('4\r');
    desk.type(0, 'ATS0?\r');
    expect(desk.heard(0)).toBe('000\r\n0\r');
    desk.type(0, 'ATV1S3=33S4=10\r');
    expect(desk.heard(0)).toBe('!\nOK!\n');
    desk.type(0, 'AT!');
    expect(desk.heard(0)).toBe('!\nOK!\n');
  });

  test('Q1 keeps results back, not answers', () => {
    const desk = new Desk();
    expect(desk.ask(0, 'ATE0Q1')).toBe('');
    expect(desk.ask(0, 'ATI0')).toBe('33600');
    expect(desk.ask(0, 'ATQ0')).toBe('OK');
  });

  test('profiles are stored, recalled, and &F leaves them alone', () => {
    const desk = quick({ modems: [{ number: '100', profile: 'E0S0=2' }, { number: '200' }] });
    expect(desk.ask(0, 'ATS0?')).toBe('002\r\nOK');
    desk.ask(0, 'ATS7=7X3&W1');
    expect(desk.ask(0, 'AT&FE0S0?S7?')).toBe('000\r\n050\r\nOK');
    expect(desk.ask(0, 'ATZ')).toBe('OK');
    expect(desk.ask(0, 'ATS0?S7?')).toBe('002\r\n050\r\nOK');
    expect(desk.ask(0, 'ATZ1')).toBe('OK');
    expect(desk.ask(0, 'ATS0?S7?')).toBe('002\r\n007\r\nOK');
  });

  test('&V shows every setting and every register', () => {
    const shown = new Desk().ask(0, 'ATE0S7=61&V');
    for (const word of ['E0', 'X4', '&C1', '\\N3', 'S07:061', 'S25:005', '+MS: V34', '&Z3='])
      expect(shown).toContain(word);
  });

  test('numbers are stored and dialled, and the last one again', () => {
    const desk = quick();
    desk.ask(0, 'AT&Z2=T200');
    for (const dial of ['ATDS=2', 'ATDS2', 'ATDL', 'A/']) {
      desk.type(0, dial === 'A/' ? dial : `${dial}\r`);
      desk.wait(2_000);
      expect(desk.story().filter((each) => each === 'dialled').length, dial).toBeGreaterThan(0);
      expect(desk.heard(1), dial).toContain('RING');
      desk.type(0, 'x');
      desk.wait(100);
    }
  });
});

describe('dialling', () => {
  test.each([
    ['ATDT200', 0.05 + 0.2 + 3 * 0.19],
    ['ATDP200', 0.05 + 0.2 + 2 * 1.8 + 1],
    ['ATPD200', 0.05 + 0.2 + 2 * 1.8 + 1],
    ['ATDT2,00', 0.05 + 0.2 + 3 * 0.19 + 2],
    ['ATS8=5DT2,00', 0.05 + 0.2 + 3 * 0.19 + 5],
    ['ATS11=50DT2-0 0', 0.05 + 0.2 + 3 * 0.1],
    ['ATDTW200', 0.05 + 0.2 + 3 * 0.19],
    ['ATX1DT200', 2 + 3 * 0.19],
    ['ATX1S6=4DT200', 4 + 3 * 0.19],
    ['ATX1DTW200', 0.05 + 0.2 + 3 * 0.19],
    ['ATDT!200', 0.05 + 0.2 + 0.5 + 3 * 0.19],
  ])('%s is with the exchange after %f s', (line, seconds) => {
    const desk = quick();
    desk.type(0, `${line}\r`);
    desk.wait(12_000);
    const dialled = desk.events.find((each) => each.event.type === 'dialled');
    expect(dialled?.at).toBeCloseTo(seconds * SECOND, -3);
  });

  test('a W in the middle waits for a tone that does not come', () => {
    const desk = quick();
    desk.type(0, 'ATS7=5DT2W00\r');
    expect(desk.until(0, /NO DIALTONE/)).toBeCloseTo(5.5, 0);
  });

  test('a semicolon leaves the modem off hook and in command state', () => {
    const desk = quick();
    desk.type(0, 'ATDT200;\r');
    expect(desk.until(0, /OK/)).toBeCloseTo(0.8, 0);
    expect(desk.ask(0, 'ATI0')).toContain('OK');
    // An empty dial string goes on with the call.
    desk.type(1, 'ATS0=1\r');
    desk.type(0, 'ATD\r');
    desk.until(0, /CONNECT/);
    desk.until(1, /CONNECT/);
  });

  test('two people may talk first: off hook by hand, then ATD and ATA', () => {
    const desk = quick();
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING/);
    expect(desk.ask(1, 'ATH1')).toBe('OK');
    desk.wait(5_000);
    desk.type(1, 'ATA\r');
    desk.until(0, /CONNECT/);
    desk.until(1, /CONNECT/);
  });
});

describe('answering', () => {
  test('S0 counts rings in S1, and S1 is cleared when they stop', () => {
    const desk = quick();
    desk.ask(1, 'ATE0S0=3');
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING[\s\S]*RING/);
    expect(desk.ask(1, 'ATS1?')).toContain('002');
    desk.type(0, 'x');
    desk.wait(100);
    expect(desk.ask(1, 'ATS1?')).toContain('000');
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING[\s\S]*RING[\s\S]*RING[\s\S]*CONNECT/);
  });

  test('RI follows the bell, DCD and DSR the call, as &C and &S say', () => {
    const desk = quick();
    const lines = () => desk.exchange.outputs(1);
    expect(lines()).toEqual({ cts: true, dsr: true, dcd: false, ri: false });
    desk.ask(1, 'AT&S1');
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING/);
    expect(lines()).toEqual({ cts: true, dsr: false, dcd: false, ri: true });
    desk.wait(500);
    expect(lines().ri).toBe(false);
    desk.type(1, 'ATA\r');
    desk.until(1, /CONNECT/);
    expect(lines()).toEqual({ cts: true, dsr: true, dcd: true, ri: false });
    desk.ask(0, 'AT&C0');
    expect(desk.exchange.outputs(0).dcd).toBe(true);
  });

  test.each([
    ['before-ring', /DATE = 0304\r\nTIME = 2359\r\nNMBR = 100\r\nNAME = NEAR\r\n\r\nRING/],
    ['after-first-ring', /RING\r\n\r\nDATE = 0304\r\nTIME = 2359\r\nNMBR = 100\r\nNAME = NEAR\r\n\r\nRING/],
    ['never', /^\r\nRING\r\n\r\nRING\r\n$/],
  ] as const)('who calls is said %s, where it was asked for', (callerId, expected) => {
    const modems = [
      { number: '100', name: 'NEAR' },
      { number: '200', profile: '+VCID=1' },
    ];
    const desk = quick({ modems, callerId, began: { date: '0304', minute: 1_439 } });
    desk.type(0, 'ATDT200\r');
    desk.wait(2_500);
    expect(desk.heard(1)).toMatch(expected);
  });

  test('a call that rings can be rejected, and ATZ does not reject it', () => {
    const desk = quick();
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING/);
    expect(desk.ask(1, 'ATZ')).toBe('OK');
    desk.until(1, /RING/);
    expect(desk.ask(1, 'ATH')).toBe('OK');
    desk.until(0, /BUSY/, 1);
    desk.wait(3_000);
    expect(desk.heard(1)).not.toContain('RING');
  });

  test('a modem without DTR answers by itself only when DTR is ignored', () => {
    for (const [line, connects] of [
      ['AT&D2S0=1', false],
      ['AT&D0S0=1', true],
    ] as const) {
      const desk = quick();
      desk.ask(1, line);
      desk.exchange.setInputs(desk.now, 1, { dtr: false });
      desk.type(0, 'ATS7=5DT200\r');
      desk.wait(8_000);
      expect(desk.heard(0).includes('CONNECT')).toBe(connects);
    }
  });

  test('a modem that begins to dial while it is called takes the call and hears no tone', () => {
    const desk = quick();
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING/);
    desk.type(1, 'ATDT100\r');
    desk.until(1, /NO DIALTONE/);
    desk.until(0, /NO CARRIER/);
  });

  test('of two modems that dial each other the first finds the other busy, and then is called', () => {
    const desk = quick();
    desk.type(0, 'ATDT200\r');
    desk.wait(100);
    desk.type(1, 'ATDT100\r');
    desk.until(0, /BUSY[\s\S]*RING/);
  });

  test('a modem with a call is busy for others', () => {
    const desk = quick({ modems: [{ number: '100' }, { number: '200' }, { number: '300' }] });
    desk.connect();
    desk.type(2, 'ATDT200\r');
    desk.until(2, /BUSY/);
    desk.type(0, 'still here');
    desk.wait(500);
    expect(desk.heard(1)).toBe('still here');
  });
});

describe('CONNECT', () => {
  test.each([
    ['ATX0', 'CONNECT'],
    ['ATX1', 'CONNECT 9600'],
    ['ATW2', 'CONNECT 33600'],
    ['AT\\V1', 'CONNECT 9600/ARQ/V34/LAPM/V42BIS'],
    ['AT\\V1\\N0', 'CONNECT 9600/V34'],
    ['ATW1', 'CARRIER 33600\r\nPROTOCOL: LAPM\r\nCOMPRESSION: V.42BIS\r\nCONNECT 9600'],
    [
      'AT+MR=1;+ER=1;+DR=1;+ILRR=1',
      '+MCR: V34\r\n+MRR: 33600\r\n+ER: LAPM\r\n+DR: V42B\r\n+ILRR: 9600\r\nCONNECT 9600',
    ],
    ['ATV0', '12'],
    ['ATV0W2', '84'],
    ['AT+MS=V32B;W2', 'CONNECT 14400'],
    ['AT+MS=V34,1,0,28800;W2', 'CONNECT 28800'],
    ['AT+DS=0;\\V1', 'CONNECT 9600/ARQ/V34/LAPM'],
  ])('%s: %s', (setting, said) => {
    const desk = quick();
    desk.exchange.setPortRate(0, 9_600);
    desk.ask(1, 'ATS0=1');
    desk.ask(0, setting);
    desk.ask(0, 'ATE0');
    desk.type(0, 'ATDT200\r');
    desk.wait(4_000);
    expect(desk.heard(0).trim().replaceAll('\r\n\r\n', '\r\n')).toBe(said);
  });

  test.each([
    ['AT\\N4', 'AT\\N0', 33_600],
    ['ATN0', 'AT+MS=V32B', 33_600],
    ['AT+MS=V34,1,9600', 'AT+MS=V22B', 33_600],
    ['AT+MS=V34,0', 'AT+MS=V32B', 33_600],
  ])('%s here and %s there come to nothing', (here, there, rateMax) => {
    const desk = quick({ line: { rateMax } });
    desk.ask(1, `${there}S0=1`);
    desk.ask(0, here);
    desk.type(0, 'ATDT200\r');
    desk.until(0, /NO CARRIER/);
  });

  test('the rate is what both and the line can', () => {
    const desk = quick({
      line: { rateMax: 27_000 },
      modems: [{ number: '100', rateMax: 28_800 }, { number: '200' }],
    });
    desk.ask(1, 'ATS0=1');
    desk.type(0, 'ATW2DT200\r');
    desk.until(0, /CONNECT 26400\r/);
  });
});

describe('what a country forbids', () => {
  test('a number that fails is delayed, then blacklisted; one that answers is forgiven', () => {
    const redial = { delayAfter: 2, delay: 60 * SECOND, blacklistAfter: 4 };
    const desk = quick({ modems: [{ number: '100', redial }, { number: '200' }], numbers: { 9: 'busy' } });
    const call = (): string => {
      desk.heard(0);
      desk.type(0, 'ATE0DT9\r');
      desk.wait(5_000);
      return desk.heard(0).trim();
    };
    expect([call(), call(), call()]).toEqual(['ATE0DT9\r\r\nBUSY', 'BUSY', 'DELAYED 00:00:56']);
    desk.wait(60_000);
    expect(call()).toBe('BUSY');
    desk.wait(60_000);
    expect([call(), call()]).toEqual(['BUSY', 'BLACKLISTED']);
    expect(desk.ask(0, 'ATI8')).toBe('BLACKLISTED NUMBERS\r\n9\r\nOK');
    desk.type(0, 'ATDT200\r');
    desk.until(1, /RING/);
  });
});
