/** Compiles a declaration into a decoder. Never throws on any bytes, does bounded work, copies nothing but text. */

import { contentReader } from './decode-part.ts';
import {
  begin,
  type Compiled,
  cut,
  type Decoding,
  fail,
  hex,
  OFFSET_BASE,
  PARTS_EXCESS_MAX,
  read,
  run,
  type Shared,
  type Step,
  type Trace,
} from './decoding.ts';
import type { Field, Layout } from './field.ts';
import { decodeGuid } from './guid.ts';
import { internetAddressText } from './internet-address.ts';
import type { Malformed } from './malformed.ts';
import {
  companionOf,
  conditionOf,
  fixedSize,
  type Packet,
  type RecordOfPacket,
  type Structure,
  selectableValues,
} from './packet.ts';
import { wideText } from './wide-text.ts';

const compiledOf = new WeakMap<Packet, Compiled>();

function compiled(packet: Packet): Compiled {
  const known = compiledOf.get(packet);
  if (known) return known;
  const made = compile(packet);
  compiledOf.set(packet, made);
  return made;
}

/** The decoder of a packet: bytes that begin with it to its record. Extra bytes behind it are ignored (BYT-7). */
export function decoder<P extends Packet>(
  packet: P,
): (bytes: Uint8Array, trace?: Trace) => RecordOfPacket<P> | Malformed {
  const made = compiled(packet);
  return (bytes, trace) => {
    const shared: Shared = {
      packet: packet.name,
      shift: 0,
      trace,
      fixedEnd: -1,
      budget: bytes.length + PARTS_EXCESS_MAX,
    };
    const record = { name: packet.name };
    const d = begin(made, bytes, 0, bytes.length, record, shared, '');
    return run(made, d, 0) ?? (record as RecordOfPacket<P>);
  };
}

function compile(packet: Packet): Compiled {
  const names = Object.keys(packet.fields);
  const slotOf = new Map<string, number>();
  for (const name of names) {
    if (steers(name, packet)) slotOf.set(name, 2 * slotOf.size);
  }
  const make = new StepMaker(packet, slotOf);
  const steps: Step[] = [];
  const parts: Record<string, Step> = {};
  const isStructure = 'named' in packet;
  for (const name of names) {
    const field = packet.fields[name]!;
    const step = make.step(name, field);
    if (field.layout.kind === 'part') parts[name] = step;
    if (field.layout.kind !== 'part' || !isStructure) steps.push(step);
  }
  return { packet, steps, slotCount: 2 * slotOf.size, parts };
}

/** Whether other fields depend on the value of `name`. */
function steers(name: string, packet: Packet): boolean {
  const kind = packet.fields[name]!.layout.kind;
  if (kind === 'offset' || kind === 'size' || kind === 'count' || kind === 'type') return true;
  return Object.values(packet.fields).some((field) => conditionOf(field.layout)?.field === name);
}

/** Makes the steps of one declaration. */
class StepMaker {
  readonly #packet: Packet;
  readonly #slotOf: ReadonlyMap<string, number>;

  constructor(packet: Packet, slotOf: ReadonlyMap<string, number>) {
    this.#packet = packet;
    this.#slotOf = slotOf;
  }

  step(name: string, field: Field): Step {
    const layout = field.layout;
    switch (layout.kind) {
      case 'integer':
        return this.#integer(name, layout);
      case 'fixed':
        return this.#fixed(name, layout);
      case 'presence':
        return this.#presence(name, layout, field.place === 'always');
      case 'guid':
        return this.#whole(name, layout, 16, (bytes, at) => decodeGuid(bytes, at));
      case 'octets':
        return this.#whole(name, layout, layout.size, (bytes, at) => bytes.subarray(at, at + layout.size));
      case 'internetAddress':
        return this.#whole(name, layout, layout.size, (b, at) => internetAddressText(b, at, layout.size));
      case 'text':
        return this.#whole(name, layout, layout.size, (b, at) => wideText(b, at, layout.size / 2));
      case 'offset':
      case 'size':
      case 'count':
      case 'type':
        return this.#steering(name, layout, 4);
      case 'span':
        return this.#steering(name, layout, 1);
      case 'array':
        return this.#array(name, layout.structure);
      case 'part':
        return this.#part(name, layout, field.place);
      case 'partsOf':
        return partsOf(layout, compiled(this.#structureOf(layout.array)));
      case 'rest':
      case 'ignored':
        return this.#rest(name, layout);
    }
  }

  /** A test of the condition, or `undefined` where the field is always present. */
  #holds(layout: Layout): ((d: Decoding) => boolean) | undefined {
    const when = conditionOf(layout);
    if (when === undefined) return undefined;
    const { test, value } = when;
    const slot = this.#slotOf.get(when.field) ?? 0;
    if (test === 'bits') return (d) => (d.slots[slot]! & value) !== 0;
    if (test === 'equals') return (d) => d.slots[slot] === value;
    if (test === 'atLeast') return (d) => d.slots[slot]! >= value;
    return (d) => d.end - d.at >= value;
  }

  #integer(name: string, layout: Layout & { kind: 'integer' }): Step {
    const { width, allowed, blank } = layout;
    const big = layout.order === 'big';
    const owner = this.#packet.name;
    const slot = this.#slotOf.get(name);
    const holds = this.#holds(layout);
    return (d) => {
      const present = holds === undefined || holds(d);
      if (!present && !blank) return undefined;
      const at = d.at;
      if (at + width > d.end) return cut(d, name, width);
      const value = read(d.bytes, at, width, big);
      d.shared.trace?.cell(owner, name, layout, d.shared.shift + at, width, value);
      if (allowed !== undefined && !allowed.includes(value)) {
        return fail(
          d,
          name,
          at,
          `is ${hex(value, width)}, must be ${allowed.map((v) => hex(v, width)).join(' or ')}`,
        );
      }
      if (slot !== undefined) d.slots[slot] = value;
      if (present) d.record[name] = value;
      d.at = at + width;
      return undefined;
    };
  }

  #fixed(name: string, layout: Layout & { kind: 'fixed' }): Step {
    const { width, value, checked } = layout;
    const owner = this.#packet.name;
    return (d) => {
      if (d.at + width > d.end) return cut(d, name, width);
      const found = read(d.bytes, d.at, width, false);
      d.shared.trace?.cell(owner, name, layout, d.shared.shift + d.at, width, found);
      if (checked && found !== value) {
        return fail(d, name, d.at, `is ${hex(found, width)}, must be ${hex(value, width)}`);
      }
      d.at += width;
      return undefined;
    };
  }

  #presence(name: string, layout: Layout & { kind: 'presence' }, inRecord: boolean): Step {
    const { width, keep, must, otherwise } = layout;
    const owner = this.#packet.name;
    const slot = this.#slotOf.get(name);
    const known = selectableValues(this.#packet, name);
    return (d) => {
      if (d.at + width > d.end) return cut(d, name, width);
      const value = read(d.bytes, d.at, width, false);
      d.shared.trace?.cell(owner, name, layout, d.shared.shift + d.at, width, value);
      if ((value & must) !== must) return fail(d, name, d.at, `lacks ${hex(must, width)}`);
      if (otherwise !== undefined && value !== otherwise && !known.includes(value)) {
        const expected = [...known, otherwise].map((v) => hex(v, width)).join(' or ');
        return fail(d, name, d.at, `is ${hex(value, width)}, must be ${expected}`);
      }
      if (slot !== undefined) d.slots[slot] = value;
      if (inRecord) d.record[name] = value & keep;
      d.at += width;
      return undefined;
    };
  }

  #whole(
    name: string,
    layout: Layout,
    size: number,
    take: (bytes: Uint8Array, at: number) => string | Uint8Array,
  ): Step {
    const owner = this.#packet.name;
    const holds = this.#holds(layout);
    return (d) => {
      if (holds !== undefined && !holds(d)) return undefined;
      if (d.at + size > d.end) return cut(d, name, size);
      const value = take(d.bytes, d.at);
      d.shared.trace?.cell(owner, name, layout, d.shared.shift + d.at, size, value);
      d.record[name] = value;
      d.at += size;
      return undefined;
    };
  }

  /** An offset, size, count, type or span: kept aside with its position, not in the record. */
  #steering(name: string, layout: Layout, width: 1 | 4): Step {
    const owner = this.#packet.name;
    const slot = this.#slotOf.get(name);
    const holds = this.#holds(layout);
    return (d) => {
      if (holds !== undefined && !holds(d)) return undefined;
      if (d.at + width > d.end) return cut(d, name, width);
      const value = read(d.bytes, d.at, width, false);
      d.shared.trace?.cell(owner, name, layout, d.shared.shift + d.at, width, value);
      if (slot !== undefined) {
        d.slots[slot] = value;
        d.slots[slot + 1] = d.at;
      }
      d.at += width;
      return undefined;
    };
  }

  #array(name: string, structure: Structure): Step {
    const made = compiled(structure);
    const counter = this.#nameOf('count', name);
    const slot = this.#slotOf.get(counter)!;
    const size = fixedSize(structure.fields);
    return (d) => {
      const count = d.slots[slot]!;
      if (count * size > d.end - d.at) {
        const room = Math.floor((d.end - d.at) / size);
        return fail(d, counter, d.slots[slot + 1]!, `is ${count}, there is room for ${room}`);
      }
      const items: Decoding[] = [];
      d.arrays ??= {};
      d.arrays[name] = items;
      const records: unknown[] = [];
      d.record[name] = records;
      for (let i = 0; i < count; i++) {
        const item = begin(made, d.bytes, d.at, d.end, {}, d.shared, `${d.path}${name}[${i}].`);
        d.shared.trace?.enter(structure, `${name}[${i}]`, d.shared.shift + d.at, size);
        const problem = run(made, item, 0);
        d.shared.trace?.leave();
        if (problem !== undefined) return problem;
        d.at = item.at;
        items.push(item);
        records.push(item.record);
      }
      return undefined;
    };
  }

  #part(name: string, layout: Layout & { kind: 'part' }, place: string): Step {
    const offsetName = this.#nameOf('offset', name);
    const sizeName = this.#nameOf('size', name);
    const offsetSlot = this.#slotOf.get(offsetName)!;
    const sizeSlot = this.#slotOf.get(sizeName)!;
    const typeName = layout.content.type === 'operation' ? this.#nameOf('type', name) : '';
    const take = contentReader(
      compiled,
      this.#packet.name,
      name,
      layout,
      typeName,
      this.#slotOf.get(typeName) ?? 0,
    );
    return (d) => {
      if (d.shared.fixedEnd < 0) d.shared.fixedEnd = d.at;
      const offset = d.slots[offsetSlot]!;
      const size = d.slots[sizeSlot]!;
      if (offset === 0 || size === 0) {
        if (layout.absent === 'empty') d.record[name] = '';
        if (layout.absent !== 'malformed') return undefined;
        const [zero, slot] = offset === 0 ? [offsetName, offsetSlot] : [sizeName, sizeSlot];
        return fail(d, zero, d.slots[slot + 1]!, `is 0, ${name} must be there`);
      }
      const start = OFFSET_BASE + offset;
      if (start < d.shared.fixedEnd || start > d.bytes.length) {
        const where = start < d.shared.fixedEnd ? 'inside the fixed part' : 'beyond the end';
        return fail(d, offsetName, d.slots[offsetSlot + 1]!, `points ${where}`);
      }
      if (start + size > d.bytes.length) {
        return fail(
          d,
          sizeName,
          d.slots[sizeSlot + 1]!,
          `is ${size}, ${d.bytes.length - start} bytes remain`,
        );
      }
      d.shared.budget -= size;
      if (d.shared.budget < 0) return fail(d, sizeName, d.slots[sizeSlot + 1]!, 'too much overlap');
      const value = take(d, start, size);
      if (typeof value === 'object' && 'name' in value && value.name === 'malformed')
        return value as Malformed;
      if (place !== 'never') d.record[name] = value;
      return undefined;
    };
  }

  #rest(name: string, layout: Layout): Step {
    const owner = this.#packet.name;
    return (d) => {
      const value = d.bytes.subarray(d.at, d.end);
      if (layout.kind === 'rest') d.record[name] = value;
      if (value.length > 0) {
        d.shared.trace?.cell(owner, name, layout, d.shared.shift + d.at, value.length, value);
      }
      d.at = d.end;
      return undefined;
    };
  }

  /** The field of the given kind that belongs to `of`. */
  #nameOf(kind: 'offset' | 'size' | 'count' | 'type', of: string): string {
    return companionOf(this.#packet, kind, of);
  }

  #structureOf(array: string): Structure {
    return (this.#packet.fields[array]!.layout as Layout & { kind: 'array' }).structure;
  }
}

/** Decodes the parts of all elements of an array, in the order in which they are sent. */
function partsOf(layout: Layout & { kind: 'partsOf' }, made: Compiled): Step {
  const take = made.parts[layout.part]!;
  return (d) => {
    if (d.shared.fixedEnd < 0) d.shared.fixedEnd = d.at;
    const items = d.arrays![layout.array]!;
    for (let n = 0; n < items.length; n++) {
      const problem = take(items[layout.order === 'firstFirst' ? n : items.length - 1 - n]!);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}
