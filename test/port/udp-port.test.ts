/** Datagrams over real sockets on loopback: both families, the well-known port and its sharing, refusals, loss. */
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { PortError, UsageError } from '../../src/base/failure.ts';
import { type Datagram, ENUMERATION_PORT, openUdpPort, UdpPort } from '../../src/port/udp-port.ts';
import { networkAddressText } from '../../src/wire/network-address.ts';

/** A loopback address of its own, so that port 6073 is not shared with other tests. */
const HERE = '127.0.60.73';
const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const hasManyLoopbacks = process.platform === 'linux';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function port(host: string, options: { port?: number; wellKnown?: boolean } = {}): Promise<UdpPort> {
  const opened = await openUdpPort({ host, port: 0, ...options });
  open.push(opened);
  return opened;
}

const addressOf = (of: UdpPort): string => networkAddressText(of.local);

/** The next datagrams, in the order of their arrival. */
function arrivals(at: UdpPort, count: number): Promise<Datagram[]> {
  const all: Datagram[] = [];
  return new Promise((resolve) => {
    const stop = at.onDatagram((datagram) => {
      if (all.push(datagram) < count) return;
      stop();
      resolve(all);
    });
  });
}

describe('a UDP port', () => {
  it.each([['127.0.0.1'], ...(hasIpv6 ? [['::1']] : [])])(
    'on %s carries datagrams both ways, as they are and from where they came [2.1-03]',
    async (host) => {
      const [a, b] = [await port(host), await port(host)];
      const there = arrivals(b, 2);
      a.send(Uint8Array.of(0, 2, 1, 2, 2), addressOf(b));
      a.send(Uint8Array.of(0x3f, 2), addressOf(b));
      const [first, second] = await there;
      expect(first).toEqual({ bytes: Buffer.of(0, 2, 1, 2, 2), from: addressOf(a), toWellKnown: false });
      expect([...second!.bytes]).toEqual([0x3f, 2]);
      const back = arrivals(a, 1);
      b.send(Uint8Array.of(9), first!.from);
      expect((await back)[0]).toMatchObject({ from: addressOf(b) });
      expect([a.counters.sent, b.counters.received, b.counters.refused]).toEqual([2, 2, 0]);
    },
  );

  it.skipIf(!hasManyLoopbacks)(
    'of a host hears port 6073 as well, and answers from its own [3.2.3-01, 3.2.3-02]',
    async () => {
      const host = await port(HERE, { wellKnown: true });
      expect([host.hearsWellKnown, host.warnings]).toEqual([true, []]);
      const client = await port('127.0.0.1');
      const asked = arrivals(host, 2);
      client.send(Uint8Array.of(1), `${HERE}:${ENUMERATION_PORT}`);
      client.send(Uint8Array.of(2), addressOf(host));
      const seen = (await asked).map(({ bytes, toWellKnown }) => [bytes[0], toWellKnown]);
      expect(seen.sort()).toEqual([
        [1, true],
        [2, false],
      ]);
      const answer = arrivals(client, 1);
      host.send(Uint8Array.of(3), addressOf(client));
      expect((await answer)[0]!.from).toBe(addressOf(host));
    },
  );

  it.skipIf(!hasManyLoopbacks)('shares port 6073 with another host of this machine', async () => {
    const first = await port(HERE, { wellKnown: true });
    const second = await port(HERE, { wellKnown: true });
    expect([first.hearsWellKnown, second.hearsWellKnown]).toEqual([true, true]);
    expect(second.warnings).toEqual([]);
  });

  it.skipIf(!hasManyLoopbacks)('goes on without port 6073 when somebody keeps it, and says so', async () => {
    const keeper: Socket = createSocket('udp4');
    open.push(keeper);
    await new Promise<void>((resolve) => keeper.bind(ENUMERATION_PORT, HERE, resolve));
    const host = await port(HERE, { wellKnown: true });
    expect(host.hearsWellKnown).toBe(false);
    expect(host.warnings).toEqual([
      `UDP ${HERE}:6073 is in use: only those who ask port ${host.local.port} will find the session`,
    ]);
  });

  it.skipIf(!hasManyLoopbacks)('hears port 6073 from when its player takes over, once', async () => {
    const heir = await port(HERE);
    expect(await heir.hearWellKnown()).toBeUndefined();
    expect(await heir.hearWellKnown()).toBeUndefined();
    const client = await port('127.0.0.1');
    const asked = arrivals(heir, 1);
    client.send(Uint8Array.of(1), `${HERE}:${ENUMERATION_PORT}`);
    expect((await asked)[0]!.toWellKnown).toBe(true);
    await heir.close();
    const keeper: Socket = createSocket('udp4');
    open.push(keeper);
    await new Promise<void>((resolve) => keeper.bind(ENUMERATION_PORT, HERE, resolve));
    expect(await (await port(HERE)).hearWellKnown()).toContain('is in use: only those who ask port');
  });

  it.skipIf(!hasManyLoopbacks)('may itself be port 6073', async () => {
    const host = await port(HERE, { port: ENUMERATION_PORT, wellKnown: true });
    expect([host.hearsWellKnown, host.local.port]).toEqual([true, ENUMERATION_PORT]);
  });

  it('that cannot be opened says why', async () => {
    const taken = await port('127.0.0.1');
    const refusal = async (host: string, number: number): Promise<unknown> =>
      openUdpPort({ host, port: number }).catch((error: unknown) => error);
    expect(await refusal('127.0.0.1', taken.local.port)).toMatchObject({ name: 'PortError', fault: 'busy' });
    expect(await refusal('192.0.2.1', 0)).toMatchObject({
      name: 'PortError',
      fault: 'absent',
      message: 'UDP 192.0.2.1:0 is no address of this machine',
    });
    expect(await refusal('example.org', 1)).toBeInstanceOf(UsageError);
    expect(await refusal('127.0.0.1', 70_000)).toBeInstanceOf(UsageError);
  });

  it('refuses what cannot be sent without a word more than a count', async () => {
    const at = await port('127.0.0.1');
    for (const address of ['', 'nowhere', '127.0.0.1:0', '[::1]:5']) at.send(Uint8Array.of(1), address);
    expect(at.counters.refused).toBe(4);
    at.send(new Uint8Array(70_000), addressOf(at));
    await expect.poll(() => at.counters.refused).toBe(5);
    expect(at.isOpen).toBe(true);
  });

  it('takes no more than fits the system, and says when there is room again', async () => {
    const at = await port('127.0.0.1');
    for (let count = 0; at.hasRoom; count++) {
      expect(count).toBeLessThan(1_000);
      at.send(new Uint8Array(1_000), addressOf(at));
    }
    await new Promise<void>((resolve) => at.onRoom(resolve));
    expect(at.hasRoom).toBe(true);
  });

  it('once closed sends and reports nothing', async () => {
    const [a, b] = [await port('127.0.0.1'), await port('127.0.0.1')];
    let heard = 0;
    b.onDatagram(() => heard++);
    b.onLost(() => heard++);
    await Promise.all([b.close(), b.close()]);
    b.send(Uint8Array.of(1), addressOf(a));
    a.send(Uint8Array.of(1), addressOf(b));
    await expect.poll(() => a.counters.sent).toBe(1);
    expect([heard, b.isOpen, b.hasRoom, b.counters.sent]).toEqual([0, false, false, 0]);
  });

  it('that fails is lost once, with the reason; a partner that is gone is no failure', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const at = new UdpPort(socket, undefined, []);
    const losses: PortError[] = [];
    at.onLost((error) => losses.push(error));
    socket.emit('error', Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    expect(losses).toEqual([]);
    socket.emit('error', Object.assign(new Error('broken'), { code: 'EIO' }));
    socket.emit('error', Object.assign(new Error('broken'), { code: 'EIO' }));
    at.onLost((error) => losses.push(error));
    expect(losses.map(({ fault }) => fault)).toEqual(['lost', 'lost']);
    expect(losses[0]).toBeInstanceOf(PortError);
    expect(at.isOpen).toBe(false);
  });
});
