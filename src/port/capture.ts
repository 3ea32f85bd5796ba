/** Writes pcapng captures while a run goes on. A disk that fills up ends the capture, is reported once, and never the run. */
import { closeSync, ftruncateSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { UsageError } from '../base/failure.ts';
import {
  type CaptureEntry,
  type CaptureInterface,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from './capture-block.ts';

/** Bytes gathered before they are written; at most one block more is held. */
const BUFFER_SIZE_MAX = 65_536;

/** The smallest ring: two halves of one buffer and a largest block each. */
export const RING_SIZE_MIN = 512 * 1024;

/** What a capture is given besides its file. */
export interface CaptureOptions {
  /**
   * Keeps only the last so many bytes ({@link RING_SIZE_MIN} and more) and at least the last half of them; absent, all.
   * While it grows, the older half lies beside it as `FILE.older`; closing joins the two.
   */
  readonly sizeMax?: number | undefined;
  /** Told once if writing fails; the capture then ends with its last whole packet. */
  readonly onFailure: (error: Error) => void;
}

/** An open capture file. */
export class CaptureWriter {
  readonly path: string;
  readonly #options: CaptureOptions;
  readonly #prologue: Uint8Array;
  #file: number | undefined;
  #pending: Uint8Array[] = [];
  #pendingSize = 0;
  #size = 0;
  /** Size of the older half of a ring; 0 without one. */
  #olderSize = 0;

  /** Creates the file, replacing one that is there. Throws UsageError if that fails. */
  constructor(path: string, interfaces: readonly CaptureInterface[], options: CaptureOptions) {
    this.path = path;
    this.#options = options;
    this.#prologue = Buffer.concat([sectionHeader(), ...interfaces.map(interfaceDescription)]);
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`cannot write the capture ${path}: ${(error as Error).message}`);
    }
    this.#append(this.#prologue);
  }

  /** Bytes of the capture so far, pending ones included. */
  get size(): number {
    return this.#olderSize + this.#size + this.#pendingSize;
  }

  /** Whether the capture ended early because writing failed. */
  get failed(): boolean {
    return this.#file === undefined;
  }

  /** Appends a packet; written when enough have gathered, or by {@link flush}. */
  add(entry: CaptureEntry): void {
    if (this.#file === undefined) return;
    this.#append(enhancedPacket(entry));
    if (this.#pendingSize >= BUFFER_SIZE_MAX) this.flush();
  }

  /** Writes what is pending, so that another process can read it. */
  flush(): void {
    if (this.#file === undefined || this.#pendingSize === 0) return;
    const bytes = Buffer.concat(this.#pending, this.#pendingSize);
    this.#pending = [];
    this.#pendingSize = 0;
    const { sizeMax } = this.#options;
    try {
      const halfIsFull = sizeMax !== undefined && this.#size + bytes.length > sizeMax / 2;
      if (halfIsFull && this.#size > 0) this.#turn();
      writeAll(this.#file, bytes);
      this.#size += bytes.length;
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Writes what is pending, joins the halves of a ring and closes the file. */
  close(): void {
    this.flush();
    if (this.#file === undefined) return;
    try {
      closeSync(this.#file);
      if (this.#olderSize > 0) this.#join();
    } catch (error) {
      this.#options.onFailure(error as Error);
    }
    this.#file = undefined;
  }

  #append(block: Uint8Array): void {
    this.#pending.push(block);
    this.#pendingSize += block.length;
  }

  get #older(): string {
    return `${this.path}.older`;
  }

  /** Begins a new half; the half before the last is given up. */
  #turn(): void {
    closeSync(this.#file!);
    renameSync(this.path, this.#older);
    this.#olderSize = this.#size;
    this.#file = openSync(this.path, 'w');
    writeAll(this.#file, this.#prologue);
    this.#size = this.#prologue.length;
  }

  /** Puts the newer half behind the older one: sections follow each other in a pcapng file. */
  #join(): void {
    const from = openSync(this.path, 'r');
    const to = openSync(this.#older, 'a');
    try {
      const buffer = new Uint8Array(BUFFER_SIZE_MAX);
      for (let size = readSync(from, buffer); size > 0; size = readSync(from, buffer)) {
        writeAll(to, buffer.subarray(0, size));
      }
    } finally {
      closeSync(from);
      closeSync(to);
    }
    renameSync(this.#older, this.path);
  }

  /** Leaves only whole blocks behind and says so once. */
  #fail(error: Error): void {
    const file = this.#file!;
    this.#file = undefined;
    try {
      ftruncateSync(file, this.#size);
      closeSync(file);
    } catch {
      // The disk is already known to be bad; the first error is the one to tell.
    }
    this.#options.onFailure(error);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
