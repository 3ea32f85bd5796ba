/** What decoding gives for bytes that are no packet: a value that says which field, where and why. Never thrown. */

/** Bytes that do not fit a layout of [MS-DPDX] 2.2. */
export interface Malformed {
  readonly name: 'malformed';
  /** The packet that was expected, in the specification's spelling. */
  readonly packet: string;
  /** The first field that does not fit; `entries[2].dwNameOffset` inside an array. */
  readonly field: string;
  /** Where that field begins, in bytes from the start of what was decoded. */
  readonly offset: number;
  /** What is wrong with it, in words. */
  readonly reason: string;
}

/** Makes a {@link Malformed}. */
export function malformed(packet: string, field: string, offset: number, reason: string): Malformed {
  return { name: 'malformed', packet, field, offset, reason };
}

/** Whether a decoder returned a {@link Malformed} instead of a packet. */
export function isMalformed(result: { readonly name: string } | Malformed): result is Malformed {
  return result.name === 'malformed';
}
