/** Chat messages as DXDiag sends them. [MS-DPDX] 2.2.31 */
import { describe, expect, it } from 'vitest';
import { decodeChat, encodeChat } from '../../src/wire/chat-packet.ts';
import { bytesOf, hexOf } from './hex.ts';

const chat = (strChatString: string): Uint8Array =>
  encodeChat({ name: 'TRANS_USERDATA_SEND_MESSAGE', strChatString });

describe('chat messages', () => {
  it('are nType and 400 bytes of text, without a dwPacketType [2.2.31-01, 2.2.31-03, 2.2.31-04, 2.2.31-06]', () => {
    for (const text of ['', 'Hi', 'x'.repeat(199), 'x'.repeat(500)]) {
      expect(chat(text).length).toBe(402);
      expect(hexOf(chat(text).subarray(0, 2))).toBe('01 00');
    }
  });

  it('hold UTF-16LE text padded with nulls [2.2.31-05, 2.2.31-07]', () => {
    expect(hexOf(chat('Hi').subarray(2, 6))).toBe('48 00 69 00');
    expect(
      chat('Hi')
        .subarray(6)
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  it('with a shorter text field are malformed, so that no chat line appears [2.2.31-09]', () => {
    expect(decodeChat(chat('Hi').subarray(0, 22))).toMatchObject({
      name: 'malformed',
      field: 'strChatString',
    });
    expect(decodeChat(chat('Hi').subarray(0, 401)).name).toBe('malformed');
  });

  it('read as published: the text ends at the first null, whatever follows', () => {
    const published = new Uint8Array(402).fill(0x5a);
    published.set(bytesOf('01 00 48 00 49 00 20 00 54 00 48 00 45 00 52 00 45 00 00 00'));
    expect(decodeChat(published)).toHaveProperty('strChatString', 'HI THERE');
  });

  it('are cut at 199 characters without splitting a pair, and accepted with 200', () => {
    expect(decodeChat(chat('x'.repeat(250)))).toHaveProperty('strChatString', 'x'.repeat(199));
    expect(decodeChat(chat(`${'x'.repeat(198)}\u{1f600}`))).toHaveProperty('strChatString', 'x'.repeat(198));
    const full = new Uint8Array(402).fill(0x41);
    full.set([1, 0]);
    expect(decodeChat(full)).toHaveProperty('strChatString', '\u4141'.repeat(200));
  });

  it('of another nType are malformed', () => {
    const bytes = chat('Hi');
    bytes[0] = 2;
    expect(decodeChat(bytes)).toMatchObject({ name: 'malformed', field: 'nType', offset: 0 });
  });
});
