/** Makes lying packets out of good ones, field by field: what a hostile or broken peer would send. Systematic, without chance. */
import type { CellValue, Trace } from './decoding.ts';
import type { Layout } from './field.ts';

/** One lie: the bytes, and what is wrong with them. */
export interface HostileVariant {
  readonly bytes: Uint8Array;
  /** The field that lies and how, in words. */
  readonly lie: string;
}

interface Cell {
  readonly field: string;
  readonly kind: Layout['kind'];
  readonly offset: number;
  readonly size: number;
}

/** The cells of a packet that was decoded with a trace. */
class Cells implements Trace {
  readonly cells: Cell[] = [];
  cell(_owner: string, field: string, layout: Layout, offset: number, size: number, _value: CellValue): void {
    this.cells.push({ field, kind: layout.kind, offset, size });
  }
  enter(): void {}
  leave(): void {}
}

/** Values that offsets, sizes and counts are made to take: nothing, too little, just beyond, the largest, the sign bit. */
function lies(truth: number, length: number): readonly number[] {
  const all = [
    0,
    1,
    4,
    truth - 1,
    truth + 1,
    length - 4,
    length,
    length + 1,
    0x7fffffff,
    0x80000000,
    0xffffffff,
  ];
  return [...new Set(all.filter((value) => value >= 0 && value !== truth))];
}

/**
 * All variants of the packet in `bytes`, which `decode` must understand: every steering field (offset, size,
 * count, type, span, flags, constant) made to lie, and the packet cut at and inside every field.
 */
export function* hostileVariants(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array, trace: Trace) => unknown,
): Generator<HostileVariant> {
  const trace = new Cells();
  decode(bytes, trace);
  for (const cell of trace.cells) {
    yield* liesOf(bytes, cell);
    yield { bytes: bytes.slice(0, cell.offset), lie: `ends before ${cell.field}` };
    if (cell.size > 1) {
      yield { bytes: bytes.slice(0, cell.offset + cell.size - 1), lie: `ends inside ${cell.field}` };
    }
  }
}

function* liesOf(bytes: Uint8Array, cell: Cell): Generator<HostileVariant> {
  const { field, kind, offset, size } = cell;
  if (kind === 'offset' || kind === 'size' || kind === 'count' || kind === 'type') {
    const truth = bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
    for (const value of lies(truth, bytes.length)) {
      yield { bytes: withValue(bytes, offset, size, value), lie: `${field} says ${value}` };
    }
  } else if (kind === 'fixed' || kind === 'presence' || kind === 'span' || kind === 'integer') {
    for (let bit = 0; bit < 8; bit++) {
      const value = bytes[offset]! ^ (1 << bit);
      yield { bytes: withValue(bytes, offset, 1, value), lie: `${field} has bit ${bit} flipped` };
    }
    yield { bytes: withValue(bytes, offset, size, 0xffffffff), lie: `${field} is all ones` };
  } else {
    yield { bytes: filled(bytes, offset, size, 0xff), lie: `${field} is filled with 0xff` };
    yield { bytes: filled(bytes, offset, size, 0x00), lie: `${field} is filled with 0x00` };
  }
}

function withValue(bytes: Uint8Array, offset: number, size: number, value: number): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i < size; i++) copy[offset + i] = Math.floor(value / 256 ** i);
  return copy;
}

function filled(bytes: Uint8Array, offset: number, size: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy.fill(value, offset, offset + size);
  return copy;
}
