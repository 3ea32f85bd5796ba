/** Rows about an implementation as a whole, seen from the line alone: what it puts there, and what it accepts from others. */
import { expect, test } from 'vitest';
import type { Instant } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Connection } from '../../src/transport/connection.ts';
import { decodeCoalesced } from '../../src/wire/coalesced.ts';
import { frameContent } from '../../src/wire/frame-content.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { decodeTransport, encodeTransport } from '../../src/wire/transport-packet.ts';
import { read } from '../tidy/masked-source.ts';
import { ascii, LoneEnd } from '../transport/lone-end.ts';

/** Every packet that two connected ends exchange in a short life with loss: all categories, a large message, both goodbyes. */
function packetsOfALife(version: number): Uint8Array[] {
  const chance = new Random(`life/${version}`);
  const near = new Connection({ random: chance.fork('near'), version });
  const far = new Connection({ random: chance.fork('far'), version });
  const seen: Uint8Array[] = [];
  let now: Instant = 0;
  const carry = (from: Connection, to: Connection): boolean => {
    const bytes = from.poll(now);
    if (bytes === undefined) return false;
    seen.push(bytes.slice());
    if (!chance.chance(0.15)) to.receive(now + 1_000, bytes);
    return true;
  };
  far.listen(now);
  near.connect(now);
  for (let step = 0; step < 4_000 && (near.state !== 'closed' || far.state !== 'closed'); step++) {
    for (let count = 0; count < 200 && (carry(near, far) || carry(far, near)); count++);
    for (const end of [near, far]) while (end.next() !== undefined);
    now += 10_000;
    for (const end of [near, far]) if ((end.deadline ?? Number.POSITIVE_INFINITY) <= now) end.expire(now);
    if (step > 200 && step <= 240) {
      for (const end of [near, far]) {
        const size = step === 210 ? 5_000 : 10 + step;
        const options = { reliable: step % 2 === 0, sequential: step % 4 < 2 };
        end.send(now, chance.fill(new Uint8Array(size)), options);
      }
    }
    if (step === 1_000) for (const end of [near, far]) end.close(now);
  }
  expect([near.state, far.state]).toEqual(['closed', 'closed']);
  return seen;
}

test.each([0x0001_0000, 0x0001_0006])(
  'all that two ends of version %d put on the line is what the declarations make of it, bit for bit [1.8-01]',
  (version) => {
    const packets = packetsOfALife(version);
    const kinds = new Set<string>();
    for (const bytes of packets) {
      const packet = decodeTransport(bytes);
      if (isMalformed(packet)) throw new Error(`${packet.field}: ${packet.reason}`);
      // Undefined flags, reserved fields and bytes behind the packet would not come out again.
      expect([...encodeTransport(packet)]).toEqual([...bytes]);
      kinds.add(packet.name);
      if (packet.name !== 'TRANS_USERDATA_HEADER') continue;
      // The session's bits belong to no application data.
      expect(packet.bCommand & 0xc0).toBe(0);
      if (frameContent(packet) === 'coalesced') {
        expect(Array.isArray(decodeCoalesced(packet.payload))).toBe(true);
      }
    }
    expect([...kinds].sort()).toEqual([
      'TRANS_COMMAND_CONNECT',
      'TRANS_COMMAND_CONNECT_ACCEPT',
      'TRANS_COMMAND_SACK',
      'TRANS_USERDATA_HEADER',
    ]);
  },
);

test('a partner that is nothing but published bytes, without any model inside, is as good as any [3.1.1-01]', () => {
  const published = (name: string) => read(`test/vectors/${name}.hex`).trim();
  const end = new LoneEnd({ version: 0x0001_0006 }).command((connection, now) => connection.listen(now));
  end.receive(published('dpl8r-4-1-connect'));
  expect(end.connection.state).toBe('accepting');
  end.receive(published('dpl8r-4-3-connected-connector'));
  end.receive(published('dpl8r-4-4-keepalive-connector'));
  expect(end.connection.state).toBe('connected');
  expect(end.hex).toContain(published('dpl8r-4-5-keepalive-listener'));
  end.forget().receive('3d 00 01 01 41 42 43 44 45');
  expect(end.messages).toEqual([String.fromCharCode(...ascii('ABCDE'))]);
  expect(end.sacks.map((sack) => sack.bNRcv)).toEqual([2]);
});
