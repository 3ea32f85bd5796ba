/** A run directory read back, also one that was cut short at any byte. Judges nothing and changes nothing. */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEntry, Sample } from '../soak/sample.ts';
import { type KeptResult, RUN_FILES } from './run-directory.ts';
import { ENTRY_SHAPE, hasShape, isObject, RESULT_SHAPE, SAMPLE_SHAPE } from './shape.ts';

/** Bytes read at a time. */
const PIECE_SIZE = 64 * 1024;

/** The longest line that is believed, in bytes; a longer one counts as torn and is passed over. */
const LINE_SIZE_MAX = 1024 * 1024;

/** What could not be read of one file. */
export interface Torn {
  /** Lines that are no whole entry: half-written, overwritten with zeros, too long, or of another shape. */
  lines: number;
  /** Why the file could not be opened or read to its end; `undefined` when it could. */
  failure: string | undefined;
}

/** The longest run that a time is believed of, in seconds: no profile runs above 60 days. */
const AT_MAX = 100 * 86_400;

function isPlaced(value: unknown): boolean {
  return isObject(value) && typeof value.at === 'number' && value.at >= 0 && value.at <= AT_MAX;
}

/** Whether `value` has what every journal entry has. */
function isEntry(value: unknown): value is JournalEntry {
  return isPlaced(value) && hasShape(value, ENTRY_SHAPE);
}

/** Whether `value` has the parts that make a sample. */
function isSample(value: unknown): value is Sample {
  return isPlaced(value) && hasShape(value, SAMPLE_SHAPE);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The pieces of an open file, until its end. */
function* pieces(descriptor: number): Generator<Buffer> {
  const piece = Buffer.alloc(PIECE_SIZE);
  for (;;) {
    const size = readSync(descriptor, piece, 0, PIECE_SIZE, null);
    if (size === 0) return;
    yield piece.subarray(0, size);
  }
}

/** The lines of a file as bytes, without their ends; `undefined` stands for one longer than {@link LINE_SIZE_MAX}. */
function* linesOf(descriptor: number): Generator<Buffer | undefined> {
  let held: Buffer[] = [];
  let size = 0;
  const take = (): Buffer | undefined => {
    const line = size > LINE_SIZE_MAX ? undefined : Buffer.concat(held);
    held = [];
    size = 0;
    return line;
  };
  const hold = (part: Buffer): void => {
    size += part.length;
    if (size > LINE_SIZE_MAX) held = [];
    else held.push(Buffer.from(part));
  };
  for (const piece of pieces(descriptor)) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      hold(piece.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < piece.length) hold(piece.subarray(from));
  }
  if (size > 0) yield take();
}

/** What a line holds, or `undefined` when it is not whole. */
function parsedLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Opens a file of a run for reading; a pipe would wait for ever, a device might never end. Throws what the file system throws. */
function openFile(path: string): number {
  if (!statSync(path).isFile()) throw new Error('no ordinary file');
  return openSync(path, 'r');
}

/** The values of a file of JSON lines that `accept` takes; the rest is counted in `torn`. Never throws. */
function* valuesOf<T>(path: string, accept: (value: unknown) => value is T, torn: Torn): Generator<T> {
  torn.lines = 0;
  torn.failure = undefined;
  let descriptor: number;
  try {
    descriptor = openFile(path);
  } catch (error) {
    torn.failure = reasonOf(error);
    return;
  }
  try {
    for (const line of linesOf(descriptor)) {
      if (line?.length === 0) continue;
      const value = line === undefined ? undefined : parsedLine(line);
      if (accept(value)) yield value;
      else torn.lines++;
    }
  } catch (error) {
    torn.failure = reasonOf(error);
  } finally {
    closeSync(descriptor);
  }
}

/** The document in a file, or `undefined` when it is not there or not whole. */
function documentOf(path: string): Record<string, unknown> | undefined {
  try {
    if (!statSync(path).isFile()) return undefined;
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Ends, directions and streams, limits, and reasons or warnings of a result; more than any run of ours has. */
const ENDS_MAX = 16;
const STREAMS_MAX = 1024;
const LIMITS_MAX = 256;
const REASONS_MAX = 4096;

/** Whether a result has no more parts than any of ours: what shows them all compares each with each. */
function isOfSize(value: Record<string, unknown>): boolean {
  const within = (list: unknown, most: number): boolean => !Array.isArray(list) || list.length <= most;
  return (
    within(value.ends, ENDS_MAX) &&
    within(value.directions, STREAMS_MAX) &&
    within(value.streams, STREAMS_MAX) &&
    within(value.limits, LIMITS_MAX) &&
    within(value.reasons, REASONS_MAX) &&
    within(value.warnings, REASONS_MAX)
  );
}

/** Whether `value` says that it is a result and has the parts that make one. */
function isResult(value: Record<string, unknown> | undefined): value is KeptResult & Record<string, unknown> {
  return (
    value?.schema === 'dplink/result/1' &&
    (value.verdict === 'pass' || value.verdict === 'fail' || value.verdict === 'incomplete') &&
    hasShape(value, RESULT_SHAPE) &&
    isOfSize(value) &&
    (value.shortfall === undefined || hasShape(value.shortfall, SHORTFALL_SHAPE))
  );
}

const SHORTFALL_SHAPE = { missingLines: 'number', troubles: ['string'] } as const;

/** Whether `sample` is of another run than `before`, of the same end: a host listens anew, and counts from 0, when a run is over. */
export function beganAnew(before: Sample, sample: Sample): boolean {
  return sample.bytes.sent < before.bytes.sent || sample.bytes.received < before.bytes.received;
}

/** A run directory as it stands on the disk. Journal and samples are read anew, line by line, whenever they are asked for. */
export class RunRecord {
  readonly path: string;
  /** What was asked (`run.json`); `undefined` when that file is not there or damaged. */
  readonly run: Readonly<Record<string, unknown>> | undefined;
  /** The result (`result.json`); `undefined` for a run that was cut short. */
  readonly result: KeptResult | undefined;
  /** What the last reading of each file left out; complete once that reading has come to its end. */
  readonly torn: { readonly journal: Readonly<Torn>; readonly samples: Readonly<Torn> };
  readonly #journalTorn: Torn = { lines: 0, failure: undefined };
  readonly #samplesTorn: Torn = { lines: 0, failure: undefined };

  /** Never throws: a directory that is not there is one with nothing in it. */
  constructor(path: string) {
    this.path = path;
    this.run = documentOf(join(path, RUN_FILES.run));
    const result = documentOf(join(path, RUN_FILES.result));
    this.result = isResult(result) ? result : undefined;
    this.torn = { journal: this.#journalTorn, samples: this.#samplesTorn };
  }

  /** Whether anything of a run is here. */
  get found(): boolean {
    if (this.run !== undefined || this.result !== undefined) return true;
    for (const _ of this.samples()) return true;
    return false;
  }

  /** Every whole journal entry, oldest first. */
  journal(): Generator<JournalEntry> {
    return valuesOf(join(this.path, RUN_FILES.journal), isEntry, this.#journalTorn);
  }

  /** Every whole sample, oldest first. */
  samples(): Generator<Sample> {
    return valuesOf(join(this.path, RUN_FILES.samples), isSample, this.#samplesTorn);
  }
}
