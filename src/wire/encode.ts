/** Compiles a declaration into an encoder. Offsets, sizes, counts and flag bits of presence are worked out here, so no record can get them wrong. */

import { invariant } from '../base/failure.ts';
import { OFFSET_BASE } from './decoding.ts';
import type { Condition, Content, Field, Layout } from './field.ts';
import { encodeGuid } from './guid.ts';
import { internetAddressBytes } from './internet-address.ts';
import {
  companionOf,
  conditionOf,
  fixedSize,
  type Packet,
  type RecordOfPacket,
  type Structure,
} from './packet.ts';
import { freshBytes } from './slab.ts';
import { cutWide, narrowBytes, putWide, wideBytes } from './wide-text.ts';

type Draft = Readonly<Record<string, unknown>>;

/** Where a part was put, counted from {@link OFFSET_BASE}; both 0 when it is absent. */
interface Placed {
  readonly offset: number;
  readonly size: number;
}
type Places = Record<string, Placed>;

const ABSENT: Placed = { offset: 0, size: 0 };
const NO_PLACES: Places = {};

/** One encoding: where it writes next and where the parts are. */
interface Encoding {
  readonly bytes: Uint8Array;
  at: number;
  readonly places: Places;
  /** The places of the parts of each array's elements. */
  readonly items: Record<string, Places[]>;
}

type Write = (e: Encoding, record: Draft) => void;

/** A compiled declaration. */
interface Compiled {
  readonly packet: Packet;
  /** Bytes of what is always there. */
  readonly fixedSize: number;
  /** Bytes of what depends on the record, without the parts. */
  readonly variableSizes: readonly ((record: Draft) => number)[];
  readonly writes: readonly Write[];
  readonly hasParts: boolean;
}

const compiledOf = new WeakMap<Packet, Compiled>();

function compiled(packet: Packet): Compiled {
  const known = compiledOf.get(packet);
  if (known) return known;
  const made = compile(packet);
  compiledOf.set(packet, made);
  return made;
}

/** The encoder of a packet: its record to bytes of their own. Integers are cut to their width; anything else impossible throws InvariantError. */
export function encoder<P extends Packet>(packet: P): (record: RecordOfPacket<P>) => Uint8Array {
  const made = compiled(packet);
  return (record) => encodeCompiled(made, record as Draft);
}

function encodeCompiled(made: Compiled, record: Draft): Uint8Array {
  let size = made.fixedSize;
  for (const variable of made.variableSizes) size += variable(record);
  if (!made.hasParts) {
    const bytes = freshBytes(size);
    writeAll(made, { bytes, at: 0, places: NO_PLACES, items: {} }, record);
    return bytes;
  }
  const placing = new Placing(size - OFFSET_BASE);
  placing.packet(made.packet, record);
  const bytes = new Uint8Array(OFFSET_BASE + placing.end);
  writeAll(made, { bytes, at: 0, places: placing.places, items: placing.items }, record);
  for (const { offset, content } of placing.contents) bytes.set(content, OFFSET_BASE + offset);
  return bytes;
}

function writeAll(made: Compiled, e: Encoding, record: Draft): void {
  for (const write of made.writes) write(e, record);
}

/** Puts the parts one behind the other in the order of the figure, without padding (STR-7). */
class Placing {
  readonly places: Places = {};
  readonly items: Record<string, Places[]> = {};
  readonly contents: { readonly offset: number; readonly content: Uint8Array }[] = [];
  end: number;

  constructor(end: number) {
    this.end = end;
  }

  packet(packet: Packet, record: Draft): void {
    for (const [name, { layout }] of Object.entries(packet.fields)) {
      if (layout.kind === 'part') this.places[name] = this.#place(packet, name, layout, record);
      if (layout.kind === 'array') {
        this.items[name] = (record[name] as readonly Draft[]).map(() => ({}));
      }
      if (layout.kind === 'partsOf') this.#partsOf(packet, layout, record);
    }
  }

  #partsOf(packet: Packet, layout: Layout & { kind: 'partsOf' }, record: Draft): void {
    const array = packet.fields[layout.array]!.layout as Layout & { kind: 'array' };
    const part = array.structure.fields[layout.part]!.layout as Layout & { kind: 'part' };
    const elements = record[layout.array] as readonly Draft[];
    const places = this.items[layout.array]!;
    for (let n = 0; n < elements.length; n++) {
      const i = layout.order === 'firstFirst' ? n : elements.length - 1 - n;
      places[i]![layout.part] = this.#place(array.structure, layout.part, part, elements[i]!);
    }
  }

  #place(packet: Packet, name: string, layout: Layout & { kind: 'part' }, record: Draft): Placed {
    const value = record[name];
    const offset = packet.fields[companionOf(packet, 'offset', name)]!;
    if (value === undefined || !holds(conditionOf(offset.layout), name, record)) return ABSENT;
    const content = contentBytes(layout.content, value);
    if (content.length === 0) return ABSENT;
    const placed = { offset: this.end, size: content.length };
    this.contents.push({ offset: this.end, content });
    this.end += content.length;
    return placed;
  }
}

function contentBytes(content: Content, value: unknown): Uint8Array {
  switch (content.type) {
    case 'wide':
      return wideBytes(value as string);
    case 'narrow':
      return narrowBytes(value as string);
    case 'bytes':
    case 'unused':
      return value as Uint8Array;
    case 'addresses':
      return joined((value as readonly Draft[]).map((each) => encodeNamed(content.structures, each)));
    case 'operation':
      // What stands behind dwPacketType (MIG-7).
      return encodeNamed(content.packets, value as Draft).subarray(OFFSET_BASE);
  }
}

/** Encodes a record by whichever of `packets` its name says. */
function encodeNamed(packets: readonly Packet[], record: Draft): Uint8Array {
  const packet = packets.find((each) => each.name === record.name);
  invariant(packet !== undefined, `${String(record.name)} cannot stand here`);
  return encodeCompiled(compiled(packet), record);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Whether the field `name` is to be sent, as far as the record can say. */
function holds(when: Condition | undefined, name: string, record: Draft): boolean {
  if (when === undefined) return true;
  if (when.test === 'atLeast') return (record[when.field] as number) >= when.value;
  return record[name] !== undefined;
}

function compile(packet: Packet): Compiled {
  let fixed = 0;
  const variableSizes: ((record: Draft) => number)[] = [];
  const writes: Write[] = [];
  for (const [name, field] of Object.entries(packet.fields)) {
    const size = sizeOfField(name, field);
    if (typeof size === 'number') fixed += size;
    else variableSizes.push(size);
    const write = writeOfField(packet, name, field);
    if (write) writes.push(write);
  }
  const hasParts = Object.values(packet.fields).some(
    ({ layout }) => layout.kind === 'part' || layout.kind === 'partsOf',
  );
  return { packet, fixedSize: fixed, variableSizes, writes, hasParts };
}

/** The size of a field in the fixed part, or how to tell it from the record. */
function sizeOfField(name: string, field: Field): number | ((record: Draft) => number) {
  const layout = field.layout;
  if (layout.kind === 'rest') return (record) => (record[name] as Uint8Array).length;
  if (layout.kind === 'array') {
    const size = fixedSize(layout.structure.fields);
    return (record) => size * (record[name] as readonly Draft[]).length;
  }
  const size = fixedSize({ [name]: field });
  const when = conditionOf(layout);
  if (when === undefined || (layout.kind === 'integer' && layout.blank)) return size;
  return (record) => (holds(when, name, record) ? size : 0);
}

/** Writes an integer of `width` bytes. */
function put(e: Encoding, width: number, value: number, big = false): void {
  const { bytes, at } = e;
  if (big) {
    bytes[at] = value >>> 8;
    bytes[at + 1] = value;
  } else {
    bytes[at] = value;
    if (width > 1) bytes[at + 1] = value >>> 8;
    if (width > 2) {
      bytes[at + 2] = value >>> 16;
      bytes[at + 3] = value >>> 24;
    }
  }
  e.at = at + width;
}

function putBytes(e: Encoding, bytes: Uint8Array): void {
  e.bytes.set(bytes, e.at);
  e.at += bytes.length;
}

function writeOfField(packet: Packet, name: string, field: Field): Write | undefined {
  const layout = field.layout;
  const when = conditionOf(layout);
  switch (layout.kind) {
    case 'integer': {
      const { width, blank } = layout;
      const big = layout.order === 'big';
      return (e, record) => {
        const value = record[name] as number | undefined;
        if (value !== undefined || blank) put(e, width, value ?? 0, big);
      };
    }
    case 'fixed':
      return (e) => put(e, layout.width, layout.value);
    case 'presence':
      return presence(packet, name, layout);
    case 'guid':
      return (e, record) => {
        if (record[name] !== undefined) putBytes(e, encodeGuid(record[name] as string));
      };
    case 'octets':
      return (e, record) => putBytes(e, record[name] as Uint8Array);
    case 'internetAddress':
      return (e, record) => putBytes(e, internetAddressBytes(record[name] as string, layout.size));
    case 'text':
      return (e, record) => {
        putWide(e.bytes, e.at, cutWide(record[name] as string, layout.size / 2 - 1));
        e.at += layout.size;
      };
    case 'offset':
    case 'size':
      return (e, record) => {
        if (holds(when, name, when?.test === 'atLeast' ? record : { [name]: true })) {
          put(e, 4, (e.places[layout.of] ?? ABSENT)[layout.kind]);
        }
      };
    case 'count':
      return (e, record) => put(e, 4, (record[layout.of] as readonly Draft[]).length);
    case 'type':
      return typeWriter(packet, layout.of);
    case 'span': {
      const size = fixedSize(packet.fields) - 1;
      return (e) => put(e, 1, size);
    }
    case 'array':
      return arrayWriter(name, layout.structure);
    case 'rest':
      return (e, record) => putBytes(e, record[name] as Uint8Array);
    case 'part':
    case 'partsOf':
    case 'ignored':
      return undefined;
  }
}

/** The bits, or the value, that say which optional fields the record has. */
function presence(packet: Packet, name: string, layout: Layout & { kind: 'presence' }): Write {
  const dependants = Object.entries(packet.fields).flatMap(([dependant, field]) => {
    const when = conditionOf(field.layout);
    return when?.field === name ? [{ dependant, value: when.value }] : [];
  });
  const { width, keep, must } = layout;
  const otherwise = layout.otherwise ?? 0;
  return (e, record) => {
    let value = 0;
    for (const each of dependants) if (record[each.dependant] !== undefined) value |= each.value;
    if (value === 0) value = otherwise;
    const own = keep === 0 ? 0 : (record[name] as number) & keep;
    put(e, width, value | own | must);
  };
}

function typeWriter(packet: Packet, of: string): Write {
  const part = packet.fields[of]!.layout as Layout & { kind: 'part' };
  const { packets } = part.content as Content & { type: 'operation' };
  const types = new Map(
    packets.map((each) => [
      each.name,
      (each.fields.dwPacketType!.layout as Layout & { kind: 'fixed' }).value,
    ]),
  );
  return (e, record) => put(e, 4, types.get((record[of] as { name: string }).name) ?? 0);
}

function arrayWriter(name: string, structure: Structure): Write {
  const made = compiled(structure);
  return (e, record) => {
    const elements = record[name] as readonly Draft[];
    for (let i = 0; i < elements.length; i++) {
      const inner: Encoding = {
        bytes: e.bytes,
        at: e.at,
        places: e.items[name]?.[i] ?? NO_PLACES,
        items: {},
      };
      writeAll(made, inner, elements[i]!);
      e.at = inner.at;
    }
  };
}
