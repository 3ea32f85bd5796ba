/** One machine over several lines: who is woken when, what is reported, what a lost line leaves; then over real ports. */
import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvariantError, PortError } from '../../src/base/failure.ts';
import type { Instant } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import type { OpenPort } from '../../src/port/open-port.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { type DrivenLine, type EndpointMachine, SessionDriver } from '../../src/port/session-driver.ts';
import { ENUMERATION_PORT, openUdpPort, UdpPort } from '../../src/port/udp-port.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import { EnumerationHost, type HostedSession } from '../../src/session/enumeration-host.ts';
import { Enumerator, type FoundSession } from '../../src/session/enumerator.ts';
import type { Outgoing } from '../../src/session/outgoing.ts';
import type { Message } from '../../src/wire/message.ts';
import { networkAddressText } from '../../src/wire/network-address.ts';
import { BarePty, join } from './bare-pty.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const SETTINGS = { ...DEFAULT_LINE_SETTINGS, baud: 9_600 };

const packet = (first: number): Message => ({
  kind: 'transport',
  identifier: 0,
  body: Uint8Array.of(first, 2, 3, 4),
});

/** A machine made of what a test gives it. */
class TestMachine implements EndpointMachine<string> {
  deadline: Instant | undefined;
  readonly events: string[] = [];
  readonly outgoing: Outgoing[] = [];
  readonly seen: string[] = [];
  onReceive: (endpoint: Endpoint, message: Message) => void = () => {};
  onPoll: (line: string) => void = () => {};
  receive(_now: Instant, endpoint: Endpoint, message: Message): void {
    this.seen.push(`${endpoint.line} ${message.body[0]}`);
    this.onReceive(endpoint, message);
  }
  expire(now: Instant): void {
    this.seen.push(`expire at ${now}`);
    this.deadline = undefined;
  }
  poll(_now: Instant, line: string): Outgoing | undefined {
    const index = this.outgoing.findIndex(({ endpoint }) => endpoint.line === line);
    const [out] = index < 0 ? [] : this.outgoing.splice(index, 1);
    if (out !== undefined) this.onPoll(line);
    return out;
  }
  next(): string | undefined {
    return this.events.shift();
  }
  lineLost(_now: Instant, line: string): void {
    this.seen.push(`lost ${line}`);
  }
}

/** A serial port in memory that takes everything. */
class FakePort implements OpenPort {
  readonly path = 'fake';
  readonly settings = SETTINGS;
  readonly notApplied = [];
  readonly warnings = [];
  readonly isOpen = true;
  readonly queued = 0;
  readonly written: Uint8Array[] = [];
  readonly data = new Set<(bytes: Uint8Array) => void>();
  readonly lost = new Set<(error: PortError) => void>();
  write(bytes: Uint8Array): void {
    this.written.push(bytes);
  }
  unsent(): number {
    return 0;
  }
  onData(listener: (bytes: Uint8Array) => void) {
    this.data.add(listener);
    return () => this.data.delete(listener);
  }
  onLost(listener: (error: PortError) => void) {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }
  onOutage() {
    return () => {};
  }
  gapSignal() {
    return () => {};
  }
  async modemLines() {
    return null;
  }
  uartCounters() {
    return null;
  }
  async setLines() {
    return false;
  }
  async sendBreak() {
    return false;
  }
  async close() {}
  arrive(bytes: Uint8Array): void {
    for (const listener of this.data) listener(bytes);
  }
}

describe('the driver of a session, in virtual time', () => {
  const clock = { now: () => Date.now() * 1_000 };
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  function driven(names = ['a', 'b']) {
    const machine = new TestMachine();
    const ports = names.map(() => new FakePort());
    const reported: string[] = [];
    const failures: unknown[] = [];
    const lost: string[] = [];
    const lines = names.map((name, i): DrivenLine => ({ name, kind: 'serial', port: ports[i]! }));
    const driver = new SessionDriver<string>(machine, lines, clock, {
      onEvent: (_now, event) => reported.push(event),
      onDamage: (_now, line, { cause }) => reported.push(`${line}: ${cause}`),
      onLineLost: (_now, line, error) => lost.push(`${line}: ${error.message}`),
      onFailure: (error) => failures.push(error),
    });
    return { machine, ports, driver, reported, failures, lost };
  }

  it('wakes every line when something arrived on any', async () => {
    const { machine, ports, driver } = driven(['a', 'b', 'c']);
    driver.start();
    machine.onReceive = () => {
      for (const line of ['a', 'b', 'c'])
        machine.outgoing.push({ endpoint: { line, address: '' }, message: packet(1) });
    };
    ports[1]!.arrive(encodeFrame(packet(7)));
    await pass(0);
    expect(machine.seen).toEqual(['b 7']);
    expect(ports.map(({ written }) => written.map((bytes) => bytes.length))).toEqual([[12], [12], [12]]);
  });

  it('wakes the other lines, and the timer, when sending on one made them due', async () => {
    const { machine, ports, driver, reported } = driven();
    driver.start();
    machine.outgoing.push({ endpoint: { line: 'b', address: '' }, message: packet(1) });
    machine.onPoll = (line) => {
      if (line !== 'b') return;
      machine.outgoing.push({ endpoint: { line: 'a', address: '' }, message: packet(2) });
      machine.events.push('said');
      machine.deadline = clock.now() + 250_000;
    };
    driver.wake();
    await pass(1);
    expect(ports.map(({ written }) => written.length)).toEqual([1, 1]);
    expect(reported).toEqual(['said']);
    await pass(248);
    expect(machine.seen).toEqual([]);
    await pass(2);
    expect(machine.seen).toEqual(['expire at 250000']);
  });

  it('gives each line what is for it, at the pace of that line, fresh', async () => {
    const { machine, ports, driver } = driven();
    driver.start();
    for (let i = 0; i < 100; i++)
      machine.outgoing.push({ endpoint: { line: 'a', address: '' }, message: packet(i | 1) });
    machine.outgoing.push({ endpoint: { line: 'b', address: '' }, message: packet(1) });
    driver.wake();
    await pass(0);
    // 12 bytes take 12.5 ms, and 20 ms may stand ahead.
    expect(ports[0]!.written).toHaveLength(2);
    expect(ports[1]!.written).toHaveLength(1);
    await pass(1_000);
    expect(ports[0]!.written.length).toBeGreaterThanOrEqual(80);
    expect(ports[0]!.written.length).toBeLessThanOrEqual(83);
    expect(driver.countersOf('a')!.frames.sent).toBe(ports[0]!.written.length);
    expect(driver.countersOf('nowhere')).toBeUndefined();
  });

  it('tells of damage with its line, and the machine of a lost line; the others go on', async () => {
    const { machine, ports, driver, reported, lost } = driven();
    driver.start();
    const frame = encodeFrame(packet(3));
    frame[9]! ^= 1;
    ports[0]!.arrive(frame);
    ports[0]!.arrive(encodeFrame(packet(5)));
    await pass(0);
    expect(reported).toContain('a: messageCrc');
    for (const listener of [...ports[0]!.lost]) listener(new PortError('lost', 'fake', 'unplugged'));
    await pass(0);
    expect(machine.seen).toEqual(['a 5', 'lost a']);
    expect(lost).toEqual(['a: unplugged']);
    machine.outgoing.push({ endpoint: { line: 'b', address: '' }, message: packet(1) });
    driver.wake();
    await pass(0);
    expect(ports[1]!.written).toHaveLength(1);
    expect(driver.isRunning).toBe(true);
  });

  it('shows a looker-on every byte of its line', async () => {
    const machine = new TestMachine();
    const port = new FakePort();
    const passed: string[] = [];
    const onlooker = {
      sent: (_now: Instant, bytes: Uint8Array) => passed.push(`sent ${bytes.length}`),
      received: (_now: Instant, bytes: Uint8Array) => passed.push(`received ${bytes.length}`),
      gap: () => passed.push('gap'),
    };
    const driver = new SessionDriver(machine, [{ name: 'a', kind: 'serial', port, onlooker }], clock, {
      onEvent: () => {},
    });
    driver.start();
    machine.outgoing.push({ endpoint: { line: 'a', address: '' }, message: packet(1) });
    port.arrive(encodeFrame(packet(3)));
    await pass(0);
    expect(passed).toEqual(['received 12', 'sent 12']);
  });

  it('ends, as our own fault, when the machine or the lines would go on for ever, or throw', async () => {
    const restless = driven();
    restless.driver.start();
    restless.machine.deadline = 0;
    restless.machine.expire = () => {};
    restless.driver.wake();
    await pass(1);
    expect(restless.failures).toEqual([expect.any(InvariantError)]);
    const echoing = driven();
    echoing.driver.start();
    // Reports when polled, for ever, without ever sending.
    echoing.machine.poll = () => {
      echoing.machine.events.push('again');
      return undefined;
    };
    echoing.driver.wake();
    await pass(1);
    expect(echoing.failures).toEqual([expect.any(InvariantError)]);
    expect(echoing.driver.isRunning).toBe(false);
    const broken = driven();
    broken.driver.start();
    broken.machine.onReceive = () => {
      throw new Error('broken');
    };
    broken.ports[0]!.arrive(encodeFrame(packet(3)));
    await pass(1);
    expect(broken.failures).toEqual([expect.objectContaining({ message: 'broken' })]);
  });

  it('is started once, stops for good, and does not take two lines of one name', async () => {
    const { driver, machine, ports } = driven();
    driver.start();
    expect(() => driver.start()).toThrow(InvariantError);
    const stopped = driver.stop();
    await pass(10);
    await stopped;
    machine.outgoing.push({ endpoint: { line: 'a', address: '' }, message: packet(1) });
    driver.wake();
    ports[0]!.arrive(encodeFrame(packet(3)));
    await pass(100);
    expect([machine.seen, ports[0]!.written]).toEqual([[], []]);
    expect(() => driven(['a', 'a'])).toThrow(InvariantError);
  });
});

const SESSION: HostedSession = {
  instance: '94BE8123-A1AB-48FB-A2E7-23859E658936',
  application: DXDIAG,
  name: 'Test Session',
  playersCurrent: 2,
  playersMax: 8,
  mayMigrate: true,
  needsPassword: false,
};

/** An {@link EnumerationHost} as a machine over lines. */
class Answering implements EndpointMachine<never> {
  readonly deadline = undefined;
  readonly #host = new EnumerationHost(() => [SESSION]);
  readonly others: Message[] = [];
  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    if (message.kind === 'enumerationQuery') this.#host.receive(now, endpoint, message);
    else this.others.push(message);
  }
  expire(): void {}
  poll(now: Instant, line: string): Outgoing | undefined {
    return this.#host.poll(now, line);
  }
  next(): undefined {}
  lineLost(): void {}
}

describe('enumeration over real ports', () => {
  const cleanup: (() => unknown)[] = [];
  afterEach(async () => {
    for (const each of cleanup.splice(0).reverse()) await each();
  });

  function drive<E>(
    machine: EndpointMachine<E>,
    lines: DrivenLine[],
    onEvent: (event: E) => void = () => {},
  ) {
    const driver = new SessionDriver<E>(machine, lines, monotonicClock, {
      onEvent: (_now, event) => onEvent(event),
    });
    cleanup.push(() => driver.stop());
    driver.start();
    return driver;
  }

  async function udp(host: string, wellKnown = false): Promise<UdpPort> {
    const port = await openUdpPort({ host, port: 0, wellKnown });
    cleanup.push(() => port.close());
    return port;
  }

  /** The first session that answers. */
  function found(lines: DrivenLine[], targets: Endpoint[]): Promise<FoundSession> {
    const enumerator = new Enumerator({ random: new Random('found'), targets, interval: 200_000 });
    enumerator.start(monotonicClock.now());
    return new Promise((resolve) => {
      drive(enumerator, lines, (event) => {
        if (event.type === 'answered') resolve(event.session);
      });
    });
  }

  it.skipIf(!libcSupported)(
    'a cable between two ptys: found, with its round trip [2.2.4-04, 2.2.5-04]',
    async () => {
      const [a, b] = [new BarePty(), new BarePty()];
      const [near, far] = await Promise.all(
        [a, b].map(({ path }) => openSerialPort({ path, settings: SETTINGS })),
      );
      const cut = join(a, b);
      cleanup.push(
        () => cut(),
        () => Promise.all([near!.close(), far!.close()]).then(() => [a, b].map((each) => each.unplug())),
      );
      drive(new Answering(), [{ name: 'cable', kind: 'serial', port: far! }]);
      const session = await found(
        [{ name: 'com', kind: 'serial', port: near! }],
        [{ line: 'com', address: '' }],
      );
      expect(session).toMatchObject({ name: 'Test Session', endpoint: { line: 'com', address: '' } });
      expect(session.roundTrip.last).toBeGreaterThan(0);
    },
  );

  it.each(['127.0.0.1', '::1'])('UDP on %s, asked at the port of the session', async (host) => {
    const at = await udp(host);
    drive(new Answering(), [{ name: 'lan', kind: 'udp', port: at }]);
    const target = { line: 'udp', address: networkAddressText(at.local) };
    const session = await found([{ name: 'udp', kind: 'udp', port: await udp(host) }], [target]);
    expect(session).toMatchObject({ name: 'Test Session', endpoint: target });
  });

  it.skipIf(process.platform !== 'linux')(
    'UDP asked at port 6073: the answer comes from the port of the session, which takes all else as well [1.9-01, 3.2.3-01, 3.2.3-02, 2.2.5-03, 2.2.5-14]',
    async () => {
      const at = await udp('127.0.60.74', true);
      const machine = new Answering();
      const driver = drive(machine, [{ name: 'lan', kind: 'udp', port: at }]);
      const target = { line: 'udp', address: `127.0.60.74:${ENUMERATION_PORT}` };
      const lines: DrivenLine[] = [{ name: 'udp', kind: 'udp', port: await udp('127.0.0.1') }];
      const session = await found(lines, [target]);
      expect(session.endpoint.address).toBe(networkAddressText(at.local));
      const stranger = createSocket('udp4');
      cleanup.push(() => stranger.close());
      const connect = Buffer.from('8801000000000100010203040000000a', 'hex');
      for (const port of [ENUMERATION_PORT, at.local.port]) {
        stranger.send(connect, port, '127.0.60.74');
        stranger.send(Buffer.of(0, 7, 1, 2), port, '127.0.60.74');
      }
      await expect.poll(() => driver.strays).toEqual({ malformed: 2, misdirected: 1 });
      await expect.poll(() => machine.others.length).toBe(1);
    },
  );

  it('a lost socket is a lost line', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const port = new UdpPort(socket, undefined, []);
    const machine = new TestMachine();
    drive(machine, [{ name: 'lan', kind: 'udp', port }]);
    socket.emit('error', Object.assign(new Error('broken'), { code: 'EIO' }));
    expect(machine.seen).toEqual(['lost lan']);
  });

  it('sends more than the system takes at once, in order', async () => {
    const [from, to] = [await udp('127.0.0.1'), await udp('127.0.0.1')];
    const arrived: number[] = [];
    to.onDatagram(({ bytes }) => arrived.push(bytes[1]!));
    const machine = new TestMachine();
    const endpoint = { line: 'lan', address: networkAddressText(to.local) };
    for (let i = 0; i < 60; i++) {
      const body = new Uint8Array(1_400).fill(i);
      body[0] = 1;
      machine.outgoing.push({ endpoint, message: { kind: 'transport', identifier: 0, body } });
    }
    drive(machine, [{ name: 'lan', kind: 'udp', port: from }]);
    await expect.poll(() => arrived.length).toBe(60);
    expect(arrived).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });
});
