/** The modem control lines of a port as TIOCMGET's bits and as booleans. Asks no port itself. */

/** The lines of a serial port at one moment. `null` means that this port or this OS cannot say. */
export interface ModemLines {
  /** Clear To Send, an input. */
  readonly cts: boolean;
  /** Data Set Ready, an input. */
  readonly dsr: boolean;
  /** Data Carrier Detect, an input. */
  readonly dcd: boolean;
  /** Ring Indicator, an input; read on Linux only. */
  readonly ri: boolean | null;
  /** Data Terminal Ready, an output: read back on Linux, elsewhere what was last set here. */
  readonly dtr: boolean;
  /** Request To Send, an output: read back on Linux, elsewhere what was last set here. */
  readonly rts: boolean;
}

/** Outputs that the operator may set; a line that is left out stays as it is. */
export interface OutputLines {
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

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
