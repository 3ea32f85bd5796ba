import { expect, test } from 'vitest';
import { readOptions } from '../../bench/line/options.ts';

const DEFAULTS = { seeds: 1, seconds: 12.5, write: false };

test('options that are not given have their defaults', () => {
  expect(readOptions([], DEFAULTS)).toEqual(DEFAULTS);
});

test('numbers and switches are read', () => {
  expect(readOptions(['--seeds=5', '--seconds=1.5', '--write'], DEFAULTS)).toEqual({
    seeds: 5,
    seconds: 1.5,
    write: true,
  });
});

test('what is unknown, lacks its number or has one too many is refused with what there is', () => {
  for (const text of ['--seed=5', '--seeds', '--seeds=x', '--write=1', 'seeds=5']) {
    expect(() => readOptions([text], DEFAULTS)).toThrow(
      `${text}: expected one of --seeds=1, --seconds=12.5, --write`,
    );
  }
});
