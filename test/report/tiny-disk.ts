/** A disk of a few pages for tests of full disks. Needs the right to mount, which not everybody has. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mounted disk. */
export interface TinyDisk {
  readonly path: string;
  /** Fills it to the last byte; returns how to give the room back. */
  fill(): () => void;
  /** Unmounts it. */
  remove(): void;
}

/** Mounts a disk of `bytes` (whole pages); `undefined` where that is not allowed. */
export function tinyDisk(bytes: number): TinyDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'dplink-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
      return () => rmSync(filler);
    },
    remove: () => {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}
