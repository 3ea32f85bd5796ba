import { expect, test } from 'vitest';
import { crc16 } from '../../src/base/crc16.ts';
import { invertedBit } from '../../src/framing/syndrome.ts';
import { flipped, seeded } from './frames.ts';

/** `body` with its CRC behind it. */
function codeWord(body: Uint8Array): Uint8Array {
  const crc = crc16(body);
  return Uint8Array.from([...body, crc & 0xff, crc >>> 8]);
}

/** The syndrome of a code word: CRC computed XOR CRC stored. */
function syndromeOf(word: Uint8Array): number {
  const end = word.length - 2;
  return crc16(word, 0, end) ^ (word[end]! | (word[end + 1]! << 8));
}

test.each([6, 1, 64, 1500])('any one inverted bit of %i bytes and their CRC is named', (size) => {
  const word = codeWord(seeded(size).fill(new Uint8Array(size)));
  const step = size > 100 ? 37 : 1;
  for (let bit = 0; bit < word.length * 8; bit += step) {
    expect(invertedBit(syndromeOf(flipped(word, bit)), word.length * 8)).toBe(bit);
  }
});

test('two inverted bits are never taken for one', () => {
  const word = codeWord(seeded(1).fill(new Uint8Array(6)));
  for (let first = 0; first < 64; first++) {
    for (let second = first + 1; second < 64; second++) {
      expect(invertedBit(syndromeOf(flipped(word, first, second)), 64)).toBeUndefined();
    }
  }
});

test('a code word without an error, or too long to tell its bits apart, has none', () => {
  expect(invertedBit(0, 64)).toBeUndefined();
  expect(invertedBit(0xa001, 32_768)).toBeUndefined();
});
