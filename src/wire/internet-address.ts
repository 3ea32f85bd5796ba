/** IN_ADDR and IN6_ADDR as text and back; network byte order, nothing about ports or host names. [MS-DPDX] 2.2.35.1, 2.2.36.1 */
import { invariant } from '../base/failure.ts';

/** The address in `bytes[at..at+size)`: dotted for 4 bytes, eight groups without leading zeros for 16. */
export function internetAddressText(bytes: Uint8Array, at: number, size: 4 | 16): string {
  if (size === 4) return bytes.subarray(at, at + 4).join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[at + i]! << 8) | bytes[at + i + 1]!).toString(16));
  return groups.join(':');
}

/** The bytes of an address written by {@link internetAddressText}; one `::` is understood. Throws InvariantError for any other text. */
export function internetAddressBytes(text: string, size: 4 | 16): Uint8Array {
  const bytes = parseInternetAddress(text, size === 4 ? 4 : 6);
  invariant(bytes !== undefined, `"${text}" is no address of ${size} bytes`);
  return bytes;
}

/** The bytes of an address of IPv4 or IPv6 as text; `undefined` for what is none. */
export function parseInternetAddress(text: string, family: 4 | 6): Uint8Array | undefined {
  return family === 4 ? dotted(text) : grouped(text);
}

function dotted(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return Uint8Array.from(parts, Number);
}

function grouped(text: string): Uint8Array | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = new Uint8Array(16);
  groups.forEach((group, i) => {
    const word = Number.parseInt(group, 16);
    bytes[2 * i] = word >>> 8;
    bytes[2 * i + 1] = word;
  });
  return bytes;
}
