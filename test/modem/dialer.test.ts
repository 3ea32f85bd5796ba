import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../src/base/failure.ts';
import { CALL_FAILURES } from '../../src/modem/dialer-event.ts';
import { Bench, obliging, type Script } from './scripted-modem.ts';

const DIALLED = 'ATDT5551234';

/** A modem that obliges, and to the dial command says `said`. */
function answering(said: Parameters<Bench['say']>[0] | readonly [number, string][]): Script {
  return (command) =>
    command === DIALLED ? (said as string) : command === 'any key' ? '\r\nNO CARRIER\r\n' : obliging(command);
}

/** A bench whose dialer has dialled 5551234. */
function dialled(script: Script, options = {}): Bench {
  const bench = new Bench(script, options);
  bench.ready();
  bench.dialer.dial(bench.now, '555-1234');
  return bench;
}

describe('setting up', () => {
  test('asks AT, sends the default set-up in order, one at a time, with a pause after each result', () => {
    const bench = new Bench(obliging);
    bench.ready();
    expect(bench.commands.map(([, text]) => text)).toEqual([
      'AT',
      'ATZ',
      'ATE0V1Q0',
      'ATX4',
      'ATW1',
      'AT&C1&D2',
      'ATS0=0',
      'ATS7=60',
      'ATS2=43S12=50',
    ]);
    const times = bench.commands.map(([at]) => at);
    for (const [i, at] of times.entries()) if (i > 0) expect(at - times[i - 1]!).toBe(120);
    expect(bench.events.at(-1)).toEqual({ type: 'ready', skipped: [] });
  });

  test('an optional setting that is refused is named and passed over, any other ends the set-up', () => {
    const refusing =
      (refused: string): Script =>
      (command) =>
        command === refused ? '\r\nERROR\r\n' : obliging(command);
    const bench = new Bench(refusing('ATX4'));
    bench.ready();
    expect(bench.events.at(-1)).toEqual({ type: 'ready', skipped: ['ATX4'] });
    const other = new Bench(refusing('ATE0V1Q0'));
    other.dialer.initialise(0);
    expect(other.until('failed')).toEqual({
      type: 'failed',
      step: 'initialise',
      text: 'ATE0V1Q0 was refused',
    });
    expect(other.dialer.state).toBe('failed');
  });

  test('a set-up command that is not answered is named', () => {
    const init = [{ command: 'AT\\N3', optional: false }];
    const bench = new Bench((command) => (command === 'AT\\N3' ? undefined : obliging(command)), { init });
    bench.dialer.initialise(0);
    expect(bench.until('failed').text).toBe('AT\\N3 was not answered');
  });

  test('a modem that was told to be quiet, to echo and to answer in numbers is found', () => {
    let quiet = true;
    const bench = new Bench((command) => {
      if (command === 'ATQ0V1E0') quiet = false;
      return quiet ? `${command}\r` : obliging(command);
    });
    bench.ready();
    expect(bench.commands[1]?.[1]).toBe('ATQ0V1E0');
  });

  test('numbers are understood before the set-up, and echoes are not taken for answers', () => {
    let numeric = true;
    const bench = new Bench((command) => {
      if (command === 'ATE0V1Q0') numeric = false;
      return numeric ? `${command}\r0\r` : obliging(command);
    });
    bench.ready();
    expect(bench.commands.slice(0, 3).map(([, text]) => text)).toEqual(['AT', 'ATZ', 'ATE0V1Q0']);
  });

  test('a modem that is still in a call is taken out of it, by DTR where the port has lines', () => {
    let online = true;
    const script: Script = (command) => {
      if (command === 'DTR on') online = false;
      return online ? undefined : obliging(command);
    };
    const bench = new Bench(script);
    bench.dialer.lines(0, { dcd: true });
    bench.ready();
    const texts = bench.commands.map(([, text]) => text);
    expect(texts.slice(3, 6)).toEqual(['DTR off', 'DTR on', 'ATH']);
    expect(texts).not.toContain('+++');
  });

  test('a modem that is still in a call is taken out of it by the escape, with silence around', () => {
    let online = true;
    const script: Script = (command) => {
      if (command === '+++') {
        online = false;
        return [[1_000, '\r\nOK\r\n']];
      }
      return online ? undefined : obliging(command);
    };
    const bench = new Bench(script);
    bench.dialer.lines(0, null);
    bench.ready();
    const at = bench.commands.findIndex(([, text]) => text === '+++');
    expect(bench.commands[at]![0] - bench.commands[at - 1]![0]).toBeGreaterThanOrEqual(1_200);
    expect(bench.commands[at + 1]).toEqual([expect.any(Number), 'ATH']);
  });

  test.each([
    [(): undefined => undefined, 'nothing came at all: is the modem on, and is this its port?'],
    [(command: string) => `${command}\r`, 'no answer to AT but its echo'],
    [() => '\u00f8\u001e\u0000', 'only 9 bytes that are no text: is the rate of the port right?'],
    [() => 'login:\r\n', 'only text that is none: "login:"'],
  ] as const)('a modem that does not answer AT: %#', (script, text) => {
    const bench = new Bench(script as Script, { hangUp: [] });
    bench.dialer.initialise(0);
    expect(bench.until('failed')).toMatchObject({
      step: 'synchronise',
      text: expect.stringContaining(text),
    });
  });

  test('a result that comes twice is no answer to the next command', () => {
    const twice: Script = (command) => [
      [20, '\r\nOK\r\n'],
      [60, command === 'ATZ' ? '\r\nOK\r\n' : ''],
    ];
    const bench = new Bench(twice);
    bench.ready();
    expect(bench.commands.map(([, text]) => text)).toContain('ATE0V1Q0');
    expect(bench.commands).toHaveLength(9);
  });

  test('what was left over from before is no answer', () => {
    const bench = new Bench(obliging);
    bench.say('56\r\nNO CARR');
    bench.say('IER\r\nRING\r\n', 1);
    bench.run(5);
    bench.ready();
    expect(bench.dialer.state).toBe('ready');
  });
});

describe('dialling', () => {
  test('ends online; what follows the CONNECT line in the same read is data, byte for byte', () => {
    for (const pieces of [0, 1, 2, 3, 5]) {
      const bench = new Bench((command) =>
        command === DIALLED
          ? [[3_000, '\r\nCONNECT 33600/ARQ/V34/LAPM/V42BIS\r\n\xcc\x80\x0d\x0aRING']]
          : obliging(command),
      );
      bench.ready();
      bench.pieces = pieces;
      bench.dialer.dial(bench.now, '(555) 12-34');
      const connected = bench.until('connected');
      expect(connected).toMatchObject({
        direction: 'dial',
        report: { lineRate: 33_600, modulation: 'V34', protocol: 'LAPM', compression: 'V42BIS' },
        timings: { total: 3_000_000 },
      });
      expect(bench.data, `${pieces}`).toBe('\xcc\x80\x0d\x0aRING');
      expect(bench.dialer.state).toBe('online');
    }
  });

  test('lines before CONNECT tell the rate of the line, the number in it is then that of the port', () => {
    const bench = dialled(
      answering([
        [500, '\r\nCARRIER 28800\r\n'],
        [510, '\r\nPROTOCOL: LAPM\r\n'],
        [520, '\r\nCOMPRESSION: V.42BIS\r\n\r\nCONNECT 115200\r\n'],
      ]),
    );
    expect(bench.until('connected').report).toEqual({
      text: 'CONNECT 115200',
      lineRate: 28_800,
      portRate: 115_200,
      protocol: 'LAPM',
      compression: 'V.42BIS',
    });
  });

  test.each([
    ['BUSY', 'busy'],
    ['NO CARRIER', 'noCarrier'],
    ['NO DIALTONE', 'noDialTone'],
    ['NO DIAL TONE', 'noDialTone'],
    ['NO ANSWER', 'noAnswer'],
    ['ERROR', 'error'],
    ['VOICE', 'voice'],
    ['FAX', 'fax'],
    ['LINE IN USE', 'lineInUse'],
  ] as const)('%s ends the call as %s, and the modem is ready', (said, failure) => {
    const bench = dialled(answering([[2_000, `\r\n${said}\r\n`]]));
    expect(bench.until('callFailed')).toEqual({
      type: 'callFailed',
      direction: 'dial',
      failure,
      text: said,
      retry: 'now',
      timings: { total: 2_000_000 },
    });
    expect(bench.dialer.state).toBe('ready');
  });

  test('a rig may give words of its own to its modem', () => {
    const options = { extraResults: { 'KEIN TRAEGER': 'NO CARRIER', 87: 'BUSY' }, numeric: true };
    expect(dialled(answering('KEIN  TRAEGER\r'), options).until('callFailed').failure).toBe('noCarrier');
    expect(dialled(answering('87\r'), options).until('callFailed').failure).toBe('busy');
  });

  test('numeric codes: 1 is CONNECT, and a line feed after it is data already', () => {
    const bench = dialled(answering('1\r\n'), { numeric: true });
    bench.until('connected');
    expect(bench.data).toBe('\n');
  });

  test('BLACKLISTED is for good: the number is not dialled again, another one is', () => {
    const bench = dialled(answering('\r\nBLACKLISTED\r\n'));
    expect(bench.until('callFailed')).toMatchObject({ failure: 'blacklisted', retry: 'never' });
    bench.run(3_600_000);
    const before = bench.commands.length;
    bench.dialer.dial(bench.now, '5551234');
    expect(bench.until('callFailed')).toMatchObject({
      failure: 'blacklisted',
      text: 'not dialled: the modem said BLACKLISTED',
      retry: 'never',
    });
    expect(bench.commands).toHaveLength(before);
    bench.dialer.dial(bench.now, '5559999');
    bench.run(1);
    expect(bench.commands.at(-1)?.[1]).toBe('ATDT5559999');
  });

  test('DELAYED is kept to the second', () => {
    const bench = dialled(answering('\r\nDELAYED 00:02:10\r\n'));
    expect(bench.until('callFailed')).toMatchObject({ failure: 'delayed', retry: 130_000_000 });
    bench.run(129_000);
    bench.dialer.dial(bench.now, '5551234');
    expect(bench.until('callFailed')).toMatchObject({ failure: 'delayed', retry: 1_000_000 });
    bench.run(1_000);
    bench.dialer.dial(bench.now, '5551234');
    bench.run(1);
    expect(bench.commands.at(-1)?.[1]).toBe(DIALLED);
  });

  test('no result within S7 and a margin is given up by a byte, and the modem is asked whether it is there', () => {
    const bench = dialled(answering([]), { carrierWait: 30 });
    expect(bench.until('callFailed')).toMatchObject({
      failure: 'noResult',
      text: expect.stringContaining('(S7=30 and a margin)'),
    });
    bench.until('ready');
    expect(bench.commands.slice(-3).map(([, text]) => text)).toEqual([DIALLED, 'any key', 'AT']);
  });

  test('giving up takes one byte; a CONNECT that comes too late is hung up', () => {
    const bench = dialled((command) =>
      command === 'any key'
        ? '\r\nCONNECT 2400\r\n'
        : command === '+++'
          ? [[1_000, '\r\nOK\r\n']]
          : obliging(command),
    );
    bench.run(2_000);
    bench.dialer.abort(bench.now);
    expect(bench.until('callFailed').failure).toBe('aborted');
    bench.until('ready');
    expect(bench.commands.slice(-3).map(([, text]) => text)).toEqual(['any key', '+++', 'ATH']);
    expect(bench.events.some((event) => event.type === 'connected')).toBe(false);
  });

  test('nothing is sent between the dial command and its result', () => {
    const bench = dialled(answering([[40_000, '\r\nNO CARRIER\r\n']]));
    bench.until('callFailed');
    expect(bench.commands.at(-1)?.[1]).toBe(DIALLED);
  });

  test('a call that comes in meanwhile is told, and named with the failure', () => {
    const bench = dialled(
      answering([
        [500, '\r\nRING\r\n'],
        [900, '\r\nNO CARRIER\r\n'],
      ]),
    );
    expect(bench.until('ring')).toMatchObject({ count: 1, whileDialling: true });
    expect(bench.until('callFailed').text).toBe('NO CARRIER (a call came in while dialling)');
  });

  test('the time until the far end rings is kept where the modem tells it', () => {
    const bench = dialled(
      answering([
        [1_500, '\r\nRINGING\r\n'],
        [4_500, '\r\nRINGING\r\n'],
        [9_000, '\r\nCONNECT 2400\r\n'],
      ]),
    );
    expect(bench.until('connected').timings).toEqual({ total: 9_000_000, ringing: 1_500_000 });
  });

  test('what is no number is our own fault, and so is a command out of turn', () => {
    const bench = new Bench(obliging);
    expect(() => bench.dialer.dial(0, '1')).toThrow(InvariantError);
    bench.ready();
    expect(() => bench.dialer.dial(0, '12;')).toThrow('expected a telephone number');
    expect(() => bench.dialer.hangUp(0)).toThrow('hangUp was asked of a dialer that is ready');
  });

  test('every failure there is has a result, a timeout or a command that leads to it', () => {
    expect([...CALL_FAILURES].sort()).toEqual(
      [
        ...['busy', 'noCarrier', 'noDialTone', 'noAnswer', 'error', 'voice', 'fax', 'lineInUse'],
        ...['blacklisted', 'delayed', 'noResult', 'aborted'],
      ].sort(),
    );
  });
});

describe('answering', () => {
  function listening(script: Script, options = {}): Bench {
    const bench = new Bench(script, options);
    bench.ready();
    bench.dialer.listen();
    return bench;
  }

  test('after as many rings as the rig says, with who calls', () => {
    const bench = listening(
      (command) => (command === 'ATA' ? [[5_000, '\r\nCONNECT 9600\r\n']] : obliging(command)),
      {
        answer: { rings: 2, by: 'command' },
      },
    );
    bench.say('\r\nRING\r\n', 1_000);
    bench.say('\r\nDATE = 0321\r\nTIME = 1405\r\nNMBR = 5551234\r\nNAME = SMITH J\r\n', 2_000);
    bench.say('\r\nRING\r\n', 7_000);
    expect(bench.until('connected')).toMatchObject({
      direction: 'answer',
      callerId: { date: '0321', time: '1405', number: '5551234', name: 'SMITH J' },
      timings: { answered: 6_000_000, total: 11_000_000 },
    });
  });

  test('by the modem itself: S0 is set, ATA is never sent, and no RING need be seen', () => {
    for (const rings of [0, 1, 3]) {
      const bench = listening(obliging, { answer: { rings: 3, by: 'modem' } });
      expect(bench.commands.map(([, text]) => text)).toContain('ATS0=3');
      for (let i = 0; i < rings; i++) bench.say('RING\r\n', 6_000 * i);
      bench.say('\r\nCONNECT\r\n', 30_000);
      if (rings === 1) bench.until('ringsStopped');
      bench.until('connected');
      expect(bench.commands.map(([, text]) => text)).not.toContain('ATA');
    }
  });

  test('rings that stop are told, and waiting goes on', () => {
    const bench = listening(obliging, { answer: { rings: 4, by: 'command' } });
    bench.say('RING\r\n', 1_000);
    bench.say('RING\r\n', 6_000);
    expect(bench.until('ringsStopped')).toEqual({ type: 'ringsStopped', count: 2 });
    expect(bench.dialer.state).toBe('listening');
  });

  test('a call that does not come to be after the answer has failed', () => {
    const bench = listening((command) =>
      command === 'ATA' ? [[30_000, '\r\nNO CARRIER\r\n']] : obliging(command),
    );
    bench.say('RING\r\n');
    expect(bench.until('callFailed')).toMatchObject({ direction: 'answer', failure: 'noCarrier' });
    expect(bench.dialer.state).toBe('ready');
  });

  test('waiting is given up without a word to the modem', () => {
    const bench = listening(obliging);
    const before = bench.commands.length;
    bench.dialer.abort(bench.now);
    bench.until('ready');
    expect(bench.commands).toHaveLength(before);
  });
});
