/** A run as it was kept: its record, and a result, made from what is there where none was written. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Result } from '../soak/result.ts';
import { recoverResult } from './recovered-result.ts';
import { type KeptResult, RUN_FILES } from './run-directory.ts';
import { RunRecord } from './run-record.ts';

/** A run read back. */
export interface KeptRun {
  /** As the reader named it. */
  readonly path: string;
  /** The directory's own name. */
  readonly name: string;
  /** What was asked, and what was written as it happened. */
  readonly record: Pick<RunRecord, 'run' | 'journal' | 'samples'>;
  readonly result: KeptResult;
  /** Whether the result was made from journal and samples, because the run was cut short. */
  readonly recovered: boolean;
}

/** When a run began whose `run.json` does not say: as its directory is named, or as old as it is. */
function beganAt(path: string, name: string): string {
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(name);
  if (stamp) {
    const [, year, month, day, hour, minute, second] = stamp;
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (!Number.isNaN(time)) return new Date(time).toISOString();
  }
  return statSync(path).birthtime.toISOString();
}

/**
 * The run in `path`; `undefined` when there is nothing of a run in it. A `result.json` that is whole is taken as it is;
 * else the result is made from `run.json`, journal and samples. Throws what the file system throws for a directory
 * that is not there.
 */
export function readRun(path: string): KeptRun | undefined {
  const name = basename(resolve(path));
  const record = new RunRecord(path);
  if (record.result !== undefined) return { path, name, record, result: record.result, recovered: false };
  if (!record.found) return undefined;
  const result: Result = recoverResult(record, beganAt(path, name));
  return { path, name, record, result, recovered: true };
}

/** Bytes of the capture in a run directory; `undefined` when there is none. */
export function captureBytes(path: string): number | undefined {
  return statSync(join(path, RUN_FILES.capture), { throwIfNoEntry: false })?.size;
}

/** Snapshots of a run that are shown, and characters of each: a screen of 200 x 60 in UTF-8 and more. */
const SNAPSHOTS_MAX = 12;
const SNAPSHOT_MAX = 40_000;

/** What the dashboard showed when its reader pressed `s`. */
export interface Snapshot {
  readonly file: string;
  readonly text: string;
}

/** The snapshots in a run directory, oldest first, the first {@link SNAPSHOTS_MAX}; none where they cannot be read. */
export function snapshotsOf(path: string): Snapshot[] {
  const number = (file: string): number => Number(/\d+/.exec(file)?.[0]);
  try {
    return readdirSync(path)
      .filter((file) => /^snapshot-\d+\.txt$/.test(file) && statSync(join(path, file)).isFile())
      .sort((a, b) => number(a) - number(b))
      .slice(0, SNAPSHOTS_MAX)
      .map((file) => ({ file, text: readFileSync(join(path, file), 'utf8').slice(0, SNAPSHOT_MAX) }));
  } catch {
    return [];
  }
}
