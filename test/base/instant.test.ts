import { expect, test } from 'vitest';
import { earlier, MILLISECOND, SECOND } from '../../src/base/instant.ts';

test('a second is a million microseconds, a millisecond a thousand', () => {
  expect([SECOND, MILLISECOND]).toEqual([1_000_000, 1_000]);
});

test('the earlier of two deadlines is the one that there is, or the smaller', () => {
  expect(earlier(undefined, undefined)).toBeUndefined();
  expect(earlier(5, undefined)).toBe(5);
  expect(earlier(undefined, 0)).toBe(0);
  expect(earlier(5, 4)).toBe(4);
  expect(earlier(4, 5)).toBe(4);
});
