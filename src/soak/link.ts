/** One end of a soak as a port or a simulated line drives it: frames around a {@link SoakEnd}, and the counters of both. Opens no port. */
import type { Instant } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { DeframerOptions } from '../framing/deframer.ts';
import { Framed } from '../framing/framed.ts';
import type { DamageCause, DamageEvent } from '../framing/framing-event.ts';
import { SoakEnd, type SoakEndOptions } from './end.ts';
import type { LineCounters } from './result.ts';
import type { JournalEntry } from './sample.ts';
import { type Tap, Tapped } from './tapped.ts';

/** What a link is given besides what its end is. */
export interface SoakLinkOptions extends Omit<SoakEndOptions, 'lineCounters'> {
  /** UART counters of the port so far, `null` where it has none; read whenever figures are wanted. Absent: none. */
  readonly uart?: () => UartCounters | null;
  readonly framing?: DeframerOptions;
  /** Is shown every message that passes. */
  readonly tap?: Tap;
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

  constructor(options: SoakLinkOptions) {
    const { uart, framing, tap, ...rest } = options;
    this.#uart = uart ?? (() => null);
    this.end = new SoakEnd({ ...rest, lineCounters: () => this.lineCounters });
    this.#framed = new Framed(tap === undefined ? this.end : new Tapped(this.end, tap), framing);
  }

  /** Bytes, frames and UART errors since the link was made; the end's figures are deltas of each run. */
  get lineCounters(): LineCounters {
    return { ...this.#framed.counters, uart: this.#uart() };
  }

  /** Losses by cause since the link was made, those that {@link lineCounters} does not tell apart included. */
  get losses(): Readonly<Record<DamageCause, number>> {
    return this.#framed.losses;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    this.#framed.receive(now, bytes);
  }

  gap(now: Instant): void {
    this.#framed.gap(now);
  }

  expire(now: Instant): void {
    this.#framed.expire(now);
  }

  get deadline(): Instant | undefined {
    return this.#framed.deadline;
  }

  poll(now: Instant): Uint8Array | undefined {
    return this.#framed.poll(now);
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
    this.end.damaged(at, { ...details, sample: hex(sample) });
  }
}
