/** A null-modem cable between two kernel ttys, made of two socat processes, that a test can pull, cut and disturb. Paces nothing. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Whether cables can be laid on this machine. */
export const socatIsHere: boolean = spawnSync('socat', ['-V']).status === 0;

/** The ends of a cable. */
export type CableEnd = 'near' | 'far';

/** Both of them. */
export const BOTH_ENDS: readonly CableEnd[] = ['near', 'far'];

const OTHER = { near: 'far', far: 'near' } as const;

/** How long a plug may take to appear. */
const APPEARS_WITHIN_MS = 20_000;

/** See the head of the file. */
export class Cable {
  /** The paths of the two ports. */
  readonly near: string;
  readonly far: string;
  readonly #cut = new Set<CableEnd>();
  readonly #plugs: Partial<Record<CableEnd, ChildProcessWithoutNullStreams>> = {};

  /** A cable with its ports in `directory`; nothing is plugged in yet. */
  constructor(directory: string) {
    this.near = join(directory, 'near');
    this.far = join(directory, 'far');
  }

  /** Makes the port of one end; resolves once it is there. */
  async plug(end: CableEnd): Promise<void> {
    const path = this[end];
    const plug = spawn('socat', ['STDIO', `pty,raw,echo=0,link=${path}`]);
    plug.stdin.on('error', () => {});
    plug.stdout.on('data', (bytes: Buffer) => {
      if (!this.#cut.has(OTHER[end])) this.send(OTHER[end], bytes);
    });
    this.#plugs[end] = plug;
    for (const giveUpAt = Date.now() + APPEARS_WITHIN_MS; !existsSync(path); ) {
      if (Date.now() > giveUpAt) throw new Error(`socat made no ${path}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Takes the port of one end away, as an adapter that is pulled out; resolves once it is gone. */
  async unplug(end: CableEnd): Promise<void> {
    const plug = this.#plugs[end];
    if (plug === undefined) return;
    delete this.#plugs[end];
    const gone = new Promise((resolve) => plug.once('exit', resolve));
    plug.kill('SIGKILL');
    await gone;
    rmSync(this[end], { force: true });
  }

  /** Nothing passes towards these ends any more; the ports stay. */
  cut(towards: readonly CableEnd[] = BOTH_ENDS): void {
    for (const end of towards) this.#cut.add(end);
  }

  /** Everything passes again. */
  mend(): void {
    this.#cut.clear();
  }

  /** Puts bytes on the line that nobody at the other end sent. */
  send(towards: CableEnd, bytes: Uint8Array): void {
    this.#plugs[towards]?.stdin.write(bytes);
  }

  /** Cuts the cable and lets `answer` stand at its far end: what it returns comes back to the near end. */
  answerNear(answer: (bytes: Buffer) => Uint8Array): void {
    this.cut();
    this.#plugs.near?.stdout.on('data', (bytes: Buffer) => this.send('near', answer(bytes)));
  }

  /** Takes both ends away. */
  async remove(): Promise<void> {
    await Promise.all(BOTH_ENDS.map((end) => this.unplug(end)));
  }
}
