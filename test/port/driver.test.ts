import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvariantError, PortError } from '../../src/base/failure.ts';
import type { Instant } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import type { ByteMachine } from '../../src/base/machine.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { Driver } from '../../src/port/driver.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { HORIZON } from '../../src/port/line-clock.ts';
import type { OpenPort } from '../../src/port/open-port.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { BarePty, join } from './bare-pty.ts';

const SETTINGS = { ...DEFAULT_LINE_SETTINGS, baud: 9_600 };
/** Bytes per second of {@link SETTINGS}. */
const RATE = 960;
const FRAME = 100;

/** A machine made of what a test gives it; by itself it does nothing at all. */
class TestMachine implements ByteMachine<string> {
  deadline: Instant | undefined;
  readonly events: string[] = [];
  readonly seen: string[] = [];
  receive(now: Instant, bytes: Uint8Array): void {
    this.seen.push(`receive ${bytes.length} at ${now}`);
  }
  expire(now: Instant): void {
    this.seen.push(`expire at ${now}`);
    this.deadline = undefined;
  }
  gap(now: Instant): void {
    this.seen.push(`gap at ${now}`);
  }
  poll(_now: Instant): Uint8Array | undefined {
    return undefined;
  }
  next(): string | undefined {
    return this.events.shift();
  }
}

/** Always has a frame to send. */
class Talker extends TestMachine {
  override poll(): Uint8Array {
    return new Uint8Array(FRAME);
  }
}

/** A port in memory that takes everything. */
class FakePort implements OpenPort {
  onOutage() {
    return () => {};
  }
  readonly path = 'fake';
  readonly settings = SETTINGS;
  readonly notApplied = [];
  readonly warnings = [];
  isOpen = true;
  queued = 0;
  unsentBytes: number | null = 0;
  written = 0;
  readonly data = new Set<(bytes: Uint8Array) => void>();
  readonly lost = new Set<(error: PortError) => void>();
  readonly gaps = new Set<() => void>();
  write(bytes: Uint8Array): void {
    this.written += bytes.length;
  }
  unsent(): number | null {
    return this.unsentBytes;
  }
  onData(listener: (bytes: Uint8Array) => void) {
    this.data.add(listener);
    return () => this.data.delete(listener);
  }
  onLost(listener: (error: PortError) => void) {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }
  gapSignal(listener: () => void) {
    this.gaps.add(listener);
    return () => this.gaps.delete(listener);
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
  async close() {
    this.isOpen = false;
  }
  receive(length: number): void {
    for (const listener of this.data) listener(new Uint8Array(length));
  }
}

describe('the driver, in virtual time', () => {
  const clock = { now: () => Date.now() * 1_000 };
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  function driven(machine: TestMachine = new TestMachine(), port = new FakePort()) {
    const events: string[] = [];
    const failures: unknown[] = [];
    const losses: PortError[] = [];
    const driver = new Driver<string>(machine, port, clock, {
      onEvent: (_now, event) => events.push(event),
      onFailure: (error) => failures.push(error),
      onLost: (_now, error) => losses.push(error),
    });
    return { machine, port, driver, events, failures, losses };
  }

  it('draws exactly what the line can carry, never more than a horizon and a frame ahead', async () => {
    const { driver, port } = driven(new Talker());
    driver.start();
    for (let second = 0; second <= 20; second++) {
      expect(port.written).toBeGreaterThanOrEqual(second * RATE);
      expect(port.written).toBeLessThanOrEqual(second * RATE + FRAME + (RATE * HORIZON) / 1_000_000);
      await pass(1_000);
    }
    expect(driver.bytesSent).toBe(port.written);
  });

  it('draws nothing more while the operating system does not take what was written', async () => {
    const { driver, port } = driven(new Talker());
    port.queued = 5_000;
    driver.start();
    await pass(10_000);
    expect(port.written).toBe(0);
    port.queued = 0;
    await pass(10);
    expect(port.written).toBeGreaterThan(0);
  });

  it('draws nothing more while the system still holds more than a horizon’s worth', async () => {
    const { driver, port } = driven(new Talker());
    port.unsentBytes = 4_096;
    driver.start();
    await pass(10_000);
    expect(port.written).toBe(0);
    port.unsentBytes = 0;
    await pass(5_000);
    expect(port.written).toBeGreaterThan(0);
  });

  it('keeps to its own reckoning where the system cannot say what it holds', async () => {
    const { driver, port } = driven(new Talker());
    port.unsentBytes = null;
    driver.start();
    await pass(10_000);
    expect(port.written).toBeGreaterThanOrEqual(10 * RATE);
  });

  it('expires the machine at its deadline and not before, however far away it is', async () => {
    const { driver, machine } = driven();
    machine.deadline = 40 * 24 * 3_600 * 1_000_000;
    driver.start();
    await pass(40 * 24 * 3_600 * 1_000 - 1);
    expect(machine.seen).toEqual([]);
    await pass(2);
    expect(machine.seen).toHaveLength(1);
  });

  it('a deadline set by a command is kept after wake', async () => {
    const { driver, machine } = driven();
    driver.start();
    machine.deadline = 50_000;
    driver.wake();
    await pass(50);
    expect(machine.seen).toEqual(['expire at 50000']);
  });

  it('hands on data and gaps, and reports what the machine says after each', async () => {
    const { driver, machine, port, events } = driven();
    driver.start();
    machine.events.push('one', 'two');
    port.receive(5);
    expect(events).toEqual(['one', 'two']);
    await pass(3);
    machine.events.push('three');
    for (const gap of port.gaps) gap();
    expect(machine.seen).toEqual(['receive 5 at 0', 'gap at 3000']);
    expect(events).toEqual(['one', 'two', 'three']);
  });

  it('sends the answer in the same turn as the question came', () => {
    const machine = new TestMachine();
    let answers = 0;
    machine.receive = () => {
      answers = 1;
    };
    machine.poll = () => (answers-- > 0 ? new Uint8Array(8) : undefined);
    const { driver, port } = driven(machine);
    driver.start();
    port.receive(1);
    expect(port.written).toBe(8);
  });

  it('never has more than one timer, whatever happens', async () => {
    const { driver, machine, port } = driven(new Talker());
    driver.start();
    for (let i = 0; i < 2_000; i++) {
      machine.deadline = clock.now() + ((i * 7_919) % 40_000);
      if (i % 3 === 0) driver.wake();
      if (i % 5 === 0) port.receive(1);
      if (i % 7 === 0) await pass(1);
      expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
    }
  });

  it('takes data that the port delivers from inside a write', () => {
    const port = new FakePort();
    const machine = new TestMachine();
    let frames = 3;
    machine.poll = () => (frames-- > 0 ? new Uint8Array(4) : undefined);
    port.write = () => port.receive(4);
    const { driver } = driven(machine, port);
    driver.start();
    expect(machine.seen).toHaveLength(3);
  });

  it('wake from a listener is one more look in the same turn', () => {
    const machine = new TestMachine();
    const port = new FakePort();
    let toSend = 0;
    machine.poll = () => (toSend-- > 0 ? new Uint8Array(1) : undefined);
    const driver: Driver<string> = new Driver(machine, port, clock, {
      onEvent: () => {
        toSend = 1;
        driver.wake();
      },
    });
    driver.start();
    machine.events.push('hello');
    port.receive(1);
    expect(port.written).toBe(1);
  });

  it.each<[string, (machine: TestMachine) => void]>([
    [
      'throws',
      (machine) => {
        machine.receive = () => {
          throw new InvariantError('broken');
        };
      },
    ],
    [
      'wants to be woken without end',
      (machine) => {
        machine.receive = () => {
          machine.deadline = 0;
        };
        machine.expire = () => {};
      },
    ],
    [
      'sends nothing at all, for ever',
      (machine) => {
        machine.receive = () => {
          machine.poll = () => new Uint8Array(0);
        };
      },
    ],
  ])('a machine that %s is a failure of ours: told once, and everything stops', async (_name, spoil) => {
    const { driver, machine, port, failures } = driven();
    spoil(machine);
    driver.start();
    port.receive(1);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toBeInstanceOf(InvariantError);
    expect(driver.isRunning).toBe(false);
    expect(port.data.size + port.gaps.size + port.lost.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    driver.wake();
    await pass(1_000);
    expect(failures).toHaveLength(1);
  });

  it('a lost port stops it and is told once', async () => {
    const { driver, port, losses } = driven(new Talker());
    driver.start();
    const error = new PortError('lost', 'fake', 'fake was lost');
    const listeners = [...port.lost];
    for (const listener of [...listeners, ...listeners]) listener(error);
    const written = port.written;
    await pass(1_000);
    expect(losses).toEqual([error]);
    expect(port.written).toBe(written);
    expect(driver.isRunning).toBe(false);
  });

  it('stop gives the line time to take what was written, at most two seconds, and draws nothing more', async () => {
    const { driver, port } = driven(new Talker());
    driver.start();
    const ahead = driver.ahead;
    let stopped = false;
    const stopping = driver.stop().then(() => {
      stopped = true;
    });
    const written = port.written;
    await pass(Math.floor(ahead / 1_000) - 1);
    expect(stopped).toBe(false);
    await pass(2);
    expect(stopped).toBe(true);
    await stopping;
    await pass(1_000);
    expect(port.written).toBe(written);
    await driver.stop();
  });

  it('is started once', () => {
    const { driver } = driven();
    driver.start();
    expect(() => driver.start()).toThrow(InvariantError);
  });

  it('knows how late its timer was', async () => {
    let blocked = 0;
    const lateClock = { now: () => (Date.now() + blocked) * 1_000 };
    const machine = new TestMachine();
    machine.deadline = 10_000;
    const driver = new Driver<string>(machine, new FakePort(), lateClock, { onEvent: () => {} });
    driver.start();
    blocked = 30;
    await pass(10);
    expect(driver.lag.count).toBe(1);
    expect(driver.lag.max).toBe(30_000);
  });
});

/** Sends back what it receives, in pieces of at most 64 bytes; starts with what it is given. */
class Echo extends TestMachine {
  received = 0;
  #waiting: Uint8Array[] = [];
  constructor(first: Uint8Array) {
    super();
    if (first.length > 0) this.#waiting.push(first);
  }
  override receive(_now: Instant, bytes: Uint8Array): void {
    this.received += bytes.length;
    for (let at = 0; at < bytes.length; at += 64) this.#waiting.push(bytes.slice(at, at + 64));
  }
  override poll(): Uint8Array | undefined {
    return this.#waiting.shift();
  }
}

describe.runIf(libcSupported())('the driver, over two real ttys', () => {
  it('keeps two echoing machines talking at the pace of the line', async () => {
    const [left, right] = [new BarePty(), new BarePty()];
    const end = join(left, right);
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
    const ports = await Promise.all([left, right].map((far) => openSerialPort({ path: far.path, settings })));
    const machines = [new Echo(new Uint8Array(600).fill(1)), new Echo(new Uint8Array(0))];
    const failures: unknown[] = [];
    const drivers = ports.map(
      (port, at) =>
        new Driver<string>(machines[at]!, port, monotonicClock, {
          onEvent: () => {},
          onFailure: (error) => failures.push(error),
        }),
    );
    for (const driver of drivers) driver.start();
    const started = performance.now();
    while (machines[0]!.received < 4_000 && performance.now() - started < 10_000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const seconds = (performance.now() - started) / 1_000;
    expect(failures).toEqual([]);
    expect(machines[0]!.received).toBeGreaterThanOrEqual(4_000);
    // 600 bytes in flight and 11,520 bytes a second: no faster than the line, whatever the ttys could do.
    expect(machines[0]!.received).toBeLessThan(seconds * 11_520 + 1_500);
    await Promise.all(drivers.map((driver) => driver.stop()));
    await Promise.all(ports.map((port) => port.close()));
    end();
    left.unplug();
    right.unplug();
  });

  it('stops and tells when the plug is pulled', async () => {
    const far = new BarePty();
    const port = await openSerialPort({ path: far.path, settings: DEFAULT_LINE_SETTINGS });
    const error = await new Promise<PortError>((resolve) => {
      const driver = new Driver<string>(new Talker(), port, monotonicClock, {
        onEvent: () => {},
        onLost: (_now, lost) => resolve(lost),
      });
      driver.start();
      setTimeout(() => far.unplug(), 50);
    });
    expect(error.fault).toBe('lost');
    await port.close();
  });
});
