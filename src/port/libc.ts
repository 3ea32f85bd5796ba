/** The few C library calls that Node lacks, through koffi: descriptors, ioctl, pty pairs. Knows numbers, not meanings. Linux only. */
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { PortError } from '../base/failure.ts';

/** open(2) flags of Linux on the machines named in {@link libc}. */
export const O_RDWR = 0o2;
export const O_NOCTTY = 0o400;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;

/** Error numbers of Linux that callers tell apart. */
export const EINTR = 4;
export const EIO = 5;
export const EAGAIN = 11;

/**
 * Calls return what C returns, except that a failure is the *negated errno* (`-EAGAIN`) instead of -1, so
 * that no second call is needed to know why. None of them throws or blocks on a non-blocking descriptor.
 */
export interface Libc {
  /** open(2). Pass O_CLOEXEC and O_NOCTTY: a tty must not become the controlling one. */
  open(path: string, flags: number): number;
  /** close(2). */
  close(fd: number): number;
  /** read(2) of at most `length` bytes into the start of `bytes`. */
  read(fd: number, bytes: Uint8Array, length: number): number;
  /** write(2) of the first `length` bytes of `bytes`. */
  write(fd: number, bytes: Uint8Array, length: number): number;
  /** ioctl(2) whose argument is memory, read and written in place. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** posix_openpt(3). */
  posix_openpt(flags: number): number;
  /** grantpt(3). */
  grantpt(fd: number): number;
  /** unlockpt(3). */
  unlockpt(fd: number): number;
  /** ptsname_r(3): the slave's path, NUL-terminated, into `path`. */
  ptsname_r(fd: number, path: Uint8Array): number;
}

/** Machines whose ioctl numbers and flags are the generic ones that this floor uses. */
const GENERIC_MACHINES: readonly string[] = ['x64', 'ia32', 'arm', 'arm64', 'riscv64', 'loong64'];

let loaded: Libc | undefined;

function load(): Libc {
  // The process itself: whichever C library Node was linked with, glibc or musl.
  const library = koffi.load(null);
  const declare = (definition: string) => {
    const call = library.func(definition);
    return (...words: unknown[]): number => {
      const result: number = call(...words);
      return result < 0 ? -koffi.errno() : result;
    };
  };
  // ptsname_r returns the error number itself instead of setting errno.
  const ptsname = library.func('int ptsname_r(int fd, _Out_ uint8_t *path, size_t length)');
  return {
    open: declare('int open(const char *path, int flags)'),
    close: declare('int close(int fd)'),
    read: declare('long read(int fd, _Out_ uint8_t *bytes, size_t length)'),
    write: declare('long write(int fd, const uint8_t *bytes, size_t length)'),
    ioctl: declare('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)'),
    posix_openpt: declare('int posix_openpt(int flags)'),
    grantpt: declare('int grantpt(int fd)'),
    unlockpt: declare('int unlockpt(int fd)'),
    ptsname_r: (fd, path) => 0 - Number(ptsname(fd, path, path.length)),
  };
}

/** True where {@link libc} works: Linux on a machine with the generic ioctl numbers. */
export function libcSupported(): boolean {
  return process.platform === 'linux' && GENERIC_MACHINES.includes(process.arch);
}

/** The C library; loaded on first use. Throws PortError `unsupported` where {@link libcSupported} is false, naming `port`. */
export function libc(port: string): Libc {
  if (!libcSupported()) {
    throw new PortError('unsupported', port, `${port}: not supported on ${process.platform} ${process.arch}`);
  }
  loaded ??= load();
  return loaded;
}

/** `-EAGAIN` as the text `EAGAIN`: the name of a negated errno. */
export function errnoName(negated: number): string {
  return getSystemErrorName(negated);
}
