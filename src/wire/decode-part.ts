/** Reads the variable parts of a packet once they are located: strings, bytes, address lists, nested operations. */
import {
  begin,
  type CellValue,
  type Compiled,
  type Decoding,
  fail,
  hex,
  OFFSET_BASE,
  run,
  type Shared,
} from './decoding.ts';
import type { Content, Layout } from './field.ts';
import type { Packet } from './packet.ts';
import { narrowText, wideText } from './wide-text.ts';

type Compile = (packet: Packet) => Compiled;
/** Reads `size` bytes from `start` on: the record's value, or a {@link Malformed}. */
export type Reader = (d: Decoding, start: number, size: number) => CellValue | object;

/** What turns the bytes of a part into the record's value, or into a {@link Malformed}. */
export function contentReader(
  compiled: Compile,
  owner: string,
  name: string,
  layout: Layout & { kind: 'part' },
  typeName: string,
  typeSlot: number,
): Reader {
  const content = layout.content;
  if (content.type === 'addresses') return addressReader(compiled, name, content);
  if (content.type === 'operation') return operationReader(compiled, name, content, typeName, typeSlot);
  return (d, start, size) => {
    const value =
      content.type === 'wide'
        ? wideText(d.bytes, start, Math.max(0, Math.floor(size / 2) - 1))
        : content.type === 'narrow'
          ? narrowText(d.bytes, start, size)
          : d.bytes.subarray(start, start + size);
    d.shared.trace?.cell(owner, name, layout, d.shared.shift + start, size, value);
    return value;
  };
}

/** Addresses one behind the other, each with its size in front; unknown families are skipped (ADR-3). */
function addressReader(compiled: Compile, name: string, content: Content & { type: 'addresses' }): Reader {
  const families = new Map(
    content.structures.map((structure) => {
      const family = structure.fields.bFamily!.layout as Layout & { kind: 'fixed' };
      return [family.value, compiled(structure)];
    }),
  );
  return (d, start, size) => {
    const found: unknown[] = [];
    const end = start + size;
    for (let at = start, i = 0; at < end && i < content.countMax; i++) {
      const next = at + 1 + d.bytes[at]!;
      if (next === at + 1 || next > end) {
        return fail(d, `${name}[${i}].bSize`, at, `is ${d.bytes[at]}, ${end - at - 1} bytes remain`);
      }
      const made = families.get(d.bytes[at + 1]!);
      if (made !== undefined) {
        const record: Record<string, unknown> = { name: made.packet.name };
        const item = begin(made, d.bytes, at, next, record, d.shared, `${d.path}${name}[${i}].`);
        d.shared.trace?.enter(made.packet, `${name}[${i}]`, d.shared.shift + at, next - at);
        const problem = run(made, item, 0);
        d.shared.trace?.leave();
        if (problem !== undefined) return problem;
        found.push(record);
      }
      at = next;
    }
    return found;
  };
}

/** A nested packet whose dwPacketType stands elsewhere; its own offsets count from its first byte (MIG-7). */
function operationReader(
  compiled: Compile,
  name: string,
  content: Content & { type: 'operation' },
  typeName: string,
  typeSlot: number,
): Reader {
  const types = new Map(
    content.packets.map((packet) => {
      const type = packet.fields.dwPacketType!.layout as Layout & { kind: 'fixed' };
      return [type.value, compiled(packet)];
    }),
  );
  return (d, start, size) => {
    const made = types.get(d.slots[typeSlot]!);
    if (made === undefined) {
      return fail(
        d,
        typeName,
        d.slots[typeSlot + 1]!,
        `is ${hex(d.slots[typeSlot]!, 4)}, no name table operation`,
      );
    }
    const shift = d.shared.shift + start - OFFSET_BASE;
    const shared: Shared = { ...d.shared, shift, fixedEnd: -1 };
    const record = { name: made.packet.name };
    const view = d.bytes.subarray(start - OFFSET_BASE, start + size);
    const inner = begin(made, view, OFFSET_BASE, view.length, record, shared, `${d.path}${name}.`);
    d.shared.trace?.enter(made.packet, name, d.shared.shift + start, size);
    const problem = run(made, inner, 1);
    d.shared.trace?.leave();
    d.shared.budget = shared.budget;
    return problem ?? record;
  };
}
