/** CONNECT and CONNECT_ACCEPT: numbers, versions, dwSessID, retries. Which of them is due in which state, the state table says. */
import type { Instant } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { ConnectAcceptPacket, ConnectPacket } from '../wire/transport-packet.ts';
import type { ConnectionSettings } from './connection-options.ts';
import type { Stimulus } from './connection-state.ts';
import type { RoundTrip } from './round-trip.ts';
import { connectInterval, TIMER, type Timers } from './timing.ts';
import { coalesces, common, isSupported } from './version.ts';

/** Why a packet is disregarded before its meaning counts. */
export interface Refusal {
  readonly section: string;
  readonly text: string;
}

/** bCommand of CONNECT and of the CONNECT_ACCEPT that answers it. [MS-DPDX] 2.2.7, 2.2.8 */
const POLLED = 0x88;
/** bCommand of the CONNECT_ACCEPT that completes the handshake. [MS-DPDX] 2.2.8 */
const UNPOLLED = 0x80;
/** What an answer takes on the line beside the packet it answers, in packets of this size. */
const PACKET_SIZE = 16;
/** Packets that may stand between a handshake packet and its answer: the answer, and one before it. */
const PACKETS_BETWEEN = 2;

/** The tick count that packets carry: milliseconds, 32 bits. [MS-DPDX] 2.2.7 */
export function tickCount(now: Instant): number {
  return Math.floor(now / 1000) % 2 ** 32;
}

/** One side's part of the three packets. [MS-DPDX] 2.2.7, 2.2.8, 3.1.2.1, 3.1.5.1, 3.1.6.1 */
export class Handshake {
  readonly #settings: ConnectionSettings;
  readonly #timers: Timers;
  readonly #roundTrip: RoundTrip;
  /** Numbers all command frames of this side but SACKs (CON-6). */
  #messageId = 0;
  #sessionId = 0;
  #version: number;
  #role: 'connecting' | 'accepting' = 'connecting';
  /** The packet under way is to be sent, as its first or next transmission. */
  #isDue = false;
  /** CONNECT_ACCEPT is to be sent because its CONNECT came again. */
  #isRepeatDue = false;
  #isFinalDue = false;
  #finalDeparted: Instant | undefined;
  #attempts = 0;
  #answered = 0;
  /** When the packet with each bMsgID left, until it is answered. */
  readonly #departed: (Instant | undefined)[] = [];

  constructor(settings: ConnectionSettings, timers: Timers, roundTrip: RoundTrip) {
    this.#settings = settings;
    this.#timers = timers;
    this.#roundTrip = roundTrip;
    this.#version = settings.version;
  }

  /** dwSessID; 0 before the handshake. */
  get sessionId(): number {
    return this.#sessionId;
  }

  /** The lower of the two announced versions; ours until the partner's is known (VER-3). */
  get version(): number {
    return this.#version;
  }

  /** Draws dwSessID, never 0, and has CONNECT sent. [MS-DPDX] 2.2.7 */
  connect(random: Random, sessionId: number | undefined): void {
    this.#role = 'connecting';
    this.#sessionId = sessionId ?? random.below(0xffffffff) + 1;
    this.#isDue = true;
  }

  /** Has CONNECT_ACCEPT sent, for the first time or again. */
  accept(packet: ConnectPacket): void {
    this.#answered = packet.bMsgID;
    if (this.#role === 'accepting') {
      this.#isRepeatDue = true;
      return;
    }
    this.#role = 'accepting';
    this.#sessionId = packet.dwSessID;
    this.#version = common(this.#settings.version, packet.dwCurrentProtocolVersion);
    this.#isDue = true;
  }

  /** The answer has come: takes version and round trip from it. */
  complete(now: Instant, packet: ConnectAcceptPacket): void {
    this.#version = common(this.#settings.version, packet.dwCurrentProtocolVersion);
    const departed = this.#departed[packet.bRspId];
    if (departed !== undefined) this.#roundTrip.sample(departed, now);
    this.#departed.length = 0;
    this.stop();
  }

  /** Has the CONNECT_ACCEPT sent that acknowledges the partner's. */
  acknowledge(packet: ConnectAcceptPacket): void {
    this.#answered = packet.bMsgID;
    this.#isFinalDue = true;
  }

  /** Whether a CONNECT_ACCEPT that comes again at `now` shows that our acknowledgment was lost, and not only under way (CON-5). */
  isFinalLost(now: Instant): boolean {
    return this.#finalDeparted !== undefined && now >= this.#finalDeparted + this.#roundTrip.smoothed;
  }

  /** Sends nothing more of its own accord. */
  stop(): void {
    this.#isDue = false;
    this.#isRepeatDue = false;
    this.#timers.cancel(TIMER.connect);
  }

  /** Back to before the first packet: the next CONNECT is a new attempt. [MS-DPDX] 3.1.6.1 */
  reset(): void {
    this.stop();
    this.#role = 'connecting';
    this.#attempts = 0;
    this.#messageId = 0;
    this.#sessionId = 0;
    this.#departed.length = 0;
    this.#version = this.#settings.version;
  }

  /** What a received packet means here, or why it is disregarded. [MS-DPDX] 2.2.7, 2.2.8 */
  classify(packet: ConnectPacket | ConnectAcceptPacket): Stimulus | Refusal {
    const isConnect = packet.name === 'TRANS_COMMAND_CONNECT';
    const section = isConnect ? '2.2.7' : '2.2.8';
    const version = packet.dwCurrentProtocolVersion;
    if (!isSupported(version)) return { section, text: `announces version 0x${version.toString(16)}` };
    if (isConnect) {
      if (packet.dwSessID === 0 && coalesces(version)) return { section, text: 'CONNECT with dwSessID 0' };
      const isRepeat = this.#role === 'accepting' && packet.dwSessID === this.#sessionId;
      return isRepeat ? 'CONNECT repeated' : 'CONNECT';
    }
    if (packet.dwSessID !== this.#sessionId) return 'CONNECT_ACCEPT foreign';
    return packet.bCommand === POLLED ? 'CONNECT_ACCEPT' : 'CONNECT_ACCEPT unpolled';
  }

  /** The packet that is due, if any. */
  poll(now: Instant): ConnectPacket | ConnectAcceptPacket | undefined {
    if (this.#isFinalDue) {
      this.#isFinalDue = false;
      this.#finalDeparted = this.#roundTrip.depart(now, PACKET_SIZE);
      return this.#accept(now, UNPOLLED);
    }
    if (!this.#isDue && !this.#isRepeatDue) return undefined;
    const isRetry = this.#isDue;
    this.#isDue = false;
    this.#isRepeatDue = false;
    const departed = this.#roundTrip.depart(now, PACKET_SIZE);
    this.#departed[this.#messageId] = departed;
    if (isRetry) {
      const line = Math.ceil(PACKETS_BETWEEN * this.#settings.lineTime(PACKET_SIZE));
      this.#timers.set(
        TIMER.connect,
        departed + connectInterval(this.#settings.timing, this.#attempts) + line,
      );
      this.#attempts++;
    }
    return this.#role === 'connecting' ? this.#connect(now) : this.#accept(now, POLLED);
  }

  /** Has the packet under way sent again when its time is over; returns true when that was the last time. [MS-DPDX] 3.1.6.1 */
  expire(now: Instant): boolean {
    if (!this.#timers.expired(TIMER.connect, now)) return false;
    if (this.#attempts > this.#settings.timing.connectRetries) return true;
    this.#isDue = true;
    return false;
  }

  /** bMsgID for the next command frame that is no SACK (CON-6). */
  nextMessageId(): number {
    const id = this.#messageId;
    this.#messageId = (id + 1) & 0xff;
    return id;
  }

  #connect(now: Instant): ConnectPacket {
    return {
      name: 'TRANS_COMMAND_CONNECT',
      bCommand: POLLED,
      bMsgID: this.nextMessageId(),
      dwCurrentProtocolVersion: this.#settings.version,
      dwSessID: this.#sessionId,
      tTimestamp: tickCount(now),
    };
  }

  #accept(now: Instant, bCommand: number): ConnectAcceptPacket {
    return {
      name: 'TRANS_COMMAND_CONNECT_ACCEPT',
      bCommand: bCommand as ConnectAcceptPacket['bCommand'],
      bMsgID: this.nextMessageId(),
      bRspId: this.#answered,
      dwCurrentProtocolVersion: this.#settings.version,
      dwSessID: this.#sessionId,
      tTimestamp: tickCount(now),
    };
  }
}
