/** How _MESSAGE_HEADER is read where its section leaves it open (SER-1 to SER-4): one record that encoder and deframer follow. Finds no frames. */
import { crc16 } from '../base/crc16.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';

/** One way to read _MESSAGE_HEADER. [MS-DPDX] 2.2.2 */
export interface HeaderReading {
  /** SER-2: whether the CRC runs least significant bit first (0xA001) or most significant first (0x8005). */
  readonly crcReflected: boolean;
  /** SER-2: what the CRC register holds at first. */
  readonly crcInitial: 0 | 0xffff;
  /** The order of the two bytes of a stored CRC; the text says little-endian (section 1.5). */
  readonly crcByteOrder: 'little' | 'big';
  /** SER-1: the six bytes before wHeaderCRC; all eight with wHeaderCRC as 0; or those six and the message. */
  readonly headerCrcCovers: 'sixBytes' | 'eightBytes' | 'headerAndMessage';
  /** SER-3: what wMessageSize counts; `packet` is the size on UDP, where four bytes stand in place of an enumeration's header. */
  readonly sizeCounts: 'message' | 'headerAndMessage' | 'packet';
  /** SER-4: the message; or the four bytes before wMessageCRC and the message. */
  readonly messageCrcCovers: 'message' | 'headerAndMessage';
}

/** The reading taken (SER-1 to SER-4, each reading (a)). To follow another one everywhere, change it here. */
export const READING: HeaderReading = {
  crcReflected: true,
  crcInitial: 0,
  crcByteOrder: 'little',
  headerCrcCovers: 'sixBytes',
  sizeCounts: 'message',
  messageCrcCovers: 'message',
};

/** A reading as functions over bytes, for one frame that begins at `at` and ends before `end`. */
export interface HeaderCheck {
  /** Whether wHeaderCRC can be checked before the message is there; if not, it is checked together with the message. */
  readonly headerFirst: boolean;
  /** Whether one inverted bit of a header can be told from its CRC: only for the linear code over the header alone. */
  readonly headerCorrectable: boolean;
  /** The same for the message and its CRC. */
  readonly messageCorrectable: boolean;
  /** What wHeaderCRC should be, as the little-endian number that its two bytes make. */
  headerCrc(bytes: Uint8Array, at: number, end: number): number;
  /** What wMessageCRC should be, as the little-endian number that its two bytes make. */
  messageCrc(bytes: Uint8Array, at: number, end: number): number;
  /** Bytes behind the header, from MessageType and wMessageSize; may be 0 or less for a header that lies. */
  bodySize(type: number, size: number): number;
  /** wMessageSize of a message of `bodySize` bytes. */
  messageSize(type: number, bodySize: number): number;
}

const NO_BYTES = new Uint8Array(2);

/** CRC-16 with the polynomial 0x8005, most significant bit first: only ever used to name a partner's other reading. */
function crc16Forward(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = seed;
  for (let at = start; at < end; at++) {
    crc ^= bytes[at]! << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : crc << 1;
  }
  return crc;
}

/** How many bytes wMessageSize counts besides the message. SER-3 */
function sizeExtra(reading: HeaderReading, type: number): number {
  if (reading.sizeCounts === 'headerAndMessage') return MESSAGE_HEADER_SIZE;
  return reading.sizeCounts === 'packet' && (type & 0xf0) !== 0x40 ? 4 : 0;
}

/** The check for `reading`. */
export function headerCheck(reading: HeaderReading): HeaderCheck {
  const { crcReflected, crcInitial, crcByteOrder, headerCrcCovers, messageCrcCovers, sizeCounts } = reading;
  const run = crcReflected ? crc16 : crc16Forward;
  const stored = (crc: number): number =>
    crcByteOrder === 'little' ? crc : ((crc & 0xff) << 8) | (crc >>> 8);
  const plain = crcReflected && crcByteOrder === 'little';
  const beginning = plain && crcInitial === 0;
  return {
    headerFirst: headerCrcCovers !== 'headerAndMessage',
    headerCorrectable: plain && headerCrcCovers === 'sixBytes' && sizeCounts === 'message',
    messageCorrectable: plain && messageCrcCovers === 'message',
    headerCrc:
      beginning && headerCrcCovers === 'sixBytes'
        ? (bytes, at) => crc16(bytes, at, at + 6)
        : (bytes, at, end) => {
            let crc = run(bytes, at, at + 6, crcInitial);
            if (headerCrcCovers === 'eightBytes') crc = run(NO_BYTES, 0, 2, crc);
            if (headerCrcCovers === 'headerAndMessage') crc = run(bytes, at + MESSAGE_HEADER_SIZE, end, crc);
            return stored(crc);
          },
    messageCrc:
      beginning && messageCrcCovers === 'message'
        ? (bytes, at, end) => crc16(bytes, at + MESSAGE_HEADER_SIZE, end)
        : (bytes, at, end) => {
            const seed = messageCrcCovers === 'message' ? crcInitial : run(bytes, at, at + 4, crcInitial);
            return stored(run(bytes, at + MESSAGE_HEADER_SIZE, end, seed));
          },
    bodySize: sizeCounts === 'message' ? (_, size) => size : (type, size) => size - sizeExtra(reading, type),
    messageSize: (type, bodySize) => bodySize + sizeExtra(reading, type),
  };
}

/** The check for the reading taken. */
export const HEADER_CHECK: HeaderCheck = headerCheck(READING);
