import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rigJsonSchema } from '../../src/rig/rig-schema.ts';
import { profileJsonSchema } from '../../src/soak/profile.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test.each([
  ['rigs/rig.schema.json', rigJsonSchema],
  ['profiles/profile.schema.json', profileJsonSchema],
] as const)('%s is what the code checks files against (UPDATE=1 rewrites it)', (file, schema) => {
  const text = `${JSON.stringify(schema(), null, 2)}\n`;
  const path = join(ROOT, file);
  if (process.env.UPDATE === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
