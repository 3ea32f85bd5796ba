import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvariantError } from '../../src/base/failure.ts';
import {
  DXDIAG_APPLICATION_GUID,
  decodeGuid,
  encodeGuid,
  GUID_SIZE,
  PROVIDER_GUIDS,
  parseGuid,
} from '../../src/wire/guid.ts';

const PACKED_DXDIAG = Buffer.from('DA80EF611B6947429ADD1C7BED2BC13E', 'hex');

test('the DXDiag application GUID packs to the bytes of the published examples', () => {
  expect(Buffer.from(encodeGuid(DXDIAG_APPLICATION_GUID))).toEqual(PACKED_DXDIAG);
  expect(decodeGuid(PACKED_DXDIAG)).toBe(DXDIAG_APPLICATION_GUID);
});

test('braces, blanks and lower case are accepted and taken away', () => {
  const lower = ` {${DXDIAG_APPLICATION_GUID.toLowerCase()}} `;
  expect(parseGuid(lower)).toBe(DXDIAG_APPLICATION_GUID);
  expect(parseGuid(DXDIAG_APPLICATION_GUID)).toBe(DXDIAG_APPLICATION_GUID);
});

test.each([
  '',
  '{}',
  `{${DXDIAG_APPLICATION_GUID}`,
  `${DXDIAG_APPLICATION_GUID}}`,
  DXDIAG_APPLICATION_GUID.replaceAll('-', ''),
  `${DXDIAG_APPLICATION_GUID}0`,
  DXDIAG_APPLICATION_GUID.replace('6', 'G'),
])('"%s" is no GUID', (text) => {
  expect(parseGuid(text)).toBeUndefined();
  expect(() => encodeGuid(text)).toThrow(InvariantError);
});

test('the GUIDs of the providers are canonical', () => {
  for (const guid of Object.values(PROVIDER_GUIDS)) expect(parseGuid(guid)).toBe(guid);
});

test('what is packed unpacks to the same text at any offset, and the reverse', () => {
  const sixteen = fc.uint8Array({ minLength: GUID_SIZE, maxLength: GUID_SIZE });
  fc.assert(
    fc.property(sixteen, fc.nat(9), (bytes, offset) => {
      const stream = new Uint8Array(offset + GUID_SIZE + 3);
      stream.set(bytes, offset);
      const text = decodeGuid(stream, offset);
      expect(parseGuid(text)).toBe(text);
      expect(encodeGuid(text)).toEqual(bytes);
    }),
    { seed: 22, numRuns: 200 },
  );
});

test('bytes that end too early are our own fault', () => {
  expect(() => decodeGuid(new Uint8Array(20), 5)).toThrow(InvariantError);
});
