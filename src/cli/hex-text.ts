/** Bytes written as hexadecimal text, in the forms people paste. */
import { UsageError } from '../base/failure.ts';

/**
 * The bytes of a text of hexadecimal digits: white space, commas, colons, hyphens and `0x` between bytes are passed
 * over, `#` begins a comment that ends with its line. Throws UsageError with `name` (of what
 * the text stands in), line and column at anything else.
 */
export function hexBytes(text: string, name: string): Uint8Array {
  const digits: number[] = [];
  text.split(/\r?\n/).forEach((line, row) => {
    const code = line.replace(/#.*$/, '').replace(/0x/gi, '  ');
    for (let column = 0; column < code.length; column++) {
      const sign = code[column]!;
      if (/[\s,:-]/.test(sign)) continue;
      const digit = Number.parseInt(sign, 16);
      if (Number.isNaN(digit)) {
        throw new UsageError(
          `${name}:${row + 1}:${column + 1}: expected hexadecimal digits, got ${JSON.stringify(sign)}`,
        );
      }
      digits.push(digit);
    }
  });
  if (digits.length % 2 === 1)
    throw new UsageError(`${name}: an odd number of hexadecimal digits: the last byte is half a byte`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => digits[2 * i]! * 16 + digits[2 * i + 1]!);
}
