/** Watches what two connections put on their line: the window is kept, acknowledgments and keep-alives come in time. Changes nothing. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { distance, WINDOW_FRAMES } from '../base/sequence.ts';
import {
  PACKET_CONTROL_END_STREAM,
  PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
  PACKET_CONTROL_RETRY,
} from '../wire/flags.ts';
import { decodeTransport, type TransportPacket } from '../wire/transport-packet.ts';
import type { Tap } from './tapped.ts';

/** An acknowledgment may wait for others that long. [MC-DPL8R] 3.1.6.5 */
const ACKNOWLEDGE: Duration = 100 * MILLISECOND;
/** After so long without hearing anything an end speaks. [MS-DPDX] 3.1.2.4 */
const KEEP_ALIVE: Duration = 25 * SECOND;

/** Complaints of one end that are kept. */
const COMPLAINTS_MAX = 10;

/** What is watched at one end. */
export interface Watched {
  readonly name: string;
  /** Whether the connection stands, now. */
  readonly isConnected: () => boolean;
  /** How long a machine may have to wait for room on its line: what is ahead of the wire, and the largest frame. */
  readonly patience: Duration;
}

/** Everything that one end has said, by two hashes of its bytes, so that what arrives can be told from what noise made up. */
export class Spoken {
  readonly #hashes = new Set<number>();

  add(bytes: Uint8Array): void {
    this.#hashes.add(hash(bytes));
  }

  has(bytes: Uint8Array): boolean {
    return this.#hashes.has(hash(bytes));
  }
}

/** One end's side of the line. */
export class WireWatch {
  readonly complaints: string[] = [];
  /** Frames that arrived intact and were never sent: noise that passed both CRCs. */
  forged = 0;

  readonly #watched: Watched;
  readonly #spoken: Spoken;
  readonly #heard: Spoken;
  readonly #onForged: () => void;
  /** How many numbers were used, and how many of them the partner has acknowledged in sequence. */
  #used = 0;
  #acknowledged = 0;
  #acknowledgeBy: Instant | undefined;
  #speakBy: Instant | undefined;

  /** `spoken` takes what this end sends; `heard` holds what the other end sent; `onForged` is told of frames that it did not. */
  constructor(watched: Watched, spoken: Spoken, heard: Spoken, onForged: () => void) {
    this.#watched = watched;
    this.#spoken = spoken;
    this.#heard = heard;
    this.#onForged = onForged;
  }

  /** To be put between the framing and the connection. */
  readonly tap: Tap = (now, direction, { body }) => {
    if (direction === 'sent') this.#sent(now, body);
    else this.#received(now, body);
  };

  /** A new connection begins, or the host slept: nothing is due. */
  restart(): void {
    this.#used = 0;
    this.#acknowledged = 0;
    this.excuse();
  }

  /** Nothing is due: the host slept, or the connection ends. */
  excuse(): void {
    this.#acknowledgeBy = undefined;
    this.#speakBy = undefined;
  }

  /** Complains about what is overdue at `now`. */
  check(now: Instant): void {
    if (!this.#watched.isConnected()) this.excuse();
    if (this.#acknowledgeBy !== undefined && now > this.#acknowledgeBy) {
      this.#complain(`an acknowledgment is ${now - this.#acknowledgeBy} us late at ${now}`);
    }
    if (this.#speakBy !== undefined && now > this.#speakBy) {
      this.#complain(`a keep-alive is ${now - this.#speakBy} us late at ${now}`);
    }
  }

  #sent(now: Instant, body: Uint8Array): void {
    this.#spoken.add(body);
    const packet = decodeTransport(body);
    if (packet.name !== 'TRANS_USERDATA_HEADER' && packet.name !== 'TRANS_COMMAND_SACK') return;
    this.check(now);
    this.#acknowledgeBy = undefined;
    if (this.#speakBy !== undefined) this.#speakBy = now + KEEP_ALIVE + this.#watched.patience;
    if (packet.name === 'TRANS_USERDATA_HEADER') this.#checkWindow(packet.bSeq, packet.bControl);
  }

  #checkWindow(sequence: number, control: number): void {
    if ((control & PACKET_CONTROL_RETRY) === 0) {
      if (sequence !== (this.#used & 0xff)) this.#complain(`frame ${sequence} where ${this.#used} follows`);
      this.#used++;
    } else if (distance(sequence, this.#used & 0xff) > 2 * WINDOW_FRAMES) {
      this.#complain(`frame ${sequence} repeated, far from ${this.#used}`);
    }
    const outstanding = this.#used - this.#acknowledged;
    if (outstanding > WINDOW_FRAMES) this.#complain(`${outstanding} frames are outstanding`);
  }

  #received(now: Instant, body: Uint8Array): void {
    const packet = decodeTransport(body);
    if (!this.#heard.has(body)) {
      this.forged++;
      this.#onForged();
    }
    if (packet.name !== 'TRANS_USERDATA_HEADER' && packet.name !== 'TRANS_COMMAND_SACK') return;
    const acknowledged = this.#acknowledged + distance(this.#acknowledged & 0xff, packet.bNRcv);
    if (acknowledged <= this.#used) this.#acknowledged = acknowledged;
    if (!this.#watched.isConnected()) return;
    this.#speakBy = now + KEEP_ALIVE + this.#watched.patience;
    if (wantsAcknowledgment(packet)) {
      this.#acknowledgeBy ??= now + ACKNOWLEDGE + this.#watched.patience;
    }
  }

  #complain(text: string): void {
    if (this.complaints.length < COMPLAINTS_MAX) this.complaints.push(`${this.#watched.name}: ${text}`);
    this.excuse();
  }
}

/** Data frames are acknowledged; a keep-alive may be another session's, and the end of a stream has rules of its own. */
function wantsAcknowledgment(packet: TransportPacket): boolean {
  const special = PACKET_CONTROL_END_STREAM | PACKET_CONTROL_KEEPALIVE_OR_CORRELATE;
  return packet.name === 'TRANS_USERDATA_HEADER' && (packet.bControl & special) === 0;
}

/** Two FNV-1a hashes of 32 and 20 bits as one number. */
function hash(bytes: Uint8Array): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c ^ bytes.length;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ bytes[i]!, 0x5bd1e995);
  }
  return (a >>> 0) * 0x10_0000 + ((b >>> 0) & 0xf_ffff);
}
