/** One decoding under way: what the compiled steps share, how they read, fail and report. Knows no layouts. */
import type { Layout } from './field.ts';
import { type Malformed, malformed } from './malformed.ts';
import type { Packet } from './packet.ts';

/** Offsets count from byte 4 of a packet: the end of dwPacketType, or of EnumPayload (STR-8, STR-12). */
export const OFFSET_BASE = 4;

/** By how much the parts of one packet together may exceed its size, in bytes: they may overlap (STR-6), but not for endless work. */
export const PARTS_EXCESS_MAX = 65_536;

/** What a decoder reports of each field when asked: what a listing, a fuzzer and a test need to know. */
export interface Trace {
  /** A field was read; `value` is a number, text, or the bytes themselves. */
  cell(owner: string, field: string, layout: Layout, offset: number, size: number, value: CellValue): void;
  /** What follows, until {@link leave}, lies in this structure or nested packet. */
  enter(inner: Packet, field: string, offset: number, size: number): void;
  leave(): void;
}

/** A field's value as read. */
export type CellValue = number | string | Uint8Array;

/** What all steps of one decoding share. */
export interface Shared {
  readonly packet: string;
  /** Added to offsets when reporting, where a nested packet is decoded. */
  readonly shift: number;
  readonly trace: Trace | undefined;
  /** The end of the fixed part; -1 until it is known. */
  fixedEnd: number;
  /** How many bytes of parts may still be read. */
  budget: number;
}

/** One structure under decoding: the packet itself, an array's element, an address. */
export interface Decoding {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  /** Values of the fields that steer others, each followed by its position. */
  readonly slots: number[];
  readonly record: Record<string, unknown>;
  readonly shared: Shared;
  readonly path: string;
  arrays: Record<string, Decoding[]> | undefined;
}

/** One compiled field: reads it, or says what does not fit. */
export type Step = (d: Decoding) => Malformed | undefined;

/** A compiled declaration. */
export interface Compiled {
  readonly packet: Packet;
  readonly steps: readonly Step[];
  readonly slotCount: number;
  /** Decoders of the parts that the structure's offsets and sizes locate, by name. */
  readonly parts: Readonly<Record<string, Step>>;
}

/** Starts decoding a structure at `at`; its fixed part must end by `end`. */
export function begin(
  made: Compiled,
  bytes: Uint8Array,
  at: number,
  end: number,
  record: Record<string, unknown>,
  shared: Shared,
  path: string,
): Decoding {
  const slots = made.slotCount === 0 ? NO_SLOTS : new Array<number>(made.slotCount).fill(0);
  return { bytes, end, at, slots, record, shared, path, arrays: undefined };
}

const NO_SLOTS: number[] = [];

/** Takes the steps from number `from` on, up to the first problem. */
export function run(made: Compiled, d: Decoding, from: number): Malformed | undefined {
  const steps = made.steps;
  for (let i = from; i < steps.length; i++) {
    const problem = steps[i]!(d);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Says that `field`, at `at`, does not fit. */
export function fail(d: Decoding, field: string, at: number, reason: string): Malformed {
  return malformed(d.shared.packet, d.path + field, d.shared.shift + at, reason);
}

/** Says that `field` needs more bytes than remain. */
export function cut(d: Decoding, field: string, size: number): Malformed {
  return fail(d, field, d.at, `needs ${size} bytes, ${d.end - d.at} remain`);
}

/** Reads an integer of `width` bytes. */
export function read(bytes: Uint8Array, at: number, width: number, big: boolean): number {
  if (width === 1) return bytes[at]!;
  if (width === 2) return big ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]! | (bytes[at + 1]! << 8);
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** `0x` and two digits for each byte of `width`. */
export function hex(value: number, width: number): string {
  return `0x${value.toString(16).padStart(2 * width, '0')}`;
}
