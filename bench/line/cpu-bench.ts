/** The bench of processor time: many saturated ports in one process, dplink's connections against bare serialport, in turn on the same kind of lines. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench.ts';
import { table } from '../table.ts';
import type { LoadAnswer, LoadOrder, PumpAnswer, PumpCommand, PumpOrder } from './cpu-message.ts';
import { median } from './figures.ts';
import { readOptions } from './options.ts';
import { markdownTable, writePage } from './page.ts';

const DEFAULTS = { ports: 64, seconds: 10, rounds: 3, write: false };
const BAUD = 115_200;
const BYTES_PER_SECOND = BAUD / 10;
const MESSAGE_SIZE = 1_024;
const WARM_UP_SECONDS = 4;
/** Times what bare ports cost. */
const PROMISED = 1.5;
/** Share of each line that must be filled: what several seconds can resolve of 1. */
const FILLED = 0.98;

/** One run. Shares are of one direction of a line, the least and the middle of all ports. */
interface Load {
  /** Share of one core that the process took. */
  readonly cores: number;
  readonly system: number;
  readonly pump: number;
  /** Share that was taken from the port, and share that arrived as messages. */
  readonly filled: readonly number[];
  readonly arrived: readonly number[];
}

async function answerOf<A extends { type: string }, T extends A['type']>(
  process: ChildProcess,
  wanted: T,
): Promise<Extract<A, { type: T }>> {
  for (;;) {
    const [answer] = (await Promise.race([
      once(process, 'message'),
      once(process, 'exit').then(() => {
        throw new Error('a process of the bench ended');
      }),
    ])) as [A];
    if (answer.type === wanted) return answer as Extract<A, { type: T }>;
  }
}

const PUMP = fileURLToPath(new URL('cpu-pump.ts', import.meta.url));
const LOAD = fileURLToPath(new URL('cpu-load.ts', import.meta.url));

async function takenBy(pump: ChildProcess): Promise<Extract<PumpAnswer, { type: 'taken' }>> {
  pump.send({ type: 'taken' } satisfies PumpCommand);
  return await answerOf<PumpAnswer, 'taken'>(pump, 'taken');
}

/** Fresh lines, one process on all of their ports. */
async function load(kind: LoadOrder['kind'], ports: number, seconds: number): Promise<Load> {
  const making: PumpOrder = { lines: ports / 2, baud: BAUD };
  const pump = fork(PUMP, [JSON.stringify(making)]);
  let user: ChildProcess | undefined;
  try {
    const { paths } = await answerOf<PumpAnswer, 'open'>(pump, 'open');
    const order: LoadOrder = {
      kind,
      paths,
      baud: BAUD,
      messageSize: MESSAGE_SIZE,
      warmUp: WARM_UP_SECONDS,
      seconds,
    };
    user = fork(LOAD, [JSON.stringify(order)]);
    await answerOf<LoadAnswer, 'measuring'>(user, 'measuring');
    const measured = answerOf<LoadAnswer, 'measured'>(user, 'measured');
    const before = await takenBy(pump);
    const result = await measured;
    const after = await takenBy(pump);
    const line = BYTES_PER_SECOND * result.seconds;
    const took = (after.at - before.at) / 1_000;
    return {
      cores: (result.user + result.system) / 1_000 / result.seconds,
      system: result.system / 1_000 / result.seconds,
      pump: (after.cpu - before.cpu) / 1_000 / took,
      filled: after.bytes.map((bytes, port) => (bytes - before.bytes[port]!) / (BYTES_PER_SECOND * took)),
      arrived: result.arrived.map((bytes) => bytes / line),
    };
  } finally {
    user?.kill('SIGKILL');
    pump.kill('SIGKILL');
  }
}

function row(name: string, loads: readonly Load[]): string[] {
  const middle = (of: (load: Load) => number): number => median(loads.map(of));
  return [
    name,
    middle(({ cores }) => cores).toFixed(3),
    middle(({ system }) => system).toFixed(3),
    ...(['filled', 'arrived'] as const).map(
      (what) =>
        `${middle((load) => median(load[what])).toFixed(3)} [${Math.min(...loads.flatMap((load) => load[what])).toFixed(3)}]`,
    ),
    middle(({ pump }) => pump).toFixed(2),
  ];
}

export const cpuBench: Bench = {
  name: 'cpu',
  about: 'processor time of many saturated ports, against bare serialport; takes minutes: --ports=64 --write',
  isLong: true,
  async run(print, texts) {
    const { ports, seconds, rounds, write } = readOptions(texts, DEFAULTS);
    const loads: Record<LoadOrder['kind'], Load[]> = { bare: [], dplink: [] };
    for (let round = 0; round < rounds; round++) {
      for (const kind of ['bare', 'dplink'] as const) {
        const one = await load(kind, ports, seconds);
        loads[kind].push(one);
        print(
          `  round ${round + 1}, ${kind}: ${one.cores.toFixed(3)} of a core, pump ${one.pump.toFixed(2)}`,
        );
      }
    }
    const ratio = median(loads.dplink.map(({ cores }, round) => cores / loads.bare[round]!.cores));
    const head = ['', 'cores', 'of that system', 'line filled [least]', 'arrived [least]', 'pump, cores'];
    const rows = [row('bare serialport', loads.bare), row('dplink', loads.dplink)];
    const words = `${ports} ports at ${BAUD}, both ways, messages of ${MESSAGE_SIZE} bytes: dplink costs ${ratio.toFixed(2)} times what bare ports cost`;
    print(table(words, head, rows));
    if (write) writePage('cpu', `${words}.\n\n${markdownTable(head, rows)}`);
    const least = Math.min(...loads.dplink.flatMap(({ filled }) => filled));
    return [
      ...(ratio > PROMISED ? [`${ratio.toFixed(2)} times what bare ports cost, promised ${PROMISED}`] : []),
      ...(least < FILLED ? [`a line was filled to ${least.toFixed(3)} only`] : []),
    ];
  },
};
