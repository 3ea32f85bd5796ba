import { expect, test } from 'vitest';
import { z } from 'zod';
import { choiceComplaint, oneOf, plainComplaint } from '../../src/base/complaint.ts';

function complaint(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value, { error: plainComplaint }).error?.issues[0]?.message;
}

test('a value of the wrong type is told what was expected and what was found', () => {
  expect(complaint(z.string(), 7)).toBe('expected text, got 7: a unit or quotes missing?');
  expect(complaint(z.string(), true)).toBe('expected text, got true');
  expect(complaint(z.int(), 1.5)).toBe('expected a whole number, got 1.5');
  expect(complaint(z.number(), Number.NaN)).toBe('expected a number');
  expect(complaint(z.boolean(), 'maybe')).toBe('expected true or false, got "maybe"');
  expect(complaint(z.array(z.string()), null)).toBe('expected a list, got nothing');
  expect(complaint(z.strictObject({ a: z.int() }), {})).toBe('is missing: expected a number');
});

test('a bound is told as the value that would do', () => {
  expect(complaint(z.number().min(50), 3)).toBe('expected 50 or more, got 3');
  expect(complaint(z.number().max(9), 10)).toBe('expected 9 or less, got 10');
  expect(complaint(z.string().min(1), '')).toBe('expected 1 character or more, got ""');
  expect(complaint(z.array(z.int()).max(2), [1, 2, 3])).toBe('expected 2 items or less, got a list');
});

test('a word that is none of the choices gets the nearest one', () => {
  expect(complaint(z.enum(['NONE', 'EVEN', 'ODD']), 'even')).toBe(
    'expected NONE, EVEN or ODD, got "even"; did you mean EVEN?',
  );
  expect(choiceComplaint('zebra', ['a', 'b'])).toBe('expected a or b, got "zebra"');
  expect(choiceComplaint('3', [1, 2])).toBe('expected 1 or 2, got "3"');
  expect(oneOf(['a'])).toBe('a');
});

test('a name that other programs use gets what it stands for, and no other choice that is spelt alike', () => {
  const flows = ['NONE', 'XONXOFF', 'RTS', 'DTR', 'RTSDTR'];
  expect(choiceComplaint('rtscts', flows)).toMatch(/; did you mean RTS\?$/);
  expect(choiceComplaint('Hardware', flows)).toMatch(/; did you mean RTS\?$/);
  expect(choiceComplaint('xon/xoff', flows)).toMatch(/; did you mean XONXOFF\?$/);
  expect(choiceComplaint('e', ['NONE', 'EVEN', 'ODD'])).toMatch(/; did you mean EVEN\?$/);
  expect(choiceComplaint('x', ['NONE', 'EVEN', 'ODD'])).toMatch(/got "x"$/);
  expect(choiceComplaint('off', ['one', 'two'])).toMatch(/got "off"$/);
});

test('what a schema says in its own words stays', () => {
  expect(complaint(z.string({ error: 'expected a colour' }), 7)).toBe('expected a colour');
});

test('a long wrong value is cut short', () => {
  expect(complaint(z.int(), 'x'.repeat(1000))).toBe(`expected a number, got "${'x'.repeat(36)}..."`);
});
