/** A small file that is there whole or not at all. Synchronous on purpose: it also runs on the way out. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Ending of the name under which a file is written before it takes its own. */
export const PARTIAL_SUFFIX = '.partial';

/** Tells the disk that the names in `directory` changed; a file system that cannot is none of our business. */
function syncDirectory(directory: string): void {
  try {
    const descriptor = openSync(directory, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows and some network file systems open no directories.
  }
}

/**
 * Takes `bytes` of the disk for a later {@link writeAtomic} to `path`, which then finds room on a disk that has
 * filled up meanwhile. Throws what the file system throws; takes nothing then.
 */
export function reserveRoom(path: string, bytes: number): void {
  const partial = path + PARTIAL_SUFFIX;
  try {
    writeFileSync(partial, ' '.repeat(bytes), { mode: 0o644, flush: true });
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Gives back what {@link reserveRoom} took and nothing was written to; harmless when there is nothing. */
export function releaseRoom(path: string): void {
  rmSync(path + PARTIAL_SUFFIX, { force: true });
}

/**
 * Writes `text` to `path` so that a reader, even after a power cut, sees the old file or the whole new one.
 * Throws what the file system throws (ENOSPC, EACCES); nothing half-written is left behind then.
 */
export function writeAtomic(path: string, text: string): void {
  const partial = path + PARTIAL_SUFFIX;
  try {
    // Over what was reserved, so that its room on the disk serves; cut to length only afterwards.
    const descriptor = openSync(partial, existsSync(partial) ? 'r+' : 'w', 0o644);
    try {
      writeFileSync(descriptor, text);
      ftruncateSync(descriptor, Buffer.byteLength(text));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}
