/** A program that saturates many ports both ways, with dplink's connections or with bare serialport, and measures what that costs it. */
import { SerialPort } from 'serialport';
import { Random } from '../../src/base/random.ts';
import type { LoadAnswer, LoadOrder } from './cpu-message.ts';
import { type DrivenConnection, driveConnection } from './driven-connection.ts';

/** How often queues are filled up, and up to what: several times what the line takes meanwhile. */
const FILL_MS = 200;
const FILLED_BYTES = 16_384;
/** Bytes of the trivial frame's length field. */
const LENGTH_SIZE = 4;

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
const payload = new Random('load').fill(new Uint8Array(order.messageSize));
const arrived = order.paths.map(() => 0);

/** Until the lines have noticed who listens. */
const SETTLED_SECONDS = 0.5;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** One connection per port, its queue never empty. */
async function startDplink(): Promise<void> {
  const ends: DrivenConnection[] = [];
  for (const [index, path] of order.paths.entries()) {
    const end = await driveConnection(path, order.baud, `load ${index}`, (event) => {
      if (event.type === 'message') arrived[index]! += event.payload.length;
      else if (event.type === 'closed') throw new Error(`port ${index}: closed by ${event.cause}`);
    });
    end.command((now) => (index % 2 === 0 ? end.connection.listen(now) : end.connection.connect(now)));
    ends.push(end);
  }
  const fill = (): void => {
    for (const end of ends) {
      end.command((now) => {
        while (end.connection.queuedBytes < FILLED_BYTES) {
          if (!end.connection.send(now, payload, { reliable: true, sequential: true })) return;
        }
      });
    }
  };
  fill();
  setInterval(fill, FILL_MS);
}

/** Cuts what arrives at the lengths, and counts. No check, no repeat. */
function readBare(port: SerialPort, index: number): void {
  let pieces: Buffer[] = [];
  let held = 0;
  port.on('data', (bytes: Buffer) => {
    pieces.push(bytes);
    held += bytes.length;
    if (held < LENGTH_SIZE + payload.length) return;
    let all = Buffer.concat(pieces);
    while (all.length >= LENGTH_SIZE && all.length >= LENGTH_SIZE + all.readUInt32LE()) {
      const length = all.readUInt32LE();
      const message = Uint8Array.from(all.subarray(LENGTH_SIZE, LENGTH_SIZE + length));
      arrived[index]! += message.length;
      all = all.subarray(LENGTH_SIZE + length);
    }
    pieces = [all];
    held = all.length;
  });
}

/**
 * Serialport as it comes, on every port a frame whenever the line has had the time for the last but one. Not as soon as
 * the last was written: where a write must wait, serialport forgets to read, and both ways stand still.
 */
async function startBare(): Promise<void> {
  const frame = Buffer.alloc(LENGTH_SIZE + payload.length);
  frame.writeUInt32LE(payload.length);
  frame.set(payload, LENGTH_SIZE);
  const frameMs = (frame.length * 10_000) / order.baud;
  const ports = order.paths.map((path) => new SerialPort({ path, baudRate: order.baud, autoOpen: false }));
  for (const [index, port] of ports.entries()) {
    readBare(port, index);
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    });
  }
  // Nobody finds its place again in this framing: all listen before anybody speaks.
  await pause(SETTLED_SECONDS);
  for (const port of ports) {
    let due = performance.now();
    const write = (): void => {
      for (; due < performance.now() + frameMs; due += frameMs) port.write(frame);
      setTimeout(write, due - frameMs - performance.now());
    };
    write();
  }
}

const answer = (message: LoadAnswer): void => {
  process.send?.(message);
};

if (order.kind === 'dplink') await startDplink();
else await startBare();
await pause(order.warmUp);
answer({ type: 'measuring' });
const before = [...arrived];
const start = process.hrtime.bigint();
const usage = process.cpuUsage();
await pause(order.seconds);
const { user, system } = process.cpuUsage(usage);
answer({
  type: 'measured',
  seconds: Number(process.hrtime.bigint() - start) / 1e9,
  user: user / 1e3,
  system: system / 1e3,
  arrived: arrived.map((bytes, index) => bytes - before[index]!),
});
