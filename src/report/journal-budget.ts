/**
 * Keeps a journal from filling a disk: what one kind of entry takes is bounded, and what is left out is summed up, so
 * that sums over the journal stay true. Writes no file.
 */
import type { JournalEntry } from '../soak/sample.ts';

/** Bytes that one kind of entry of one end may take at once. */
const BURST_BYTES = 4 * 1024 * 1024;

/** Bytes that each kind may take per second besides. */
const BYTES_PER_SECOND = 256;

/** Kinds, end by end, that are told apart; further ones share a budget. */
const KINDS_MAX = 64;

/** Kinds that come in numbers, over both ends: what is expected at most. */
const BUSY_KINDS = 16;

/** Bytes a second that a kind brings at most: ten entries a second are written singly, and a sum. */
const KIND_BYTES_PER_SECOND = 11 * 300;

/** Bytes that everything rare takes together. */
const RARE_BYTES = 64 * 1024;

interface Kind {
  /** Bytes that may be written now. */
  room: number;
  /** Until when `room` has been credited, in seconds of the run. */
  until: number;
  /** Entries left out and not yet summed up. */
  pending: number;
  last: JournalEntry | undefined;
}

/** How many events an entry stands for. */
function countOf(entry: JournalEntry): number {
  const { count } = entry;
  return typeof count === 'number' && count > 0 ? count : 1;
}

function sizeOf(entry: JournalEntry): number {
  return Buffer.byteLength(JSON.stringify(entry)) + 1;
}

/** Bytes that a journal of `seconds` of run takes at most, everything that can go wrong going wrong all the time. */
export function journalBytesMax(seconds: number): number {
  const budget = BURST_BYTES + BYTES_PER_SECOND * seconds;
  return RARE_BYTES + BUSY_KINDS * Math.min(budget, KIND_BYTES_PER_SECOND * seconds);
}

/** Decides which entries are written as they are, and makes the sums that stand for the others. */
export class JournalBudget {
  readonly #burst: number;
  readonly #kinds = new Map<string, Kind>();

  /** `burst`: for tests. */
  constructor(burst = BURST_BYTES) {
    this.#burst = burst;
  }

  /** What is to be written now that `entry` has happened: itself, a sum with it in, or nothing yet. */
  admit(entry: JournalEntry): JournalEntry[] {
    const kind = this.#kindOf(entry);
    kind.room = Math.min(this.#burst, kind.room + Math.max(0, entry.at - kind.until) * BYTES_PER_SECOND);
    kind.until = entry.at;
    const size = sizeOf(entry);
    if (kind.pending === 0 && size <= kind.room) {
      kind.room -= size;
      return [entry];
    }
    kind.pending += countOf(entry);
    kind.last = entry;
    const sum = summed(kind);
    if (sum === undefined || sizeOf(sum) > kind.room) return [];
    kind.room -= sizeOf(sum);
    return [settle(kind, sum)];
  }

  /** The sums of all that was left out so far. */
  rest(): JournalEntry[] {
    return [...this.#kinds.values()].flatMap((kind) => {
      const sum = summed(kind);
      return sum === undefined ? [] : [settle(kind, sum)];
    });
  }

  #kindOf(entry: JournalEntry): Kind {
    const name = JSON.stringify([entry.end, entry.event]);
    const key = this.#kinds.has(name) || this.#kinds.size < KINDS_MAX ? name : '';
    const kind = this.#kinds.get(key) ?? { room: this.#burst, until: entry.at, pending: 0, last: undefined };
    this.#kinds.set(key, kind);
    return kind;
  }
}

/** The entry that stands for what was left out of `kind`; `undefined` when nothing was. */
function summed({ pending, last }: Kind): JournalEntry | undefined {
  if (pending === 0 || last === undefined) return undefined;
  return { at: last.at, end: last.end, event: last.event, count: pending };
}

function settle(kind: Kind, sum: JournalEntry): JournalEntry {
  kind.pending = 0;
  kind.last = undefined;
  return sum;
}
