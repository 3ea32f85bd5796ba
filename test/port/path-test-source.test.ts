/** Path tests over real sockets: from where they come and what they are. [MS-DPDX] 2.2.6, 3.1.6.5 */
import { afterEach, expect, it } from 'vitest';
import { monotonicClock } from '../../src/port/clock.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { type BenchPlayer, seat, udpLine } from './bench-of-sessions.ts';

const now = (): number => monotonicClock.now();
const seated: BenchPlayer[] = [];
afterEach(async () => {
  for (const player of seated.splice(0)) await player.close();
});

/** Who was asked for a connection, by whom, as the socket saw it; and where path tests came from. */
interface Seen {
  readonly pathTests: { from: string; bytes: Uint8Array }[];
  readonly connects: string[];
}

async function sit(name: string, host: string): Promise<{ player: BenchPlayer; seen: Seen }> {
  const line = await udpLine('lan', host);
  const seen: Seen = { pathTests: [], connects: [] };
  line.port.onDatagram(({ bytes, from }) => {
    if (bytes[0] === 0 && bytes[1] === 5) seen.pathTests.push({ from, bytes });
    const packet = decodeTransport(bytes);
    if (!isMalformed(packet) && packet.name === 'TRANS_COMMAND_CONNECT') seen.connects.push(from);
  });
  const player = seat(name, [line]);
  seated.push(player);
  return { player, seen };
}

async function three(host: string) {
  const ann = await sit('ann', host);
  const bob = await sit('bob', host);
  const cid = await sit('cid', host);
  ann.player.session.host(now(), { name: 'ann', sessionName: 'Table' });
  for (const { player } of [bob, cid]) {
    player.session.join(now(), { line: 'lan', address: ann.player.addresses[0]! }, { name: player.name });
    player.driver.wake();
    await expect.poll(() => player.session.state, { timeout: 10_000 }).toBe('joined');
  }
  return { ann, bob, cid };
}

it('they leave from the port on which the connection is expected, and where it then arrives [3.1.6.5-02, 2.2.6-01]', async () => {
  const { ann, bob, cid } = await three('127.0.0.1');
  const [own] = cid.player.addresses;
  expect(bob.seen.pathTests.length).toBeGreaterThan(0);
  for (const { from, bytes } of bob.seen.pathTests) {
    expect(from).toBe(own);
    expect(bytes.length).toBe(12);
  }
  // The existing player called back to that very port, from its own.
  expect(cid.seen.connects).toContain(bob.player.addresses[0]);
  expect(ann.seen.pathTests).toEqual([]);
  expect(cid.seen.pathTests).toEqual([]);
});

it('there are none over IPv6 [2.2.6-02]', async () => {
  const { bob, cid } = await three('::1');
  expect(bob.seen.pathTests).toEqual([]);
  expect(cid.seen.connects).toContain(bob.player.addresses[0]);
});
