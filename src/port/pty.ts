/** A pseudo-terminal: a port path for others, and our end behind it. Paces and alters nothing. Linux only. */
import { PortError } from '../base/failure.ts';
import {
  EAGAIN,
  EINTR,
  EIO,
  errnoName,
  type Libc,
  libc,
  O_CLOEXEC,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDWR,
} from './libc.ts';
import { type TerminalSettings, terminalSettings } from './terminal.ts';
import {
  BOTHER,
  C_CC,
  C_CFLAG,
  C_ISPEED,
  C_OSPEED,
  CLOCAL,
  CREAD,
  CS8,
  CSTOPB,
  FIONREAD,
  TCGETS2,
  TCSETS2,
  TERMIOS2_BYTES,
  VMIN,
  VTIME,
} from './termios.ts';

/** How a pty is set before anybody opens it; its parity cannot be set. */
export interface PtySettings {
  readonly baud: number;
  readonly stopbits: 1 | 1.5 | 2;
}

/** Throws the PortError for a failed call (a negated errno). */
function failed(port: string, call: string, result: number): never {
  throw new PortError('failed', port, `${port}: ${call}: ${errnoName(result)}`);
}

/** The slave's path. ptsname_r(3) fills and terminates it. */
function slavePath(c: Libc, master: number): string {
  const bytes = new Uint8Array(128);
  const result = c.ptsname_r(master, bytes);
  if (result < 0) failed('pty', 'ptsname_r', result);
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
}

/** Raw mode: eight bits, no echo, no signals, nothing translated. */
function makeRaw(c: Libc, fd: number, settings: PtySettings): void {
  const termios = Buffer.alloc(TERMIOS2_BYTES);
  const got = c.ioctl(fd, TCGETS2, termios);
  if (got < 0) failed('pty', 'TCGETS2', got);
  termios.fill(0, 0, C_CC - 1);
  termios.writeUInt32LE(BOTHER | CS8 | CREAD | CLOCAL | (settings.stopbits === 1 ? 0 : CSTOPB), C_CFLAG);
  termios[C_CC + VTIME] = 0;
  termios[C_CC + VMIN] = 1;
  termios.writeUInt32LE(settings.baud, C_ISPEED);
  termios.writeUInt32LE(settings.baud, C_OSPEED);
  const set = c.ioctl(fd, TCSETS2, termios);
  if (set < 0) failed('pty', 'TCSETS2', set);
}

/**
 * Our end of a pty. Others open `path` as they would any port. Nothing here blocks; the kernel holds about 4 KiB
 * that were written to `path` and up to 68 KiB that were written here.
 */
export class Pty {
  readonly path: string;
  readonly #c: Libc;
  #master: number | undefined;
  readonly #count = Buffer.alloc(4);

  /** Takes over an open, unlocked master. Use {@link openPty}. */
  constructor(c: Libc, master: number, path: string) {
    this.#c = c;
    this.#master = master;
    this.path = path;
  }

  /**
   * Reads up to `length` bytes that were written to `path` into the start of `bytes`. 0 when there are none now;
   * `undefined` when there are none and nobody has `path` open.
   */
  read(bytes: Uint8Array, length: number): number | undefined {
    if (this.#master === undefined) return undefined;
    const result = this.#c.read(this.#master, bytes, length);
    if (result >= 0) return result;
    if (result === -EAGAIN || result === -EINTR) return 0;
    if (result === -EIO) return undefined;
    return failed(this.path, 'read', result);
  }

  /** Writes to whoever reads `path`; returns how many bytes the kernel took. */
  write(bytes: Uint8Array): number {
    if (this.#master === undefined || bytes.length === 0) return 0;
    const result = this.#c.write(this.#master, bytes, bytes.length);
    if (result >= 0) return result;
    if (result === -EAGAIN || result === -EINTR || result === -EIO) return 0;
    return failed(this.path, 'write', result);
  }

  /** Bytes that can be read at once; the kernel may hold some more that it does not count. */
  get readable(): number {
    if (this.#master === undefined) return 0;
    return this.#c.ioctl(this.#master, FIONREAD, this.#count) < 0 ? 0 : this.#count.readInt32LE(0);
  }

  /** How whoever opened `path` has set it; `null` when closed. Parity always reads NONE. */
  get settings(): TerminalSettings | null {
    return this.#master === undefined ? null : terminalSettings(this.#master);
  }

  /** Closes our end: whoever has `path` open is hung up, and the path is gone. A second call does nothing. */
  close(): void {
    if (this.#master === undefined) return;
    this.#c.close(this.#master);
    this.#master = undefined;
  }
}

/** Makes a pty in raw mode. Needs no root. Throws PortError `unsupported` where there is none, `failed` when the system refuses. */
export function openPty(settings: PtySettings): Pty {
  const c = libc('pty');
  const master = c.posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) failed('pty', 'posix_openpt', master);
  try {
    for (const call of ['grantpt', 'unlockpt'] as const) {
      const result = c[call](master);
      if (result < 0) failed('pty', call, result);
    }
    const path = slavePath(c, master);
    // Opened and closed once: from then on a read here tells whether anybody has it open.
    const slave = c.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (slave < 0) failed(path, 'open', slave);
    makeRaw(c, slave, settings);
    c.close(slave);
    return new Pty(c, master, path);
  } catch (error) {
    c.close(master);
    throw error;
  }
}
