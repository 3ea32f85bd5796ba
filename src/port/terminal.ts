/** What Linux knows of an open tty and serialport does not say: termios2, TIOCMGET, TIOCGICOUNT, TIOCOUTQ. `null` elsewhere. */
import { statSync } from 'node:fs';
import type { Parity } from '../base/line-settings.ts';
import { libc, libcSupported } from './libc.ts';
import {
  C_CFLAG,
  C_IFLAG,
  C_ISPEED,
  C_OSPEED,
  CMSPAR,
  CRTSCTS,
  CS8,
  CSIZE,
  CSTOPB,
  FIONREAD,
  IXOFF,
  IXON,
  PARENB,
  PARODD,
  TCGETS2,
  TCSETS2,
  TERMIOS2_BYTES,
  TIOCGICOUNT,
  TIOCMGET,
  TIOCOUTQ,
} from './termios.ts';
import { ICOUNTER_BYTES, type RawUartCounters, rawUartCountersOf } from './uart-counters.ts';

/** Character devices with these majors are the slaves of UNIX 98 ptys. Documentation/admin-guide/devices.txt */
const PTY_SLAVE_MAJORS: readonly [number, number] = [136, 143];

/** Fills `argument`; false when the terminal (or this OS) does not know the request. */
function ask(fd: number, request: number, argument: Buffer): boolean {
  return libcSupported() && libc('tty').ioctl(fd, request, argument) === 0;
}

/** How a terminal is really set. Bits per second; `rtscts` stands for RTS/CTS, `xonxoff` for both of its directions. */
export interface TerminalSettings {
  readonly baud: number;
  readonly baudReceive: number;
  readonly dataBits8: boolean;
  readonly parity: Parity;
  readonly stopbits: 1 | 2;
  readonly rtscts: boolean;
  readonly xonxoff: boolean;
}

/** The parity that the flags of termios stand for. */
export function parityOf(cflag: number): Parity {
  if ((cflag & PARENB) === 0) return 'NONE';
  const odd = (cflag & PARODD) !== 0;
  if ((cflag & CMSPAR) !== 0) return odd ? 'MARK' : 'SPACE';
  return odd ? 'ODD' : 'EVEN';
}

/** The settings as the tty's driver holds them, or `null` where that cannot be asked. */
export function terminalSettings(fd: number): TerminalSettings | null {
  const termios = Buffer.alloc(TERMIOS2_BYTES);
  if (!ask(fd, TCGETS2, termios)) return null;
  const cflag = termios.readUInt32LE(C_CFLAG);
  const iflag = termios.readUInt32LE(C_IFLAG);
  return {
    baud: termios.readUInt32LE(C_OSPEED),
    baudReceive: termios.readUInt32LE(C_ISPEED),
    dataBits8: (cflag & CSIZE) === CS8,
    parity: parityOf(cflag),
    stopbits: (cflag & CSTOPB) === 0 ? 1 : 2,
    rtscts: (cflag & CRTSCTS) !== 0,
    xonxoff: (iflag & (IXON | IXOFF)) === (IXON | IXOFF),
  };
}

/** The flags of termios with constant parity, everything else as it was; 32 bits, unsigned. */
export function stickParityFlags(cflag: number, parity: 'MARK' | 'SPACE'): number {
  return ((cflag & ~PARODD) | PARENB | CMSPAR | (parity === 'MARK' ? PARODD : 0)) >>> 0;
}

/** Sets the parity bit to constant mark or space, which serialport cannot. False when refused; a driver may also ignore it: read back. */
export function setStickParity(fd: number, parity: 'MARK' | 'SPACE'): boolean {
  const termios = Buffer.alloc(TERMIOS2_BYTES);
  if (!ask(fd, TCGETS2, termios)) return false;
  termios.writeUInt32LE(stickParityFlags(termios.readUInt32LE(C_CFLAG), parity), C_CFLAG);
  return ask(fd, TCSETS2, termios);
}

/** The bits of TIOCMGET (see modem-lines.ts), or `null` where there are no modem lines. */
export function modemLineBits(fd: number): number | null {
  const bits = Buffer.alloc(4);
  return ask(fd, TIOCMGET, bits) ? bits.readUInt32LE(0) : null;
}

/** The UART counters since the driver was loaded, or `null` where nobody counts. */
export function rawUartCounters(fd: number): RawUartCounters | null {
  const counters = Buffer.alloc(ICOUNTER_BYTES);
  if (!ask(fd, TIOCGICOUNT, counters)) return null;
  return rawUartCountersOf(counters);
}

/** Bytes that the tty took and has not sent, as far as its driver knows, or `null`. A pty always says 0. */
export function unsentBytes(fd: number): number | null {
  const count = Buffer.alloc(4);
  return ask(fd, TIOCOUTQ, count) ? count.readInt32LE(0) : null;
}

/** Bytes that the tty received and nobody has read, or `null` where it cannot say. */
export function unreadBytes(fd: number): number | null {
  const count = Buffer.alloc(4);
  return ask(fd, FIONREAD, count) ? count.readInt32LE(0) : null;
}

/** Whether a device number is that of a pty's slave: a tty without a wire, hence without parity and modem lines. */
function isPtySlave(device: number): boolean {
  const major = (device >>> 8) & 0xfff;
  return process.platform === 'linux' && major >= PTY_SLAVE_MAJORS[0] && major <= PTY_SLAVE_MAJORS[1];
}

/** Whether the path leads to a pty's slave; false where it leads nowhere. */
export function leadsToPseudoTerminal(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && isPtySlave(found.rdev);
}
