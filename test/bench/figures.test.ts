import { describe, expect, test } from 'vitest';
import { figure, figureText, median, ratioText } from '../../bench/line/figures.ts';

test('the median of an even number of values is the lower of the middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBe(0);
});

describe('runs of a program', () => {
  test('are told as the median and the worst', () => {
    expect(figureText(figure([0.9, 0.7, 0.8]))).toBe('0.800 [0.700]');
    expect(figureText(figure([0.9]))).toBe('0.900');
  });

  test('that did not finish count as nothing, and how many finished is told', () => {
    expect(figure([0.9, undefined, 0.8])).toEqual({ median: 0.8, worst: 0, runs: 3, finished: 2 });
    expect(figureText(figure([0.9, undefined, 0.8]))).toBe('0.800 [2 of 3]');
    expect(figureText(figure([0.9, undefined, undefined]))).toBe('- [1 of 3]');
    expect(figureText(figure([undefined, undefined]))).toBe('-');
  });

  test('are not compared with a program that never finished', () => {
    expect(ratioText(0.8, 0)).toBe('-');
    expect(ratioText(0.8, 0.5)).toBe('1.60');
  });
});
