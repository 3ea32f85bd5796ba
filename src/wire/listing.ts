/** Lists packets field by field, from bytes, so that truncated and malformed ones are listed as far as they go. Plain data, fit for JSON. */
import { crc16 } from '../base/crc16.ts';
import { decodeChat } from './chat-packet.ts';
import { decodeCoalesced } from './coalesced.ts';
import { sectionOf } from './declarations.ts';
import { decoder } from './decode.ts';
import type { CellValue, Trace } from './decoding.ts';
import type { Layout, Meanings } from './field.ts';
import { type FrameContent, frameContent } from './frame-content.ts';
import { isMalformed, type Malformed, malformed } from './malformed.ts';
import type { Message } from './message.ts';
import { _MESSAGE_HEADER, MESSAGE_HEADER_SIZE, MESSAGE_TYPE } from './message-header.ts';
import type { Packet } from './packet.ts';
import { decodeSessionMessage, decodeSessionPacket, LEAD_SIZE } from './session-packet.ts';
import { decodeKeepAlive, decodePayload } from './session-payload.ts';
import { TRANS_USERDATA_END_OF_STREAM } from './transport-layout.ts';
import { decodeTransport } from './transport-packet.ts';

/** One field as it stands in the bytes. */
export interface ListedField {
  readonly field: string;
  /** The structure that the field belongs to, where that is not the packet around it. */
  readonly of?: string;
  /** From the first byte that was listed. */
  readonly offset: number;
  readonly size: number;
  /** A number, text, or the bytes in hexadecimal. */
  readonly value: number | string;
  /** What the value says: names of flags, of the value. */
  readonly meaning?: string;
}

/** A packet, or a structure inside one: its fields in the order in which they were read. */
export interface Listed {
  /** The declaration's name; `session message` and the like where none fits. */
  readonly packet: string;
  readonly section: string;
  /** The field of the outer packet that holds this; empty for the outermost. */
  readonly field: string;
  readonly offset: number;
  readonly size: number;
  readonly items: readonly (ListedField | Listed)[];
  /** What does not fit, with offsets from the first byte that was listed. */
  readonly problems: readonly Malformed[];
}

/** A listing under construction. */
interface Draft extends Listed {
  packet: string;
  section: string;
  readonly items: (ListedField | Listed)[];
  readonly problems: Malformed[];
}

function draft(packet: string, section: string, field: string, offset: number, size: number): Draft {
  return { packet, section, field, offset, size, items: [], problems: [] };
}

const decodeEndOfStream = decoder(TRANS_USERDATA_END_OF_STREAM);
const decodeHeader = decoder(_MESSAGE_HEADER);

/** Collects what a decoder traces. */
class Collector implements Trace {
  readonly #stack: Draft[];
  /** Added to each offset. */
  readonly #shift: number;
  /** Fields before this offset are not there (the serial form of enumeration packets). */
  readonly #from: number;
  readonly #skip: string | undefined;
  /** Whether the first field has told which packet this is. */
  #named = false;

  constructor(root: Draft, shift: number, from = 0, skip?: string) {
    this.#stack = [root];
    this.#shift = shift;
    this.#from = from;
    this.#skip = skip;
  }

  cell(owner: string, field: string, layout: Layout, offset: number, size: number, value: CellValue): void {
    const top = this.#stack.at(-1)!;
    if (!this.#named && owner !== 'COALESCED') {
      this.#named = true;
      this.#stack[0]!.packet = owner;
    }
    if (offset < this.#from || field === this.#skip) return;
    const meaning = meaningOf(layout, value);
    top.items.push({
      field,
      ...(owner !== top.packet && { of: owner }),
      offset: offset + this.#shift,
      size,
      value: typeof value === 'object' ? hexText(value) : value,
      ...(meaning !== undefined && { meaning }),
    });
  }

  enter(inner: Packet, field: string, offset: number, size: number): void {
    const entered = draft(inner.name, inner.section, field, offset + this.#shift, size);
    this.#stack.at(-1)!.items.push(entered);
    this.#stack.push(entered);
  }

  leave(): void {
    this.#stack.pop();
  }
}

/** Bytes as hexadecimal text without blanks. */
function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function meaningOf(layout: Layout, value: CellValue): string | undefined {
  if (!('meanings' in layout) || layout.meanings === undefined || typeof value !== 'number') return undefined;
  return meaningText(layout.meanings, value);
}

/** The names of the flags set in `value`, or of the value itself; `undefined` if none has a name. */
function meaningText(meanings: Meanings, value: number): string | undefined {
  if ('values' in meanings) {
    return Object.entries(meanings.values).find(([, known]) => known === value)?.[0];
  }
  const names = Object.entries(meanings.flags)
    .filter(([, bit]) => Math.floor(value / bit) % 2 === 1)
    .map(([name]) => name);
  return names.length > 0 ? names.join(' ') : undefined;
}

type Decode = (trace: Trace) => { readonly name: string } | readonly unknown[] | Malformed;

/** Runs a decoder and takes down what it traces and what it finds wrong. */
function collect(root: Draft, decode: Decode, shift: number, from = 0, skip?: string): unknown {
  const result = decode(new Collector(root, shift, from, skip));
  if ('name' in result && isMalformed(result)) {
    const problem = result as Malformed;
    if (root.items.length === 0) root.packet = problem.packet;
    root.section = sectionOf(root.packet);
    root.problems.push({ ...problem, offset: problem.offset + shift });
    return undefined;
  }
  root.section = sectionOf(root.packet);
  return result;
}

function listTransport(bytes: Uint8Array, shift: number, field: string): Listed {
  const root = draft('transport packet', '2.2.3', field, shift, bytes.length);
  const packet = decodeTransport(bytes);
  if (packet.name !== 'TRANS_USERDATA_HEADER') {
    collect(root, (trace) => decodeTransport(bytes, trace), shift);
    return root;
  }
  const content = frameContent(packet);
  if (content === 'endOfStream') {
    collect(root, (trace) => decodeEndOfStream(bytes, trace), shift);
  } else {
    const skip = content === 'plain' ? undefined : 'payload';
    collect(root, (trace) => decodeTransport(bytes, trace), shift, 0, skip);
    const at = bytes.length - packet.payload.length;
    if (content !== 'plain') root.items.push(listContent(content, packet.payload, shift + at, 'payload'));
  }
  return root;
}

function listContent(content: FrameContent, bytes: Uint8Array, shift: number, field: string): Listed {
  if (content === 'coalesced') return listCoalesced(bytes, shift, field);
  const decode = content === 'chat' ? decodeChat : content === 'keepAlive' ? decodeKeepAlive : decodePayload;
  const name = content === 'keepAlive' ? 'TRANS_USERDATA_KEEPALIVE' : 'session message';
  const root = draft(name, '2.2.3', field, shift, bytes.length);
  collect(root, (trace) => decode(bytes, trace), shift);
  return root;
}

/** The headers of a coalesced payload, then each message in it. */
function listCoalesced(bytes: Uint8Array, shift: number, field: string): Listed {
  const root = draft('coalesced payload', '2.2.17.1', field, shift, bytes.length);
  const parts = decodeCoalesced(bytes);
  collect(root, (trace) => decodeCoalesced(bytes, trace), shift);
  root.section = '2.2.17.1';
  root.items.splice(0, root.items.length, ...root.items.filter((item) => 'items' in item));
  if (!Array.isArray(parts)) return root;
  for (const [i, { payload }] of parts.entries()) {
    const at = shift + payload.byteOffset - bytes.byteOffset;
    root.items.push(listContent('session', payload, at, `payload[${i}]`));
  }
  return root;
}

/** Lists a UDP datagram: a session packet if its first byte is 0, else a transport packet. [MS-DPDX] 2.2.3 */
export function listDatagram(bytes: Uint8Array): Listed {
  if (bytes[0] !== 0) return listTransport(bytes, 0, '');
  const root = draft('session packet', '2.2.3', '', 0, bytes.length);
  collect(root, (trace) => decodeSessionPacket(bytes, trace), 0);
  return root;
}

/** Lists the body of a serial frame whose header said what `message` says. Offsets count from the body's first byte. [MS-DPDX] 2.2.2 */
export function listMessage(message: Message): Listed {
  return listBody(message, 0, '');
}

function listBody(message: Message, shift: number, field: string): Listed {
  if (message.kind === 'transport') return listTransport(message.body, shift, field);
  const root = draft('enumeration', '2.2.2', field, shift, message.body.length);
  const decode: Decode = (trace) => {
    const result = decodeSessionMessage(message, trace);
    return isMalformed(result) ? { ...result, offset: result.offset + LEAD_SIZE } : result;
  };
  collect(root, decode, shift - LEAD_SIZE, LEAD_SIZE);
  return root;
}

/** The kind that a MessageType says, by its high four bits (SER-5). [MS-DPDX] 2.2.2 */
function kindOf(messageType: number): Message['kind'] | undefined {
  const kinds = Object.keys(MESSAGE_TYPE) as (keyof typeof MESSAGE_TYPE)[];
  return kinds.find((kind) => MESSAGE_TYPE[kind] === (messageType & 0xf0));
}

/**
 * Lists a whole serial frame: _MESSAGE_HEADER, both CRCs checked (SER-1 to SER-4), and its body. A damaged
 * header ends the listing, a damaged body is listed all the same.
 */
export function listSerialFrame(bytes: Uint8Array): Listed {
  const root = draft(_MESSAGE_HEADER.name, _MESSAGE_HEADER.section, '', 0, bytes.length);
  collect(root, (trace) => decodeHeader(bytes, trace), 0);
  if (root.problems.length > 0) return root;
  const word = (at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
  const wrong = (field: string, offset: number, reason: string): void => {
    root.problems.push(malformed(_MESSAGE_HEADER.name, field, offset, reason));
  };
  const headerCrc = crc16(bytes, 0, 6);
  if (headerCrc !== word(6)) {
    wrong('wHeaderCRC', 6, `is 0x${word(6).toString(16)}, computed 0x${headerCrc.toString(16)}`);
    return root;
  }
  const kind = kindOf(bytes[1]!);
  const end = MESSAGE_HEADER_SIZE + word(2);
  if (kind === undefined) wrong('MessageType', 1, `0x${bytes[1]!.toString(16)} is no known type`);
  if (end > bytes.length)
    wrong('wMessageSize', 2, `is ${word(2)}, ${bytes.length - MESSAGE_HEADER_SIZE} remain`);
  if (root.problems.length > 0 || kind === undefined) return root;
  const messageCrc = crc16(bytes, MESSAGE_HEADER_SIZE, end);
  if (messageCrc !== word(4)) {
    wrong('wMessageCRC', 4, `is 0x${word(4).toString(16)}, computed 0x${messageCrc.toString(16)}`);
  }
  const body = bytes.subarray(MESSAGE_HEADER_SIZE, end);
  root.items.push(listBody({ kind, identifier: bytes[1]! & 0x03, body }, MESSAGE_HEADER_SIZE, 'message'));
  return root;
}
