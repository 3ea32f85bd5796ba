/** One connection on a test bench: packets put in by hand, everything it sends and reports recorded with its time. */
import type { Instant } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import type { ConnectionOptions } from '../../src/transport/connection-options.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import {
  type DataPacket,
  decodeTransport,
  type SackPacket,
  type TransportPacket,
} from '../../src/wire/transport-packet.ts';

export interface Sent {
  readonly at: Instant;
  readonly bytes: Uint8Array;
  readonly packet: TransportPacket;
}

export const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
export const bytesOf = (text: string) =>
  Uint8Array.from(text.trim().split(/\s+/), (byte) => parseInt(byte, 16));
/** Bytes of a text, one each. */
export const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** A little-endian 32-bit word in hex. */
export const word = (value: number) => hex(Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24));

export class LoneEnd {
  readonly connection: Connection;
  readonly sent: Sent[] = [];
  readonly events: ConnectionEvent[] = [];
  now: Instant = 0;

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.connection = new Connection({ random: new Random('lone end'), ...options });
  }

  /** Puts a packet in, as hex, and lets the connection answer at this instant. */
  receive(text: string): this {
    this.connection.receive(this.now, bytesOf(text));
    return this.settle();
  }

  /** Gives a command and lets the connection act on it. */
  command(action: (connection: Connection, now: Instant) => void): this {
    action(this.connection, this.now);
    return this.settle();
  }

  /** Runs to `until`, stopping at every deadline on the way. */
  run(until: Instant): this {
    for (;;) {
      const { deadline } = this.connection;
      if (deadline === undefined || deadline > until) break;
      this.now = Math.max(this.now, deadline);
      this.connection.expire(this.now);
      this.settle();
    }
    this.now = Math.max(this.now, until);
    return this;
  }

  /** Takes what the connection sends and reports now. */
  settle(): this {
    for (let count = 0; ; count++) {
      const bytes = this.connection.poll(this.now);
      if (bytes === undefined) break;
      const packet = decodeTransport(bytes);
      if (isMalformed(packet)) throw new Error(`sent a malformed packet: ${hex(bytes)}`);
      this.sent.push({ at: this.now, bytes, packet });
      if (count > 1000) throw new Error('sends without end');
    }
    for (let event = this.connection.next(); event !== undefined; event = this.connection.next()) {
      this.events.push(event);
    }
    return this;
  }

  /** Forgets what was sent and reported so far. */
  forget(): this {
    this.sent.length = 0;
    this.events.length = 0;
    return this;
  }

  /** What was sent since, as hex. */
  get hex(): string[] {
    return this.sent.map(({ bytes }) => hex(bytes));
  }

  get frames(): (DataPacket & { at: Instant })[] {
    return this.sent.flatMap(({ at, packet }) =>
      packet.name === 'TRANS_USERDATA_HEADER' ? [{ ...packet, at }] : [],
    );
  }

  get sacks(): (SackPacket & { at: Instant })[] {
    return this.sent.flatMap(({ at, packet }) =>
      packet.name === 'TRANS_COMMAND_SACK' ? [{ ...packet, at }] : [],
    );
  }

  /** Payloads of the messages reported since, as text. */
  get messages(): string[] {
    return this.events.flatMap((event) =>
      event.type === 'message' ? [String.fromCharCode(...event.payload)] : [],
    );
  }

  of<T extends ConnectionEvent['type']>(type: T): Extract<ConnectionEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<ConnectionEvent, { type: T }> => event.type === type);
  }
}

/** dwSessID that the partner in these tests chooses. */
export const SESSION = 0x79c9aec6;

/**
 * A connection that has accepted a CONNECT of `version`, with both keep-alives exchanged and acknowledged: both
 * sides' next number is 1, and the round trip was measured as `roundTrip`.
 */
export function established(
  options: Partial<ConnectionOptions> & { partnerVersion?: number; roundTrip?: number } = {},
): LoneEnd {
  const { partnerVersion = options.version ?? 0x00010000, roundTrip = 40_000, ...rest } = options;
  const end = new LoneEnd(rest);
  end.now = 1_000_000;
  end.command((connection, now) => connection.listen(now));
  end.receive(`88 01 00 00 ${word(partnerVersion)} ${word(SESSION)} 00 00 00 00`);
  end.run(end.now + roundTrip);
  end.receive(`80 02 01 00 ${word(partnerVersion)} ${word(SESSION)} 00 00 00 00`);
  end.run(end.now + roundTrip);
  end.receive('3f 02 00 01');
  return end.forget();
}
