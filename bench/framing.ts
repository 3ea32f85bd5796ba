/** Deframing against npm's `slip` and every serialport parser; clean, in pieces, and with one byte in a hundred damaged. */
import { once } from 'node:events';
import npmCrc16 from 'crc/crc16';
import {
  ByteLengthParser,
  DelimiterParser,
  InterByteTimeoutParser,
  PacketLengthParser,
  ReadlineParser,
  RegexParser,
  SlipDecoder,
  SpacePacketParser,
} from 'serialport';
import slip from 'slip';
import { Random } from '../src/base/random.ts';
import { Deframer } from '../src/framing/deframer.ts';
import { encodeFrame } from '../src/framing/encoder.ts';
import type { Bench } from './bench.ts';
import { type Contender, megabytesPerSecond, type Placing, race } from './race.ts';
import { table } from './table.ts';

const SIZES = [64, 512, 1400];
const PIECES = [4096, 65_536];
/** Payload per run. */
const VOLUME = 512 * 1024;
/** Times faster than npm's `slip` and every parser that does the same work. */
const PROMISED = 3;
/** Of the clean speed, with one byte in a hundred damaged. */
const PROMISED_DAMAGED = 1 / 3;
/** Contenders that do less than the others and are shown for what that less costs. */
const UNCHECKED = ', no CRC';

type Parser = NodeJS.ReadWriteStream & { destroy(): void };

/** `frames` as one stream cut into pieces of `piece` bytes. */
function cut(frames: readonly Uint8Array[], piece: number): Buffer[] {
  const stream = Buffer.concat(frames);
  const pieces: Buffer[] = [];
  for (let at = 0; at < stream.length; at += piece) pieces.push(stream.subarray(at, at + piece));
  return pieces;
}

/** A deframer fed `pieces`; it must find `expected` frames. */
function dplink(name: string, pieces: readonly Buffer[], expected: number): Contender {
  return {
    name,
    expected,
    run: () => {
      const deframer = new Deframer();
      let frames = 0;
      for (const piece of pieces) {
        deframer.receive(0, piece);
        for (let event = deframer.next(); event; event = deframer.next())
          if (event.type === 'frame') frames++;
      }
      return frames;
    },
  };
}

/** The bytes of what a parser gives: a buffer, a text, or (spacepacket) a record with a text, and at last a list of the rest. */
function given(data: Buffer | string | { data?: string }): Buffer | string {
  return typeof data === 'string' || Buffer.isBuffer(data) ? data : (data.data ?? '');
}

/** A serialport parser fed `pieces`; it must give `expected` messages. `checked`: each through npm's `crc`, as its user would. */
function parser(
  name: string,
  make: () => Parser,
  pieces: readonly Buffer[],
  expected: number,
  checked = true,
): Contender {
  return {
    name: checked ? name : `${name}${UNCHECKED}`,
    expected,
    tolerance: 0.01,
    run: async () => {
      const stream = make();
      let messages = 0;
      let sum = 0;
      stream.on('data', (data) => {
        if (checked) sum ^= npmCrc16(given(data));
        messages++;
      });
      for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
      const ended = once(stream, 'end');
      stream.end();
      await ended;
      return messages + (sum >>> 16);
    },
  };
}

/** `body` without any byte that a delimiter, a line end or SLIP would have to escape: the best case for all others. */
function plainBody(body: Uint8Array): Buffer {
  return Buffer.from(body.map((byte) => 0x20 + (byte % 0x5f)));
}

/** All contenders over messages of `size` bytes in pieces of `piece` bytes. */
function contenders(size: number, piece: number): Contender[] {
  const random = new Random(`framing ${size}`);
  const count = Math.ceil(VOLUME / size);
  const bodies = Array.from({ length: count }, () => random.fill(new Uint8Array(size)));
  const plain = bodies.map(plainBody);
  const frames = bodies.map((body) => encodeFrame({ kind: 'transport', identifier: 0, body }));
  const slipped = cut(
    bodies.map((body) => slip.encode(body)),
    piece,
  );
  const escaped = cut(
    plain.map((body) => Buffer.from([...body, 0xc0])),
    piece,
  );
  const lines = cut(
    plain.map((body) => Buffer.concat([body, Buffer.from('\n')])),
    piece,
  );
  const packets = cut(
    plain.map((body) => Buffer.concat([Buffer.from([0xaa, size & 0xff, size >> 8]), body])),
    piece,
  );
  const space = cut(
    plain.map((body) =>
      Buffer.concat([Buffer.from([0, 0, 0xc0, 0, (size - 1) >> 8, (size - 1) & 0xff]), body]),
    ),
    piece,
  );
  const packetLength = { delimiter: 0xaa, packetOverhead: 3, lengthBytes: 2, lengthOffset: 1, maxLen: 4096 };
  return [
    dplink('dplink', cut(frames, piece), count),
    {
      name: `npm slip${UNCHECKED}`,
      expected: count,
      run: () => {
        let messages = 0;
        const decoder = new slip.Decoder({ bufferSize: 4096, onMessage: () => messages++ });
        for (const each of slipped) decoder.decode(each);
        return messages;
      },
    },
    parser('byte-length', () => new ByteLengthParser({ length: size }), cut(plain, piece), count),
    parser('delimiter', () => new DelimiterParser({ delimiter: '\n' }), lines, count),
    parser('delimiter', () => new DelimiterParser({ delimiter: '\n' }), lines, count, false),
    parser('readline', () => new ReadlineParser({ delimiter: '\n' }), lines, count),
    parser('regex', () => new RegexParser({ regex: /\n/ }), lines, count),
    parser('slip-encoder', () => new SlipDecoder(), escaped, count),
    parser('packet-length', () => new PacketLengthParser(packetLength), packets, count),
    parser('spacepacket', () => new SpacePacketParser(), space, count),
    parser(
      'inter-byte-timeout',
      () => new InterByteTimeoutParser({ interval: 30, maxBufferSize: size }),
      cut(plain, piece),
      count,
    ),
  ];
}

/** One byte in a hundred replaced, and how many frames are left whole. */
function damagedStream(size: number): { frames: Uint8Array[]; whole: number } {
  const random = new Random(`damage ${size}`);
  let whole = 0;
  const frames = Array.from({ length: Math.ceil(VOLUME / size) }, () => {
    const body = random.fill(new Uint8Array(size));
    const frame = encodeFrame({ kind: 'transport', identifier: 0, body });
    let at = random.gap(0.01);
    if (at >= frame.length) whole++;
    for (; at < frame.length; at += 1 + random.gap(0.01)) frame[at]! ^= random.between(1, 255);
    return frame;
  });
  return { frames, whole };
}

/** Clean and damaged streams through our own deframer. */
async function damageRace(
  size: number,
  piece: number,
): Promise<{ clean: Placing; damaged: Placing; bytes: number }> {
  const random = new Random(`clean ${size}`);
  const clean = Array.from({ length: Math.ceil(VOLUME / size) }, () =>
    encodeFrame({ kind: 'transport', identifier: 0, body: random.fill(new Uint8Array(size)) }),
  );
  const { frames, whole } = damagedStream(size);
  const [first, second] = await race([
    dplink('clean', cut(clean, piece), clean.length),
    dplink('damaged', cut(frames, piece), whole),
  ]);
  return { clean: first!, damaged: second!, bytes: clean.length * (size + 8) };
}

export const framingBench: Bench = {
  name: 'framing',
  about: "whole frames with both CRCs checked, against npm's slip 1.0.2 and the serialport parsers",
  async run(print) {
    const missed: string[] = [];
    for (const piece of PIECES) {
      const columns: Placing[][] = [];
      for (const size of SIZES) columns.push(await race(contenders(size, piece)));
      const rows = columns[0]!.map(({ name }, i) => [
        name,
        ...columns.flatMap((column) => [
          megabytesPerSecond(column[i]!, VOLUME).toFixed(0),
          i === 0 ? '' : `${column[i]!.slower.toFixed(1)} x`,
        ]),
      ]);
      const head = ['', ...SIZES.flatMap((size) => [`${size} bytes MB/s`, 'slower'])];
      print(table(`payload in pieces of ${piece} bytes`, head, rows));
      for (const [i, column] of columns.entries()) {
        for (const { name, slower: ratio } of column.slice(1)) {
          const counts = !name.endsWith(UNCHECKED) || name.startsWith('npm slip');
          if (counts && ratio < PROMISED) {
            missed.push(
              `${ratio.toFixed(1)} times ${name} at ${SIZES[i]} bytes in ${piece}, promised ${PROMISED}`,
            );
          }
        }
      }
    }
    const rows: string[][] = [];
    for (const piece of [6, ...PIECES]) {
      for (const size of SIZES) {
        const { clean, damaged, bytes } = await damageRace(size, piece);
        const kept = 1 / damaged.slower;
        const speeds = [clean, damaged].map((placing) => megabytesPerSecond(placing, bytes).toFixed(0));
        rows.push([`${size} bytes in pieces of ${piece}`, ...speeds, `${(100 * kept).toFixed(0)} %`]);
        if (kept < PROMISED_DAMAGED) {
          missed.push(
            `${(100 * kept).toFixed(0)} % of the clean speed at ${size} bytes in ${piece}, promised 33 %`,
          );
        }
      }
    }
    print(
      'Contenders other than dplink carry bytes that they never have to escape: their best case.\n' +
        'serialport parsers check each message with npm crc, which is what their user has to add.',
    );
    print(table('one byte in a hundred damaged', ['', 'clean MB/s', 'damaged MB/s', 'kept'], rows));
    return missed;
  },
};
