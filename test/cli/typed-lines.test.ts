import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Console } from '../../src/cli/console.ts';
import { typedLines } from '../../src/cli/typed-lines.ts';

function piped(): { input: PassThrough; take: () => string[]; isOver: () => boolean } {
  const input = new PassThrough();
  const stdin = input as unknown as Console['stdin'];
  const stdout = new PassThrough() as unknown as Console['stdout'];
  const typed = typedLines(
    { stdin, stdout, stderr: stdout, env: {} },
    () => {},
    () => {},
  );
  expect(typed.isPipe).toBe(true);
  const take = (): string[] => {
    const lines: string[] = [];
    for (let line = typed.next(); line !== undefined; line = typed.next()) lines.push(line);
    return lines;
  };
  return { input, take, isOver: () => typed.isOver };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('lines of a pipe come whole, however they are cut, and the last one without its end', async () => {
  const { input, take, isOver } = piped();
  const bytes = Buffer.from('one\r\ntwo ä😀\n\nlast');
  for (const byte of bytes) input.write(Uint8Array.of(byte));
  await settled();
  expect(take()).toEqual(['one', 'two ä😀', '']);
  input.end();
  await settled();
  await settled();
  expect(isOver()).toBe(false);
  expect(take()).toEqual(['last']);
  expect(isOver()).toBe(true);
});

test('a line without an end comes in pieces, and a pipe is held while its lines wait', async () => {
  const { input, take } = piped();
  input.write('x'.repeat(200_000));
  input.write('\n'.repeat(10));
  await settled();
  expect(
    take()
      .map((line) => line.length)
      .slice(0, 4),
  ).toEqual([65_536, 65_536, 65_536, 200_000 - 3 * 65_536]);
  input.write('y\n'.repeat(100));
  await settled();
  expect(input.isPaused()).toBe(true);
  expect(take()).toHaveLength(100);
  expect(input.isPaused()).toBe(false);
});
