import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { parseChecked } from '../../src/base/document.ts';
import { UsageError } from '../../src/base/failure.ts';

const schema = z.strictObject({
  name: z.string(),
  ends: z.strictObject({
    near: z.union([
      z.literal('virtual'),
      z.strictObject({ port: z.string(), baud: z.number().int().min(50).optional() }),
    ]),
  }),
  list: z.array(z.strictObject({ at: z.number() })).optional(),
});

/** The complaints about `text`, line by line. */
function complaints(text: string): string[] {
  try {
    parseChecked('rigs/x.yaml', text, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message.split('\n');
  }
  throw new Error('accepted');
}

const GOOD = 'name: bench\nends:\n  near: { port: /dev/ttyS0, baud: 9600 }\n';

test('a document that fits is given back as a value', () => {
  expect(parseChecked('rigs/x.yaml', GOOD, schema)).toEqual({
    name: 'bench',
    ends: { near: { port: '/dev/ttyS0', baud: 9600 } },
  });
});

test('an error of syntax is placed by line and column', () => {
  expect(complaints('name: bench\nends: { near: [ }\n')[0]).toMatch(/^rigs\/x\.yaml:2:\d+ /);
  expect(complaints('name: a\nname: b\nends: { near: virtual }')[0]).toMatch(/^rigs\/x\.yaml:2:1 /);
});

test('a value of the wrong type is placed where it stands, with its key', () => {
  expect(complaints('name: 7\nends: { near: virtual }')).toEqual([
    expect.stringMatching(/^rigs\/x\.yaml:1:7 name: expected text/),
  ]);
  expect(complaints(`${GOOD}list:\n  - { at: 1 }\n  - { at: soon }\n`)).toEqual([
    expect.stringMatching(/^rigs\/x\.yaml:6:11 list\.1\.at: expected a number/),
  ]);
});

test('the branch of a union that was meant speaks, not the union', () => {
  expect(complaints(GOOD.replace('9600', 'fast'))).toEqual([
    expect.stringMatching(/^rigs\/x\.yaml:3:35 ends\.near\.baud: expected a number/),
  ]);
});

test('an unknown key is placed where it stands', () => {
  expect(complaints(`${GOOD}nmae: other\n`)).toEqual([
    'rigs/x.yaml:4:1 nmae: unknown key; did you mean name?',
  ]);
  expect(complaints(GOOD.replace('baud:', 'bauds:'))).toEqual([
    'rigs/x.yaml:3:29 ends.near.bauds: unknown key; did you mean baud?',
  ]);
});

test('a missing key is placed at what should have it', () => {
  expect(complaints('name: bench\n')).toEqual([expect.stringMatching(/^rigs\/x\.yaml:1:1 ends: /)]);
  expect(complaints('name: bench\nends: {}\n')).toEqual([
    expect.stringMatching(/^rigs\/x\.yaml:2:7 ends\.near: /),
  ]);
});

test('every complaint is given, one to a line; an empty document is one', () => {
  expect(complaints('name: 7\nends: 8\n')).toHaveLength(2);
  expect(complaints('')).toEqual([expect.stringMatching(/^rigs\/x\.yaml:1:1 the document: /)]);
});

test('a missing key, an empty document and a word that is nearly right are told in plain words', () => {
  expect(complaints('')).toEqual(['rigs/x.yaml:1:1 the document: expected keys with values, got nothing']);
  expect(complaints('ends: { near: virtual }')).toEqual(['rigs/x.yaml:1:1 name: is missing: expected text']);
  expect(complaints(GOOD.replace('9600', '3'))).toEqual([
    'rigs/x.yaml:3:35 ends.near.baud: expected 50 or more, got 3',
  ]);
});

test('an alias without an anchor, an unknown tag and a second document are placed, not thrown as our fault', () => {
  expect(complaints('name: *gone\nends: { near: virtual }')).toEqual([
    'rigs/x.yaml:1:7 *gone: no such anchor',
  ]);
  expect(complaints('name: !!js/function x\nends: { near: virtual }')[0]).toMatch(
    /^rigs\/x\.yaml:1:7 Unresolved tag/,
  );
  expect(complaints(`${GOOD}---\nname: b\n`)).toEqual([
    'rigs/x.yaml:4:1 expected one document, a second one begins here',
  ]);
});

test('aliases that multiply without end are refused', () => {
  const nine = (name: string): string => `[${Array(9).fill(name).join(', ')}]`;
  const bomb = `a: &a ${nine('x')}\nb: &b ${nine('*a')}\nc: &c ${nine('*b')}\nname: ${nine('*c')}\n`;
  expect(complaints(bomb)[0]).toMatch(/^rigs\/x\.yaml:1:1 the document: excessive alias count/);
});

test('a key that is no text is placed, and nothing is said beside the complaints', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  expect(complaints('name: bench\n? [a]\n: 1\n')[0]).toMatch(/^rigs\/x\.yaml:2:\d+ .*keys must be strings/i);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
