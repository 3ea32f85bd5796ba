/** The blocks of a pcapng file, as bytes. Writes no file. draft-ietf-opsawg-pcapng */

/** LINKTYPE_USER0: whole serial frames, for the generated dissector. */
export const LINKTYPE_USER0 = 147;
/** LINKTYPE_RTAC_SERIAL: the raw line, which a stock Wireshark reads. */
export const LINKTYPE_RTAC_SERIAL = 250;

/** The largest packet that is captured whole; longer ones are cut, with their size told. */
const CAPTURED_SIZE_MAX = 65_536;
/** The longest comment, in bytes of UTF-8. */
const COMMENT_SIZE_MAX = 1024;

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_IF_TSRESOL = 9;
const OPTION_EPB_FLAGS = 2;
/** Timestamps count microseconds: 10^-6. */
const MICROSECONDS = 6;

/** Which way a packet went, seen from its port. */
export type Direction = 'received' | 'sent';

/** One port of a capture. */
export interface CaptureInterface {
  /** Shown by Wireshark: the port's path or the end's name. */
  readonly name: string;
  readonly linkType: number;
}

/** One packet to be captured. */
export interface CaptureEntry {
  /** Index into the interfaces of the capture. */
  readonly port: number;
  /** Whole microseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  /** What is to be said about it, for instance why it is damaged. */
  readonly comment?: string;
}

/** A block: type, total length, body padded to 4 bytes, total length again. */
function block(type: number, body: Uint8Array): Uint8Array {
  const size = 12 + padded(body.length);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, size, true);
  bytes.set(body, 8);
  view.setUint32(size - 4, size, true);
  return bytes;
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** An option: code, length, value padded to 4 bytes. */
function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

/** Marks the end of a block's options. */
const END_OF_OPTIONS = new Uint8Array(4);

/** What a section begins with. */
export function sectionHeader(): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  // The section's length is not known in advance: -1.
  view.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, body);
}

/** Describes one port. */
export function interfaceDescription({ name, linkType }: CaptureInterface): Uint8Array {
  const fixed = new Uint8Array(8);
  new DataView(fixed.buffer).setUint16(0, linkType, true);
  const options = [
    option(OPTION_IF_NAME, utf8(name)),
    option(OPTION_IF_TSRESOL, Uint8Array.of(MICROSECONDS)),
    END_OF_OPTIONS,
  ];
  return block(INTERFACE_DESCRIPTION, Buffer.concat([fixed, ...options]));
}

/** One packet with its time, direction and comment. */
export function enhancedPacket({ port, time, direction, bytes, comment }: CaptureEntry): Uint8Array {
  const captured = bytes.subarray(0, CAPTURED_SIZE_MAX);
  const fixed = new Uint8Array(20 + padded(captured.length));
  const view = new DataView(fixed.buffer);
  view.setUint32(0, port, true);
  view.setUint32(4, Math.floor(time / 2 ** 32), true);
  view.setUint32(8, time % 2 ** 32, true);
  view.setUint32(12, captured.length, true);
  view.setUint32(16, bytes.length, true);
  fixed.set(captured, 20);
  const flags = Uint8Array.of(direction === 'received' ? 1 : 2, 0, 0, 0);
  const options = [option(OPTION_EPB_FLAGS, flags)];
  if (comment !== undefined) options.push(option(OPTION_COMMENT, utf8(comment)));
  return block(ENHANCED_PACKET, Buffer.concat([fixed, ...options, END_OF_OPTIONS]));
}

/** UTF-8, cut at a character so that it fits. */
function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(COMMENT_SIZE_MAX);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return bytes.subarray(0, written);
}
