/** What one end sees of the line in one run beside the counters: its seconds, what was sent again, what a census is made of. Sends nothing. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import { PACKET_COMMAND_DATA, PACKET_CONTROL_RETRY } from '../wire/flags.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { Availability, type SecondCounts } from './availability.ts';
import { fingerprint } from './fingerprint.ts';
import { type Census, FrameLedger } from './frame-ledger.ts';
import { HeardInstead } from './heard-instead.ts';
import type { LineCounters } from './result.ts';

/** A census behind damage takes this share of the line at most, and comes once a second at most. */
const CENSUS_SHARE = 0.002;
const CENSUS_SIZE = 48;
/** Seconds that one look at the counters stands for at most: the host slept through the rest. */
const SECONDS_MAX = 86_400;

/** What is known of a second besides the counters. */
export interface Moment {
  /** Whether a stream that saturates the line comes towards this end, so that silence is a defect. */
  readonly isExpecting: boolean;
  /** Frames sent again so far: an end that repeats is cut off until it hears something. */
  readonly retries: number;
}

/** See the head of the file. */
export class LineWatch {
  readonly ledger = new FrameLedger();
  readonly #counters: () => LineCounters;
  readonly #received: () => number;
  readonly #censusPause: Duration;
  readonly #availability = new Availability();
  readonly #instead = new HeardInstead();
  #framesReceived = 0;
  #lastIntact: Census | undefined;
  #bytesResent = 0;
  #framesResent = 0;
  #damaged = false;
  #censusAt: Instant | undefined;
  #censusSentAt: Instant = Number.NEGATIVE_INFINITY;
  #secondAt: Instant | undefined;
  /** Something was sent again, and nothing has been heard since. */
  #unanswered = false;
  #before = { received: 0, damaged: 0, bytes: 0, retries: 0 };

  /** `counters` are those of the run; `received` gives the bytes received up to the end of the frame that is being handed up. */
  constructor(line: LineSettings, counters: () => LineCounters, received: () => number) {
    this.#counters = counters;
    this.#received = received;
    this.#censusPause = Math.max(SECOND, lineTime(line, CENSUS_SIZE) / CENSUS_SHARE);
  }

  /** Seconds of the traffic as they count by now. */
  get seconds(): SecondCounts {
    return this.#availability.counts;
  }

  /** Frames, and their bytes with their headers, that were sent again. */
  get resent(): { readonly frames: number; readonly bytes: number } {
    return { frames: this.#framesResent, bytes: this.#bytesResent };
  }

  /** What came from the line so far, in words, for the case that no answer is among it. */
  get heardInstead(): string {
    return this.#instead.explain(this.#counters().bytes.received);
  }

  /** A message goes out. */
  sent({ kind, body }: Message): void {
    this.ledger.sent(body);
    const isRepeated =
      kind === 'transport' &&
      (body[0]! & PACKET_COMMAND_DATA) !== 0 &&
      ((body[1] ?? 0) & PACKET_CONTROL_RETRY) !== 0;
    if (!isRepeated) return;
    this.#framesResent++;
    this.#bytesResent += MESSAGE_HEADER_SIZE + body.length;
  }

  /** A message arrived in an intact frame. */
  received(now: Instant, message: Message): void {
    const { body } = message;
    this.#instead.received(message);
    this.#framesReceived++;
    const { length } = body;
    this.#lastIntact = {
      fingerprint: fingerprint(body),
      length,
      frames: this.#framesReceived,
      bytes: this.#received(),
    };
    if (!this.#damaged) return;
    this.#damaged = false;
    this.#censusAt ??= Math.max(now, this.#censusSentAt + this.#censusPause);
  }

  /** A frame was damaged, beginning with `sample`: the next intact one is worth a census. */
  damaged(sample: unknown): void {
    this.#instead.damaged(sample);
    this.#damaged = true;
  }

  /** What the partner should know; `undefined` before the first intact frame. Puts off the next one that is due. */
  census(now: Instant): Census | undefined {
    this.#censusAt = undefined;
    this.#censusSentAt = now;
    return this.#lastIntact;
  }

  /** When a census is due because something was damaged. */
  get censusAt(): Instant | undefined {
    return this.#censusAt;
  }

  /** The traffic begins: seconds are counted from now on. */
  begin(now: Instant, { retries }: Moment): void {
    this.#secondAt = now + SECOND;
    this.#before = { ...this.#figures(), retries };
  }

  /** The traffic has ended: no further second is counted. */
  end(): void {
    this.#secondAt = undefined;
  }

  /** When {@link tick} is next wanted. */
  get secondAt(): Instant | undefined {
    return this.#secondAt;
  }

  /** Judges the seconds that are over. Of several at once the last one takes what was counted, the others nothing. */
  tick(now: Instant, { isExpecting, retries }: Moment): void {
    if (this.#secondAt === undefined || now < this.#secondAt) return;
    const seconds = Math.min(SECONDS_MAX, Math.floor((now - this.#secondAt) / SECOND) + 1);
    const figures = this.#figures();
    const heard = figures.bytes > this.#before.bytes;
    this.#unanswered = !heard && (this.#unanswered || retries > this.#before.retries);
    const silent = !heard && (isExpecting || this.#unanswered);
    for (let second = 1; second < seconds; second++) {
      this.#availability.second({ received: 0, damaged: 0, silent });
    }
    this.#availability.second({
      received: Math.max(0, figures.received - this.#before.received),
      damaged: Math.max(0, figures.damaged - this.#before.damaged),
      silent,
    });
    this.#before = { ...figures, retries };
    this.#secondAt += seconds * SECOND;
    if (this.#secondAt <= now) this.#secondAt = now + SECOND;
  }

  #figures(): { received: number; damaged: number; bytes: number } {
    const { frames, bytes } = this.#counters();
    const damaged = frames.headerCrcErrors + frames.messageCrcErrors + frames.truncated;
    return { received: frames.received, damaged, bytes: bytes.received };
  }
}
