/** The directory that a run leaves behind, as it is written: one writer, never in the way of the run. Reading: run-record.ts. */
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Result } from '../soak/result.ts';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { releaseRoom, reserveRoom, writeAtomic } from './atomic-file.ts';
import { JournalBudget } from './journal-budget.ts';
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

/** Bytes kept free for `result.json` from the beginning, so that a disk that fills up still takes it. */
const RESULT_ROOM_BYTES = 64 * 1024;

/** Troubles that a result lists; there are a few files only. */
const TROUBLES_MAX = 16;

/** What of a run could not be kept. */
export interface Shortfall {
  /** Lines of journal and samples that are not on the disk. */
  readonly missingLines: number;
  /** What the file system had against it, one sentence per file. */
  readonly troubles: readonly string[];
}

/** A result as `result.json` holds it: with what is not kept, where that is so. */
export type KeptResult = Result & { readonly shortfall?: Shortfall };

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
 * `onTrouble`, remembered for the result, and the run goes on without it.
 */
export class RunDirectory {
  readonly #onTrouble: (text: string) => void;
  readonly #path: string | undefined;
  readonly #journal: LineFile | undefined;
  readonly #samples: LineFile | undefined;
  readonly #budget = new JournalBudget();
  readonly #troubles: string[] = [];
  #lastAt = 0;

  /** Makes the directory, writes `run.json` and takes room for the result: all of it, or nothing is left behind. */
  constructor(options: RunDirectoryOptions) {
    this.#onTrouble = options.onTrouble;
    let path: string | undefined;
    try {
      path = makeUnique(options.root, `${stampOf(options.startedAt)}-${fileNamePart(options.name)}`);
      writeAtomic(join(path, RUN_FILES.run), json(options.run));
      reserveRoom(join(path, RUN_FILES.result), RESULT_ROOM_BYTES);
      const lines = { ...options.lines, onTrouble: options.onTrouble };
      this.#journal = new LineFile(join(path, RUN_FILES.journal), {
        ...lines,
        dropped: (count) => ({ at: this.#lastAt, end: '', event: 'journalDropped', count }),
      });
      this.#samples = new LineFile(join(path, RUN_FILES.samples), lines);
      this.#path = path;
    } catch (error) {
      void this.#journal?.close();
      if (path !== undefined) rmSync(path, { recursive: true, force: true });
      this.trouble(`nothing of this run is kept: ${reasonOf(error)}`);
    }
  }

  /** Where the run is kept; `undefined` when the directory could not be made. */
  get path(): string | undefined {
    return this.#path;
  }

  /** What is not kept, as of now; `undefined` while all of it is. A disk that was full for a while and lost nothing is no shortfall. */
  get shortfall(): Shortfall | undefined {
    const files = [this.#journal, this.#samples].filter((file) => file !== undefined);
    const missingLines = files.reduce((sum, file) => sum + file.missing, 0);
    const failures = files.flatMap(({ missing, failure }) =>
      missing > 0 && failure !== undefined ? [failure] : [],
    );
    const troubles = [...this.#troubles, ...failures];
    return missingLines === 0 && troubles.length === 0 ? undefined : { missingLines, troubles };
  }

  /** Tells and remembers that something else of the run could not be kept: a capture, a report. */
  trouble(text: string): void {
    if (this.#troubles.length < TROUBLES_MAX) this.#troubles.push(text);
    this.#onTrouble(text);
  }

  /** Adds an entry to the journal; one of a kind that has had its share of the disk goes into a sum. */
  entry(entry: JournalEntry): void {
    this.#lastAt = entry.at;
    for (const each of this.#budget.admit(entry)) this.#journal?.add(each);
  }

  /** Adds a sample. */
  sample(sample: Sample): void {
    this.#samples?.add(sample);
  }

  /**
   * Brings all that waits to the disk, gives up what the disk does not take, and writes `result.json`, whole or not
   * at all; may be repeated with a better result. Returns the result with what is not kept, a `result.json` that could not be written included.
   */
  result(result: Result): KeptResult {
    this.flushSync();
    for (const file of [this.#journal, this.#samples]) file?.abandon();
    if (this.#path !== undefined) {
      try {
        writeAtomic(join(this.#path, RUN_FILES.result), json(withShortfall(result, this.shortfall)));
      } catch (error) {
        this.trouble(`${join(this.#path, RUN_FILES.result)}: ${reasonOf(error)}`);
      }
    }
    return withShortfall(result, this.shortfall);
  }

  /** Brings all that waits to the disk, now and synchronously: the last gasp of a process that is told to go. */
  flushSync(): void {
    for (const sum of this.#budget.rest()) this.#journal?.add(sum);
    this.#journal?.flushSync();
    this.#samples?.flushSync();
  }

  /** Writes what waits, closes the files and gives back the room of a result that never came; harmless when repeated. */
  async close(): Promise<void> {
    this.flushSync();
    await Promise.all([this.#journal?.close(), this.#samples?.close()]);
    if (this.#path !== undefined) releaseRoom(join(this.#path, RUN_FILES.result));
  }
}

function withShortfall(result: Result, shortfall: Shortfall | undefined): KeptResult {
  return shortfall === undefined ? result : { ...result, shortfall };
}

/** A document as a file holds it: indented, with a line end. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
