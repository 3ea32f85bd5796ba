/** Opens a line in a process of its own, and asks it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LineAnswer, LineCommand, LineOrder, LineReport } from './line-message.ts';

const PROGRAM = fileURLToPath(new URL('line-process.ts', import.meta.url));

/** A line that runs. */
export class BenchLine {
  readonly paths: readonly [string, string];
  readonly #process: ChildProcess;

  /** Use {@link openLine}. */
  constructor(process: ChildProcess, paths: readonly [string, string]) {
    this.#process = process;
    this.paths = paths;
  }

  /** What passed so far. */
  async report(): Promise<LineReport> {
    return await this.#ask({ type: 'report' }, 'report');
  }

  /** Cuts both directions for `ms` milliseconds; resolves when healed, with the moment of it. */
  async cut(ms: number): Promise<number> {
    return (await this.#ask({ type: 'cut', ms }, 'healed')).at;
  }

  /** Takes the ports away. */
  async close(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.send({ type: 'close' } satisfies LineCommand);
    await exit;
  }

  async #ask<T extends LineAnswer['type']>(
    command: LineCommand,
    wanted: T,
  ): Promise<Extract<LineAnswer, { type: T }>> {
    this.#process.send(command);
    return await answerOf(this.#process, wanted);
  }
}

/** The next message of the type `wanted` from `process`. Throws when the process ends instead. */
async function answerOf<T extends LineAnswer['type']>(
  process: ChildProcess,
  wanted: T,
): Promise<Extract<LineAnswer, { type: T }>> {
  return await new Promise((resolve, reject) => {
    const heard = (answer: LineAnswer): void => {
      if (answer.type !== wanted) return;
      settle();
      resolve(answer as Extract<LineAnswer, { type: T }>);
    };
    const ended = (): void => {
      settle();
      reject(new Error('the process of the line ended'));
    };
    const settle = (): void => {
      process.off('message', heard);
      process.off('exit', ended);
    };
    process.on('message', heard);
    process.on('exit', ended);
  });
}

/** Makes a line. The same order makes the same faults at the same offsets. */
export async function openLine(order: LineOrder): Promise<BenchLine> {
  const process = fork(PROGRAM, [JSON.stringify(order)]);
  const { paths } = await answerOf(process, 'open');
  return new BenchLine(process, paths);
}
