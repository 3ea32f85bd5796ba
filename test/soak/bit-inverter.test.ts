import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { BitInverter } from '../../src/soak/bit-inverter.ts';

/** Bits that differ. */
function differing(one: Uint8Array, other: Uint8Array): number {
  let count = 0;
  one.forEach((byte, i) => {
    for (let bits = byte ^ other[i]!; bits !== 0; bits &= bits - 1) count++;
  });
  return count;
}

test('inverts as many bits as it is asked to, and leaves what it was given alone', () => {
  const inverter = new BitInverter(new Random('bits'));
  const clean = new Uint8Array(1_000_000);
  const count = differing(inverter.pass(clean, 1e-3), clean);
  // 8000 expected, with a standard deviation of 89.
  expect(count).toBeGreaterThan(7_600);
  expect(count).toBeLessThan(8_400);
  expect(clean.every((byte) => byte === 0)).toBe(true);
  expect(inverter.pass(clean, 0)).toBe(clean);
});

test('puts the same errors at the same places, however the stream is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (pieces) => {
      const [whole, parts] = [new BitInverter(new Random('x')), new BitInverter(new Random('x'))];
      const all = Buffer.from(whole.pass(Buffer.concat(pieces), 0.01));
      expect(Buffer.concat(pieces.map((piece) => parts.pass(piece, 0.01)))).toEqual(all);
    }),
    { seed: 20_261_121 },
  );
});
