import { describe, expect, test } from 'vitest';
import { dialCommand, diallingTime, dialString } from '../../src/modem/phone-number.ts';

describe('numbers', () => {
  test.each([
    ['555-1234', '5551234'],
    ['(0 30) 12.34', '0301234'],
    ['+49 30 1234', '+49301234'],
    ['9,w5551234', '9,W5551234'],
    ['*70#', '*70#'],
    ['T123P456', 'T123P456'],
    ['127.0.0.1:2323', '127.0.0.1:2323'],
    ['127.0.0.1', '127.0.0.1'],
  ])('%s is dialled as %s', (number, dialled) => {
    expect(dialString(number)).toBe(dialled);
  });

  test.each(['', ' ', 'call me', '123;', '123\rATZ', ',,', '+', '1'.repeat(81), 'host.example:23', '12"3'])(
    '%j is refused',
    (number) => {
      expect(dialString(number)).toBeUndefined();
    },
  );

  test('tone, pulse or as the modem likes', () => {
    expect((['tone', 'pulse', 'plain'] as const).map((how) => dialCommand('12', how))).toEqual([
      'ATDT12',
      'ATDP12',
      'ATD12',
    ]);
  });

  test('pulses and pauses take their time', () => {
    expect(diallingTime('5551234', 'tone')).toBe(1_750_000);
    expect(diallingTime('5551234', 'pulse')).toBe(12_600_000);
    expect(diallingTime('9,T1', 'pulse')).toBe(1_800_000 + 2_000_000 + 250_000);
    expect(diallingTime('9W1', 'tone')).toBe(30_500_000);
  });
});
