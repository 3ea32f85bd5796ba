import { describe, expect, test } from 'vitest';
import { HeardInstead } from '../../src/soak/heard-instead.ts';
import type { MessageKind } from '../../src/wire/message.ts';

/** What is said of these frames and damage samples, 100 bytes in all. */
function explained(kinds: readonly MessageKind[], samples: readonly unknown[], bytes = 100): string {
  const instead = new HeardInstead();
  for (const kind of kinds) instead.received({ kind, identifier: 0, body: new Uint8Array(4) });
  for (const sample of samples) instead.damaged(sample);
  return instead.explain(bytes);
}

/** Text as a damage sample. */
function sampleOf(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

describe('where nobody answers, it is said', () => {
  test('that not one byte arrived', () => {
    expect(explained([], [], 0)).toMatch(/^not one byte arrived/);
  });

  test('that bytes arrived and no frame, and how many', () => {
    expect(explained([], [sampleOf('\x80\xf8\x00\x1c\xe0')])).toMatch(
      /^100 bytes arrived and no frame.*baud/,
    );
    expect(explained([], [])).toMatch(/^100 bytes/);
    expect(explained([], [undefined, 7, 'zz zz zz zz'])).toMatch(/^100 bytes/);
  });

  test('which text arrived, the first one of several, between noise', () => {
    const samples = ['80 f8', sampleOf('\r\nNO CARRIER\r\n'), sampleOf('login: ')];
    expect(explained([], samples)).toMatch(/^what arrives is text \("NO CARRIER"\): a modem/);
  });

  test('that a few printable bytes, or digits alone, are no text', () => {
    expect(explained([], [sampleOf('AT\r')])).toMatch(/^100 bytes/);
    expect(explained([], [sampleOf('~~~~ 1 22 ')])).toMatch(/^100 bytes/);
  });

  test('that only queries arrive, as from a loop-back or from two near ends', () => {
    expect(explained(['enumerationQuery'], [])).toMatch(
      /^only queries like our own.*dplink soak runs at both/,
    );
  });

  test('that other frames arrive', () => {
    expect(explained(['enumerationQuery', 'transport'], [])).toMatch(/^frames arrive, but none/);
  });
});
