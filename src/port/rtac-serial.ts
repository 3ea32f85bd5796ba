/** Packets of LINKTYPE_RTAC_SERIAL: what happened on a serial line, as a stock Wireshark shows it. Reads and writes no file. */

import type { ModemLines } from '../base/modem-lines.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { Direction } from './capture-block.ts';

/** Seconds, microseconds, event, control lines, two footer bytes. https://www.tcpdump.org/linktypes/LINKTYPE_RTAC_SERIAL.html */
const HEADER_SIZE = 12;

/** What one packet reports. */
export type LineEventKind = 'status' | 'sent' | 'received' | 'framingError' | 'parityError';

const EVENTS: Readonly<Record<LineEventKind, number>> = {
  status: 0,
  sent: 1,
  received: 2,
  framingError: 7,
  parityError: 8,
};

/** The UART errors that the format can tell, by our counters. */
export const UART_EVENTS: Readonly<Partial<Record<keyof UartCounters, LineEventKind>>> = {
  framing: 'framingError',
  parity: 'parityError',
};

/** The bits of the control lines in a packet. */
const LINE_BITS = { cts: 0x01, dcd: 0x02, dsr: 0x04, rts: 0x08, dtr: 0x10, ri: 0x20 } as const;

/** The control lines as far as they are known; an unknown one is told as off. */
export type ControlLines = Partial<ModemLines>;

/** One packet: `bytes` as they passed at `time` (whole microseconds since 1970-01-01 UTC). */
export function rtacPacket(
  time: number,
  kind: LineEventKind,
  lines: ControlLines,
  bytes: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(HEADER_SIZE + bytes.length);
  const view = new DataView(packet.buffer);
  view.setUint32(0, Math.floor(time / 1_000_000) >>> 0);
  view.setUint32(4, time % 1_000_000);
  packet[8] = EVENTS[kind];
  for (const [line, bit] of Object.entries(LINE_BITS)) {
    if (lines[line as keyof typeof LINE_BITS] === true) packet[9]! |= bit;
  }
  packet.set(bytes, HEADER_SIZE);
  return packet;
}

/** What {@link readRtacPacket} finds: bytes of one direction, or something that happened between bytes. */
export interface RtacReading {
  /** `undefined` where the packet carries no bytes of either direction. */
  readonly direction: Direction | undefined;
  readonly kind: LineEventKind | number;
  readonly bytes: Uint8Array;
}

/** Takes a packet apart; `undefined` if it is too short for its header. An event of no name here is its number. */
export function readRtacPacket(packet: Uint8Array): RtacReading | undefined {
  if (packet.length < HEADER_SIZE) return undefined;
  const number = packet[8]!;
  const found = Object.entries(EVENTS).find(([, event]) => event === number);
  const kind = (found?.[0] as LineEventKind | undefined) ?? number;
  const direction = kind === 'sent' || kind === 'received' ? kind : undefined;
  return { direction, kind, bytes: packet.subarray(HEADER_SIZE) };
}
