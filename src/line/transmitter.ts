/** The sending side of a line: a queue of bytes and exactly when each is on the wire. Alters nothing. */
import type { Duration, Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { ByteQueue } from './byte-queue.ts';
import {
  type CharacterTime,
  characterTime,
  finishedBy,
  finishOf,
  type Run,
  shorten,
  startedBefore,
} from './character-clock.ts';

/** What goes out ahead of the queue, in one character time: a byte of flow control, or a break. */
export type Urgent = { readonly kind: 'control'; readonly byte: number } | { readonly kind: 'break' };

/** An unbroken run on the wire: bytes of the queue, or one urgent character. */
type Planned = Run & { readonly urgent: Urgent | undefined };

/** What has left the transmitter: characters of one run. */
export interface Departure {
  /** Stream offset of the first byte. An urgent character has none of its own: it is that of the byte after it. */
  readonly offset: number;
  /** The bytes; a view, good until the transmitter is next called. Empty for an urgent character. */
  readonly bytes: Uint8Array;
  readonly urgent: Urgent | undefined;
  /** The characters' times; `count` is how many there are. A copy. */
  readonly run: Run;
  /** True when the line falls idle behind these characters, as far as is known. */
  readonly last: boolean;
}

/**
 * Bytes wait in a queue, then go out one after the other at the character time of the settings. What has not
 * begun can be held (flow control, by any number of reasons at once) and retimed; what has begun completes.
 */
export class Transmitter {
  readonly #queue = new ByteQueue();
  readonly #reasons = new Set<string>();
  /** Stream offsets at which the pieces given to `offer` ended, oldest first. */
  #pieces: number[] = [];
  #planned: Planned[] = [];
  #time: CharacterTime;
  /** Bytes at the tail of the queue that have no time yet, because the line is held. */
  #unplanned = 0;
  #offset = 0;
  #accepted = 0;
  #told: Instant = 0;

  constructor(settings: LineSettings) {
    this.#time = characterTime(settings);
  }

  /** Bytes given to `offer` so far: the stream offset of the next one. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Bytes that `depart` has returned so far: the stream offset of the next one. */
  get departed(): number {
    return this.#offset;
  }

  /** True while nothing new may start. */
  get held(): boolean {
    return this.#reasons.size > 0;
  }

  /** Bytes that were not on the wire at the last time told. */
  get queued(): number {
    let waiting = this.#unplanned;
    for (let i = this.#planned.length - 1; i >= 0; i--) {
      const run = this.#planned[i]!;
      const left = run.count - startedBefore(run, this.#told);
      if (left === 0) break;
      if (run.urgent === undefined) waiting += left;
    }
    return waiting;
  }

  /** Takes note of the time, for {@link queued}. */
  tell(now: Instant): void {
    this.#told = now;
  }

  /** Queues all of `bytes` (copied). */
  offer(now: Instant, bytes: Uint8Array): void {
    this.#told = now;
    if (bytes.length === 0) return;
    this.#queue.append(bytes);
    this.#accepted += bytes.length;
    this.#pieces.push(this.#accepted);
    this.#unplanned += bytes.length;
    this.#plan(now);
  }

  /** Lets nothing new start until `reason` is released. What has begun completes. */
  hold(now: Instant, reason: string): void {
    this.#told = now;
    this.#unplan(now);
    this.#reasons.add(reason);
  }

  /** Takes back `reason`; when it was the last, the queue goes on from `now`. */
  release(now: Instant, reason: string): void {
    this.#told = now;
    this.#reasons.delete(reason);
    this.#plan(now);
  }

  /** Sends an urgent character before anything that has not begun, even while held. */
  send(now: Instant, urgent: Urgent): void {
    this.#told = now;
    this.#unplan(now);
    this.#append(now, 1, urgent);
    this.#plan(now);
  }

  /** Changes the character time of all that has not begun. */
  retune(now: Instant, settings: LineSettings): void {
    this.#told = now;
    this.#unplan(now);
    this.#time = characterTime(settings);
    this.#plan(now);
  }

  /** Throws away what has not begun; returns how many bytes that were. */
  discard(now: Instant): number {
    this.#told = now;
    this.#unplan(now);
    const lost = this.#unplanned;
    const kept = this.#queue.take(this.#queue.length - lost).slice();
    this.#queue.clear();
    this.#queue.append(kept);
    this.#unplanned = 0;
    this.#accepted -= lost;
    this.#pieces = this.#pieces.filter((end) => end < this.#accepted);
    if (kept.length > 0) this.#pieces.push(this.#accepted);
    return lost;
  }

  /** The next characters that are complete at `by`, removed from here; `undefined` when none is. */
  depart(by: Instant): Departure | undefined {
    const run = this.#planned[0];
    if (run === undefined) return undefined;
    const count = finishedBy(run, by);
    if (count === 0) return undefined;
    const offset = this.#offset;
    const copy: Run = { whole: run.whole, part: run.part, count, time: run.time };
    const bytes = run.urgent === undefined ? this.#queue.take(count) : new Uint8Array(0);
    this.#offset += bytes.length;
    shorten(run, count);
    if (run.count === 0) this.#planned.shift();
    this.#forgetPieces();
    return { offset, bytes, urgent: run.urgent, run: copy, last: run.count === 0 && this.#isIdleAfter(copy) };
  }

  /**
   * When `depart` is next worth calling: at the end of the next piece offered, `batch` after the next character,
   * or when `batchBytes` are complete, whichever comes first. `undefined` while nothing has a time.
   */
  due(batch: Duration, batchBytes: number): Instant | undefined {
    const run = this.#planned[0];
    if (run === undefined) return undefined;
    const piece = run.urgent === undefined ? this.#pieces[0]! - this.#offset : 1;
    return Math.min(finishOf(run, 1) + batch, finishOf(run, Math.min(piece, batchBytes, run.count)));
  }

  /** When the queue will hold no more than `bytes`, as planned now; `undefined` while held. */
  drainedTo(bytes: number): Instant | undefined {
    const run = this.#planned.at(-1);
    if (this.#unplanned > bytes) return undefined;
    if (run === undefined) return this.#told;
    return Math.max(this.#told, finishOf(run, Math.max(0, run.count - bytes)));
  }

  /** Whether the run behind `copy` does not begin where it ends: then the receiver sees an idle line. */
  #isIdleAfter(copy: Run): boolean {
    const following = this.#planned[0];
    return following === undefined || following.whole > finishOf(copy, copy.count);
  }

  #forgetPieces(): void {
    let done = 0;
    while (done < this.#pieces.length && this.#pieces[done]! <= this.#offset) done++;
    if (done > 0) this.#pieces.splice(0, done);
  }

  /** Gives times to all bytes that have none, unless held. */
  #plan(now: Instant): void {
    if (this.held || this.#unplanned === 0) return;
    this.#append(now, this.#unplanned, undefined);
    this.#unplanned = 0;
  }

  /** Puts `count` characters behind all that is planned, at once if the line is idle. */
  #append(now: Instant, count: number, urgent: Urgent | undefined): void {
    const run = this.#planned.at(-1);
    const time = this.#time;
    const busy = run !== undefined && finishOf(run, run.count) > now;
    if (busy && run.urgent === undefined && urgent === undefined && run.time === time) {
      run.count += count;
      return;
    }
    const next: Planned = { whole: now, part: 0, count, time, urgent };
    if (busy) {
      const end = { ...run };
      shorten(end, end.count);
      const sameUnit = run.time.baud === time.baud;
      next.whole = sameUnit ? end.whole : finishOf(run, run.count);
      next.part = sameUnit ? end.part : 0;
    }
    this.#planned.push(next);
  }

  /** Takes the times away from all bytes that have not begun; urgent characters keep their turn. */
  #unplan(now: Instant): void {
    const urgent: Urgent[] = [];
    for (let run = this.#planned.at(-1); run !== undefined; run = this.#planned.at(-1)) {
      const begun = startedBefore(run, now);
      if (begun === run.count) break;
      if (run.urgent === undefined) this.#unplanned += run.count - begun;
      else urgent.unshift(run.urgent);
      run.count = begun;
      if (begun > 0) break;
      this.#planned.pop();
    }
    for (const each of urgent) this.#append(now, 1, each);
  }
}
