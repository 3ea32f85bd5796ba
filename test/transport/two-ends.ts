/** Two connections joined by seeded pipes in virtual time, with a checker for what the far end is told. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { PacketPipe, type PipeOptions } from '../../src/sim/packet-pipe.ts';
import { World } from '../../src/sim/world.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent, Delivery } from '../../src/transport/connection-event.ts';
import type { ConnectionOptions } from '../../src/transport/connection-options.ts';

export interface TwoEndsOptions {
  readonly seed: string;
  /** Bits per second of both lines, 10 per byte; absent: no time. */
  readonly baud?: number;
  readonly pipe?: Omit<PipeOptions, 'random' | 'lineTime'>;
  readonly connection?: Partial<ConnectionOptions>;
}

/** The line time of a packet in its frame of 8 more bytes, 8N1. */
export const lineTime = (baud: number) => (bytes: number) => ((bytes + 8) * 10 * SECOND) / baud;

const CATEGORIES: readonly Delivery[] = [
  { reliable: true, sequential: true },
  { reliable: true, sequential: false },
  { reliable: false, sequential: true },
  { reliable: false, sequential: false },
];

const categoryOf = ({ reliable, sequential }: Delivery) => (reliable ? 0 : 2) + (sequential ? 0 : 1);

/** One direction's messages as sent, and what became of them. */
export class Traffic {
  readonly #random: Random;
  /** Numbers sent and delivered, per category. */
  readonly sent: number[] = [0, 0, 0, 0];
  readonly delivered: number[][] = [[], [], [], []];
  readonly wrong: string[] = [];
  readonly receipts: { acknowledged: number[]; lost: number[] } = { acknowledged: [], lost: [] };
  bytesDelivered = 0;
  count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next message of a category; its content follows from its number. */
  message(category: number, size: number): Uint8Array {
    const number = this.sent[category]!++;
    this.count++;
    return content(this.#random, category, number, size);
  }

  /** Checks a delivered message against what was sent. */
  deliver(payload: Uint8Array, delivery: Delivery): void {
    const category = categoryOf(delivery);
    const number = payload[1]! + payload[2]! * 256 + payload[3]! * 65536;
    if (payload[0] !== category) this.wrong.push(`category ${payload[0]} came as ${category}`);
    const expected = content(this.#random, category, number, payload.length);
    if (Buffer.compare(expected, payload) !== 0) this.wrong.push(`message ${number} is altered`);
    this.delivered[category]!.push(number);
    this.bytesDelivered += payload.length;
  }
}

function content(random: Random, category: number, number: number, size: number): Uint8Array {
  const bytes = random.fork(`${category} ${number} ${size}`).fill(new Uint8Array(size));
  bytes.set([category, number, number >>> 8, number >>> 16]);
  return bytes;
}

export class TwoEnds {
  readonly world = new World();
  readonly random: Random;
  readonly connections: readonly [Connection, Connection];
  readonly pipes: readonly [PacketPipe, PacketPipe];
  readonly events: [ConnectionEvent[], ConnectionEvent[]] = [[], []];
  /** What end 0 and end 1 send. */
  readonly traffic: readonly [Traffic, Traffic];
  outstandingMax = 0;

  constructor({ seed, baud, pipe = {}, connection = {} }: TwoEndsOptions) {
    const random = new Random(seed);
    this.random = random;
    const paced = baud === undefined ? {} : { lineTime: lineTime(baud) };
    const end = (name: string) => new Connection({ random: random.fork(name), ...paced, ...connection });
    const line = (name: string) => new PacketPipe({ random: random.fork(name), ...paced, ...pipe });
    this.connections = [end('near'), end('far')];
    this.pipes = [line('to far'), line('to near')];
    this.traffic = [new Traffic(random.fork('near says')), new Traffic(random.fork('far says'))];
    this.world.join(
      { name: 'near', machine: this.connections[0], onEvent: (now, event) => this.#note(0, now, event) },
      { name: 'far', machine: this.connections[1], onEvent: (now, event) => this.#note(1, now, event) },
      { carrier: this.pipes[0], ...paced },
      { carrier: this.pipes[1], ...paced },
    );
    this.world.at(0, (now) => {
      this.connections[1].listen(now);
      this.connections[0].connect(now);
    });
  }

  /** Sends a message from end `from`, with its count as receipt. */
  send(now: Instant, from: 0 | 1, category: number, size: number): void {
    const receipt = this.traffic[from].count;
    const payload = this.traffic[from].message(category, Math.max(4, size));
    this.connections[from].send(now, payload, { ...CATEGORIES[category]!, receipt });
  }

  /** Keeps `ahead` bytes queued at the given ends until `until`. */
  saturate(ends: readonly (0 | 1)[], size: number, until: Instant, ahead = 16_384): void {
    const every: Duration = 20 * MILLISECOND;
    const feed = (now: Instant) => {
      for (const end of ends) while (this.connections[end].queuedBytes < ahead) this.send(now, end, 0, size);
      if (now + every < until) this.world.at(now + every, feed);
    };
    this.world.at(this.world.now, feed);
  }

  of<T extends ConnectionEvent['type']>(end: 0 | 1, type: T): Extract<ConnectionEvent, { type: T }>[] {
    return this.events[end].filter(
      (event): event is Extract<ConnectionEvent, { type: T }> => event.type === type,
    );
  }

  #note(end: 0 | 1, _now: Instant, event: ConnectionEvent): void {
    for (const { statistics } of this.connections) {
      this.outstandingMax = Math.max(this.outstandingMax, statistics.outstanding);
    }
    if (event.type === 'message') this.traffic[end === 0 ? 1 : 0].deliver(event.payload, event);
    else this.events[end].push(event);
    if (event.type === 'acknowledged') this.traffic[end].receipts.acknowledged.push(event.receipt);
    if (event.type === 'lost') this.traffic[end].receipts.lost.push(event.receipt);
  }
}
