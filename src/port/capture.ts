/** Writes pcapng captures while a run goes on. A disk that fills up ends the capture, is reported once, and never the run. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { UsageError } from '../base/failure.ts';

/** LINKTYPE_USER0: whole serial frames, for the generated dissector. */
export const LINKTYPE_USER0 = 147;
/** LINKTYPE_RTAC_SERIAL: the raw line, which a stock Wireshark reads. */
export const LINKTYPE_RTAC_SERIAL = 250;

/** Bytes gathered before they are written; at most one block more is held. */
const BUFFER_SIZE_MAX = 65_536;
/** The largest packet that is captured whole; longer ones are cut, with their size told. */
const CAPTURED_SIZE_MAX = 65_536;
/** The longest comment, in bytes of UTF-8. */
const COMMENT_SIZE_MAX = 1024;

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_EPB_FLAGS = 2;
/** Timestamps count microseconds: 10^-6. */
const MICROSECONDS = 6;

/** Which way a packet went, seen from its port. */
export type Direction = 'received' | 'sent';

/** One port of a capture. */
export interface CaptureInterface {
  /** Shown by Wireshark: the port's path or the end's name. */
  readonly name: string;
  readonly linkType: number;
}

/** One packet to be captured. */
export interface CaptureEntry {
  /** Index into the interfaces of the capture. */
  readonly port: number;
  /** Whole microseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  /** What is to be said about it, for instance why it is damaged. */
  readonly comment?: string;
}

/** An open capture file. */
export class CaptureWriter {
  readonly path: string;
  #file: number | undefined;
  #pending: Uint8Array[] = [];
  #pendingSize = 0;
  #size = 0;
  readonly #onFailure: (error: Error) => void;

  /**
   * Creates the file, replacing one that is there. Throws UsageError if that fails; failures after that are
   * handed to `onFailure`, once, and end the capture with its last whole packet.
   */
  constructor(path: string, interfaces: readonly CaptureInterface[], onFailure: (error: Error) => void) {
    this.path = path;
    this.#onFailure = onFailure;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`cannot write the capture ${path}: ${(error as Error).message}`);
    }
    this.#append(sectionHeader());
    for (const each of interfaces) this.#append(interfaceDescription(each));
  }

  /** Bytes of the capture so far, pending ones included. */
  get size(): number {
    return this.#size + this.#pendingSize;
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
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      this.#size += bytes.length;
    } catch (error) {
      this.#fail(this.#file, error as Error);
    }
  }

  /** Writes what is pending and closes the file. */
  close(): void {
    this.flush();
    if (this.#file === undefined) return;
    try {
      closeSync(this.#file);
    } catch (error) {
      this.#onFailure(error as Error);
    }
    this.#file = undefined;
  }

  #append(block: Uint8Array): void {
    this.#pending.push(block);
    this.#pendingSize += block.length;
  }

  /** Leaves only whole blocks behind and says so once. */
  #fail(file: number, error: Error): void {
    this.#file = undefined;
    try {
      ftruncateSync(file, this.#size);
      closeSync(file);
    } catch {
      // The disk is already known to be bad; the first error is the one to tell.
    }
    this.#onFailure(error);
  }
}

/** A block: type, total length, body padded to 4 bytes, total length again. */
function block(type: number, body: Uint8Array): Uint8Array {
  const size = 12 + padded(body.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  bytes.set(body, 8);
  view.setUint32(size - 4, size, true);
  return bytes;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** An option: code, length, value padded to 4 bytes. */
function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

/** Marks the end of a block's options. */
const END_OF_OPTIONS = new Uint8Array(4);

function sectionHeader(): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  // The section's length is not known in advance: -1.
  view.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, body);
}

function interfaceDescription({ name, linkType }: CaptureInterface): Uint8Array {
  const fixed = new Uint8Array(8);
  new DataView(fixed.buffer).setUint16(0, linkType, true);
  const options = [
    option(OPTION_IF_NAME, utf8(name)),
    option(OPTION_IF_TSRESOL, Uint8Array.of(MICROSECONDS)),
    END_OF_OPTIONS,
  ];
  return block(INTERFACE_DESCRIPTION, Buffer.concat([fixed, ...options]));
}

function enhancedPacket({ port, time, direction, bytes, comment }: CaptureEntry): Uint8Array {
  const captured = bytes.subarray(0, CAPTURED_SIZE_MAX);
  const fixed = new Uint8Array(20 + padded(captured.length));
  const view = new DataView(fixed.buffer);
  view.setUint32(0, port, true);
  view.setUint32(4, Math.floor(time / 2 ** 32), true);
  view.setUint32(8, time % 2 ** 32, true);
  view.setUint32(12, captured.length, true);
  view.setUint32(16, bytes.length, true);
  fixed.set(captured, 20);
  const flags = Uint8Array.of(direction === 'received' ? 1 : 2, 0, 0, 0);
  const options = [option(OPTION_EPB_FLAGS, flags)];
  if (comment !== undefined) options.push(option(OPTION_COMMENT, utf8(comment)));
  return block(ENHANCED_PACKET, Buffer.concat([fixed, ...options, END_OF_OPTIONS]));
}

/** UTF-8, cut at a character so that it fits. */
function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(COMMENT_SIZE_MAX);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return bytes.subarray(0, written);
}
