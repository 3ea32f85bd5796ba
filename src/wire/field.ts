/** The kinds of box that figures of section 2.2 are made of. A packet is an ordered object of these; this file decides nothing about bytes beyond that. */
import type { Packet, RecordOfPacket, RecordOfStructure, Structure } from './packet.ts';

/** Whether a field's value stands in the record always, sometimes, or never because it is constant or derived. */
export type Place = 'always' | 'maybe' | 'never';

/** Names of the bits, or of the values, of an integer; for people only. */
export type Meanings =
  | { readonly flags: Readonly<Record<string, number>> }
  | { readonly values: Readonly<Record<string, number>> };

/** When a field is present: an earlier field has a bit, equals or reaches a value, or enough bytes remain. */
export interface Condition {
  readonly test: 'bits' | 'equals' | 'atLeast' | 'remaining';
  /** The earlier field that decides; empty for `remaining`. */
  readonly field: string;
  readonly value: number;
}

/** Bytes of an integer. */
export type Width = 1 | 2 | 4;

/** What a variable part holds. */
export type Content =
  /** UTF-16LE; the last character that the size covers is the terminator, whatever it is (STR-2, STR-3, STR-4). */
  | { readonly type: 'wide' }
  /** 8-bit characters up to the first null. */
  | { readonly type: 'narrow' }
  /** Bytes without a terminator (STR-5). */
  | { readonly type: 'bytes' }
  /** Never sent, never looked at, but its offset and size must be possible (STR-6). */
  | { readonly type: 'unused' }
  /** Structures that begin with their size and family; unknown families are skipped (ADR-3). */
  | { readonly type: 'addresses'; readonly structures: readonly Structure[]; readonly countMax: number }
  /** A packet without its dwPacketType, which stands elsewhere (MIG-7). */
  | { readonly type: 'operation'; readonly packets: readonly Packet[] };

/** How a field lies in the bytes. */
export type Layout =
  | {
      readonly kind: 'integer';
      readonly width: Width;
      readonly order: 'little' | 'big';
      readonly allowed?: readonly number[];
      readonly meanings?: Meanings;
      readonly when?: Condition;
      /** Takes its place in the bytes also when it has no meaning (sent as 0 then). */
      readonly blank?: true;
    }
  | {
      readonly kind: 'fixed';
      readonly width: Width;
      readonly value: number;
      /** Whether another value on receipt makes the packet malformed. */
      readonly checked: boolean;
    }
  | {
      readonly kind: 'presence';
      readonly width: Width;
      /** The bits that are the record's own; all others follow from what is present. */
      readonly keep: number;
      /** Bits that are always sent and must be there on receipt. */
      readonly must: number;
      /** The value that says that nothing optional is present; values then are compared, not bits. */
      readonly otherwise?: number;
      readonly meanings?: Meanings;
    }
  | { readonly kind: 'guid'; readonly when?: Condition }
  | { readonly kind: 'octets'; readonly size: number }
  | { readonly kind: 'internetAddress'; readonly size: 4 | 16 }
  | { readonly kind: 'offset'; readonly of: string; readonly when?: Condition }
  | { readonly kind: 'size'; readonly of: string; readonly when?: Condition }
  | { readonly kind: 'count'; readonly of: string }
  | { readonly kind: 'type'; readonly of: string }
  | { readonly kind: 'span' }
  | { readonly kind: 'array'; readonly structure: Structure }
  | {
      readonly kind: 'part';
      readonly content: Content;
      /** What an offset or a size of 0 means on receipt. */
      readonly absent: 'omitted' | 'empty' | 'malformed';
    }
  | {
      readonly kind: 'partsOf';
      readonly array: string;
      readonly part: string;
      readonly order: 'firstFirst' | 'lastFirst';
    }
  | { readonly kind: 'text'; readonly size: number }
  | { readonly kind: 'rest' }
  | { readonly kind: 'ignored' };

/** One box of a figure: how it lies in the bytes and what of it the record holds. */
export interface Field<Value = unknown, P extends Place = Place> {
  readonly layout: Layout;
  readonly place: P;
  /** Only for the type of the record; never set. */
  readonly phantom?: Value;
}

/** The boxes of a figure, in order. */
export type Fields = Readonly<Record<string, Field>>;

function integer(width: Width, meanings?: Meanings): Field<number, 'always'> {
  return {
    layout: { kind: 'integer', width, order: 'little', ...(meanings && { meanings }) },
    place: 'always',
  };
}

/** One byte. */
export const u8 = (meanings?: Meanings): Field<number, 'always'> => integer(1, meanings);
/** Two bytes, little-endian. */
export const u16 = (meanings?: Meanings): Field<number, 'always'> => integer(2, meanings);
/** Four bytes, little-endian. */
export const u32 = (meanings?: Meanings): Field<number, 'always'> => integer(4, meanings);

/** Two bytes in network byte order (ADR-1). */
export const networkPort = (): Field<number, 'always'> => ({
  layout: { kind: 'integer', width: 2, order: 'big' },
  place: 'always',
});

/** An integer that must be one of `allowed`. */
export const oneOf = <const V extends number>(
  width: Width,
  allowed: readonly V[],
  meanings?: Meanings,
): Field<V, 'always'> => ({
  layout: { kind: 'integer', width, order: 'little', allowed, ...(meanings && { meanings }) },
  place: 'always',
});

/** An integer that MUST be `value`. */
export const constant = (width: Width, value: number): Field<never, 'never'> => ({
  layout: { kind: 'fixed', width, value, checked: true },
  place: 'never',
});

/** An integer that is sent as `value` (0 for padding) and not looked at on receipt. */
export const sentAs = (width: Width, value: number): Field<never, 'never'> => ({
  layout: { kind: 'fixed', width, value, checked: false },
  place: 'never',
});

/** A byte of flags that follow from which optional fields are present; undefined bits are disregarded. */
export const presenceFlags = (meanings: Meanings): Field<never, 'never'> => ({
  layout: { kind: 'presence', width: 1, keep: 0, must: 0, meanings },
  place: 'never',
});

/** As {@link presenceFlags}, but the bits of `keep` are the record's own, and those of `must` must be set. */
export const partlyPresenceFlags = (keep: number, meanings: Meanings, must = 0): Field<number, 'always'> => ({
  layout: { kind: 'presence', width: 1, keep, must, meanings },
  place: 'always',
});

/** A byte that names the optional field that is present, or is `otherwise`; any other value is malformed. */
export const selector = (otherwise: number): Field<never, 'never'> => ({
  layout: { kind: 'presence', width: 1, keep: 0, must: 0, otherwise },
  place: 'never',
});

/** Present when the earlier field `field` has the bits of `value`. */
export const bits = (field: string, value: number): Condition => ({ test: 'bits', field, value });
/** Present when the earlier field `field` equals `value`. */
export const equals = (field: string, value: number): Condition => ({ test: 'equals', field, value });
/** Present when the earlier field `field` is `value` or more. */
export const atLeast = (field: string, value: number): Condition => ({ test: 'atLeast', field, value });
/** Present when at least `value` bytes remain. */
export const remaining = (value: number): Condition => ({ test: 'remaining', field: '', value });

/** `field`, present only when `when` holds. */
export function optional<V>(field: Field<V, 'always'>, when: Condition): Field<V, 'maybe'> {
  return { layout: { ...field.layout, when } as Layout, place: 'maybe' };
}

/** `field`, always in the bytes but meaningful only when `when` holds. */
export function meaningful(field: Field<number, 'always'>, when: Condition): Field<number, 'maybe'> {
  return { layout: { ...field.layout, when, blank: true } as Layout, place: 'maybe' };
}

/** A GUID in packed order (BYT-8); canonical upper-case text without braces in the record. */
export const guid = (): Field<string, 'always'> => ({ layout: { kind: 'guid' }, place: 'always' });

/** Exactly `size` bytes. */
export const octets = (size: number): Field<Uint8Array, 'always'> => ({
  layout: { kind: 'octets', size },
  place: 'always',
});

/** An IPv4 address of 4 bytes, dotted text in the record. */
export const ipv4 = (): Field<string, 'always'> => ({
  layout: { kind: 'internetAddress', size: 4 },
  place: 'always',
});

/** An IPv6 address of 16 bytes, eight groups of hexadecimal text in the record. */
export const ipv6 = (): Field<string, 'always'> => ({
  layout: { kind: 'internetAddress', size: 16 },
  place: 'always',
});

/** Where the part `of` begins, in bytes from byte 4 of the packet (STR-12); 0 when it is absent. */
export const offsetOf = (of: string, when?: Condition): Field<never, 'never'> => ({
  layout: { kind: 'offset', of, ...(when && { when }) },
  place: 'never',
});

/** The size of the part `of` in bytes, its terminator counted (STR-1); 0 when it is absent. */
export const sizeOf = (of: string, when?: Condition): Field<never, 'never'> => ({
  layout: { kind: 'size', of, ...(when && { when }) },
  place: 'never',
});

/** How many structures the array `of` has. */
export const countOf = (of: string): Field<never, 'never'> => ({
  layout: { kind: 'count', of },
  place: 'never',
});

/** The dwPacketType of the operation in the part `of`. */
export const typeOf = (of: string): Field<never, 'never'> => ({
  layout: { kind: 'type', of },
  place: 'never',
});

/** One byte: the size of the structure behind it. */
export const span = (): Field<never, 'never'> => ({ layout: { kind: 'span' }, place: 'never' });

/** Structures one behind the other, as many as their count says. */
export const arrayOf = <S extends Structure>(
  structure: S,
): Field<readonly RecordOfStructure<S>[], 'always'> => ({
  layout: { kind: 'array', structure },
  place: 'always',
});

function part<V>(content: Content): Field<V, 'maybe'> {
  return { layout: { kind: 'part', content, absent: 'omitted' }, place: 'maybe' };
}

/** A wide string located by an offset and a size. */
export const wide = (): Field<string, 'maybe'> => part({ type: 'wide' });

/** A wide string that MUST be there: sent always (a lone terminator when empty, STR-15). */
export const requiredWide = (absent: 'empty' | 'malformed'): Field<string, 'always'> => ({
  layout: { kind: 'part', content: { type: 'wide' }, absent },
  place: 'always',
});

/** An 8-bit string located by an offset and a size. */
export const narrow = (): Field<string, 'maybe'> => part({ type: 'narrow' });

/** Bytes located by an offset and a size. */
export const bytes = (): Field<Uint8Array, 'maybe'> => part({ type: 'bytes' });

/** A part that this protocol never fills. */
export const unused = (): Field<never, 'never'> => ({
  layout: { kind: 'part', content: { type: 'unused' }, absent: 'omitted' },
  place: 'never',
});

/** A list of addresses located by an offset and a size. */
export const addresses = <S extends Structure>(
  structures: readonly S[],
  countMax: number,
): Field<readonly RecordOfStructure<S>[], 'maybe'> => part({ type: 'addresses', structures, countMax });

/** A name table operation located by an offset and a size. */
export const operation = <P extends Packet>(packets: readonly P[]): Field<RecordOfPacket<P>, 'always'> => ({
  layout: { kind: 'part', content: { type: 'operation', packets }, absent: 'malformed' },
  place: 'always',
});

/** Where the parts `part` of the structures of `array` lie. `lastFirst` as in the published example, which packs from the end backwards (STR-7). */
export const partsOf = (
  array: string,
  name: string,
  order: 'firstFirst' | 'lastFirst',
): Field<never, 'never'> => ({ layout: { kind: 'partsOf', array, part: name, order }, place: 'never' });

/** UTF-16LE text in a field of `size` bytes, padded with nulls (CHT-2, CHT-3). */
export const paddedWide = (size: number): Field<string, 'always'> => ({
  layout: { kind: 'text', size },
  place: 'always',
});

/** All bytes that remain; a view of what was decoded, not a copy. */
export const rest = (): Field<Uint8Array, 'always'> => ({ layout: { kind: 'rest' }, place: 'always' });

/** Bytes that may follow and are not looked at; none are sent. */
export const ignored = (): Field<never, 'never'> => ({ layout: { kind: 'ignored' }, place: 'never' });
