/** GUIDs: canonical text (upper-case, no braces) and the packed 16 bytes of a packet. Makes no new ones. */
import { invariant } from '../base/failure.ts';

/** The size of a GUID in a packet, in bytes. */
export const GUID_SIZE = 16;

/** The DXDiag application: guidApplication of every packet that has one. [MS-DPDX] 2.2.4 */
export const DXDIAG_APPLICATION_GUID = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';

/** The service providers of DN_ADDRESSING_URL's `provider` key. [MS-DPDX] 2.2.34 */
export const PROVIDER_GUIDS = {
  serial: '743B5D60-628D-11D2-AE0F-006097B01411',
  modem: '6D4A3650-628D-11D2-AE0F-006097B01411',
  ip: 'EBFE7BA0-628D-11D2-AE0F-006097B01411',
  ipx: '53934290-628D-11D2-AE0F-006097B01411',
} as const;

/** Where each of the 16 packed bytes stands in the text without hyphens: u32, u16, u16 little-endian, then 8 bytes (BYT-8). */
const PACKED_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

const TEXT = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

/** The canonical text of `text`, which may have braces, blanks around it, and lower-case digits; `undefined` when it is no GUID. */
export function parseGuid(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
  const canonical = bare.toUpperCase();
  return TEXT.test(canonical) ? canonical : undefined;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** The canonical text of the 16 bytes at `offset`, which must be there. BYT-8 */
export function decodeGuid(bytes: Uint8Array, offset = 0): string {
  invariant(offset >= 0 && offset + GUID_SIZE <= bytes.length, `no 16 bytes of a GUID at ${offset}`);
  let text = '';
  for (let place = 0; place < GUID_SIZE; place++) {
    if (place === 4 || place === 6 || place === 8 || place === 10) text += '-';
    text += HEX[bytes[offset + PACKED_ORDER[place]!]!]!;
  }
  return text;
}

/** The 16 packed bytes of a GUID as {@link parseGuid} accepts it; throws InvariantError for any other text. BYT-8 */
export function encodeGuid(text: string): Uint8Array {
  const canonical = parseGuid(text);
  invariant(canonical !== undefined, `not a GUID: ${text}`);
  const digits = canonical.replaceAll('-', '');
  const bytes = new Uint8Array(GUID_SIZE);
  for (let place = 0; place < GUID_SIZE; place++) {
    const from = PACKED_ORDER[place]! * 2;
    bytes[place] = Number.parseInt(digits.slice(from, from + 2), 16);
  }
  return bytes;
}
