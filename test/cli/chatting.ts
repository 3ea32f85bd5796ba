/** People who talk: `dplink chat` in processes of their own, cables between them, and what they say. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, start } from './dplink.ts';

/** Whether cables can be made here. */
export const hasSocat = spawnSync('socat', ['-V']).status === 0;

/** Somebody who talks. */
export interface Talking {
  readonly finished: Promise<Finished>;
  /** Types a line. */
  say(line: string): void;
  /** Ends the input. */
  end(): void;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the match once what was printed so far matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** A room for one test: what is made in it goes with {@link Room.close}. */
export class Room {
  readonly place = mkdtempSync(join(tmpdir(), 'dplink-chat-'));
  readonly #cables = new Map<string, ChildProcess>();
  readonly #talking: { finished: Promise<unknown>; signal(signal: NodeJS.Signals): void }[] = [];

  /** Two ports with a cable between them. */
  async cable(name: string): Promise<readonly [string, string]> {
    const ends = [join(this.place, `${name}.0`), join(this.place, `${name}.1`)] as const;
    const child = spawn(
      'socat',
      ends.map((end) => `pty,raw,echo=0,link=${end}`),
    );
    this.#cables.set(name, child);
    for (let tries = 0; tries < 400 && !ends.every((end) => existsSync(end)); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return ends;
  }

  /** Pulls a cable at both ends. */
  pull(name: string): void {
    this.#cables.get(name)?.kill('SIGKILL');
  }

  /** Starts `dplink chat` with these arguments. */
  chat(...args: string[]): Talking {
    const { process: child, finished, printed } = start(['chat', ...args]);
    const talking = {
      finished,
      printed,
      say: (line: string) => void child.stdin.write(`${line}\n`),
      end: () => void child.stdin.end(),
      signal: (signal: NodeJS.Signals) => void child.kill(signal),
    };
    this.#talking.push(talking);
    return talking;
  }

  async close(): Promise<void> {
    for (const each of this.#talking) each.signal('SIGKILL');
    await Promise.all(this.#talking.map(({ finished }) => finished));
    for (const child of this.#cables.values()) child.kill('SIGKILL');
    rmSync(this.place, { recursive: true, force: true });
  }
}

/** Runs `body` in a room of its own. */
export async function inRoom(body: (room: Room) => Promise<void>): Promise<void> {
  const room = new Room();
  try {
    await body(room);
  } finally {
    await room.close();
  }
}
