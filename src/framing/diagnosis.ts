/** Which reading of _MESSAGE_HEADER a partner uses, told from bytes it sent. For people: nothing switches over by itself. SER-1 to SER-4 */
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { MESSAGE_SIZE_MAX } from './deframer.ts';
import { SIGNATURE } from './encoder.ts';
import { isKnownType } from './message-kind.ts';
import { type HeaderCheck, type HeaderReading, headerCheck, READING } from './reading.ts';

/** Every reading that differs from the one taken in any way, and that one, which comes first. */
export const READINGS: readonly HeaderReading[] = every();

/** How a reading fared on the bytes. */
export interface ReadingScore {
  readonly reading: HeaderReading;
  /** Frames whose two CRCs hold under it. */
  readonly frames: number;
  /** Bytes of those frames. */
  readonly bytes: number;
}

/** What is known of a partner's reading. */
export interface Diagnosis {
  /** `taken`: ours; `other`: another one; `unclear`: several explain the bytes alike; `none`: none does. */
  readonly verdict: 'taken' | 'other' | 'unclear' | 'none';
  /** The readings that explain the most bytes: one for `taken` and `other`, several for `unclear`. */
  readonly best: readonly ReadingScore[];
  /** In words. */
  readonly text: string;
}

/** Bytes looked at; what comes behind them is not. */
const BYTES_MAX = 65_536;
/** Two CRCs hold by chance once in 2^32 places; one frame could be a forged one, two are a partner's habit. */
const FRAMES_MIN = 2;

function every(): HeaderReading[] {
  const readings: HeaderReading[] = [READING];
  for (const crcReflected of [true, false])
    for (const crcInitial of [0, 0xffff] as const)
      for (const crcByteOrder of ['little', 'big'] as const)
        for (const headerCrcCovers of ['sixBytes', 'eightBytes', 'headerAndMessage'] as const)
          for (const sizeCounts of ['message', 'headerAndMessage', 'packet'] as const)
            for (const messageCrcCovers of ['message', 'headerAndMessage'] as const) {
              const reading: HeaderReading = {
                crcReflected,
                crcInitial,
                crcByteOrder,
                headerCrcCovers,
                sizeCounts,
                messageCrcCovers,
              };
              if (!isSame(reading, READING)) readings.push(reading);
            }
  return readings;
}

function isSame(a: HeaderReading, b: HeaderReading): boolean {
  return (Object.keys(a) as (keyof HeaderReading)[]).every((key) => a[key] === b[key]);
}

/** The size of the frame at `at` if both its CRCs hold under `check`; 0 if not. */
function frameSizeAt(bytes: Uint8Array, at: number, check: HeaderCheck): number {
  const type = bytes[at + 1]!;
  const size = check.bodySize(type, bytes[at + 2]! | (bytes[at + 3]! << 8));
  const end = at + MESSAGE_HEADER_SIZE + size;
  if (!isKnownType(type) || size < 1 || size > MESSAGE_SIZE_MAX || end > bytes.length) return 0;
  if (check.headerCrc(bytes, at, end) !== (bytes[at + 6]! | (bytes[at + 7]! << 8))) return 0;
  if (check.messageCrc(bytes, at, end) !== (bytes[at + 4]! | (bytes[at + 5]! << 8))) return 0;
  return end - at;
}

/** How many frames of `bytes` hold under `reading`. */
export function scoreReading(bytes: Uint8Array, reading: HeaderReading): ReadingScore {
  const check = headerCheck(reading);
  let frames = 0;
  let held = 0;
  for (let at = bytes.indexOf(SIGNATURE); at >= 0 && at + MESSAGE_HEADER_SIZE <= bytes.length; ) {
    const size = frameSizeAt(bytes, at, check);
    if (size > 0) {
      frames++;
      held += size;
    }
    at = bytes.indexOf(SIGNATURE, at + Math.max(1, size));
  }
  return { reading, frames, bytes: held };
}

/** How `reading` differs from the one taken, in words; `as read here` when it does not. */
export function readingText(reading: HeaderReading): string {
  const keys = (Object.keys(READING) as (keyof HeaderReading)[]).filter(
    (key) => reading[key] !== READING[key],
  );
  if (keys.length === 0) return 'as read here';
  return keys.map((key) => `${key} ${String(reading[key])}`).join(', ');
}

/**
 * Tries every reading on the first 65,536 bytes that a partner sent. With transport packets alone two readings of
 * wMessageSize cannot be told apart: that is `unclear`, unless one of the two is the one taken.
 */
export function diagnoseReading(received: Uint8Array): Diagnosis {
  const bytes = received.subarray(0, BYTES_MAX);
  const scores = READINGS.map((reading) => scoreReading(bytes, reading)).filter(
    ({ frames }) => frames >= FRAMES_MIN,
  );
  const most = Math.max(0, ...scores.map((score) => score.bytes));
  const best = scores.filter((score) => score.bytes === most);
  const [first] = best;
  if (!first) return { verdict: 'none', best: [], text: 'no reading of the header explains these bytes' };
  if (first.reading === READING) {
    return { verdict: 'taken', best: [first], text: `${first.frames} frames hold as read here` };
  }
  const [verdict, which] =
    best.length === 1
      ? (['other', 'another reading'] as const)
      : (['unclear', 'each of these readings'] as const);
  const texts = best.map(({ reading }) => readingText(reading));
  return { verdict, best, text: `${first.frames} frames hold under ${which}: ${texts.join('; or ')}` };
}
