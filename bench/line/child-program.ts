/** Starts third-party programs on a port, and waits for them. Knows none of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Running } from './contender.ts';

/** Where an installed program is; `undefined` when it is not. Some of them stand where only root looks. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/lib/uucp'];
  return directories
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** One program to start. */
export interface ChildOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** The port that becomes standard input and output; left out, the program opens its port itself. */
  readonly port?: string;
}

/** Starts a program in a session of its own: a port that it opens may become its terminal, and never ours. */
export function startProgram(options: ChildOptions): ChildProcess {
  const { port, directory } = options;
  const fd = port === undefined ? undefined : openSync(port, constants.O_RDWR | constants.O_NOCTTY);
  const log = openSync(join(directory, 'errors.log'), 'a');
  const child = spawn(options.program, options.arguments, {
    cwd: directory,
    detached: true,
    stdio: [fd ?? 'ignore', fd ?? log, log],
  });
  if (fd !== undefined) closeSync(fd);
  closeSync(log);
  return child;
}

/** Both ends of a transfer as one: it went well when both exit with 0. */
export function bothEnds(sender: ChildProcess, receiver: ChildProcess): Running {
  const end = (child: ChildProcess, name: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      child.on('error', (error) => resolve(`${name}: ${error.message}`));
      child.on('exit', (code, signal) =>
        resolve(code === 0 ? undefined : `${name} ended with ${code ?? signal}`),
      );
    });
  return {
    finished: Promise.all([end(sender, 'sender'), end(receiver, 'receiver')]).then(
      (ends) => ends.filter((text) => text !== undefined).join(', ') || undefined,
    ),
    stop: () => {
      for (const child of [sender, receiver]) child.kill('SIGKILL');
    },
  };
}

/** Waits; some programs must find their partner listening. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
