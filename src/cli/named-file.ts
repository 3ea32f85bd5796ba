/** Files that the operator named: read whole, with one plain sentence for what can be wrong. Understands none of them. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { UsageError } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import { makeDirectory } from '../report/run-directory.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** No rig or profile is larger; what is, was named by mistake. */
const DOCUMENT_SIZE_MAX = 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EEXIST: 'exists already',
  EISDIR: 'is a directory, not a file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** What the file system has against a file, in words. */
export function fileTrouble(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}

/** Which of the rigs, profiles or exchanges that come with dplink `file` may have been meant to be, or where they all are. */
function providedLike(file: string, kind: 'rigs' | 'profiles' | 'exchanges'): string {
  const directory = join(PACKAGE_ROOT, kind);
  const provided = existsSync(directory) ? readdirSync(directory) : [];
  const wanted = basename(file).replace(/(\.ya?ml)?$/, '.yaml');
  const guess = nearest(wanted, provided);
  const path = guess === undefined ? directory : join(directory, guess);
  const fromHere = relative('.', path);
  const short = fromHere.startsWith('..') ? path : fromHere;
  return guess === undefined
    ? `; the ${kind} that come with dplink are in ${short}`
    : `; did you mean ${short}?`;
}

/** Reads a rig, profile or exchange; throws UsageError when it cannot be read, with the provided one that may be meant. */
export function readDocument(file: string, kind: 'rigs' | 'profiles' | 'exchanges'): string {
  try {
    return readUpTo(file, DOCUMENT_SIZE_MAX).toString('utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(`${file}: ${fileTrouble(error)}${missing ? providedLike(file, kind) : ''}`);
  }
}

/** Reads piece by piece: a device such as /dev/zero has no end. */
function readUpTo(file: string, sizeMax: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let size = 0; ; ) {
      const piece = Buffer.alloc(65_536);
      const count = readSync(descriptor, piece);
      if (count === 0) return Buffer.concat(pieces);
      size += count;
      if (size > sizeMax)
        throw new UsageError(`${file}: larger than ${sizeMax} bytes: not a file of this kind`);
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What stands against writing a file of this name, as far as can be told without touching it; `undefined` if nothing does. */
export function troubleWriting(file: string): string | undefined {
  try {
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) return REASONS.EISDIR;
      accessSync(file, constants.W_OK);
    } else accessSync(dirname(file), constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `no such directory: ${dirname(file)}`
      : fileTrouble(error);
  }
}

/** Makes the directory if it is not there; what stands against keeping files in it, `undefined` if nothing does. */
export function troubleKeepingIn(directory: string): string | undefined {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'no directory can be made there';
    return code === 'EEXIST' ? 'is not a directory' : fileTrouble(error);
  }
}

/** Writes a file that the operator named; throws UsageError when it cannot be written. */
export function writeNamedFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${file}: ${troubleWriting(file) ?? fileTrouble(error)}`);
  }
}
