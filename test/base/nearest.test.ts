import { expect, test } from 'vitest';
import { nearest } from '../../src/base/nearest.ts';

const WORDS = ['parity', 'port', 'baud', 'stopbits'];

test('a word that is off by little, or by case, has a nearest', () => {
  expect(nearest('pairty', WORDS)).toBe('parity');
  expect(nearest('BAUD', WORDS)).toBe('baud');
  expect(nearest('stopbit', WORDS)).toBe('stopbits');
});

test('two letters that changed places count as one slip', () => {
  expect(nearest('buad', ['baud', 'device'])).toBe('baud');
});

test('a word that is far from all has none, nor has any where there are no choices', () => {
  expect(nearest('flowcontrol', WORDS)).toBeUndefined();
  expect(nearest('baud', [])).toBeUndefined();
  expect(nearest('', WORDS)).toBeUndefined();
});

test('a word of which no letter agrees has none, however short', () => {
  expect(nearest('3', ['1', '2'])).toBeUndefined();
  expect(nearest('x', WORDS)).toBeUndefined();
});
