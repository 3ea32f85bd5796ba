/** The same session over every carrier there is: one packet sequence, whatever lies below. Real ports, real time. */
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import type { DrivenLine } from '../../src/port/session-driver.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import {
  alternateAddress,
  networkAddress,
  networkAddressOfUrl,
  networkAddressText,
} from '../../src/wire/network-address.ts';
import { decodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';
import { BarePty, join } from './bare-pty.ts';
import { type BenchPlayer, type Sent, seat, udpLine } from './bench-of-sessions.ts';

const now = (): number => monotonicClock.now();
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

function seated(name: string, lines: DrivenLine[], sent?: (message: Sent) => void): BenchPlayer {
  const player = seat(name, lines, sent);
  cleanup.push(() => player.close());
  return player;
}

/** What a message is, without what depends on chance and time. */
function nameOf({ message }: Sent): string | undefined {
  if (message.kind !== 'transport') return message.kind;
  const packet = decodeTransport(message.body);
  if (isMalformed(packet)) return 'malformed';
  if (packet.name === 'TRANS_COMMAND_SACK') return undefined;
  if (packet.name !== 'TRANS_USERDATA_HEADER') return packet.name;
  if ((packet.bControl & 0x01) !== 0) return undefined;
  if (packet.payload.length <= 4) return 'keep-alive';
  const payload = decodePayload(packet.payload);
  return payload.name;
}

/** The sequence in which host and client said new things, each for itself. */
async function joinOver(hostLine: DrivenLine, clientLine: DrivenLine, target: string): Promise<string[][]> {
  const said: string[][] = [[], []];
  const listen = (index: 0 | 1) => (message: Sent) => {
    const name = nameOf(message);
    if (name !== undefined && said[index]!.at(-1) !== name) said[index]!.push(name);
  };
  const host = seated('host', [hostLine], listen(0));
  const client = seated('client', [clientLine], listen(1));
  host.session.host(now(), { name: 'Hostess', sessionName: 'Table' });
  host.driver.wake();
  client.session.join(now(), { line: clientLine.name, address: target }, { name: 'Guest' });
  client.driver.wake();
  await expect.poll(() => client.events.map(({ type }) => type), { timeout: 10_000 }).toContain('joined');
  await expect.poll(() => host.events.map(({ type }) => type), { timeout: 10_000 }).toContain('playerJoined');
  expect(client.session.chat(now(), 'hello')).toBe(1);
  client.driver.wake();
  const heard = () => host.events.flatMap((event) => (event.type === 'chat' ? [event.text] : []));
  await expect.poll(heard, { timeout: 10_000 }).toEqual(['hello']);
  const { players, nameTableVersion } = host.session;
  expect(client.session.nameTableVersion).toBe(nameTableVersion);
  expect(client.session.players.map(({ dpnid, name }) => [dpnid, name])).toEqual(
    players.map(({ dpnid, name }) => [dpnid, name]),
  );
  return said;
}

async function overUdp(host: string): Promise<string[][]> {
  const [there, here] = [await udpLine('line', host), await udpLine('line', host)];
  const { host: address, port, family } = there.port.local;
  return joinOver(there, here, family === 4 ? `${address}:${port}` : `[${address}]:${port}`);
}

async function overPty(): Promise<string[][]> {
  const [a, b] = [new BarePty(), new BarePty()];
  const settings = { baud: 115_200, parity: 'NONE', stopbits: 1, flowcontrol: 'NONE' } as const;
  const near = await openSerialPort({ path: a.path, settings });
  const far = await openSerialPort({ path: b.path, settings });
  const cut = join(a, b);
  cleanup.push(() => {
    cut();
    for (const pty of [a, b]) pty.unplug();
  });
  const line = (port: typeof near): DrivenLine => ({ name: 'line', kind: 'serial', port });
  return joinOver(line(far), line(near), '');
}

describe('a join', () => {
  it('completes over IPv4 and over IPv6, with the same packets and without anybody choosing [2.1-02, 3.3.4-04]', async () => {
    const over4 = await overUdp('127.0.0.1');
    expect(over4[1]!.slice(0, 2)).toEqual(['enumerationQuery', 'TRANS_COMMAND_CONNECT']);
    expect(over4[0]).toContain('TRANS_USERDATA_SEND_SESSION_INFO');
    expect(await overUdp('::1')).toEqual(over4);
  });

  it.skipIf(!libcSupported)('is the same sequence over a serial line as over UDP [2.1-01]', async () => {
    expect(await overPty()).toEqual(await overUdp('127.0.0.1'));
  });
});

describe('a joiner over UDP', () => {
  it('tells the host the other addresses of its machine, beside the one it is seen at', async () => {
    const [there, here] = [await udpLine('lan', '127.0.0.1'), await udpLine('lan', '127.0.0.1')];
    const infos: SessionPayload[] = [];
    const guest = seated('guest', [here], ({ message }) => {
      const packet = message.kind === 'transport' ? decodeTransport(message.body) : undefined;
      if (packet === undefined || !('payload' in packet) || packet.payload.length <= 4) return;
      const payload = decodePayload(packet.payload);
      if (!isMalformed(payload) && payload.name === 'TRANS_USERDATA_PLAYER_CONNECT_INFO') infos.push(payload);
    });
    const host = seated('host', [there]);
    host.session.host(now(), { name: 'Hostess', sessionName: 'Table' });
    const addresses = [networkAddress('192.0.2.7', 2302)!, networkAddress('2001:db8::7', 2302)!];
    const alternates = addresses.map(alternateAddress);
    guest.session.join(now(), { line: 'lan', address: host.addresses[0]! }, { name: 'Guest', alternates });
    guest.driver.wake();
    await expect.poll(() => guest.session.state, { timeout: 10_000 }).toBe('joined');
    expect(infos[0]).toMatchObject({ alternateAddressData: alternates });
    const seen = host.session.players.find(({ name }) => name === 'Guest')?.url;
    expect(networkAddressText(networkAddressOfUrl(seen!)!)).toBe(guest.addresses[0]);
  });
});

describe('a session of several lines', () => {
  it('of three players over UDP connects all with all, and everybody hears everybody', async () => {
    const players: BenchPlayer[] = [];
    for (const name of ['ann', 'bob', 'cid']) players.push(seated(name, [await udpLine('lan', '127.0.0.1')]));
    const [ann, bob, cid] = players as [BenchPlayer, BenchPlayer, BenchPlayer];
    ann.session.host(now(), { name: 'ann', sessionName: 'Table' });
    for (const guest of [bob, cid]) {
      guest.session.join(now(), { line: 'lan', address: ann.addresses[0]! }, { name: guest.name });
      guest.driver.wake();
      await expect.poll(() => guest.session.state, { timeout: 10_000 }).toBe('joined');
    }
    await expect.poll(() => players.map(({ session }) => session.players.length)).toEqual([3, 3, 3]);
    const others = (player: BenchPlayer) => player.session.chat(now(), `from ${player.name}`);
    await expect.poll(() => bob.events.map(({ type }) => type)).toContain('playerJoined');
    expect(players.map(others)).toEqual([2, 2, 2]);
    for (const { driver } of players) driver.wake();
    const heard = (player: BenchPlayer) =>
      player.events.flatMap((event) => (event.type === 'chat' ? [event.text] : [])).sort();
    await expect
      .poll(() => players.map(heard))
      .toEqual([
        ['from bob', 'from cid'],
        ['from ann', 'from cid'],
        ['from ann', 'from bob'],
      ]);
  });

  it.skipIf(!libcSupported)('mixes a serial player with one over UDP', async () => {
    const [a, b] = [new BarePty(), new BarePty()];
    const settings = { baud: 115_200, parity: 'NONE', stopbits: 1, flowcontrol: 'NONE' } as const;
    const [near, far] = await Promise.all([a, b].map(({ path }) => openSerialPort({ path, settings })));
    const cut = join(a, b);
    cleanup.push(() => {
      cut();
      for (const pty of [a, b]) pty.unplug();
    });
    const lan = await udpLine('lan', '127.0.0.1');
    const host = seated('host', [lan, { name: 'com', kind: 'serial', port: far! }]);
    host.session.host(now(), { name: 'host', sessionName: 'Table' });
    const wired = seated('wired', [{ name: 'com', kind: 'serial', port: near! }]);
    wired.session.join(now(), { line: 'com', address: '' }, { name: 'wired' });
    wired.driver.wake();
    await expect.poll(() => wired.session.state, { timeout: 10_000 }).toBe('joined');
    const afar = seated('afar', [await udpLine('lan', '127.0.0.1')]);
    afar.session.join(now(), { line: 'lan', address: host.addresses[0]! }, { name: 'afar' });
    afar.driver.wake();
    // No line leads from the serial player to the other: it says so, and the newcomer is taken out (SER-13, JOI-3).
    await expect.poll(() => afar.events.map(({ type }) => type), { timeout: 10_000 }).toContain('ended');
    expect(host.session.players.map(({ name }) => name)).toEqual(['host', 'wired']);
    expect(host.session.chat(now(), 'still here')).toBe(1);
    host.driver.wake();
    const heard = () => wired.events.flatMap((event) => (event.type === 'chat' ? [event.text] : []));
    await expect.poll(heard).toEqual(['still here']);
  });
});
