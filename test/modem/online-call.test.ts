/** How calls end for the dialer, and what it asks afterwards. */
import { describe, expect, test } from 'vitest';
import { Bench, obliging, type Script } from './scripted-modem.ts';

const DIALLED = 'ATDT5551234';

describe('the end of a call', () => {
  /** A modem that connects at once; `ends` says what else it does. */
  function online(ends: Script, lines: boolean, options = {}): Bench {
    const bench = new Bench(
      (command, self) =>
        command === DIALLED ? '\r\nCONNECT 9600\r\n' : (ends(command, self) ?? obliging(command)),
      options,
    );
    bench.dialer.lines(0, lines ? { dcd: false } : null);
    bench.ready();
    bench.dialer.dial(bench.now, '5551234');
    bench.until('connected');
    if (lines) bench.dialer.lines(bench.now, { dcd: true });
    return bench;
  }

  test('by DTR first: off, the carrier falls, on again, and ATH makes sure', () => {
    const bench = online((command, self) => {
      if (command === 'DTR off') self.dialer.lines(self.now, { dcd: false });
      return command === 'DTR off' ? [[50, '\r\nNO CARRIER\r\n']] : undefined;
    }, true);
    bench.run(10_000);
    bench.dialer.hangUp(bench.now);
    const hungUp = bench.until('hungUp');
    expect(hungUp).toMatchObject({ by: 'dtr', lasted: 10_000_000 });
    expect(hungUp.took).toBeLessThan(1_000_000);
    expect(bench.commands.slice(-3).map(([, text]) => text)).toEqual(['DTR off', 'DTR on', 'ATH']);
    expect(bench.dialer.state).toBe('ready');
  });

  test('by the escape where DTR does nothing', () => {
    let escaped = false;
    const bench = online((command) => {
      if (command === '+++') escaped = true;
      if (command === '+++') return [[1_000, '\r\nOK\r\n']];
      if (command === 'ATH') return escaped ? undefined : [];
      return undefined;
    }, true);
    bench.dialer.hangUp(bench.now);
    bench.run(30_000, () => escaped);
    bench.dialer.lines(bench.now, { dcd: false });
    expect(bench.until('hungUp').by).toBe('escape');
  });

  test('by the escape where the port has no lines, after a silence', () => {
    const bench = online((command) => (command === '+++' ? [[1_000, '\r\nOK\r\n']] : undefined), false);
    const asked = bench.now / 1_000;
    bench.dialer.hangUp(bench.now);
    expect(bench.until('hungUp').by).toBe('escape');
    const [at] = bench.commands.find(([, text]) => text === '+++')!;
    expect(at - asked).toBe(1_200);
  });

  /** A modem that heeds the escape only a second after the far end's last byte, as DOSBox's does. */
  function heedsSilence(beeps: number, everyMs: number): Bench {
    let last = Number.NEGATIVE_INFINITY;
    let escaped = false;
    const bench = online((command, self) => {
      if (command === '+++' && self.now - last >= 1_000_000) escaped = true;
      if (command === '+++') return escaped ? '\r\nOK\r\n' : [];
      return command === 'ATH' && !escaped ? [] : undefined;
    }, false);
    bench.dialer.hangUp(bench.now);
    for (let beep = 1; beep <= beeps; beep++) {
      bench.say('\x01\x02', everyMs);
      bench.run(everyMs);
      last = bench.now;
    }
    return bench;
  }

  test('the escape waits until the far end has fallen silent: some modems do not heed it before', () => {
    const bench = heedsSilence(5, 600);
    const { by, took } = bench.until('hungUp');
    expect(by).toBe('escape');
    expect(took).toBeLessThan(5_000_000);
    expect(bench.commands.filter(([, text]) => text === '+++')).toHaveLength(1);
  });

  test('a far end that never falls silent is waited for ten seconds, and then escaped from all the same', () => {
    const bench = heedsSilence(30, 600);
    const [at] = bench.commands.find(([, text]) => text === '+++')!;
    const [before] = bench.commands.at(bench.commands.findIndex(([, text]) => text === '+++') - 1)!;
    expect(at - before).toBeGreaterThanOrEqual(10_000);
    expect(at - before).toBeLessThan(11_000);
    expect(bench.until('hungUp').by).toBe('escape');
  });

  test('a call that ends while the guard time runs was ended by the far end', () => {
    const bench = online((command) => (command === '+++' ? [] : undefined), false);
    bench.say('\r\nNO CARRIER\r\n', 500);
    bench.dialer.hangUp(bench.now);
    expect(bench.until('hungUp').by).toBe('farEnd');
    expect(bench.commands.map(([, text]) => text)).not.toContain('+++');
  });

  test('a call that cannot be ended is a failure with what was tried', () => {
    const dead = (): [] => [];
    const bench = online(
      (command) =>
        /^(AT.*|\+\+\+)$/.test(command) && !/S\d|&|X4|E0|Z|^AT$/.test(command) ? dead() : undefined,
      false,
    );
    bench.dialer.hangUp(bench.now);
    expect(bench.until('failed')).toEqual({ type: 'failed', step: 'hangUp', text: 'tried escape: in vain' });
    const none = online(obliging, false, { escape: 'off' });
    none.dialer.hangUp(none.now);
    expect(none.until('failed').text).toBe('there is no way to hang up here');
  });

  test('loss by DCD where it rose with the call; a moment of it is none', () => {
    const bench = online(obliging, true);
    bench.run(5_000);
    bench.dialer.lines(bench.now, { dcd: false });
    bench.run(200);
    bench.dialer.lines(bench.now, { dcd: true });
    bench.run(5_000);
    expect(bench.dialer.state).toBe('online');
    bench.dialer.lines(bench.now, { dcd: false });
    bench.say('\r\nNO CARRIER\r\n', 500);
    expect(bench.until('lost')).toEqual({
      type: 'lost',
      sign: 'dcd',
      text: 'the carrier was lost: DCD fell',
      lasted: 10_500_000,
    });
    bench.until('ready');
  });

  test('NO CARRIER in the data is data where DCD follows the carrier', () => {
    const bench = online(obliging, true);
    bench.say('\r\nNO CARRIER\r\n');
    bench.run(60_000);
    expect(bench.dialer.state).toBe('online');
    expect(bench.data).toBe('\r\nNO CARRIER\r\n');
  });

  test('loss by the words and silence after them where the port has no lines, however they are split', () => {
    for (const pieces of [0, 1, 4]) {
      const bench = online(obliging, false);
      bench.pieces = pieces;
      bench.say('xy\r\nNO CARRIER\r\n');
      expect(bench.until('lost')).toMatchObject({ sign: 'text', lasted: 1_000_000 });
      bench.until('ready');
    }
  });

  test('the words are data when anything follows them, or nothing stands before them', () => {
    const bench = online(obliging, false);
    bench.say('\r\nNO CARRIER\r\n');
    bench.say('more', 900);
    bench.say('my NO CARRIER\r\n', 5_000);
    bench.run(60_000);
    expect(bench.dialer.state).toBe('online');
    expect(bench.data).toBe('\r\nNO CARRIER\r\nmoremy NO CARRIER\r\n');
  });

  test('DCD that was on all the time is no sign of a carrier', () => {
    const bench = new Bench((command) => (command === DIALLED ? '\r\nCONNECT\r\n' : obliging(command)));
    bench.dialer.lines(0, { dcd: true });
    bench.ready();
    bench.dialer.dial(bench.now, '5551234');
    bench.until('connected');
    bench.say('\r\nNO CARRIER\r\n', 100);
    expect(bench.until('lost').sign).toBe('text');
  });

  test('a call that nobody waited for is hung up', () => {
    const bench = new Bench((command) => (command === '+++' ? [[1_000, '\r\nOK\r\n']] : obliging(command)));
    bench.ready();
    bench.say('\r\nRING\r\n');
    bench.say('\r\nCONNECT 2400\r\n', 4_000);
    bench.until('ring');
    bench.until('ready');
    expect(bench.commands.slice(-2).map(([, text]) => text)).toEqual(['+++', 'ATH']);
  });
});

describe('questions after a call', () => {
  test('are asked one by one, and their answers kept as text', () => {
    const bench = new Bench(
      (command) =>
        command === 'ATI6'
          ? '\r\nLine rate 33600\r\nBUSY 3\r\n7\r\nOK\r\n'
          : command === 'ATI11'
            ? '\r\nERROR\r\n'
            : obliging(command),
      { diagnostics: ['ATI6', 'ATI11'] },
    );
    bench.ready();
    bench.dialer.diagnose(bench.now);
    expect(bench.until('diagnosed').answers).toEqual([
      { command: 'ATI6', text: 'Line rate 33600\nBUSY 3\n7', ending: 'ok' },
      { command: 'ATI11', text: '', ending: 'error' },
    ]);
    expect(bench.dialer.state).toBe('ready');
  });

  test('an answer without end is cut, and one that does not end at all is left', () => {
    const endless = Array.from({ length: 400 }, (_, i): [number, string] => [i, `${'x'.repeat(60)}\r\n`]);
    const bench = new Bench(
      (command) =>
        command === 'ATI6'
          ? [...endless, [500, 'OK\r\n']]
          : command === 'ATI7'
            ? [...endless]
            : obliging(command),
      { diagnostics: ['ATI6', 'ATI7'] },
    );
    bench.ready();
    bench.dialer.diagnose(bench.now);
    const { answers } = bench.until('diagnosed');
    expect(answers[0]).toMatchObject({ ending: 'cut' });
    expect(answers[0]?.text).toHaveLength(8_192);
    expect(answers[1]).toMatchObject({ ending: 'silent' });
    bench.until('ready');
  });

  test('no questions, no answers', () => {
    const bench = new Bench(obliging);
    bench.ready();
    bench.dialer.diagnose(bench.now);
    expect(bench.until('diagnosed').answers).toEqual([]);
  });
});
