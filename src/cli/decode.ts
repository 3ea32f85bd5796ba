/** `dplink decode`: a capture or a stream of bytes, frame by frame, damage included. */
import { readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { Deframer } from '../framing/deframer.ts';
import { encodeFrame } from '../framing/encoder.ts';
import type { DamageEvent, FrameEvent } from '../framing/framing-event.ts';
import { LINKTYPE_RTAC_SERIAL, LINKTYPE_USER0 } from '../port/capture-block.ts';
import { type ReadPacket, readCapture } from '../port/capture-file.ts';
import { readRtacPacket } from '../port/rtac-serial.ts';
import { type Listed, listDatagram, listSerialFrame } from '../wire/listing.ts';
import { listingText } from '../wire/listing-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { hexBytes } from './hex-text.ts';
import { fileTrouble } from './named-file.ts';

const FORMATS = ['auto', 'hex', 'raw', 'pcapng'] as const;

interface DecodeFlags {
  readonly file: string | undefined;
  readonly format: (typeof FORMATS)[number];
  readonly json: boolean;
  readonly datagram: boolean;
  readonly damaged: boolean;
}

/** One thing found in the input. */
interface Finding {
  /** Where or when, for people: `at byte 12`, a port and a time. */
  readonly place: string;
  /** The same for programs. */
  readonly where: Readonly<Record<string, unknown>>;
  readonly listed?: Listed;
  /** Something that happened on the line between bytes: neither sound nor damaged. */
  readonly isEvent?: true;
  readonly damage?: Omit<DamageEvent, 'type' | 'at' | 'sample'> & { readonly sample: string };
}

/** The command; `finish` is told the exit code: 1 when something is damaged or malformed. */
export function decodeCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, DecodeFlags> {
  return {
    command: 'decode [file]',
    describe: 'List a capture or a stream of bytes, frame by frame, damage included',
    builder: (yargs) =>
      yargs
        .positional('file', {
          type: 'string',
          describe: 'pcapng capture, hex text or raw bytes [standard input, also as -]',
        })
        .option('format', { choices: FORMATS, default: 'auto' as const, describe: 'What the input is' })
        .option('datagram', {
          type: 'boolean',
          default: false,
          describe: 'The input is one UDP payload: no serial header',
        })
        .option('damaged', {
          type: 'boolean',
          default: false,
          describe: 'List only what is damaged or malformed',
        })
        .option('json', { type: 'boolean', default: false, describe: 'One JSON document' })
        .example('$0 decode capture.pcapng', 'What soak --capture wrote')
        .example('$0 decode capture.pcapng --damaged', 'What the line did to it')
        .example('echo cc40100015035a528801000006000100c6aec9799d366723 | $0 decode', 'A frame as hex text')
        .example('$0 decode --format raw line.bin --json', 'Bytes as they came off the line') as never,
    handler: (flags) => {
      const findings = findingsOf(readInput(flags.file), flags);
      const unsound = findings.filter((finding) => !isSound(finding));
      const wanted = flags.damaged ? unsound : findings;
      if (flags.json) console.stdout.write(`${JSON.stringify(wanted.map(forPrograms), null, 2)}\n`);
      else {
        for (const finding of wanted) console.stdout.write(forPeople(finding));
        console.stderr.write(tally(findings, unsound.length));
      }
      finish(unsound.length === 0 ? EXIT.passed : EXIT.failed);
    },
  };
}

/** The last line, for whoever lists thousands: how many of them are sound. */
function tally(findings: readonly Finding[], unsound: number): string {
  const events = findings.filter(({ isEvent }) => isEvent === true).length;
  const sound = findings.length - events - unsound;
  return `dplink decode: ${sound} sound, ${unsound} damaged or malformed\n`;
}

/** The file that was named, if one was: yargs hands over a lone hyphen as nothing. */
function namedInput(file: string | undefined): string | undefined {
  return file === undefined || file === '' || file === '-' ? undefined : file;
}

function inputName(file: string | undefined): string {
  return namedInput(file) ?? 'standard input';
}

function readInput(file: string | undefined): Uint8Array {
  try {
    return readFileSync(namedInput(file) ?? 0);
  } catch (error) {
    throw new UsageError(`${inputName(file)}: ${fileTrouble(error)}`);
  }
}

function findingsOf(input: Uint8Array, flags: DecodeFlags): Finding[] {
  const format = flags.format === 'auto' ? formatOf(input) : flags.format;
  if (format === 'pcapng') return captureFindings(input, flags);
  const bytes = format === 'raw' ? input : bytesOfText(input, flags);
  if (bytes.length === 0) throw new UsageError('nothing to decode: the input is empty');
  if (flags.datagram) return [{ place: 'datagram', where: {}, listed: listDatagram(bytes) }];
  return streamFindings(bytes);
}

/** Bytes of hexadecimal text. Throws UsageError, which tells what else the input may be when that was only a guess. */
function bytesOfText(input: Uint8Array, { file, format }: DecodeFlags): Uint8Array {
  try {
    return hexBytes(new TextDecoder('latin1').decode(input), inputName(file));
  } catch (error) {
    if (!(error instanceof UsageError) || format !== 'auto') throw error;
    throw new UsageError(`${error.message} (neither hexadecimal text nor pcapng? then --format raw)`);
  }
}

/** A pcapng file says so in its first four bytes; text of hexadecimal digits and what stands between them is hex. */
function formatOf(input: Uint8Array): 'hex' | 'raw' | 'pcapng' {
  if (input[0] === 0x0a && input[1] === 0x0d && input[2] === 0x0d && input[3] === 0x0a) return 'pcapng';
  const printable = input
    .subarray(0, 4096)
    .every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  return printable ? 'hex' : 'raw';
}

/** Frames and damage of a stream, in its order. */
function streamFindings(bytes: Uint8Array): Finding[] {
  const deframer = new Deframer();
  deframer.receive(0, bytes);
  deframer.gap(0);
  const findings: Finding[] = [];
  for (let event = deframer.next(); event !== undefined; event = deframer.next()) {
    findings.push(event.type === 'frame' ? frameFinding(event) : damageFinding(event));
  }
  return findings;
}

function frameFinding({ offset, message }: FrameEvent): Finding {
  return { place: `at byte ${offset}`, where: { offset }, listed: listSerialFrame(encodeFrame(message)) };
}

function damageFinding({ type: _, at: __, sample, ...damage }: DamageEvent): Finding {
  return {
    place: `at byte ${damage.offset}`,
    where: { offset: damage.offset },
    damage: { ...damage, sample: Buffer.from(sample).toString('hex') },
  };
}

function captureFindings(input: Uint8Array, flags: DecodeFlags): Finding[] {
  const capture = readCapture(input);
  const file = inputName(flags.file);
  if ('error' in capture) throw new UsageError(`${file}: not a pcapng capture: ${capture.error}`);
  const lines = new RawLines();
  const findings = capture.packets.flatMap((packet): Finding[] => {
    const port = capture.interfaces[packet.port]!;
    if (port.linkType === LINKTYPE_RTAC_SERIAL) return lines.take(port.name, packet);
    if (port.linkType === LINKTYPE_USER0) return [packetFinding(port.name, packet)];
    throw new UsageError(
      `${file}: link type ${port.linkType} is not supported: expected ${LINKTYPE_USER0} (serial frames) or ${LINKTYPE_RTAC_SERIAL} (the raw line)`,
    );
  });
  findings.push(...lines.end());
  if (capture.damage !== undefined) {
    const { offset, reason } = capture.damage;
    findings.push({ place: `capture damaged at byte ${offset}: ${reason}`, where: { offset, reason } });
  }
  return findings;
}

/** A frame, or what a capture says is damaged, with the time and the port of its packet. */
function packetFinding(name: string, packet: ReadPacket): Finding {
  return { ...placed(name, packet), listed: listSerialFrame(packet.bytes) };
}

function placed(name: string, { time, direction, comment }: ReadPacket): Pick<Finding, 'place' | 'where'> {
  const text = timeText(time);
  return {
    place: `${text} ${name} ${direction ?? ''}${comment ? ` (${comment})` : ''}`,
    where: { port: name, time: text, direction, comment },
  };
}

/** Raw pieces of lines, put together to frames again: each direction of each port by itself. */
class RawLines {
  readonly #streams = new Map<
    string,
    { deframer: Deframer; origin: number; name: string; last: ReadPacket }
  >();

  take(name: string, packet: ReadPacket): Finding[] {
    const reading = readRtacPacket(packet.bytes);
    const about = placed(name, packet);
    if (reading === undefined) return [{ ...about, place: `${about.place}: shorter than its header` }];
    if (reading.direction === undefined) {
      return [
        {
          place: `${about.place}: ${reading.kind}`,
          where: { ...about.where, event: reading.kind },
          isEvent: true,
        },
      ];
    }
    const key = `${packet.port} ${reading.direction}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { deframer: new Deframer(), origin: packet.time, name, last: packet };
      this.#streams.set(key, stream);
    }
    stream.last = packet;
    const now = Math.max(0, packet.time - stream.origin);
    stream.deframer.expire(now);
    stream.deframer.receive(now, reading.bytes);
    return framesOf(stream.deframer, about);
  }

  /** What was not complete when the capture ended. */
  end(): Finding[] {
    return [...this.#streams.values()].flatMap(({ deframer, origin, name, last }) => {
      deframer.gap(Math.max(0, last.time - origin));
      return framesOf(deframer, placed(name, last));
    });
  }
}

function framesOf(deframer: Deframer, about: Pick<Finding, 'place' | 'where'>): Finding[] {
  const findings: Finding[] = [];
  for (let event = deframer.next(); event !== undefined; event = deframer.next()) {
    const finding = event.type === 'frame' ? frameFinding(event) : damageFinding(event);
    findings.push({
      ...finding,
      place: `${about.place}, ${finding.place}`,
      where: { ...about.where, ...finding.where },
    });
  }
  return findings;
}

/** The latest moment that a date can say, in milliseconds since 1970. ECMA-262, 21.4.1.1 */
const DATE_MAX_MS = 8.64e15;

/** A moment of a capture; a damaged one may lie beyond any calendar and is then given as it stands. */
function timeText(microseconds: number): string {
  const milliseconds = microseconds / 1_000;
  return milliseconds <= DATE_MAX_MS ? new Date(milliseconds).toISOString() : `${microseconds} µs`;
}

/** Whether nothing is wrong with it, at any depth. */
function isSound(finding: Finding): boolean {
  return finding.isEvent === true || (finding.listed !== undefined && soundListing(finding.listed));
}

function soundListing(listed: Listed): boolean {
  return (
    listed.problems.length === 0 && listed.items.every((item) => !('items' in item) || soundListing(item))
  );
}

function forPrograms({ where, listed, damage }: Finding): unknown {
  return {
    ...where,
    ...(listed === undefined ? {} : { listed }),
    ...(damage === undefined ? {} : { damage }),
  };
}

function forPeople({ place, listed, damage }: Finding): string {
  const lines = [place];
  if (listed !== undefined) lines.push(...listingText(listed).map((line) => `  ${line}`));
  if (damage !== undefined) {
    const size = damage.frameSize === undefined ? '' : ` of a frame of ${damage.frameSize}`;
    const bit =
      damage.bit === undefined
        ? ''
        : `; bit ${damage.bit % 8} of byte ${Math.floor(damage.bit / 8)} is inverted`;
    lines.push(`  !! damage: ${damage.cause}, ${damage.length} bytes${size}${bit}`, `     ${damage.sample}`);
  }
  return `${lines.join('\n')}\n`;
}
