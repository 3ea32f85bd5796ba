/** Data both ways on an established connection: reads and builds data frames and SACKs. Knows no handshake and no states. */
import type { Instant } from '../base/instant.ts';
import {
  PACKET_COMMAND_POLL,
  PACKET_CONTROL_COALESCE,
  PACKET_CONTROL_KEEPALIVE_OR_CORRELATE,
  PACKET_CONTROL_RETRY,
} from '../wire/flags.ts';
import { type DataPacket, encodeTransport, type SackPacket } from '../wire/transport-packet.ts';
import { Acknowledgment } from './acknowledgment.ts';
import type { ConnectionSettings } from './connection-options.ts';
import { Delivery } from './delivery.ts';
import type { EventQueue } from './event-queue.ts';
import { tickCount } from './handshake.ts';
import { Mask } from './mask.ts';
import type { OutgoingFrame } from './outgoing-frame.ts';
import { Receiver } from './receiver.ts';
import type { RoundTrip } from './round-trip.ts';
import { Sender } from './sender.ts';
import { TIMER, type Timers } from './timing.ts';
import { coalesces, keepAliveHasSession, marksKeepAlive } from './version.ts';

/** Size of dwSessID in a keep-alive. [MS-DPDX] 2.2.22 */
const SESSION_ID_SIZE = 4;

/** The sending and the receiving half and what passes between them: acknowledgments and masks. [MS-DPDX] 2.2.9, 2.2.17, 3.1.5.8 to 3.1.5.13 */
export class Stream {
  readonly sender: Sender;
  /** Counters. */
  framesReceived = 0;
  sacksSent = 0;
  sacksReceived = 0;
  duplicates = 0;

  readonly #settings: ConnectionSettings;
  readonly #timers: Timers;
  readonly #roundTrip: RoundTrip;
  readonly #events: EventQueue;
  readonly #delivery: Delivery;
  readonly #receiver: Receiver;
  readonly #acknowledgment: Acknowledgment;
  readonly #sackMask = new Mask();
  readonly #sendMask = new Mask();
  #version = 0;
  #sessionId = 0;
  #isConfirmed = false;

  constructor(settings: ConnectionSettings, timers: Timers, roundTrip: RoundTrip, events: EventQueue) {
    this.#settings = settings;
    this.#timers = timers;
    this.#roundTrip = roundTrip;
    this.#events = events;
    this.sender = new Sender(settings, roundTrip, events);
    this.#delivery = new Delivery(events, settings.messageSizeMax);
    this.#receiver = new Receiver(this.#delivery);
    this.#acknowledgment = new Acknowledgment(settings.timing, timers);
  }

  /** Whether the partner showed that it considers the connection established. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** Whether the partner's END_OF_STREAM had its turn. */
  get partnerHasEnded(): boolean {
    return this.#delivery.hasEnded;
  }

  /** Whether both streams have ended, ours acknowledged, and the partner's answered. */
  get isFinished(): boolean {
    return this.sender.hasEnded && this.#delivery.hasEnded && !this.#acknowledgment.isDedicated;
  }

  /** Whether the partner exceeded the largest message. */
  get isBeyondLimit(): boolean {
    return this.#delivery.isBeyondLimit;
  }

  /** Frames held for those before them, 0..63. */
  get held(): number {
    return this.#receiver.held;
  }

  /** Bytes of the frames held and of the message under assembly. */
  get heldBytes(): number {
    return this.#receiver.heldBytes + this.#delivery.assembling;
  }

  get deadline(): Instant | undefined {
    return this.sender.deadline;
  }

  /** Begins with what the handshake agreed on; both sides send a keep-alive unasked (KEP-1). */
  begin(version: number, sessionId: number): void {
    this.#version = version;
    this.#sessionId = sessionId;
    this.#delivery.version = version;
    this.sender.mayCoalesce = coalesces(version);
    this.keepAlive(true);
  }

  /** Queues a keep-alive, in front of everything or behind, in the format of the common version (KEP-2). [MS-DPDX] 2.2.22 */
  keepAlive(isFirst = false): void {
    const payload = new Uint8Array(keepAliveHasSession(this.#version) ? SESSION_ID_SIZE : 0);
    for (let i = 0; i < payload.length; i++) payload[i] = Math.floor(this.#sessionId / 256 ** i);
    this.sender.queue.addKeepAlive(payload, isFirst);
  }

  /** Has END_OF_STREAM answered: four SACKs, or another one for a repeat of it (DIS-1, DIS-2). */
  answerEndOfStream(copies?: number): void {
    this.#acknowledgment.endOfStream(copies);
  }

  /** Takes a data frame of `size` bytes; false if it does not count as received. [MS-DPDX] 3.1.5.8 to 3.1.5.13 */
  receiveData(now: Instant, packet: DataPacket, size: number): boolean {
    const { bCommand, bControl, bSeq, payload } = packet;
    if (!this.#isOurKeepAlive(bControl, payload)) {
      this.#events.violation('2.2.22', 'keep-alive with a dwSessID that is not ours');
      return false;
    }
    this.framesReceived++;
    this.#roundTrip.partnerSent(size);
    if (this.#receiver.isInRange(bSeq)) {
      this.#acknowledge(now, packet);
      this.#receiver.release(bSeq, this.#sendMask.fill(packet.dwSendMask1, packet.dwSendMask2));
    }
    const arrival = this.#receiver.accept(bSeq, bCommand, bControl, payload);
    const isRetry = (bControl & PACKET_CONTROL_RETRY) !== 0;
    const isPolled = (bCommand & PACKET_COMMAND_POLL) !== 0;
    this.#acknowledgment.received(now, arrival, isPolled, isRetry, this.#receiver.hasGap);
    if (arrival === 'outOfRange') {
      const text = `bSeq ${bSeq} where ${this.#receiver.expected} is expected`;
      this.#events.violation('3.1.5.10', text);
      return false;
    }
    if (arrival === 'duplicate') this.duplicates++;
    this.#checkVersion(bControl);
    return true;
  }

  /** Takes a SACK; false if it does not count as received. [MS-DPDX] 3.1.5.11 to 3.1.5.13 */
  receiveSack(now: Instant, packet: SackPacket): boolean {
    this.sacksReceived++;
    if (!this.#acknowledge(now, packet)) return false;
    const mask = this.#sendMask.fill(packet.dwSendMask1, packet.dwSendMask2);
    if (this.#receiver.release(packet.bNSeq, mask)) this.#acknowledgment.released(now);
    return true;
  }

  expire(now: Instant): void {
    this.#acknowledgment.expire(now);
    this.sender.expire(now);
    if (this.sender.window.takeMaskWanted()) {
      this.#timers.setEarlier(TIMER.sendMask, now + this.#settings.timing.sendMask);
    }
  }

  /** SACKs that nothing can stand for; frames, unless `sackOnly`; SACKs that no frame made unnecessary. */
  poll(now: Instant, sackOnly: boolean): Uint8Array | undefined {
    // Our END_OF_STREAM before the SACKs that answer the partner's: its answer to ours decides when all is over (DIS-1).
    if (this.#acknowledgment.isDedicated && (sackOnly || !this.sender.isEndNext))
      return this.#sack(now, true);
    const frame = sackOnly ? undefined : this.sender.take();
    if (frame !== undefined) return this.#data(now, frame);
    return this.#acknowledgment.isUrgent ? this.#sack(now, false) : undefined;
  }

  /** Gives up what is queued, sent, or waits behind a gap. */
  discard(): void {
    this.sender.discard();
    this.#receiver.discard();
    this.#acknowledgment.discard();
  }

  #data(now: Instant, frame: OutgoingFrame): Uint8Array {
    const sack = this.#receiver.sackMask(this.#sackMask);
    const cancel = this.sender.window.sendMask(frame.sequence, this.#sendMask);
    const bCommand = this.sender.commandOf(frame);
    const bytes = encodeTransport({
      name: 'TRANS_USERDATA_HEADER',
      bCommand,
      bControl: this.sender.controlOf(frame),
      bSeq: frame.sequence,
      bNRcv: this.#receiver.expected,
      dwSACKMask1: sack.low || undefined,
      dwSACKMask2: sack.high || undefined,
      dwSendMask1: cancel.low || undefined,
      dwSendMask2: cancel.high || undefined,
      payload: frame.payload,
    });
    this.sender.sent(now, frame, bytes.length, (bCommand & PACKET_COMMAND_POLL) !== 0);
    this.#acknowledgment.sent(false);
    return bytes;
  }

  #sack(now: Instant, isDedicated: boolean): Uint8Array {
    const { next } = this.sender.window;
    const sack = this.#receiver.sackMask(this.#sackMask);
    const cancel = this.sender.window.sendMask(next, this.#sendMask);
    const bytes = encodeTransport({
      name: 'TRANS_COMMAND_SACK',
      bCommand: 0x80,
      bRetry: this.#acknowledgment.wasRetry ? 1 : 0,
      bNSeq: next,
      bNRcv: this.#receiver.expected,
      tTimestamp: tickCount(now),
      dwSACKMask1: sack.low || undefined,
      dwSACKMask2: sack.high || undefined,
      dwSendMask1: cancel.low || undefined,
      dwSendMask2: cancel.high || undefined,
    });
    this.#roundTrip.depart(now, bytes.length);
    this.#acknowledgment.sent(isDedicated);
    this.sacksSent++;
    return bytes;
  }

  /** Takes bNRcv and the SACK mask; false if they name what was never sent, and count for nothing (DFR-8). */
  #acknowledge(now: Instant, packet: DataPacket | SackPacket): boolean {
    const mask = this.#sackMask.fill(packet.dwSACKMask1, packet.dwSACKMask2);
    const outcome = this.sender.window.acknowledge(now, packet.bNRcv, mask);
    if (outcome === 'impossible') {
      this.#events.violation('3.1.5.11', `bNRcv ${packet.bNRcv} or its mask names what was never sent`);
      return false;
    }
    this.#isConfirmed = true;
    if (outcome === 'valid') this.sender.progressed();
    return true;
  }

  /** A keep-alive with four bytes or more must begin with our dwSessID, from version 1.5 on (KEP-3). [MS-DPDX] 2.2.22 */
  #isOurKeepAlive(bControl: number, payload: Uint8Array): boolean {
    if ((bControl & PACKET_CONTROL_KEEPALIVE_OR_CORRELATE) === 0) return true;
    if (!marksKeepAlive(this.#version) || payload.length < SESSION_ID_SIZE) return true;
    const id = payload[0]! + payload[1]! * 0x100 + payload[2]! * 0x10000 + payload[3]! * 0x1000000;
    return id === this.#sessionId;
  }

  /** Bits of bControl whose meaning depends on the common version (VER-3). [MS-DPDX] 2.2.17 */
  #checkVersion(bControl: number): void {
    if ((bControl & PACKET_CONTROL_KEEPALIVE_OR_CORRELATE) !== 0 && !marksKeepAlive(this.#version)) {
      this.#acknowledgment.correlate();
    }
    if ((bControl & PACKET_CONTROL_COALESCE) !== 0 && !coalesces(this.#version)) {
      this.#events.violation('2.2.7', 'coalesced frame below version 1.5');
    }
  }
}
