import { expect, test } from 'vitest';
import {
  clockText,
  countText,
  millisecondsText,
  percentText,
  scaledText,
  UNKNOWN,
} from '../../src/base/quantity.ts';

test('counts have commas between thousands', () => {
  expect([0, 999, 1000, 1234567.9, -1234].map(countText)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567',
    '-1,234',
  ]);
});

test('scaled numbers have a prefix and at most four digits', () => {
  expect(scaledText(998, 'B/s')).toBe('998 B/s');
  expect(scaledText(11_520, 'B/s')).toBe('11.52 kB/s');
  expect(scaledText(3_400_000, 'B')).toBe('3.40 MB');
  expect(scaledText(0.25, 'B')).toBe('0.3 B');
});

test('a ratio that is not quite 1 is never shown as all', () => {
  expect(percentText(0.972)).toBe('97.2 %');
  expect(percentText(0.99999)).toBe('99.9 %');
  expect(percentText(1)).toBe('100.0 %');
});

test('milliseconds have the digits that matter', () => {
  expect([0, 0.42, 8.4, 120, 2400].map(millisecondsText)).toEqual([
    '0 ms',
    '0.42 ms',
    '8.4 ms',
    '120 ms',
    '2.40 s',
  ]);
});

test('seconds are shown as a clock', () => {
  expect([7, 754, 11_045, 183_845, -1].map(clockText)).toEqual([
    '0:07',
    '12:34',
    '3:04:05',
    '2d 03:04:05',
    '0:00',
  ]);
});

test('what is no number is shown as unknown', () => {
  for (const text of [countText, percentText, millisecondsText, clockText])
    expect(text(Number.NaN)).toBe(UNKNOWN);
  expect(scaledText(Number.POSITIVE_INFINITY, 'B')).toBe(UNKNOWN);
});
