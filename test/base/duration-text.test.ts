import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationComplaint, durationText, parseDuration } from '../../src/base/duration-text.ts';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';

test('lengths of time are read in five units, with fractions and blanks around', () => {
  expect(parseDuration('500ms')).toBe(500 * MILLISECOND);
  expect(parseDuration(' 90s ')).toBe(90 * SECOND);
  expect(parseDuration('1.5m')).toBe(90 * SECOND);
  expect(parseDuration('72h')).toBe(72 * 3600 * SECOND);
  expect(parseDuration('2d')).toBe(2 * 86_400 * SECOND);
});

test.each(['', '10', 's', '-5s', '5 s', '1h30m', '5S', '1e3s', '.5s'])(
  '"%s" is no length of time',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('a length of time is written in the largest unit that keeps it whole', () => {
  expect(durationText(90 * SECOND)).toBe('90s');
  expect(durationText(600 * SECOND)).toBe('10m');
  expect(durationText(72 * 3600 * SECOND)).toBe('3d');
  expect(durationText(48 * 3600 * SECOND)).toBe('48h');
  expect(durationText(1500 * MILLISECOND)).toBe('1500ms');
});

test('what is written is read back, to the millisecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (milliseconds) => {
      expect(parseDuration(durationText(milliseconds * MILLISECOND))).toBe(milliseconds * MILLISECOND);
    }),
    { seed: 4, numRuns: 300 },
  );
});

test.each([
  ['5', '5s'],
  ['10 m', '10m'],
  ['90 sec', '90s'],
  ['2 Hours', '2h'],
  ['1.5min', '1.5m'],
])('"%s" gets its unit as a guess: %s', (text, guess) => {
  expect(durationComplaint(text, '1s to 60d')).toBe(
    `expected a length of time such as 500ms, 90s, 10m or 72h, 1s to 60d, got "${text}"; did you mean ${guess}?`,
  );
});

test.each(['0', '', 'never', '-5s', '5 weeks', '99999h', '5 toString'])('"%s" gets no guess', (text) => {
  expect(durationComplaint(text, '1s to 60d')).toMatch(/, got "[^"]*"$/);
});
