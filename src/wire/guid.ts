/** GUIDs as the protocol packs them and as people write them; knows the ones that [MS-DPDX] names. */

/** The GUID of the DXDiag application. [MS-DPDX] 2.2.4 */
export const DXDIAG_APPLICATION_GUID = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';

/** The service providers, by the carrier they stand for. [MS-DPDX] 2.2.34 */
export const PROVIDER_GUIDS = {
  ip: 'EBFE7BA0-628D-11D2-AE0F-006097B01411',
  ipx: '53934290-628D-11D2-AE0F-006097B01411',
  serial: '743B5D60-628D-11D2-AE0F-006097B01411',
  modem: '6D4A3650-628D-11D2-AE0F-006097B01411',
} as const;

/** Bytes of a packed GUID. */
export const GUID_SIZE = 16;

/** Where each pair of hexadecimal digits of the text lies in the packed form: u32, u16, u16 little-endian, then 8 bytes (BYT-8). */
const PACKED_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** The canonical text (upper case, no braces) of a GUID as people write it, with or without braces; `undefined` when it is none. */
export function parseGuid(text: string): string | undefined {
  const inner = /^\{(.*)\}$/.exec(text.trim())?.[1] ?? text.trim();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(inner) ? inner.toUpperCase() : undefined;
}

/** The canonical text of the packed GUID at `offset`; the caller has made sure that 16 bytes are there. */
export function decodeGuid(bytes: Uint8Array, offset: number): string {
  const digits = PACKED_ORDER.map((at) => bytes[offset + at]!.toString(16).padStart(2, '0')).join('');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ]
    .join('-')
    .toUpperCase();
}

/** The packed form of a canonical GUID text; what is not hexadecimal counts as 0. */
export function encodeGuid(text: string): Uint8Array {
  const digits = text.replace(/[^0-9a-fA-F]/g, '');
  const bytes = new Uint8Array(GUID_SIZE);
  PACKED_ORDER.forEach((at, index) => {
    bytes[at] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
  });
  return bytes;
}
