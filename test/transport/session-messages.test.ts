/** What the transport does for the messages of a session, whatever they mean. */
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { decodePayload } from '../../src/wire/session-payload.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { established, hex, word } from './lone-end.ts';
import { TwoEnds } from './two-ends.ts';

const RESYNC_VERSION = `${word(0xca)} ${word(7)} ${word(0)}`;
const DESTROY_PLAYER = `${word(0xd1)} ${word(0x11223344)} ${word(9)} ${word(0)} ${word(1)}`;

describe('a message of the session', () => {
  it('comes up as the bytes behind the four of the header, the first of which tells its kind [2.2.3-04]', () => {
    for (const [payload, name] of [
      [RESYNC_VERSION, 'TRANS_USERDATA_RESYNC_VERSION'],
      [DESTROY_PLAYER, 'TRANS_USERDATA_DESTROY_PLAYER'],
    ] as const) {
      const [message] = established().receive(`7f 00 01 01 ${payload}`).of('message');
      expect(message?.session).toBe(true);
      expect(hex(message!.payload)).toBe(payload);
      expect(decodePayload(message!.payload)).toMatchObject({ name });
    }
  });

  it('is acknowledged by a SACK when there is nothing to say: RESYNC_VERSION [3.1.5.1-47], DESTROY_PLAYER [3.1.5.3-12]', () => {
    for (const payload of [RESYNC_VERSION, DESTROY_PLAYER]) {
      const end = established().receive(`7f 00 01 01 ${payload}`);
      expect(end.sacks).toHaveLength(1);
      expect(end.hex[0]?.slice(0, 17)).toBe('80 06 01 00 01 02');
    }
  });

  it('is not looked at before bCommand and bControl have been [3.1.5-01]', () => {
    // USER_2: acknowledged, handed to nobody.
    expect(established().receive(`bf 00 01 01 ${RESYNC_VERSION}`).of('message')).toEqual([]);
    // Keep-alive: payload behind it is none.
    const v6 = established({ version: 0x00010006, partnerVersion: 0x00010006 });
    expect(v6.receive(`7f 02 01 01 ${RESYNC_VERSION}`).of('message')).toEqual([]);
    // Neither a data frame nor a command.
    expect(established().receive(`7e 00 01 01 ${RESYNC_VERSION}`).of('message')).toEqual([]);
    // A part of a message is no message.
    expect(established().receive(`5f 00 01 01 ${RESYNC_VERSION}`).of('message')).toEqual([]);
  });
});

describe('everything that a connection sends besides command frames', () => {
  it('begins with TRANS_USERDATA_HEADER [2.2.17-02]', () => {
    const ends = new TwoEnds({ seed: 'headers', baud: 115_200, pipe: { loss: 0.1 } });
    const names = new Set<string>();
    for (const [index, pipe] of ends.pipes.entries()) {
      const receive = pipe.receive.bind(pipe);
      pipe.receive = (now, bytes) => {
        const packet = decodeTransport(bytes);
        names.add(packet.name);
        if (packet.name === 'TRANS_USERDATA_HEADER') {
          expect(bytes[0]! & 1, `end ${index}`).toBe(1);
          expect(bytes.length).toBeGreaterThanOrEqual(4);
        } else expect([0x80, 0x88]).toContain(bytes[0]);
        receive(now, bytes);
      };
    }
    ends.world.at(SECOND, (now) => {
      for (let n = 0; n < 40; n++) ends.send(now, n % 2 === 0 ? 0 : 1, n % 4, 100 * n);
    });
    ends.world.at(5 * SECOND, (now) => ends.connections[0].close(now));
    ends.world.run(20 * SECOND);
    expect([...names].sort()).toEqual([
      'TRANS_COMMAND_CONNECT',
      'TRANS_COMMAND_CONNECT_ACCEPT',
      'TRANS_COMMAND_SACK',
      'TRANS_USERDATA_HEADER',
    ]);
  });
});
