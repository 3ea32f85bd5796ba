/** The modem control lines of a port as TIOCMGET's bits and as booleans. Asks no port itself. */
import type { ModemLines } from '../base/modem-lines.ts';

// Bits of TIOCMGET; ioctl_tty(2), asm-generic/termios.h.
const TIOCM_DTR = 0x002;
const TIOCM_RTS = 0x004;
const TIOCM_CTS = 0x020;
const TIOCM_DCD = 0x040;
const TIOCM_RI = 0x080;
const TIOCM_DSR = 0x100;

/** The lines that the bits of TIOCMGET stand for. */
export function modemLinesOf(bits: number): ModemLines {
  return {
    cts: (bits & TIOCM_CTS) !== 0,
    dsr: (bits & TIOCM_DSR) !== 0,
    dcd: (bits & TIOCM_DCD) !== 0,
    ri: (bits & TIOCM_RI) !== 0,
    dtr: (bits & TIOCM_DTR) !== 0,
    rts: (bits & TIOCM_RTS) !== 0,
  };
}
