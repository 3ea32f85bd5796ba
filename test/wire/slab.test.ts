import { describe, expect, it } from 'vitest';
import { copyOf, freshBytes } from '../../src/wire/slab.ts';

describe('pieces of memory', () => {
  it('are zero, of the size asked for, and never overlap', () => {
    const pieces = Array.from({ length: 2000 }, (_, n) => freshBytes((n * 37) % 3000));
    for (const [n, piece] of pieces.entries()) {
      expect(piece).toHaveLength((n * 37) % 3000);
      expect(piece.every((byte) => byte === 0)).toBe(true);
      piece.fill((n % 255) + 1);
    }
    for (const [n, piece] of pieces.entries())
      expect(piece.every((byte) => byte === (n % 255) + 1)).toBe(true);
  });

  it('kept for long hold back 16 kB at most', () => {
    for (const size of [0, 1, 64, 1400, 2048, 2049, 100_000]) {
      expect(freshBytes(size).buffer.byteLength).toBeLessThanOrEqual(Math.max(16 * 1024, size));
    }
  });

  it('are copied whole or in part, and do not follow the original', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const copies = [copyOf(bytes), copyOf(bytes, 1, 3), copyOf(bytes, 2)];
    bytes.fill(0);
    expect(copies.map((copy) => [...copy])).toEqual([
      [1, 2, 3, 4],
      [2, 3],
      [3, 4],
    ]);
  });
});
