/** A small file that is there whole or not at all. Synchronous on purpose: it also runs on the way out. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
 * Writes `text` to `path` so that a reader, even after a power cut, sees the old file or the whole new one.
 * Throws what the file system throws (ENOSPC, EACCES); nothing half-written is left behind then.
 */
export function writeAtomic(path: string, text: string): void {
  const partial = path + PARTIAL_SUFFIX;
  try {
    const descriptor = openSync(partial, 'w', 0o644);
    try {
      writeFileSync(descriptor, text);
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
