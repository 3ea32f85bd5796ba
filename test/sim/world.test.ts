import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import type { Machine } from '../../src/base/machine.ts';
import { Random } from '../../src/base/random.ts';
import { PacketPipe } from '../../src/sim/packet-pipe.ts';
import { World } from '../../src/sim/world.ts';

/** Sends what it is given when the line has room; reports what arrives. */
class Echo implements Machine<Uint8Array, Uint8Array, number> {
  readonly out: Uint8Array[] = [];
  readonly polled: Instant[] = [];
  readonly heard: number[] = [];
  readonly gaps: Instant[] = [];
  deadline: Instant | undefined;
  expired: Instant[] = [];
  #events: number[] = [];

  receive(_now: Instant, input: Uint8Array): void {
    this.#events.push(input[0]!);
  }
  expire(now: Instant): void {
    this.expired.push(now);
    this.deadline = undefined;
  }
  poll(now: Instant): Uint8Array | undefined {
    const bytes = this.out.shift();
    if (bytes !== undefined) this.polled.push(now);
    return bytes;
  }
  next(): number | undefined {
    return this.#events.shift();
  }
  gap(now: Instant): void {
    this.gaps.push(now);
  }
}

const pace = (bytes: number) => bytes * MILLISECOND;
const pipe = (options = {}) => new PacketPipe({ random: new Random('pipe'), ...options });

function joined(options = {}, latency = 0) {
  const near = new Echo();
  const far = new Echo();
  const world = new World(options);
  const heard: [Instant, number][] = [];
  world.join(
    { name: 'near', machine: near },
    { name: 'far', machine: far, onEvent: (now, event) => heard.push([now, event]) },
    { carrier: pipe({ lineTime: pace, latency }), lineTime: pace },
    { carrier: pipe({ lineTime: pace, latency }), lineTime: pace },
  );
  return { near, far, world, heard };
}

describe('the world', () => {
  it('polls only while the line has room, so that what is sent is fresh', () => {
    const { near, world, heard } = joined();
    for (let n = 0; n < 5; n++) near.out.push(new Uint8Array(100).fill(n));
    world.run(SECOND);
    expect(near.polled.map((at) => at / MILLISECOND)).toEqual([0, 80, 180, 280, 380]);
    expect(heard.map(([at, n]) => [at / MILLISECOND, n])).toEqual([
      [100, 0],
      [200, 1],
      [300, 2],
      [400, 3],
      [500, 4],
    ]);
  });

  it('polls again after anything happened to a machine', () => {
    const { near, world, heard } = joined();
    world.at(300 * MILLISECOND, () => near.out.push(Uint8Array.of(7)));
    world.run(SECOND);
    expect(heard).toEqual([[301 * MILLISECOND, 7]]);
  });

  it('calls expire at the deadline and gap after silence', () => {
    const { near, far, world } = joined({ gap: 50 * MILLISECOND });
    far.deadline = 123;
    near.out.push(Uint8Array.of(1));
    world.run(SECOND);
    expect(far.expired).toEqual([123]);
    expect(far.gaps).toEqual([51 * MILLISECOND]);
  });

  it('stops at the moment asked for, or when it is told that all is done', () => {
    const { near, world, heard } = joined();
    near.out.push(Uint8Array.of(1), Uint8Array.of(2));
    expect(world.run(SECOND, () => heard.length === 1)).toBe(1 * MILLISECOND);
    expect(world.run(5 * SECOND)).toBe(5 * SECOND);
    expect(heard).toHaveLength(2);
  });

  it('gives up on a machine that spins, and names it', () => {
    const alone = (name: string, machine: Echo) => {
      const world = new World({ stepsPerInstant: 1000 });
      const free = () => ({ carrier: pipe() });
      world.join({ name: 'quiet', machine: new Echo() }, { name, machine }, free(), free());
      return world;
    };
    const babbler = new Echo();
    babbler.poll = () => Uint8Array.of(1);
    expect(() => alone('babbler', babbler).run(SECOND)).toThrow(/babbler spins at 0 us/);
    const stuck = new Echo();
    stuck.expire = () => {};
    stuck.deadline = 5;
    expect(() => alone('stuck', stuck).run(SECOND)).toThrow(/stuck spins at 5 us/);
  });
});

describe('a packet pipe', () => {
  const through = (options: object, count = 2000) => {
    const line = pipe(options);
    for (let n = 0; n < count; n++) line.receive(n * MILLISECOND, Uint8Array.of(n, n >>> 8));
    const arrived: number[] = [];
    for (let at = line.deadline; at !== undefined; at = line.deadline) {
      for (let bytes = line.poll(at); bytes !== undefined; bytes = line.poll(at)) {
        arrived.push(bytes[0]! + bytes[1]! * 256);
      }
    }
    return { line, arrived };
  };

  it('without faults gives everything in order', () => {
    expect(through({}).arrived).toEqual(Array.from({ length: 2000 }, (_, n) => n));
  });

  it('loses, repeats and reorders as much as it is told, and counts what it loses', () => {
    const lossy = through({ loss: 0.1 });
    expect(lossy.line.lost).toBeGreaterThan(150);
    expect(lossy.line.lost).toBeLessThan(250);
    expect(lossy.arrived).toHaveLength(2000 - lossy.line.lost);
    expect(through({ duplication: 0.1 }).arrived.length).toBeGreaterThan(2150);
    const mixed = through({ jitter: 10 * MILLISECOND }).arrived;
    expect(mixed).not.toEqual([...mixed].sort((a, b) => a - b));
    expect(new Set(mixed).size).toBe(2000);
  });

  it('damages packets by their bits, framing included', () => {
    // 10 bytes with framing, 80 bits: 1 - (1 - 1e-3)^80 = 7.7 % of 2000 packets are hit.
    const { line } = through({ bitErrorRatio: 1e-3 });
    expect(line.lost).toBeGreaterThan(115);
    expect(line.lost).toBeLessThan(195);
  });

  it('gives nothing while it is cut', () => {
    const line = pipe();
    line.isCut = true;
    line.receive(0, Uint8Array.of(1));
    expect(line.deadline).toBeUndefined();
    expect(line.next()).toEqual({ type: 'lost', at: 0, packet: 0 });
  });
});
