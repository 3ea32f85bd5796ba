/** One end of a soak as a port or a simulated line drives it: frames around a {@link SoakEnd}, and the counters of both. Opens no port. */
import type { Instant } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { DeframerOptions } from '../framing/deframer.ts';
import { Framed } from '../framing/framed.ts';
import type { DamageCause, DamageEvent } from '../framing/framing-event.ts';
import { BitInverter } from './bit-inverter.ts';
import { SoakEnd, type SoakEndOptions } from './end.ts';
import type { LineCounters } from './result.ts';
import type { JournalEntry } from './sample.ts';

/** Is shown every byte that passes, for captures; must keep nothing waiting. */
export interface Onlooker {
  sent(now: Instant, bytes: Uint8Array): void;
  received(now: Instant, bytes: Uint8Array): void;
  /** A frame under way will not be completed. */
  gap(now: Instant): void;
}

/** What a link is given besides what its end is. */
export interface SoakLinkOptions extends Omit<SoakEndOptions, 'lineCounters' | 'received'> {
  /** UART counters of the port so far, `null` where it has none; read whenever figures are wanted. Absent: none. */
  readonly uart?: () => UartCounters | null;
  readonly framing?: DeframerOptions;
  readonly onlooker?: Onlooker | undefined;
}

/** Bytes as two hexadecimal digits each. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/**
 * The whole stack of one end. Commands and figures are those of {@link end}; after a command, whoever drives the link
 * polls it and drains its events, as after any input.
 */
export class SoakLink implements ByteMachine<JournalEntry> {
  readonly end: SoakEnd;
  readonly #framed: Framed<JournalEntry>;
  readonly #uart: () => UartCounters | null;
  readonly #onlooker: Onlooker | undefined;
  readonly #inverting: { readonly sent: BitInverter; readonly received: BitInverter };

  constructor(options: SoakLinkOptions) {
    const { uart, framing, onlooker, ...rest } = options;
    this.#uart = uart ?? (() => null);
    this.#onlooker = onlooker;
    const { random } = rest;
    this.#inverting = {
      sent: new BitInverter(random.fork('faults sent')),
      received: new BitInverter(random.fork('faults received')),
    };
    this.end = new SoakEnd({
      ...rest,
      lineCounters: () => this.lineCounters,
      received: () => this.#framed.position,
    });
    this.#framed = new Framed(this.end, framing);
  }

  /** Bytes, frames and UART errors since the link was made; the end's figures are deltas of each run. */
  get lineCounters(): LineCounters {
    return { ...this.#framed.counters, uart: this.#uart() };
  }

  /** Losses by cause since the link was made, those that {@link lineCounters} does not tell apart included. */
  get losses(): Readonly<Record<DamageCause, number>> {
    return this.#framed.losses;
  }

  receive(now: Instant, arrived: Uint8Array): void {
    const { isCut, bitErrorRatio } = this.end.faults;
    if (isCut) return;
    const bytes = this.#inverting.received.pass(arrived, bitErrorRatio);
    this.#onlooker?.received(now, bytes);
    this.#framed.receive(now, bytes);
  }

  gap(now: Instant): void {
    this.#onlooker?.gap(now);
    this.#framed.gap(now);
  }

  expire(now: Instant): void {
    this.#framed.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.#framed.deadline;
  }

  poll(now: Instant): Uint8Array | undefined {
    const { isCut, bitErrorRatio } = this.end.faults;
    // What has not been drawn is still fresh when the line is back.
    if (isCut) return undefined;
    const bytes = this.#framed.poll(now);
    if (bytes === undefined) return undefined;
    this.#onlooker?.sent(now, bytes);
    return this.#inverting.sent.pass(bytes, bitErrorRatio);
  }

  next(): JournalEntry | undefined {
    for (let event = this.#framed.next(); event !== undefined; event = this.#framed.next()) {
      if ('event' in event) return event;
      this.#damaged(event);
    }
    return undefined;
  }

  /** What the framing reports becomes an entry of the end's journal. */
  #damaged(event: DamageEvent): void {
    const { type: _type, at, sample, ...details } = event;
    const wrongByte = event.bit === undefined ? {} : { wrongByte: Math.floor(event.bit / 8) };
    this.end.damaged(at, { ...details, ...wrongByte, sample: hex(sample) });
  }
}
