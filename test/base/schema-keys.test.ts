import { expect, test } from 'vitest';
import { z } from 'zod';
import { keysAt } from '../../src/base/schema-keys.ts';

const schema = z
  .strictObject({
    name: z.string(),
    ends: z.record(z.string(), z.union([z.literal('virtual'), z.strictObject({ port: z.string() })])),
    list: z.array(z.strictObject({ at: z.number() })).optional(),
    line: z.strictObject({ baud: z.number() }).default({ baud: 9600 }),
  })
  .transform((value) => value.name);

test('the keys of a place are known through unions, lists, records, presets and transformations', () => {
  expect(keysAt(schema, [])).toEqual(['name', 'ends', 'list', 'line']);
  expect(keysAt(schema, ['ends', 'near'])).toEqual(['port']);
  expect(keysAt(schema, ['list', 3])).toEqual(['at']);
  expect(keysAt(schema, ['line'])).toEqual(['baud']);
});

test('a place that the schema does not know has no keys', () => {
  expect(keysAt(schema, ['nowhere', 'deeper'])).toEqual([]);
  expect(keysAt(schema, ['name'])).toEqual([]);
});
