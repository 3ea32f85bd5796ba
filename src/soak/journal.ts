/** The journal of one end on its way out: entries as they happen, frequent ones limited per second and summed up. Writes no file. */
import { type Instant, SECOND } from '../base/instant.ts';
import type { EndName } from './result.ts';
import type { JournalEntry } from './sample.ts';

/** Entries of one kind that are written one by one within a second; the rest of that second is summed up. */
const SINGLE_MAX = 10;

/** Entries that may wait to be read; beyond it they are counted as dropped, and the next read says so. */
const WAITING_MAX = 4096;

/** What an entry may say besides when, where and what. */
type Details = Readonly<Record<string, unknown>>;

/** A queue of {@link JournalEntry}. */
export class Journal {
  readonly #end: () => EndName;
  #origin: Instant | undefined;
  #waiting: JournalEntry[] = [];
  #dropped = 0;
  #second = -1;
  /** Frequent kinds in the present second: written one by one, and beyond. */
  readonly #frequent = new Map<string, { single: number; more: number }>();

  /** `end` names the writer; `origin` is when the run began, or `undefined` to take the first entry's time. */
  constructor(end: () => EndName, origin: Instant | undefined) {
    this.#end = end;
    this.#origin = origin;
  }

  /** Seconds since the run began. */
  seconds(now: Instant): number {
    this.#origin ??= now;
    return Math.max(0, now - this.#origin) / SECOND;
  }

  /** Counts the seconds of what follows from `now`. */
  restart(now: Instant): void {
    this.flush(now + SECOND);
    this.#origin = now;
    this.#second = -1;
  }

  /** Takes one entry. */
  write(now: Instant, event: string, details: Details = {}): void {
    this.flush(now);
    this.#push({ at: this.seconds(now), end: this.#end(), event, ...details });
  }

  /** Takes one entry of a kind that may come thousands of times a second: the first few singly, the rest as a sum. */
  often(now: Instant, event: string, details: Details = {}): void {
    this.flush(now);
    this.#second = Math.floor(this.seconds(now));
    const kind = this.#frequent.get(event) ?? { single: 0, more: 0 };
    this.#frequent.set(event, kind);
    if (kind.single < SINGLE_MAX) {
      kind.single++;
      this.#push({ at: this.seconds(now), end: this.#end(), event, ...details });
    } else kind.more++;
  }

  /** Takes one of a kind that is only ever summed up, second by second. */
  sum(now: Instant, event: string): void {
    this.flush(now);
    this.#second = Math.floor(this.seconds(now));
    const kind = this.#frequent.get(event) ?? { single: 0, more: 0 };
    this.#frequent.set(event, kind);
    kind.more++;
  }

  /** When {@link flush} is next wanted; `undefined` when nothing is being summed up. */
  get deadline(): Instant | undefined {
    if (this.#frequent.size === 0 || this.#origin === undefined) return undefined;
    return this.#origin + (this.#second + 1) * SECOND;
  }

  /** Writes the sums of a second that is over. */
  flush(now: Instant): void {
    if (this.#frequent.size === 0 || Math.floor(this.seconds(now)) === this.#second) return;
    const at = this.#second + 1;
    for (const [event, { more }] of this.#frequent) {
      if (more > 0) this.#push({ at, end: this.#end(), event, count: more });
    }
    this.#frequent.clear();
  }

  /** The next entry to be written down. */
  next(): JournalEntry | undefined {
    if (this.#waiting.length === 0 && this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return {
        at: Math.max(this.#second, 0),
        end: this.#end(),
        event: 'journalDropped',
        count: dropped,
      };
    }
    return this.#waiting.shift();
  }

  #push(entry: JournalEntry): void {
    if (this.#waiting.length >= WAITING_MAX) this.#dropped++;
    else this.#waiting.push(entry);
  }
}
