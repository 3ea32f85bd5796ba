import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHAT_LENGTH_MAX, readChatInput } from '../../src/cli/chat-input.ts';

const texts = (line: string): readonly string[] => {
  const input = readChatInput(line);
  if (input?.type !== 'say') throw new Error(`${line} says nothing`);
  return input.texts;
};

describe('a typed line', () => {
  test('is something to say, unless it begins with a slash', () => {
    expect(readChatInput('hello / there')).toEqual({ type: 'say', texts: ['hello / there'] });
    expect(readChatInput('//etc')).toEqual({ type: 'say', texts: ['/etc'] });
    expect(readChatInput('   ')).toBeUndefined();
  });

  test('is a command with its name', () => {
    expect(readChatInput('/who')).toEqual({ type: 'who' });
    expect(readChatInput('/quit ')).toEqual({ type: 'quit' });
    expect(readChatInput('/kick Bob the Builder ')).toEqual({ type: 'kick', name: 'Bob the Builder' });
    expect(readChatInput('/as bob')).toEqual({ type: 'as', name: 'bob' });
  });

  test('that is no command is said by nobody, and answered with what was probably meant', () => {
    expect(readChatInput('/kik Bob')).toEqual({
      type: 'mistake',
      text: '/kik Bob is no command; did you mean /kick?',
    });
    expect(readChatInput('/kick')).toEqual({ type: 'mistake', text: '/kick: a name is needed' });
    expect(readChatInput('/quit now')).toMatchObject({ type: 'mistake' });
    expect(readChatInput('/etc/passwd')).toMatchObject({ type: 'mistake' });
  });

  test('carries no control character to the other side: a null would end the text there', () => {
    expect(texts('a\0b\u001b[31mc\u009bd')).toEqual(['a b [31mc d']);
  });

  test('is said in as many messages as it takes, cut at spaces, nothing lost but those', () => {
    const words = Array.from({ length: 100 }, (_, number) => `word${number}`).join(' ');
    const said = texts(words);
    expect(said.every((text) => text.length <= CHAT_LENGTH_MAX)).toBe(true);
    expect(said.join(' ')).toBe(words);
    expect(texts('x'.repeat(CHAT_LENGTH_MAX))).toHaveLength(1);
    expect(texts('x'.repeat(CHAT_LENGTH_MAX + 1)).map((text) => text.length)).toEqual([CHAT_LENGTH_MAX, 1]);
  });

  test('never falls apart within a character', () => {
    const said = texts(`${'x'.repeat(CHAT_LENGTH_MAX - 1)}😀${'y'.repeat(10)}`);
    expect(said.every((text) => text.isWellFormed())).toBe(true);
    expect(said.join('')).toContain('😀');
  });

  test('of any kind is taken without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (line) => {
        const input = readChatInput(line);
        if (input?.type !== 'say') return;
        for (const text of input.texts) {
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThanOrEqual(CHAT_LENGTH_MAX);
          expect(text).not.toMatch(/\p{Cc}/u);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
