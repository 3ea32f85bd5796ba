/** What a declaration is: a named, ordered object of fields, and the type of record that follows from it. */
import { invariant } from '../base/failure.ts';
import type { Condition, Field, Fields, Layout } from './field.ts';

/** A packet of section 2.2: declared once, everything else derived. */
export interface Packet<Name extends string = string, F extends Fields = Fields> {
  /** The specification's name. */
  readonly name: Name;
  /** The section of [MS-DPDX], or the companion, that has the figure. */
  readonly section: string;
  readonly fields: F;
}

/** A structure inside packets. Its records carry a name only if `named`, where it is one of several kinds. */
export interface Structure<
  Name extends string = string,
  F extends Fields = Fields,
  Named extends boolean = boolean,
> extends Packet<Name, F> {
  readonly named: Named;
}

/** Declares a packet. */
export const packet = <const Name extends string, F extends Fields>(
  name: Name,
  section: string,
  fields: F,
): Packet<Name, F> => {
  invariant(fields.name === undefined || fields.name.place === 'never', `${name} has a field called name`);
  return { name, section, fields };
};

/** Declares a structure that occurs inside packets. */
export const structure = <const Name extends string, F extends Fields>(
  name: Name,
  section: string,
  fields: F,
): Structure<Name, F, false> => ({ name, section, fields, named: false });

/** Declares a structure that is one of several kinds, told apart by its name. */
export const namedStructure = <const Name extends string, F extends Fields>(
  name: Name,
  section: string,
  fields: F,
): Structure<Name, F, true> => ({ name, section, fields, named: true });

type Flat<T> = { [K in keyof T]: T[K] };
type ValueOf<F> = F extends Field<infer V> ? V : never;

/** The record of a declaration: constants, reserved fields, offsets, sizes and counts do not appear. */
export type RecordOf<F extends Fields> = Flat<
  {
    readonly [K in keyof F as F[K]['place'] extends 'always' ? K : never]: ValueOf<F[K]>;
  } & {
    readonly [K in keyof F as F[K]['place'] extends 'maybe' ? K : never]?: ValueOf<F[K]> | undefined;
  }
>;

/** The record of a packet, with its name; distributes over unions. */
export type RecordOfPacket<P extends Packet> =
  P extends Packet<infer Name, infer F> ? Flat<{ readonly name: Name } & RecordOf<F>> : never;

/** The record of a structure; distributes over unions. */
export type RecordOfStructure<S extends Structure> =
  S extends Structure<infer Name, infer F, infer Named>
    ? Named extends true
      ? Flat<{ readonly name: Name } & RecordOf<F>>
      : RecordOf<F>
    : never;

/** The condition of a layout, if it has one. */
export function conditionOf(layout: Layout): Condition | undefined {
  return 'when' in layout ? layout.when : undefined;
}

/** The field of `packet` that holds the offset, size, count or type of `of`. */
export function companionOf(packet: Packet, kind: 'offset' | 'size' | 'count' | 'type', of: string): string {
  const found = Object.entries(packet.fields).find(([, f]) => f.layout.kind === kind && f.layout.of === of);
  invariant(found !== undefined, `${packet.name} declares no ${kind} of ${of}`);
  return found[0];
}

/** The values of the selector `name` that name an optional field. */
export function selectableValues(packet: Packet, name: string): number[] {
  return Object.values(packet.fields)
    .map((field) => conditionOf(field.layout))
    .filter((when) => when?.test === 'equals' && when.field === name)
    .map((when) => when!.value);
}

/** The size of fields without optional ones and without their parts, in bytes. */
export function fixedSize(fields: Fields): number {
  return Object.values(fields).reduce((sum, { layout }) => sum + fixedSizeOf(layout), 0);
}

function fixedSizeOf(layout: Layout): number {
  switch (layout.kind) {
    case 'integer':
    case 'fixed':
    case 'presence':
      return layout.width;
    case 'guid':
      return 16;
    case 'octets':
    case 'internetAddress':
    case 'text':
      return layout.size;
    case 'offset':
    case 'size':
    case 'count':
    case 'type':
      return 4;
    case 'span':
      return 1;
    case 'array':
    case 'part':
    case 'partsOf':
    case 'rest':
    case 'ignored':
      return 0;
  }
}
