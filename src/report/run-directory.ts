/** The directory that a run leaves behind, as it is written: one writer, never in the way of the run. Reading: run-record.ts. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { writeAtomic } from './atomic-file.ts';
import { LineFile, type LineFileOptions } from './line-file.ts';

/** The files of a run directory, by what they hold. */
export const RUN_FILES = {
  run: 'run.json',
  journal: 'journal.ndjson',
  samples: 'samples.ndjson',
  result: 'result.json',
  capture: 'capture.pcapng',
} as const;

/** How many directories of the same stamp and name are told apart before it is given up. */
const SAME_NAME_MAX = 1000;

/** What a run directory is made from. */
export interface RunDirectoryOptions {
  /** The directory that holds all runs; made when it is not there. */
  readonly root: string;
  /** When the run began, RFC 3339; becomes the beginning of the directory's name, in UTC. */
  readonly startedAt: string;
  /** What the run is called, usually its profile; becomes the end of the directory's name. */
  readonly name: string;
  /** What `run.json` holds: what was asked. */
  readonly run: unknown;
  /** Told in one line when something cannot be written; once per file. The run goes on. */
  readonly onTrouble: (text: string) => void;
  /** For tests. */
  readonly lines?: Pick<LineFileOptions, 'cadenceMs' | 'waitingBytesMax'>;
}

/** `name` as a part of a file name: lower-case letters, digits and single hyphens, at most 48 of them. */
export function fileNamePart(name: string): string {
  const part = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '');
  return part === '' ? 'run' : part;
}

/** `startedAt` as `20261105T142300Z`; text that is no date is made fit for a file name. */
export function stampOf(startedAt: string): string {
  const time = Date.parse(startedAt);
  if (Number.isNaN(time)) return fileNamePart(startedAt);
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/**
 * Makes a directory and those above it; one that is there is welcome. Throws what the file system throws (EEXIST for
 * something that is no directory). Node's own recursive mkdir never returns where parents refuse children with
 * ENOENT, as in /proc.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path || existsSync(above)) throw error;
    makeDirectory(above);
    mkdirSync(path);
  }
}

/** Makes a directory under `root` that did not exist before; throws what the file system throws. */
function makeUnique(root: string, base: string): string {
  makeDirectory(root);
  for (let count = 1; ; count++) {
    const path = join(root, count === 1 ? base : `${base}-${count}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken || count >= SAME_NAME_MAX) throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A run directory under construction. Nothing here throws or waits: what cannot be written is told once through
 * `onTrouble` and the run goes on without it.
 */
export class RunDirectory {
  readonly #onTrouble: (text: string) => void;
  readonly #path: string | undefined;
  readonly #journal: LineFile | undefined;
  readonly #samples: LineFile | undefined;
  #lastAt = 0;

  /** Makes the directory and writes `run.json`. */
  constructor(options: RunDirectoryOptions) {
    this.#onTrouble = options.onTrouble;
    try {
      const path = makeUnique(options.root, `${stampOf(options.startedAt)}-${fileNamePart(options.name)}`);
      this.#path = path;
      writeAtomic(join(path, RUN_FILES.run), json(options.run));
      const lines = { ...options.lines, onTrouble: options.onTrouble };
      this.#journal = new LineFile(join(path, RUN_FILES.journal), {
        ...lines,
        dropped: (count) => ({ at: this.#lastAt, end: '', event: 'journalDropped', count }),
      });
      this.#samples = new LineFile(join(path, RUN_FILES.samples), lines);
    } catch (error) {
      this.#onTrouble(`nothing of this run is kept: ${reasonOf(error)}`);
    }
  }

  /** Where the run is kept; `undefined` when the directory could not be made. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Lines that the disk did not take in time: journal entries and samples. */
  get dropped(): number {
    return (this.#journal?.dropped ?? 0) + (this.#samples?.dropped ?? 0);
  }

  /** Adds an entry to the journal. */
  entry(entry: JournalEntry): void {
    this.#lastAt = entry.at;
    this.#journal?.add(entry);
  }

  /** Adds a sample. */
  sample(sample: Sample): void {
    this.#samples?.add(sample);
  }

  /** Writes `result.json`, whole or not at all; may be repeated with a better result. Says whether it is written. */
  result(result: Result): boolean {
    if (this.#path === undefined) return false;
    try {
      writeAtomic(join(this.#path, RUN_FILES.result), json(result));
      return true;
    } catch (error) {
      this.#onTrouble(`${join(this.#path, RUN_FILES.result)}: ${reasonOf(error)}`);
      return false;
    }
  }

  /** Brings all that waits to the disk, now and synchronously: the last gasp of a process that is told to go. */
  flushSync(): void {
    this.#journal?.flushSync();
    this.#samples?.flushSync();
  }

  /** Writes what waits and closes the files; harmless when repeated. */
  async close(): Promise<void> {
    await Promise.all([this.#journal?.close(), this.#samples?.close()]);
  }
}

/** A document as a file holds it: indented, with a line end. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
