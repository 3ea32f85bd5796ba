/** One end of a cross-wired line: receive buffer, flow control and outputs of a UART and its driver. Knows no other end. */
import type { Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Channel } from './channel.ts';

/** The characters of software flow control: DC1 and DC3 of ASCII. */
export const XON = 0x11;
export const XOFF = 0x13;

/** How a UART is set. */
export interface UartSettings {
  readonly line: LineSettings;
  /** Sends only while CTS is on, and takes RTS off while its receive buffer is nearly full. */
  readonly rtscts: boolean;
  /** Obeys XON and XOFF, which then are no data. */
  readonly xon: boolean;
  /** Sends XOFF when its receive buffer is nearly full, and XON when there is room again. */
  readonly xoff: boolean;
}

/** Why a channel is held. */
const CTS = 'cts';
const STOPPED = 'xoff';
const BREAK = 'break';

/** What {@link CrossWiredLine} joins two of. */
export class Uart {
  settings: UartSettings;
  readonly #out: Channel;
  readonly #in: Channel;
  readonly #buffer = new ByteQueue();
  readonly #capacity: number;
  #open = false;
  #outputs = { dtr: false, rts: false, brk: false };
  /** True while the receive buffer is nearly full and the other end was asked to stop. */
  #full = false;

  /** Sends through `out`, hears through `incoming`, and holds up to `capacity` bytes. */
  constructor(line: LineSettings, out: Channel, incoming: Channel, capacity: number) {
    this.settings = { line, rtscts: false, xon: false, xoff: false };
    this.#out = out;
    this.#in = incoming;
    this.#capacity = capacity;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get dtr(): boolean {
    return this.#outputs.dtr;
  }

  /** RTS as the other end sees it. */
  get rts(): boolean {
    return this.#outputs.rts && !(this.settings.rtscts && this.#full);
  }

  get readable(): number {
    return this.#buffer.length;
  }

  open(settings: UartSettings): void {
    this.settings = settings;
    this.#open = true;
    this.#outputs = { dtr: true, rts: true, brk: false };
  }

  close(now: Instant): void {
    this.#open = false;
    this.#outputs = { dtr: false, rts: false, brk: false };
    this.#full = false;
    this.#buffer.clear();
    this.#out.clear(now);
    for (const reason of [CTS, STOPPED, BREAK]) this.#out.release(now, reason);
  }

  set(
    now: Instant,
    outputs: { readonly dtr?: boolean; readonly rts?: boolean; readonly brk?: boolean },
  ): void {
    const before = this.#outputs.brk;
    this.#outputs = { ...this.#outputs, ...outputs };
    if (this.#outputs.brk === before) return;
    if (this.#outputs.brk) {
      this.#out.hold(now, BREAK);
      this.#out.sendBreak(now);
    } else {
      this.#out.release(now, BREAK);
    }
  }

  /** Takes in what has arrived. */
  hear(now: Instant): void {
    const arrived = this.#in.poll(now);
    if (arrived === undefined || !this.#open) return;
    const data = this.settings.xon ? this.#withoutControls(now, arrived) : arrived;
    const room = this.#capacity - this.#buffer.length;
    if (data.length > room) this.#in.overrun(now, data.length - room);
    this.#buffer.append(data.subarray(0, room));
    this.#judgeRoom(now);
  }

  read(now: Instant, max: number): Uint8Array {
    const bytes = this.#buffer.take(max).slice();
    this.#judgeRoom(now);
    return bytes;
  }

  /** Sends or not, as CTS says. */
  obey(now: Instant, cts: boolean): void {
    if (this.settings.rtscts && !cts && this.#open) this.#out.hold(now, CTS);
    else this.#out.release(now, CTS);
  }

  /** XON and XOFF are obeyed and taken out. */
  #withoutControls(now: Instant, bytes: Uint8Array): Uint8Array {
    const data = bytes.filter((byte) => byte !== XON && byte !== XOFF);
    if (data.length === bytes.length) return bytes;
    const last = bytes.findLast((byte) => byte === XON || byte === XOFF);
    if (last === XOFF) this.#out.hold(now, STOPPED);
    else this.#out.release(now, STOPPED);
    return data;
  }

  /** Asks the other end to stop above three quarters of the buffer, and to go on below one. */
  #judgeRoom(now: Instant): void {
    const held = this.#buffer.length;
    const full = this.#full ? held * 4 > this.#capacity : held * 4 > this.#capacity * 3;
    if (full === this.#full) return;
    this.#full = full;
    if (this.settings.xoff) this.#out.sendControl(now, full ? XOFF : XON);
  }
}
