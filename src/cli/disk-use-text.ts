/** What an operator is told in advance of the disk that a run will take. Measures nothing but what is free. */
import { statfsSync } from 'node:fs';
import { scaledText } from '../base/quantity.ts';
import type { DiskUse } from '../report/disk-use.ts';

/** Disk use that is worth a line at the start. */
const TOLD_BYTES = 100_000_000;

/** A line on a run kept in `path`; `undefined` where it will take little, or nobody knows how long it will be. */
export function diskUseText(path: string, { atMost }: DiskUse): string | undefined {
  if (atMost === null || atMost <= TOLD_BYTES) return undefined;
  const room = freeBytes(path);
  const short = room !== undefined && room < atMost ? `, and only ${scaledText(room, 'B')} is free` : '';
  return `${path}: may take up to ${scaledText(atMost, 'B')} of the disk${short}`;
}

/** Bytes free for this user where `path` is; `undefined` where the file system does not say. */
function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
