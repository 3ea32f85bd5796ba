/** What a line did to the bytes that passed: one event per fault, and the totals. Types only. */
import type { Instant } from '../base/instant.ts';

/**
 * One thing that the line did. `offset` counts the bytes of this direction as they were sent, from 0; `at` is
 * when the byte was complete at the receiver, or when a condition of the line began or ended.
 */
export type LineEvent =
  /** Data bit `bit` (0 is the first on the wire) of the byte arrived inverted. */
  | { readonly kind: 'bitError'; readonly at: Instant; readonly offset: number; readonly bit: number }
  /** The byte, sent as `byte`, never arrived. */
  | { readonly kind: 'drop'; readonly at: Instant; readonly offset: number; readonly byte: number }
  /** The stray byte `byte` arrived before the byte at `offset`. */
  | { readonly kind: 'insert'; readonly at: Instant; readonly offset: number; readonly byte: number }
  /** A burst of errors begins: the next `length` bytes suffer the burst's bit error ratio. */
  | { readonly kind: 'burst'; readonly at: Instant; readonly offset: number; readonly length: number }
  /** The carrier was lost: nothing arrives from here on. */
  | { readonly kind: 'cut'; readonly at: Instant }
  /** The carrier is back; `lost` bytes vanished since the matching `cut`. */
  | { readonly kind: 'restored'; readonly at: Instant; readonly lost: number }
  /** The two ends are set differently from here on; `offset` is the next byte's. */
  | { readonly kind: 'mismatch'; readonly at: Instant; readonly offset: number }
  /** The two ends agree again; `garbled` bytes were sent since the matching `mismatch`. */
  | { readonly kind: 'matched'; readonly at: Instant; readonly offset: number; readonly garbled: number }
  /** `lost` bytes were given to a full transmit buffer and were never sent; they have no offsets. */
  | { readonly kind: 'overflow'; readonly at: Instant; readonly lost: number }
  /** `lost` bytes arrived at a full receive buffer; they are the last before the byte sent at `offset`. */
  | { readonly kind: 'overrun'; readonly at: Instant; readonly offset: number; readonly lost: number }
  /** The receiver saw a break before the byte at `offset`; it reads as a stray 0x00. */
  | { readonly kind: 'break'; readonly at: Instant; readonly offset: number };

/** How much the line did, in total. Always exact, whether or not the events were fetched. */
export interface Injected {
  /** Data bits inverted. */
  readonly bitErrors: number;
  /** Bytes with at least one inverted bit. */
  readonly bytesAltered: number;
  /** Bytes that never arrived, cuts and overruns not counted. */
  readonly drops: number;
  /** Stray bytes. */
  readonly inserts: number;
  /** Bursts that began. */
  readonly bursts: number;
  /** Cuts that began. */
  readonly cuts: number;
  /** Bytes that vanished in cuts. */
  readonly lostToCuts: number;
  /** Bytes sent while the ends were set differently. */
  readonly garbled: number;
  /** Bytes refused by the full transmit buffer. */
  readonly overflowed: number;
  /** Bytes lost at the full receive buffer. */
  readonly overrun: number;
  /** Breaks seen by the receiver. */
  readonly breaks: number;
}

/** Receive errors that a UART at the receiving end would have counted. */
export interface ReceiveErrors {
  /** Characters whose stop bit was missing. */
  readonly framing: number;
  /** Characters whose parity was wrong. */
  readonly parity: number;
  /** Bytes lost at the full receive buffer. */
  readonly overrun: number;
  /** Breaks. */
  readonly break: number;
}
