/** Messages through two connections in memory, without a line, against npm's node-kcp (skipped by name where it is absent). */
import { createRequire } from 'node:module';
import { Random } from '../src/base/random.ts';
import { Connection } from '../src/transport/connection.ts';
import type { Bench } from './bench.ts';
import { type Contender, type Placing, race } from './race.ts';
import { table } from './table.ts';

const SIZES = [64, 1400];
/** Messages per run. */
const COUNT = 2000;
/** Times faster than node-kcp, by size of the message. */
const PROMISED: Readonly<Record<number, number>> = { 64: 3, 1400: 1.3 };

/** Runs before anything is measured: a program that carries messages is compiled long before. */
const WARM_UPS = 100;

async function warmUp(contender: Contender): Promise<void> {
  for (let n = 0; n < WARM_UPS; n++) await contender.run();
}

/** What of node-kcp is used here. */
interface Kcp {
  nodelay(noDelay: number, interval: number, resend: number, noCongestionControl: number): void;
  setmtu(bytes: number): number;
  wndsize(send: number, receive: number): void;
  output(take: (data: Buffer, size: number) => void): void;
  update(milliseconds: number): void;
  send(data: Buffer): number;
  input(data: Buffer): number;
  recv(): Buffer | undefined;
  waitsnd(): number;
}
type KcpMaker = new (conversation: number, context: object) => Kcp;

/** node-kcp, from where it is installed or from the directory in NODE_KCP; its package.json names the wrong entry. */
function nodeKcp(): KcpMaker | undefined {
  const require = createRequire(import.meta.url);
  for (const root of [process.env.NODE_KCP, 'node-kcp']) {
    if (root === undefined) continue;
    try {
      return (require(`${root}/build/Release/kcp.node`) as { KCP: KcpMaker }).KCP;
    } catch {
      // Not there, or not built for this Node.
    }
  }
  return undefined;
}

/** The largest packet of both: a message of 1400 bytes fits whole. dplink has its masks beside it. */
const PACKET_SIZE_MAX = 1484;
const FILLING = 7;

/** Whether what arrived is the message that was sent, as far as a look at both ends tells. */
function isIntact(message: Uint8Array, sent: Uint8Array): boolean {
  const { length } = sent;
  return message.length === length && message[0] === FILLING && message[length - 1] === FILLING;
}

/** Messages from one connection to another, acknowledged. Time stands still but for what the acknowledgments need. */
function dplink(payload: Uint8Array): Contender {
  const [near, far] = [
    new Connection({ random: new Random('near'), frameSizeMax: PACKET_SIZE_MAX }),
    new Connection({ random: new Random('far'), frameSizeMax: PACKET_SIZE_MAX }),
  ];
  let now = 0;
  const exchange = (): number => {
    let delivered = 0;
    for (let packet = near.poll(now); packet; packet = near.poll(now)) far.receive(now, packet);
    for (let event = far.next(); event; event = far.next()) {
      if (event.type === 'message' && isIntact(event.payload, payload)) delivered++;
    }
    for (let packet = far.poll(now); packet; packet = far.poll(now)) near.receive(now, packet);
    while (near.next() !== undefined);
    now += 100;
    if ((near.deadline ?? now + 1) <= now) near.expire(now);
    if ((far.deadline ?? now + 1) <= now) far.expire(now);
    return delivered;
  };
  far.listen(now);
  near.connect(now);
  while (near.state !== 'connected' || far.state !== 'connected') exchange();
  return {
    name: 'dplink',
    expected: COUNT,
    run: () => {
      let delivered = 0;
      for (let sent = 0; delivered < COUNT; delivered += exchange()) {
        for (; sent < COUNT && near.queuedBytes < 65_536; sent++) {
          near.send(now, payload, { reliable: true, sequential: true });
        }
      }
      return delivered;
    },
  };
}

/** The same through node-kcp at its quickest: no delay, fast resend, no congestion control, windows of 128. */
function kcp(Maker: KcpMaker, payload: Buffer): Contender {
  const [near, far] = [new Maker(1, {}), new Maker(1, {})];
  const toFar: Buffer[] = [];
  const toNear: Buffer[] = [];
  near.output((data) => toFar.push(data));
  far.output((data) => toNear.push(data));
  let now = 0;
  for (const each of [near, far]) {
    each.nodelay(1, 10, 2, 1);
    each.setmtu(PACKET_SIZE_MAX);
    each.wndsize(128, 128);
    each.update(now);
  }
  return {
    name: 'node-kcp',
    expected: COUNT,
    run: () => {
      let delivered = 0;
      for (let sent = 0; delivered < COUNT; ) {
        for (; sent < COUNT && near.waitsnd() < 128; sent++) near.send(payload);
        now += 10;
        near.update(now);
        for (const data of toFar.splice(0)) far.input(data);
        for (let message = far.recv(); message; message = far.recv()) {
          if (isIntact(message, payload)) delivered++;
        }
        far.update(now);
        for (const data of toNear.splice(0)) near.input(data);
      }
      return delivered;
    },
  };
}

export const transportBench: Bench = {
  name: 'transport',
  about: "reliable messages through two connections in memory, against npm's node-kcp",
  async run(print) {
    const Maker = nodeKcp();
    if (Maker === undefined) print('node-kcp is absent (NODE_KCP=DIRECTORY says where it is): skipped');
    const missed: string[] = [];
    const columns: Placing[][] = [];
    for (const size of SIZES) {
      const payload = new Uint8Array(size).fill(FILLING);
      const others = Maker === undefined ? [] : [kcp(Maker, Buffer.from(payload))];
      const contenders = [dplink(payload), ...others];
      for (const contender of contenders) await warmUp(contender);
      const placings = await race(contenders);
      columns.push(placings);
      const slower = placings[1]?.slower;
      const promised = PROMISED[size]!;
      if (slower !== undefined && slower < promised) {
        missed.push(`${slower.toFixed(2)} times node-kcp at ${size} bytes, promised ${promised}`);
      }
    }
    const rows = columns[0]!.map(({ name }, i) => [
      name,
      ...columns.flatMap((column) => [
        Math.round((COUNT * 1e6) / column[i]!.nanoseconds).toString(),
        i === 0 ? '' : `${column[i]!.slower.toFixed(2)} x [${column[i]!.slowerSpread}]`,
      ]),
    ]);
    const head = ['', ...SIZES.flatMap((size) => [`${size} bytes, thousands/s`, 'slower [least to most]'])];
    print(table('messages delivered, one processor second', head, rows));
    return missed;
  },
};
