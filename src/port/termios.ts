/** The numbers of Linux' struct termios2 and of the requests on a tty, the same on every machine that libc.ts supports. Calls nothing. */

// asm-generic/ioctls.h
/** Reads a struct termios2. */
export const TCGETS2 = 0x802c542a;
/** Sets what a struct termios2 says, at once. */
export const TCSETS2 = 0x402c542b;
/** Bytes received that nobody has read. */
export const FIONREAD = 0x541b;
/** Bytes taken that have not been sent. */
export const TIOCOUTQ = 0x5411;
/** The modem lines. */
export const TIOCMGET = 0x5415;
/** The UART's counters. */
export const TIOCGICOUNT = 0x545d;

// asm-generic/termbits.h, c_cflag
/** The mask of the bits of a character. */
export const CSIZE = 0o60;
/** Eight bits. */
export const CS8 = 0o60;
/** Two stop bits. */
export const CSTOPB = 0o100;
/** The receiver is on. */
export const CREAD = 0o200;
/** A parity bit. */
export const PARENB = 0o400;
/** Odd parity; with CMSPAR, mark. */
export const PARODD = 0o1000;
/** DCD is not heeded. */
export const CLOCAL = 0o4000;
/** The speeds are numbers, not codes. */
export const BOTHER = 0o10000;
/** The parity bit is constant. */
export const CMSPAR = 0o10000000000;
/** RTS/CTS flow control. */
export const CRTSCTS = 0o20000000000;

// c_iflag
/** What is sent stops at XOFF. */
export const IXON = 0o2000;
/** XOFF is sent when the input is full. */
export const IXOFF = 0o10000;

/** Bytes of struct termios2: four flag words, the line discipline, 19 control characters, two speeds. */
export const TERMIOS2_BYTES = 44;
/** Where c_iflag stands. */
export const C_IFLAG = 0;
/** Where c_cflag stands. */
export const C_CFLAG = 8;
/** Where the control characters begin. */
export const C_CC = 17;
/** Where the speed of receiving stands. */
export const C_ISPEED = 36;
/** Where the speed of sending stands. */
export const C_OSPEED = 40;

/** The control character that says how long a read waits. */
export const VTIME = 5;
/** The control character that says for how many bytes a read waits. */
export const VMIN = 6;
