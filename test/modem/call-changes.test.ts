/** What a script does to a call that is on: carrier, retrains, noise, hang-ups. */
import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { type CallChange, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { Desk } from './desk.ts';

const desk = (changes: readonly CallChange[], line: object = {}): Desk => {
  const made = new Desk({ timings: QUICK_TIMINGS, changes, line });
  made.connect();
  return made;
};

describe('carrier lost', () => {
  test('for less than S10: the call stays and, with correction, nothing is lost', () => {
    const made = desk([{ at: 2 * SECOND, kind: 'carrierLost', for: SECOND }]);
    made.wait(2_000);
    made.type(0, 'x'.repeat(1_000));
    made.wait(3_000);
    expect(made.heard(1)).toBe('x'.repeat(1_000));
    expect(made.heard(0)).toBe('');
    expect(made.story().slice(-2)).toEqual(['carrierLost', 'carrierBack']);
    expect(made.exchange.outputs(0).dcd).toBe(true);
  });

  test('for less than S10 without correction: what was under way is lost', () => {
    const made = desk([{ at: 2 * SECOND, kind: 'carrierLost', for: SECOND }], { errorCorrection: false });
    made.wait(1_500);
    made.type(0, 'x'.repeat(3_000));
    made.wait(5_000);
    expect(made.heard(1).length).toBeGreaterThan(0);
    expect(made.heard(1).length).toBeLessThan(3_000);
  });

  test('for longer than S10, or for good: both hang up after S10', () => {
    for (const duration of [{ for: 2 * SECOND }, {}]) {
      const made = desk([{ at: SECOND, kind: 'carrierLost', ...duration }]);
      made.wait(900 + 1_300);
      expect(made.heard(0) + made.heard(1)).toBe('');
      made.wait(200);
      expect(made.heard(0)).toBe('\r\nNO CARRIER\r\n');
      expect(made.heard(1)).toBe('\r\nNO CARRIER\r\n');
      expect(made.events.find(({ event }) => event.type === 'cleared')?.event).toMatchObject({ by: 'line' });
      made.connect();
      expect(made.exchange.outputs(0).dcd).toBe(true);
    }
  });

  test('in one call only', () => {
    const made = desk([{ call: 2, at: SECOND, kind: 'carrierLost' }]);
    made.wait(5_000);
    expect(made.heard(0)).toBe('');
    made.type(0, '+++');
    made.wait(1_100);
    made.ask(0, 'ATH');
    made.connect();
    made.wait(5_000);
    expect(made.heard(0)).toContain('NO CARRIER');
  });

  test('with S10=255 a modem never hangs up by itself', () => {
    const made = new Desk({ timings: QUICK_TIMINGS, changes: [{ at: SECOND, kind: 'carrierLost' }] });
    made.ask(0, 'ATS10=255');
    made.ask(1, 'ATS10=255');
    made.connect();
    made.wait(60_000);
    expect(made.exchange.modem(0).isOnline).toBe(true);
    expect(made.exchange.deadline).toBeUndefined();
  });
});

describe('other changes', () => {
  test('a retrain halts the data and changes the rate, which I6 tells', () => {
    const made = desk([{ at: SECOND, kind: 'retrain', for: 2 * SECOND, rate: 9_600 }]);
    made.wait(1_000);
    made.type(0, 'after');
    made.wait(1_500);
    expect(made.heard(1)).toBe('');
    made.wait(1_000);
    expect(made.heard(1)).toBe('after');
    made.type(0, '+++');
    made.wait(1_100);
    made.heard(0);
    expect(made.ask(0, 'ATI6')).toMatch(
      /first {3}33600\r\nCarrier rate, last {4}9600[\s\S]*Retrains {14}1\r\n/,
    );
    expect(made.ask(0, 'AT#UD')).toContain('RATE=33600,9600');
    expect(made.ask(0, 'ATH')).toBe('OK');
    expect(made.ask(0, 'ATI11')).toContain('Ended by              ATH');
    expect(made.ask(1, 'ATI11')).toContain('Ended by              loss of carrier');
  });

  test('ATO1 retrains', () => {
    const made = desk([]);
    made.wait(1_000);
    made.type(0, '+++');
    made.wait(1_100);
    made.type(0, 'ATO1\r');
    made.wait(10);
    expect(made.story().at(-1)).toBe('retrain');
  });

  test('noise for a while shows in the data without correction, and only then', () => {
    const block = new Random('block').fill(new Uint8Array(3_000));
    const made = desk([{ at: SECOND, kind: 'noise', bitErrorRatio: 1e-2, for: 2 * SECOND }], {
      errorCorrection: false,
    });
    const differences = (): number => {
      made.type(0, block);
      made.wait(1_000);
      const heard = made.heardBytes(1);
      expect(heard).toHaveLength(3_000);
      return block.filter((byte, at) => byte !== heard[at]).length;
    };
    expect(made.now).toBeGreaterThan(0);
    const found = [0, 1, 2, 3].map(differences);
    expect(found[0]).toBeLessThan(80);
    expect(found[1]).toBeGreaterThan(100);
    expect(found[3]).toBe(0);
  });

  test('noise that nothing gets through ends a call with correction', () => {
    const made = desk([{ at: SECOND, kind: 'noise', bitErrorRatio: 0.2 }]);
    made.wait(1_000);
    made.type(0, 'x'.repeat(500));
    made.wait(5_000);
    expect(made.heard(0)).toBe('\r\nNO CARRIER\r\n');
    expect(made.heard(1)).toBe('\r\nNO CARRIER\r\n');
  });

  test.each(['caller', 'called'] as const)('the %s hangs up', (by) => {
    const made = desk([{ at: 500 * MILLISECOND, kind: 'hangUp', by }]);
    made.wait(1_000);
    expect(made.heard(0)).toBe('\r\nNO CARRIER\r\n');
    expect(made.heard(1)).toBe('\r\nNO CARRIER\r\n');
    expect(made.events.find(({ event }) => event.type === 'cleared')?.event).toMatchObject({ by });
  });

  test('without correction the other side notices after S10', () => {
    const made = desk([{ at: 500 * MILLISECOND, kind: 'hangUp', by: 'called' }], { errorCorrection: false });
    made.wait(1_000);
    expect(made.heard(1)).toBe('\r\nNO CARRIER\r\n');
    expect(made.heard(0)).toBe('');
    made.wait(1_400);
    expect(made.heard(0)).toBe('\r\nNO CARRIER\r\n');
  });
});
