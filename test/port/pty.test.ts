/** Ptys as the kernel makes them: raw, non-blocking, readable settings, a hang-up at the end. */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { libcSupported } from '../../src/port/libc.ts';
import { openPty } from '../../src/port/pty.ts';

const FLAGS = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i);

describe.skipIf(!libcSupported())('a pty', () => {
  test('passes every byte value unaltered both ways', async () => {
    const pty = openPty({ baud: 57_600, stopbits: 1 });
    const fd = openSync(pty.path, FLAGS);
    try {
      writeSync(fd, EVERY_BYTE);
      const there = new Uint8Array(512);
      await expect.poll(() => pty.readable).toBe(256);
      expect(pty.read(there, 512)).toBe(256);
      expect(there.subarray(0, 256)).toEqual(EVERY_BYTE);
      expect(pty.read(there, 512)).toBe(0);
      expect(pty.write(EVERY_BYTE)).toBe(256);
      const back = new Uint8Array(512);
      await expect.poll(() => tryRead(fd, back)).toBe(256);
      expect(back.subarray(0, 256)).toEqual(EVERY_BYTE);
    } finally {
      closeSync(fd);
      pty.close();
    }
  });

  test('says how it is set: first as it was made, in raw mode with one stop bit or two', () => {
    const pty = openPty({ baud: 31_250, stopbits: 2 });
    expect(pty.settings).toMatchObject({ baud: 31_250, stopbits: 2, rtscts: false, xonxoff: false });
    pty.close();
    expect(pty.settings).toBeNull();
  });

  test('tells whether anybody has it open, and survives being closed and opened again', async () => {
    const pty = openPty({ baud: 9_600, stopbits: 1 });
    const bytes = new Uint8Array(16);
    expect(pty.read(bytes, 16)).toBeUndefined();
    for (let i = 0; i < 3; i++) {
      const fd = openSync(pty.path, FLAGS);
      expect(pty.read(bytes, 16)).toBe(0);
      writeSync(fd, EVERY_BYTE.subarray(0, 5));
      closeSync(fd);
      await expect.poll(() => pty.read(bytes, 16)).toBe(5);
      expect(pty.read(bytes, 16)).toBeUndefined();
    }
    pty.close();
  });

  test('closing it hangs up whoever has it open; closing twice and using it afterwards are harmless', () => {
    const pty = openPty({ baud: 9_600, stopbits: 1 });
    const fd = openSync(pty.path, FLAGS);
    pty.close();
    pty.close();
    expect(readSync(fd, new Uint8Array(1))).toBe(0);
    expect(() => writeSync(fd, 'x')).toThrow('EIO');
    closeSync(fd);
    expect(pty.read(new Uint8Array(1), 1)).toBeUndefined();
    expect(pty.write(EVERY_BYTE)).toBe(0);
    expect(pty.readable).toBe(0);
    expect(() => openSync(pty.path, FLAGS)).toThrow();
  });
});

function tryRead(fd: number, bytes: Uint8Array): number {
  try {
    return readSync(fd, bytes);
  } catch {
    return 0;
  }
}
