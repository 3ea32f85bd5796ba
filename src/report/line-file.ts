/** One append-only file of JSON lines: buffered, written and synced on a cadence, never waited for by the run. */
import { closeSync, fsync, fsyncSync, openSync, write, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const writeAt = promisify(write);
const syncFile = promisify(fsync);

/** How often what has gathered is written and synced, in milliseconds: what a power cut may cost. */
export const CADENCE_MS = 1000;

/** Bytes that may wait for a slow or full disk; beyond it lines are dropped and counted. */
export const WAITING_BYTES_MAX = 4 * 1024 * 1024;

const LINE_END = 10;

/** How a {@link LineFile} is made; everything but the path may be left out. */
export interface LineFileOptions {
  /** Bytes that may wait; {@link WAITING_BYTES_MAX} unless a test wants less. */
  readonly waitingBytesMax?: number;
  /** Opens the file for writing at positions; unless given it must not exist before. */
  readonly open?: (path: string) => number;
  /** Milliseconds between writes; {@link CADENCE_MS} unless a test wants less. */
  readonly cadenceMs?: number;
  /** The line that stands for `count` lines that were dropped; absent: nothing stands for them. */
  readonly dropped?: (count: number) => unknown;
  /** Told of the first failure and of the first drop, never more than once each. */
  readonly onTrouble?: (text: string) => void;
}

/**
 * A file that lines are added to. Every write names its position in the file, so the last-gasp {@link flushSync} may
 * repeat what an unfinished write holds: the same bytes go to the same place. After a failure the same bytes are tried
 * again with the next cadence, so a disk that is given room again loses nothing that still waits.
 */
export class LineFile {
  readonly path: string;
  readonly #options: LineFileOptions;
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;
  readonly #waitingBytesMax: number;
  /** Whole lines that no write holds yet. */
  #lines: Buffer[] = [];
  /** Bytes in {@link #lines} and in the write under way. */
  #waitingBytes = 0;
  /** What the write under way holds and has not confirmed. */
  #unconfirmed: Buffer = Buffer.alloc(0);
  /** Where {@link #unconfirmed} begins in the file. */
  #position = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #droppedTotal = 0;
  #failure: string | undefined;
  #closed = false;

  /** Creates the file; throws what the file system throws, also when it exists. */
  constructor(path: string, options: LineFileOptions = {}) {
    this.path = path;
    this.#options = options;
    this.#waitingBytesMax = options.waitingBytesMax ?? WAITING_BYTES_MAX;
    // Not in append mode: there, Linux disregards the position of a write.
    this.#descriptor = options.open?.(path) ?? openSync(path, 'wx', 0o644);
    this.#timer = setInterval(() => void this.flush(), options.cadenceMs ?? CADENCE_MS);
    this.#timer.unref();
  }

  /** Lines that found no room, so far. */
  get dropped(): number {
    return this.#droppedTotal;
  }

  /** Lines that are not on the disk: those dropped, and those that still wait. */
  get missing(): number {
    let ends = 0;
    for (const byte of this.#unconfirmed) if (byte === LINE_END) ends++;
    return this.#droppedTotal + this.#lines.length + ends;
  }

  /** The first failure of the file system, with the file's name; `undefined` while there was none. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Adds one value, which JSON can hold, as one line. Never waits; after {@link close} it does nothing. */
  add(value: unknown): void {
    if (this.#closed) return;
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    if (this.#waitingBytes + line.length > this.#waitingBytesMax) {
      if (this.#droppedTotal === 0) {
        this.#options.onTrouble?.(`${this.path}: the disk does not keep up, lines are dropped`);
      }
      this.#dropped++;
      this.#droppedTotal++;
      return;
    }
    if (this.#dropped > 0) this.#confessDrops();
    this.#lines.push(line);
    this.#waitingBytes += line.length;
  }

  /** Writes and syncs all that waits; resolves when that is done or has failed. Never rejects. */
  flush(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** Writes and syncs all that waits, now: for the way out of the process. Never throws. */
  flushSync(): void {
    if (this.#closed) return;
    this.#confessDrops();
    this.#gather();
    try {
      while (this.#unconfirmed.length > 0) {
        this.#confirm(writeSync(this.#descriptor, this.#unconfirmed, 0, undefined, this.#position));
      }
      fsyncSync(this.#descriptor);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives up all that waits, so that {@link missing} stays true from now on. */
  abandon(): void {
    if (this.#waitingBytes === 0) return;
    this.#droppedTotal = this.missing;
    this.#lines = [];
    this.#unconfirmed = Buffer.alloc(0);
    this.#waitingBytes = 0;
    this.#dropped = 0;
  }

  /** Writes what waits and closes the file. Never rejects; harmless when repeated. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#closed) return;
    // A flush under way may have begun before the last line was added.
    await this.flush();
    if (this.#waitingBytes > 0) await this.flush();
    this.flushSync();
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  async #writeAll(): Promise<void> {
    this.#gather();
    if (this.#unconfirmed.length === 0) return;
    try {
      while (this.#unconfirmed.length > 0 && !this.#closed) {
        const held = this.#unconfirmed;
        const { bytesWritten } = await writeAt(this.#descriptor, held, 0, held.length, this.#position);
        // A last-gasp flush may have confirmed all of it in the meantime.
        if (this.#unconfirmed === held) this.#confirm(bytesWritten);
      }
      if (this.#closed) return;
      await syncFile(this.#descriptor);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Moves the lines that wait behind what a failed write has left over. */
  #gather(): void {
    if (this.#lines.length === 0) return;
    this.#unconfirmed = Buffer.concat([this.#unconfirmed, ...this.#lines]);
    this.#lines = [];
  }

  #confirm(bytes: number): void {
    if (bytes === 0) throw new Error('the disk takes nothing');
    this.#unconfirmed = this.#unconfirmed.subarray(bytes);
    this.#position += bytes;
    this.#waitingBytes -= bytes;
  }

  /** Puts down how many lines are missing at this place. */
  #confessDrops(): void {
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped === 0 || this.#options.dropped === undefined) return;
    const line = Buffer.from(`${JSON.stringify(this.#options.dropped(dropped))}\n`);
    this.#lines.push(line);
    this.#waitingBytes += line.length;
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = `${this.path}: ${reason}`;
    this.#options.onTrouble?.(this.#failure);
  }
}
