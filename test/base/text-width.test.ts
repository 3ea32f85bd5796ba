import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, cutText, fitText, textWidth } from '../../src/base/text-width.ts';

describe('text on a terminal', () => {
  it('cannot move the cursor, change colours or turn the reading direction', () => {
    expect(cleanText('a\u001b[2Jb\u0007\u009b1mc\u202ed')).toBe('a?[2Jb??1mcd');
    expect(cleanText('one\ttwo\r\nthree')).toBe('one two  three');
  });

  it('keeps letters of every script and drops what terminals disagree on', () => {
    expect(cleanText('naïve 日本 Ω → ✓ ⣿')).toBe('naïve 日本 Ω → ✓ ⣿');
    expect(cleanText('☎ 👍🏽 e\u0301 \ud800 \ue000')).toBe('? ?? e ? ?');
    expect(cleanText('日本 é', false)).toBe('?? ?');
  });

  it('has two columns per ideograph, and is never cut through one', () => {
    expect(textWidth('日本x')).toBe(5);
    expect(cutText('日本語', 4)).toBe('日…');
    expect(fitText('日本語', 4)).toBe('日… ');
    expect(fitText('12', 5, 'right')).toBe('   12');
    expect(fitText('abc', 0)).toBe('');
  });

  it('fits any width exactly, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 40 }), (text, width) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(textWidth(fitText(clean, width))).toBe(width);
        expect(cleanText(text, false)).toMatch(/^[\x20-\x7e]*$/);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('is as wide as a terminal shows it, for every character that is let through', async () => {
    const characters: string[] = [];
    for (let code = 0x20; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      if (cleanText(character) === character) characters.push(character);
    }
    const terminal = new Terminal({ cols: 8, rows: characters.length, allowProposedApi: true });
    await new Promise<void>((done) => terminal.write(`${characters.join('|\r\n')}|`, done));
    const differ = characters.filter((character, row) => {
      const line = terminal.buffer.active.getLine(row);
      return line?.getCell(textWidth(character))?.getChars() !== '|';
    });
    expect(differ.map((character) => character.charCodeAt(0).toString(16))).toEqual([]);
    expect(characters.length).toBeGreaterThan(40_000);
  });
});
