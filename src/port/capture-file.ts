/** Reads pcapng captures, ours and others', bounded by their size; what is damaged is said, not thrown. */
import type { CaptureInterface, Direction } from './capture-block.ts';

/** A port of a capture that was read. */
export interface ReadInterface extends CaptureInterface {
  /** Timestamp units in a second. */
  readonly ticksPerSecond: number;
}

/** A packet of a capture that was read. */
export interface ReadPacket {
  /** Index into the interfaces. */
  readonly port: number;
  /** Whole microseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly direction: Direction | undefined;
  /** A view of the file's bytes. */
  readonly bytes: Uint8Array;
  readonly comment: string | undefined;
}

/** What a capture holds. */
export interface Capture {
  readonly interfaces: readonly ReadInterface[];
  readonly packets: readonly ReadPacket[];
  /** Set when the file ends early or is damaged: what, and at which byte; all before it was read. */
  readonly damage: { readonly offset: number; readonly reason: string } | undefined;
}

/** Why a file is no capture. */
export interface NoCapture {
  readonly error: string;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_EPB_FLAGS = 2;
/** More ports than any rig has; a file with more is damaged. */
const INTERFACE_COUNT_MAX = 4096;

/** Reads a whole pcapng file of either byte order. A truncated tail, as a power cut leaves it, is told in `damage`. */
export function readCapture(file: Uint8Array): Capture | NoCapture {
  if (file.length < 28) return { error: `${file.length} bytes are too few for a pcapng file` };
  if (new DataView(file.buffer, file.byteOffset).getUint32(0) !== SECTION_HEADER) {
    return { error: `begins with ${hex(file.subarray(0, 4))}, a pcapng file begins with 0a0d0d0a` };
  }
  const reader = new Reader(file);
  reader.run();
  return reader;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

class Reader implements Capture {
  readonly interfaces: ReadInterface[] = [];
  readonly packets: ReadPacket[] = [];
  damage: Capture['damage'];
  readonly #file: Uint8Array;
  readonly #view: DataView;
  #little = true;
  /** The first interface of the current section. */
  #sectionFrom = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }

  run(): void {
    for (let at = 0; at < this.#file.length; ) {
      const size = this.#blockAt(at);
      if (typeof size === 'string') {
        this.damage = { offset: at, reason: size };
        return;
      }
      at += size;
    }
  }

  /** Reads the block at `at`: its size, or what is wrong with it. */
  #blockAt(at: number): number | string {
    const left = this.#file.length - at;
    if (left < 12) return `${left} bytes are left, a block has 12 or more`;
    const isSection = this.#view.getUint32(at) === SECTION_HEADER;
    if (isSection && !this.#byteOrder(at)) return 'a section without byte-order magic';
    const size = this.#u32(at + 4);
    if (size < 12 || size % 4 !== 0) return `a block of ${size} bytes`;
    if (size > left) return `a block of ${size} bytes, ${left} are left`;
    if (this.#u32(at + size - 4) !== size) return 'the lengths of a block differ';
    if (isSection) {
      // Interfaces are numbered anew in each section.
      this.#sectionFrom = this.interfaces.length;
      return size;
    }
    return this.#block(at, at + size - 4) ?? size;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  #byteOrder(at: number): boolean {
    const magic = this.#view.getUint32(at + 8);
    this.#little = magic === 0x4d3c2b1a;
    return this.#little || magic === 0x1a2b3c4d;
  }

  /** Reads the block in [at, end); returns what is wrong with it. Unknown blocks are passed over. */
  #block(at: number, end: number): string | undefined {
    const type = this.#u32(at);
    if (type === INTERFACE_DESCRIPTION) return this.#interface(at + 8, end);
    if (type === ENHANCED_PACKET) return this.#packet(at + 8, end);
    if (type === SIMPLE_PACKET) return 'a packet without time or port';
    return undefined;
  }

  #interface(at: number, end: number): string | undefined {
    if (end - at < 8) return 'an interface description cut short';
    if (this.interfaces.length >= INTERFACE_COUNT_MAX) return `more than ${INTERFACE_COUNT_MAX} interfaces`;
    const options = this.#options(at + 8, end);
    const name = options.get(OPTION_IF_NAME);
    const resolution = options.get(OPTION_IF_TSRESOL)?.[0] ?? 6;
    const digits = resolution & 0x7f;
    if (digits > 30) return `timestamps of resolution ${resolution}`;
    this.interfaces.push({
      name: name === undefined ? `interface ${this.interfaces.length}` : text(name),
      linkType: this.#u16(at),
      ticksPerSecond: (resolution & 0x80) === 0 ? 10 ** digits : 2 ** digits,
    });
    return undefined;
  }

  #packet(at: number, end: number): string | undefined {
    if (end - at < 20) return 'a packet cut short';
    const port = this.#sectionFrom + this.#u32(at);
    const from = this.interfaces[port];
    if (from === undefined) return `a packet of interface ${this.#u32(at)}, which is not described`;
    const size = this.#u32(at + 12);
    if (size > end - at - 20) return `a packet of ${size} bytes in a block of ${end - at + 12}`;
    const options = this.#options(at + 20 + Math.ceil(size / 4) * 4, end);
    const comment = options.get(OPTION_COMMENT);
    this.packets.push({
      port,
      time: microseconds(this.#u32(at + 4), this.#u32(at + 8), from.ticksPerSecond),
      direction: this.#direction(options.get(OPTION_EPB_FLAGS)),
      bytes: this.#file.subarray(at + 20, at + 20 + size),
      comment: comment === undefined ? undefined : text(comment),
    });
    return undefined;
  }

  #direction(flags: Uint8Array | undefined): Direction | undefined {
    if (flags === undefined || flags.length < 4) return undefined;
    const bits = flags[this.#little ? 0 : 3]! & 0x03;
    return bits === 1 ? 'received' : bits === 2 ? 'sent' : undefined;
  }

  /** The first value of each option; options that do not fit end the list. */
  #options(from: number, end: number): Map<number, Uint8Array> {
    const options = new Map<number, Uint8Array>();
    for (let at = from; at + 4 <= end; ) {
      const code = this.#u16(at);
      const size = this.#u16(at + 2);
      if (code === 0 || at + 4 + size > end) break;
      if (!options.has(code)) options.set(code, this.#file.subarray(at + 4, at + 4 + size));
      at += 4 + Math.ceil(size / 4) * 4;
    }
    return options;
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Timestamps of any resolution in whole microseconds, exactly where they fit. */
function microseconds(high: number, low: number, ticksPerSecond: number): number {
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  return Number((ticks * 1_000_000n) / BigInt(ticksPerSecond));
}
