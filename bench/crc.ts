/** CRC-16/ARC against npm's `crc` and against a plain table of 256 entries, over the sizes of frames. */
import npmCrc16 from 'crc/crc16';
import { crc16 } from '../src/base/crc16.ts';
import { Random } from '../src/base/random.ts';
import type { Bench } from './bench.ts';
import { type Contender, megabytesPerSecond, race } from './race.ts';
import { table } from './table.ts';

const SIZES = [6, 64, 512, 1400, 65_536];
/** Bytes per run, so that the smallest sizes are not drowned in calls. */
const BATCH = 65_536;
/** Times faster than npm's `crc`, from 64 bytes up. */
const PROMISED = 4;

const TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  TABLE[byte] = crc;
}

/** The textbook way: one table, one byte at a time. */
function tableCrc16(bytes: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return crc;
}

export const crcBench: Bench = {
  name: 'crc',
  about: "CRC-16 over 6 to 65,536 bytes, against npm's crc 4.3.2 and a plain table",
  async run(print) {
    const missed: string[] = [];
    const rows: string[][] = [];
    for (const size of SIZES) {
      const random = new Random(`crc ${size}`);
      const pieces = Array.from({ length: Math.ceil(BATCH / size) }, () => random.fill(new Uint8Array(size)));
      // npm's crc copies what is no Buffer byte by byte: it gets its best case too.
      const buffers = pieces.map((piece) => Buffer.from(piece));
      const expected = pieces.reduce((sum, piece) => sum ^ tableCrc16(piece), 0);
      const contender = <Bytes extends Uint8Array>(
        name: string,
        crc: (bytes: Bytes) => number,
        inputs: readonly Bytes[],
      ): Contender => ({
        name,
        expected,
        run: () => {
          let sum = 0;
          for (const input of inputs) sum ^= crc(input);
          return sum;
        },
      });
      const placings = await race([
        contender('dplink', (bytes) => crc16(bytes), pieces),
        contender('npm crc', (bytes) => npmCrc16(bytes), buffers),
        contender('plain table', tableCrc16, pieces),
      ]);
      const times = placings.map(({ slower }) => slower);
      const bytes = size * pieces.length;
      rows.push([
        `${size} bytes`,
        ...placings.map((placing) => megabytesPerSecond(placing, bytes).toFixed(0)),
        ...times.slice(1).map((ratio) => `${ratio.toFixed(1)} x`),
      ]);
      if (size >= 64 && times[1]! < PROMISED) {
        missed.push(`${times[1]!.toFixed(1)} times npm crc at ${size} bytes, promised ${PROMISED}`);
      }
    }
    const head = ['message', 'dplink MB/s', 'npm crc MB/s', 'table MB/s', 'against npm crc', 'against table'];
    print(table('CRC-16/ARC', head, rows));
    return missed;
  },
};
