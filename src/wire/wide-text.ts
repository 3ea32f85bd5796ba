/** Text on the wire: UTF-16LE (glossary: wide characters) and 8-bit characters. Forwards unpaired surrogates as they are (STR-4). */

/** The UTF-16LE text in `bytes[at..)`: at most `lengthMax` characters, ending before the first null. */
export function wideText(bytes: Uint8Array, at: number, lengthMax: number): string {
  let text = '';
  for (let i = 0; i < lengthMax; i++) {
    const unit = bytes[at + 2 * i]! | (bytes[at + 2 * i + 1]! << 8);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}

/** `text` in UTF-16LE with one terminating null. A null inside `text` ends it for the receiver. */
export function wideBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length + 2);
  putWide(bytes, 0, text);
  return bytes;
}

/** Writes `text` in UTF-16LE at `at`, without a terminator. */
export function putWide(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[at + 2 * i] = unit;
    bytes[at + 2 * i + 1] = unit >>> 8;
  }
}

/** `text` cut to `lengthMax` characters without splitting a surrogate pair (CHT-3). */
export function cutWide(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const last = text.charCodeAt(lengthMax - 1);
  const next = text.charCodeAt(lengthMax);
  const splits = last >= 0xd800 && last < 0xdc00 && next >= 0xdc00 && next < 0xe000;
  return text.slice(0, splits ? lengthMax - 1 : lengthMax);
}

/** The 8-bit text in `bytes[at..at+size)`, ending before the first null. */
export function narrowText(bytes: Uint8Array, at: number, size: number): string {
  let text = '';
  for (let i = at; i < at + size && bytes[i] !== 0; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** `text` in 8-bit characters with one terminating null; characters above 255 become `?`. */
export function narrowBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[i] = unit < 256 ? unit : 0x3f;
  }
  return bytes;
}
