/** Puts what passes on one line into a capture: raw pieces, or frames with the damage told apart. Decides nothing about the traffic. */
import type { Instant } from '../base/instant.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import { Deframer } from '../framing/deframer.ts';
import { encodeFrame } from '../framing/encoder.ts';
import type { DamageEvent, FrameEvent } from '../framing/framing-event.ts';
import type { CaptureWriter } from './capture.ts';
import {
  type CaptureInterface,
  type Direction,
  LINKTYPE_RTAC_SERIAL,
  LINKTYPE_USER0,
} from './capture-block.ts';
import { type ControlLines, type LineEventKind, rtacPacket, UART_EVENTS } from './rtac-serial.ts';

/** What a capture holds of a line. */
export const CAPTURED = ['frames', 'line', 'both'] as const;
export type Captured = (typeof CAPTURED)[number];

/** Received bytes kept until the frames in them are judged: more than two of the longest. */
const KEPT_SIZE_MAX = 8_192;

/** The interfaces that the line `name` takes up in a capture, in the order in which a recorder numbers them. */
export function interfacesOf(name: string, captured: Captured): readonly CaptureInterface[] {
  const frames = { name, linkType: LINKTYPE_USER0 };
  const line = { name: captured === 'both' ? `${name} (line)` : name, linkType: LINKTYPE_RTAC_SERIAL };
  return captured === 'both' ? [frames, line] : [captured === 'frames' ? frames : line];
}

/** What a recorder is given. */
export interface LineRecorderOptions {
  readonly writer: CaptureWriter;
  readonly captured: Captured;
  /** The number of its first interface in the capture. */
  readonly firstInterface: number;
  /** Microseconds since 1970-01-01 UTC at instant 0. */
  readonly origin: number;
}

/** The onlooker of one port: is shown every piece written and read, gaps, control lines and UART errors. */
export class LineRecorder {
  readonly #options: LineRecorderOptions;
  readonly #sent = new FrameFinder();
  readonly #received = new FrameFinder();
  #lines: ControlLines = {};
  #uart: UartCounters | undefined;

  constructor(options: LineRecorderOptions) {
    this.#options = options;
  }

  /** Bytes that were handed to the port. */
  sent(now: Instant, bytes: Uint8Array): void {
    this.#passed(now, 'sent', bytes, this.#sent);
  }

  /** Bytes that the port received. */
  received(now: Instant, bytes: Uint8Array): void {
    this.#passed(now, 'received', bytes, this.#received);
  }

  /** The line fell idle: a frame under way will not be completed. */
  gap(now: Instant): void {
    if (this.#options.captured !== 'line') this.#add('received', this.#received.gap(now));
  }

  /** The control lines as they are now; a change is an event of the raw line. */
  lines(now: Instant, lines: ControlLines): void {
    const changed = Object.entries(lines).some(([key, on]) => this.#lines[key as keyof ControlLines] !== on);
    this.#lines = { ...this.#lines, ...lines };
    if (changed) this.#raw(now, 'status', new Uint8Array(0));
  }

  /** UART errors so far; each increase is an event of the raw line. */
  uart(now: Instant, counters: UartCounters): void {
    for (const [error, kind] of Object.entries(UART_EVENTS) as [keyof UartCounters, LineEventKind][]) {
      const more = counters[error] - (this.#uart?.[error] ?? 0);
      if (more > 0) this.#raw(now, kind, new Uint8Array(0), `${more} more ${error} errors`);
    }
    this.#uart = counters;
  }

  #passed(now: Instant, direction: Direction, bytes: Uint8Array, finder: FrameFinder): void {
    this.#raw(now, direction, bytes);
    if (this.#options.captured !== 'line') this.#add(direction, finder.take(now, bytes));
  }

  #add(direction: Direction, found: readonly Found[]): void {
    const { writer, firstInterface, origin } = this.#options;
    for (const { at, bytes, comment } of found) {
      const about = comment === undefined ? {} : { comment };
      writer.add({ port: firstInterface, time: origin + at, direction, bytes, ...about });
    }
  }

  #raw(now: Instant, kind: LineEventKind, bytes: Uint8Array, comment?: string): void {
    const { writer, captured, firstInterface, origin } = this.#options;
    if (captured === 'frames') return;
    const time = origin + now;
    writer.add({
      port: captured === 'both' ? firstInterface + 1 : firstInterface,
      time,
      direction: kind === 'sent' ? 'sent' : 'received',
      bytes: rtacPacket(time, kind, this.#lines, bytes),
      ...(comment === undefined ? {} : { comment }),
    });
  }
}

/** One frame, or one stretch of damage with what is known about it. */
interface Found {
  readonly at: Instant;
  readonly bytes: Uint8Array;
  readonly comment: string | undefined;
}

/** Frames of one direction, with the bytes of those that are damaged. */
class FrameFinder {
  readonly #deframer = new Deframer();
  #kept: Uint8Array = new Uint8Array(0);
  /** Where `#kept` begins in the stream. */
  #keptFrom = 0;

  take(now: Instant, bytes: Uint8Array): readonly Found[] {
    const found: Found[] = [];
    // In pieces: what a loss spans must still be kept when the deframer reports it.
    for (let at = 0; at < bytes.length; at += KEPT_SIZE_MAX / 2) {
      const piece = bytes.subarray(at, at + KEPT_SIZE_MAX / 2);
      this.#keep(piece);
      this.#deframer.receive(now, piece);
      found.push(...this.#drain());
    }
    return found;
  }

  gap(now: Instant): readonly Found[] {
    this.#deframer.gap(now);
    return this.#drain();
  }

  #keep(piece: Uint8Array): void {
    const all = Buffer.concat([this.#kept, piece]);
    this.#keptFrom += Math.max(0, all.length - KEPT_SIZE_MAX);
    this.#kept = all.subarray(Math.max(0, all.length - KEPT_SIZE_MAX));
  }

  #drain(): readonly Found[] {
    const found: Found[] = [];
    for (let event = this.#deframer.next(); event; event = this.#deframer.next()) {
      found.push(event.type === 'frame' ? whole(event) : this.#damaged(event));
    }
    return found;
  }

  #damaged(event: DamageEvent): Found {
    const from = event.offset - this.#keptFrom;
    const isKept = from >= 0 && from + event.length <= this.#kept.length;
    const bytes = isKept ? this.#kept.slice(from, from + event.length) : event.sample;
    return { at: event.at, bytes, comment: damageText(event) };
  }
}

function whole({ at, message }: FrameEvent): Found {
  return { at, bytes: encodeFrame(message), comment: undefined };
}

/** What is known of a loss, in words: the comment of its packet. */
function damageText({ cause, length, offset, frameSize, bit }: DamageEvent): string {
  const of = frameSize === undefined ? '' : ` of a frame of ${frameSize}`;
  const where = bit === undefined ? '' : `; bit ${bit % 8} of byte ${Math.floor(bit / 8)} is inverted`;
  return `damaged: ${cause}, ${length} bytes${of} from byte ${offset} on${where}`;
}
