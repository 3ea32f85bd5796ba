import { expect, test } from 'vitest';
import {
  bitsPerCharacter,
  charactersPerSecond,
  DEFAULT_LINE_SETTINGS,
  lineTime,
} from '../../src/base/line-settings.ts';

test('a character takes a start bit, eight data bits, the parity bit if any, and the stop bits', () => {
  expect(bitsPerCharacter(DEFAULT_LINE_SETTINGS)).toBe(10);
  expect(bitsPerCharacter({ ...DEFAULT_LINE_SETTINGS, parity: 'SPACE' })).toBe(11);
  expect(bitsPerCharacter({ ...DEFAULT_LINE_SETTINGS, stopbits: 1.5 })).toBe(10.5);
  expect(bitsPerCharacter({ ...DEFAULT_LINE_SETTINGS, parity: 'ODD', stopbits: 2 })).toBe(12);
});

test('the time on the line follows from the baud rate', () => {
  expect(charactersPerSecond(DEFAULT_LINE_SETTINGS)).toBe(11_520);
  expect(lineTime({ ...DEFAULT_LINE_SETTINGS, baud: 9600 }, 96)).toBe(100_000);
  expect(lineTime(DEFAULT_LINE_SETTINGS, 0)).toBe(0);
});
