/** Path tests and their key. [MS-DPDX] 2.2.6, 2.2.38 */
import { describe, expect, it } from 'vitest';
import { encoder } from '../../src/wire/encode.ts';
import { PATHTESTKEYDATA, pathTestKey } from '../../src/wire/path-test.ts';
import { decodeSessionPacket, encodeSessionPacket } from '../../src/wire/session-packet.ts';
import { bytesOf, hexOf } from './hex.ts';

const KEY_DATA = {
  dpnidSender: 0xc0f65d4b,
  dpnidTarget: 0xc0965d4c,
  guidApplication: '02AE835D-9179-485F-8343-901D327CE794',
  guidInstance: 'C0A65D4F-9CE3-4F70-80DE-3AB4DF6F09B6',
};

describe('path tests', () => {
  it('are 12 bytes: 00 05, wMsgID, key [2.2.6-01, 2.2.6-03, 2.2.6-04, 2.2.6-05]', () => {
    const packet = {
      name: 'SESS_PATH_TEST',
      wMsgID: 0xd0c1,
      Key: bytesOf('b8 82 dd 92 9c e9 af f9'),
    } as const;
    expect(hexOf(encodeSessionPacket(packet))).toBe('00 05 c1 d0 b8 82 dd 92 9c e9 af f9');
    expect(decodeSessionPacket(encodeSessionPacket(packet))).toEqual(packet);
    for (const wMsgID of [0, 1, 0xffff]) {
      expect(decodeSessionPacket(encodeSessionPacket({ ...packet, wMsgID }))).toEqual({ ...packet, wMsgID });
    }
  });

  it('carry the published key for the published players and GUIDs [2.2.6-07]', () => {
    expect(hexOf(pathTestKey(KEY_DATA))).toBe('b8 82 dd 92 9c e9 af f9');
  });

  it('hash 40 bytes: both DPNIDs little-endian, both GUIDs packed [2.2.38-01, 2.2.38-02, 2.2.38-03, 2.2.38-04, 2.2.38-05]', () => {
    const guidApplication = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
    const bytes = encoder(PATHTESTKEYDATA)({ name: 'PATHTESTKEYDATA', ...KEY_DATA, guidApplication });
    expect(hexOf(bytes)).toBe(
      '4b 5d f6 c0 4c 5d 96 c0 da 80 ef 61 1b 69 47 42 9a dd 1c 7b ed 2b c1 3e 4f 5d a6 c0 e3 9c 70 4f 80 de 3a b4 df 6f 09 b6',
    );
  });

  it('depend on every part of the key data', () => {
    const keys = new Set([
      hexOf(pathTestKey(KEY_DATA)),
      hexOf(pathTestKey({ ...KEY_DATA, dpnidSender: 1 })),
      hexOf(pathTestKey({ ...KEY_DATA, dpnidTarget: 1 })),
      hexOf(pathTestKey({ ...KEY_DATA, guidInstance: KEY_DATA.guidApplication })),
    ]);
    expect(keys.size).toBe(4);
  });
});
