/** One direction of a virtual null-modem: bytes from one pty through a channel into the other. Has no timer: it is told the time. */
import type { Instant } from '../base/instant.ts';
import { charactersPerSecond, type LineSettings } from '../base/line-settings.ts';
import type { Channel } from '../line/channel.ts';
import type { Pty } from './pty.ts';
import type { TerminalSettings } from './terminal.ts';

/** Line time that is read ahead of the wire, so that it stays busy while a timer is late. */
const AHEAD_SECONDS = 0.02;
/** Least number of bytes read ahead: a small UART's FIFO. */
const AHEAD_MIN_BYTES = 16;
/** Pieces that one look reads at most: far more than the kernel holds. */
const PIECES_MAX = 1_000;

/** Why a sender is held. */
const FULL = 'receiver full';

/** What passed in one direction of a virtual line. */
export interface Passage {
  /** Bytes taken from the sending port. */
  readonly taken: number;
  /** Bytes given to the receiving port. */
  readonly given: number;
  /** Bytes that arrived while nobody had the receiving port open. */
  readonly unheard: number;
}

/** Moves what is due. The sender is read only as fast as the wire takes it, so that its own queue pushes back. */
export class VirtualDirection {
  readonly channel: Channel;
  readonly #from: Pty;
  readonly #to: Pty;
  readonly #passage = { taken: 0, given: 0, unheard: 0 };
  #buffer = new Uint8Array(AHEAD_MIN_BYTES);
  #ahead = AHEAD_MIN_BYTES;
  /** Bytes that were known to wait in the kernel when `advance` last ended: the wire went on with them. */
  #backlog = 0;
  #last: Instant = 0;
  /** Bytes that the receiver with flow control has not taken. */
  #pending: Uint8Array = new Uint8Array(0);
  #senderPresent = false;

  /** `settings` give the pace, until {@link retune}. */
  constructor(channel: Channel, from: Pty, to: Pty, settings: LineSettings) {
    this.channel = channel;
    this.#from = from;
    this.#to = to;
    this.#resize(settings);
  }

  get passage(): Passage {
    return { ...this.#passage };
  }

  /** Whether anybody had the sending port open when last looked. */
  get senderPresent(): boolean {
    return this.#senderPresent;
  }

  /** Changes the pace and how the two ends are set, from `now` on. */
  retune(now: Instant, sender: LineSettings, receiver: LineSettings): void {
    this.channel.retune(now, sender, receiver);
    this.#resize(sender);
  }

  /**
   * Reads, carries and writes what is due at `now`. `heard` says whether anybody has the receiving port open,
   * `receiver` how it is set. True when anything moved or is under way.
   */
  advance(now: Instant, heard: boolean, receiver: TerminalSettings | null): boolean {
    const taken = this.#passage.taken;
    this.#readUntil(now);
    this.#backlog = this.#from.readable;
    this.#last = now;
    const arrived = this.channel.poll(now);
    if (arrived !== undefined || this.#pending.length > 0) this.#give(now, arrived, heard, receiver);
    return this.#passage.taken > taken || arrived !== undefined || this.channel.deadline !== undefined;
  }

  /** Forgets what is under way: the ports are taken away. */
  drop(now: Instant): void {
    this.channel.clear(now);
    this.channel.release(now, FULL);
  }

  #resize(settings: LineSettings): void {
    this.#ahead = Math.max(AHEAD_MIN_BYTES, Math.ceil(charactersPerSecond(settings) * AHEAD_SECONDS));
    if (this.#buffer.length < this.#ahead) this.#buffer = new Uint8Array(this.#ahead);
  }

  /**
   * Fills the channel. Bytes that were already waiting go out at the moment the wire was ready for them, even if
   * that is past: a late timer or a blocked event loop does not stop a wire. All others start now.
   */
  #readUntil(now: Instant): void {
    for (let pieces = 0; pieces < PIECES_MAX; pieces++) {
      const ready = this.channel.drainedTo(this.#ahead >> 1);
      if (ready === undefined || ready > now) return;
      const at = this.#backlog > 0 ? Math.min(now, Math.max(ready, this.#last)) : now;
      this.channel.expire(at);
      const room = Math.max(0, this.#ahead - this.channel.queued);
      const wanted = at < now ? Math.min(room, this.#backlog) : room;
      if (wanted === 0) return;
      const read = this.#from.read(this.#buffer, wanted);
      this.#senderPresent = read !== undefined;
      if (read === undefined || read === 0) return;
      this.#passage.taken += read;
      this.#backlog = Math.max(0, this.#backlog - read);
      this.channel.receive(at, this.#buffer.subarray(0, read));
    }
  }

  #give(
    now: Instant,
    arrived: Uint8Array | undefined,
    heard: boolean,
    receiver: TerminalSettings | null,
  ): void {
    const bytes = arrived === undefined ? this.#pending : joined(this.#pending, arrived);
    if (!heard) {
      this.#passage.unheard += bytes.length;
      this.#keep(now, new Uint8Array(0));
      return;
    }
    const taken = this.#to.write(bytes);
    this.#passage.given += taken;
    const left = bytes.subarray(taken);
    if (left.length === 0 || receiver?.rtscts || receiver?.xonxoff) {
      this.#keep(now, left);
    } else {
      // No flow control: what a full receiver cannot take is lost, as at a UART.
      this.channel.overrun(now, left.length);
      this.#keep(now, new Uint8Array(0));
    }
  }

  /** Keeps what the receiver could not take; meanwhile the sender is stopped. */
  #keep(now: Instant, left: Uint8Array): void {
    if (left.length > 0 && this.#pending.length === 0) this.channel.hold(now, FULL);
    if (left.length === 0 && this.#pending.length > 0) this.channel.release(now, FULL);
    this.#pending = left.length === 0 ? left : left.slice();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
