/** A pty whose master the test holds in its hand: no pump, no pace. For tests of what happens at a port's edge. */
import { libc, O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from '../../src/port/libc.ts';

const PATH_MAX = 128;

/** Opens a pty pair and keeps the master. The slave is for whoever opens `path`. */
export class BarePty {
  readonly path: string;
  readonly #master: number;
  #open = true;
  #pump: NodeJS.Timeout | undefined;

  constructor() {
    const c = libc('pty');
    this.#master = c.posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    c.grantpt(this.#master);
    c.unlockpt(this.#master);
    const name = new Uint8Array(PATH_MAX);
    c.ptsname_r(this.#master, name);
    this.path = Buffer.from(name.subarray(0, name.indexOf(0))).toString();
  }

  get master(): number {
    return this.#master;
  }

  /** What the slave has sent and nobody has read; empty when there is nothing. */
  read(): Buffer {
    const bytes = Buffer.alloc(65_536);
    const count = libc('pty').read(this.#master, bytes, bytes.length);
    return bytes.subarray(0, Math.max(0, count));
  }

  /** Sends to the slave; returns how many bytes the kernel took. */
  write(bytes: Uint8Array): number {
    return Math.max(0, libc('pty').write(this.#master, bytes, bytes.length));
  }

  /** From now on throws away what the slave sends, and sends it `feed` bytes a millisecond. */
  load(feed: number): void {
    const bytes = Buffer.alloc(feed, 0x55);
    this.#pump = setInterval(() => {
      this.write(bytes);
      this.read();
    }, 1);
  }

  /** Closes the master: for the slave, the plug is pulled. */
  unplug(): void {
    clearInterval(this.#pump);
    if (this.#open) libc('pty').close(this.#master);
    this.#open = false;
  }
}

/** Carries everything between two masters, as fast as it goes; returns what ends it. */
export function join(a: BarePty, b: BarePty): () => void {
  const waiting: Buffer[] = [Buffer.alloc(0), Buffer.alloc(0)];
  const carry = (from: BarePty, to: BarePty, way: 0 | 1): void => {
    let rest = waiting[way]!;
    if (rest.length === 0) rest = from.read();
    waiting[way] = rest.length > 0 ? rest.subarray(to.write(rest)) : rest;
  };
  const timer = setInterval(() => {
    for (let turn = 0; turn < 16; turn++) {
      carry(a, b, 0);
      carry(b, a, 1);
    }
  }, 1);
  return () => clearInterval(timer);
}
