/** Arbitrary records of any declaration, made from the declaration alone. */
import fc from 'fast-check';
import type { Condition, Content, Field, Layout } from '../../src/wire/field.ts';
import { decodeGuid } from '../../src/wire/guid.ts';
import { internetAddressText } from '../../src/wire/internet-address.ts';
import { companionOf, conditionOf, type Packet, type RecordOfPacket } from '../../src/wire/packet.ts';

type Draft = Record<string, unknown>;

/** Any record that the packet's type allows; `plain` keeps text printable, for programs that show it. */
export function arbitraryOf<P extends Packet>(packet: P, plain = false): fc.Arbitrary<RecordOfPacket<P>> {
  return draftOf(packet, plain).map((draft) => ({ name: packet.name, ...draft })) as fc.Arbitrary<
    RecordOfPacket<P>
  >;
}

function draftOf(packet: Packet, plain: boolean): fc.Arbitrary<Draft> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(packet.fields)) {
    if (field.place === 'never') continue;
    model[name] = arbitraryField(field, plain);
    if (field.place === 'always') required.push(name);
  }
  return fc.record(model, { requiredKeys: required }).map((draft) => withoutAbsent(packet, draft as Draft));
}

/** Drops the parts whose offset this version does not have. */
function withoutAbsent(packet: Packet, draft: Draft): Draft {
  const kept = { ...draft };
  for (const [name, { layout }] of Object.entries(packet.fields)) {
    if (layout.kind !== 'part') continue;
    const when: Condition | undefined = conditionOf(
      packet.fields[companionOf(packet, 'offset', name)]!.layout,
    );
    if (when?.test === 'atLeast' && (draft[when.field] as number) < when.value) delete kept[name];
  }
  return kept;
}

function arbitraryField(field: Field, plain: boolean): fc.Arbitrary<unknown> {
  const layout = field.layout;
  switch (layout.kind) {
    case 'integer':
      return layout.allowed ? fc.constantFrom(...layout.allowed) : integerOf(layout);
    case 'presence':
      return fc.nat(255).map((value) => (value & layout.keep) | layout.must);
    case 'guid':
      return bytesOf(16).map((bytes) => decodeGuid(bytes, 0));
    case 'octets':
      return bytesOf(layout.size);
    case 'internetAddress':
      return bytesOf(layout.size).map((bytes) => internetAddressText(bytes, 0, layout.size));
    case 'text':
      return wideOf(layout.size / 2 - 1, plain);
    case 'array':
      return fc.array(recordOf(layout.structure, plain), { maxLength: 3 });
    case 'rest':
      return fc.uint8Array({ maxLength: 40 });
    case 'part':
      return contentOf(layout.content, plain);
    default:
      throw new Error(`${layout.kind} is in no record`);
  }
}

/** Numbers near the versions that decide a layout, and any others. */
function integerOf(layout: Layout & { kind: 'integer' }): fc.Arbitrary<number> {
  return fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** (8 * layout.width) - 1 }));
}

function bytesOf(size: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: size, maxLength: size });
}

function wideOf(lengthMax: number, plain: boolean): fc.Arbitrary<string> {
  if (plain) return printable(1, lengthMax);
  const unit = fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 0x20, max: 0x7e }));
  return fc.array(unit, { maxLength: lengthMax }).map((units) => String.fromCharCode(...units));
}

function printable(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABC0123456789'),
    minLength,
    maxLength,
  });
}

function contentOf(content: Content, plain: boolean): fc.Arbitrary<unknown> {
  switch (content.type) {
    case 'wide':
      return wideOf(12, plain);
    case 'narrow':
      if (plain) return printable(1, 30);
      return fc
        .array(fc.integer({ min: 1, max: 255 }), { maxLength: 30 })
        .map((units) => String.fromCharCode(...units));
    case 'bytes':
      return fc.uint8Array({ minLength: 1, maxLength: 20 });
    case 'addresses':
      return fc.array(fc.oneof(...content.structures.map((each) => recordOf(each, plain))), {
        minLength: 1,
        maxLength: content.countMax,
      });
    case 'operation':
      return fc.oneof(...content.packets.map((each) => arbitraryOf(each, plain)));
    case 'unused':
      throw new Error('unused parts are in no record');
  }
}

function recordOf(structure: Packet, plain: boolean): fc.Arbitrary<unknown> {
  const named = 'named' in structure && structure.named === true;
  return named ? arbitraryOf(structure, plain) : draftOf(structure, plain);
}
