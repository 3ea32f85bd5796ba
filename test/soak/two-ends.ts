/** Two soak ends joined message by message in virtual time: paced, losing and altering as told. Knows no bytes between messages. */
import { earlier, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { SoakEnd, type SoakEndOptions } from '../../src/soak/end.ts';
import { type Plan, planOf } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import type { LineCounters } from '../../src/soak/result.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import type { Message } from '../../src/wire/message.ts';

/** What happens to a message on its way: passed on (perhaps another), or lost. */
export type Tamper = (message: Message, to: 'near' | 'far', now: Instant) => Message | undefined;

/** Frame header, and the line time ahead of the wire to which an end is polled, as a port driver does. */
const HEADER = 8;
const AHEAD = 20 * MILLISECOND;

/** The plan of a profile's text. */
export function planFrom(text: string, seed = 'test'): Plan {
  return planOf(parseProfile('test.yaml', text), seed, { near: 'near', far: 'far' });
}

interface Direction {
  readonly to: 'near' | 'far';
  freeAt: Instant;
  readonly flying: { at: Instant; message: Message }[];
}

interface MutableCounters {
  bytes: { sent: number; received: number; skipped: number };
  frames: {
    sent: number;
    received: number;
    headerCrcErrors: number;
    messageCrcErrors: number;
    truncated: number;
    resyncs: number;
  };
  uart: null;
}

function counters(): MutableCounters {
  return {
    bytes: { sent: 0, received: 0, skipped: 0 },
    frames: { sent: 0, received: 0, headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 },
    uart: null,
  };
}

export interface TwoEndsOptions {
  readonly settings?: Partial<LineSettings>;
  readonly seed?: string;
  /** Probability that a bit of a frame is inverted, which loses the frame. */
  readonly bitErrorRatio?: number;
  readonly tamper?: Tamper;
  readonly startedAt?: Instant;
  /** Added to the far end's clock. */
  readonly farAhead?: number;
  readonly near?: Partial<SoakEndOptions>;
  readonly far?: Partial<SoakEndOptions>;
}

/** A near and a far end, and the line between them. `null` in place of an end leaves that side dead. */
export class TwoEnds {
  readonly near: SoakEnd;
  readonly far: SoakEnd;
  readonly journal: JournalEntry[] = [];
  readonly counted = { near: counters(), far: counters() };
  readonly #settings: LineSettings;
  readonly #options: TwoEndsOptions;
  readonly #random: Random;
  readonly #toFar: Direction = { to: 'far', freeAt: 0, flying: [] };
  readonly #toNear: Direction = { to: 'near', freeAt: 0, flying: [] };
  readonly #clocks: { near: number; far: number };
  /** Ends that neither hear nor speak. */
  readonly dead = new Set<'near' | 'far'>();
  now: Instant = 0;

  constructor(plan: Plan, options: TwoEndsOptions = {}) {
    this.#options = options;
    this.#settings = { ...DEFAULT_LINE_SETTINGS, ...options.settings };
    this.#random = new Random(options.seed ?? 'two ends');
    this.#clocks = { near: 0, far: options.farAhead ?? 0 };
    const end = (name: 'near' | 'far', more: Partial<SoakEndOptions>) =>
      new SoakEnd({
        role: name === 'near' ? 'join' : 'host',
        ...(name === 'near' ? { plan } : {}),
        line: this.#settings,
        random: this.#random.fork(name),
        lineCounters: () => this.counted[name] satisfies LineCounters,
        ...more,
      });
    this.near = end('near', options.near ?? {});
    this.far = end('far', options.far ?? {});
    this.far.start(this.clock('far'));
    this.near.start(this.clock('near'));
  }

  /** An end's own time. */
  clock(end: 'near' | 'far'): Instant {
    return this.now + this.#clocks[end];
  }

  /** Takes the near end's place by another end, as when the operator starts the next run. */
  replaceNear(plan: Plan): SoakEnd {
    const near = new SoakEnd({
      role: 'join',
      plan,
      line: this.#settings,
      random: this.#random.fork(`near ${this.now}`),
      lineCounters: () => this.counted.near,
    });
    (this as { near: SoakEnd }).near = near;
    near.start(this.clock('near'));
    return near;
  }

  /** Runs until `done` says so, at most `limit` microseconds longer; throws when time stands still. */
  run(done: () => boolean, limit: number = 3600 * SECOND): void {
    const until = this.now + limit;
    let steps = 0;
    let at = this.now;
    while (!done() && this.now < until) {
      this.#exchange();
      if (done()) return;
      const next = this.#next();
      if (next === undefined || next > until) {
        this.now = until;
        return;
      }
      this.now = Math.max(this.now, next);
      steps = this.now === at ? steps + 1 : 0;
      at = this.now;
      if (steps > 10_000) throw new Error(`time stands still at ${this.now}`);
      this.#deliver();
      for (const name of ['near', 'far'] as const) {
        const { deadline } = this[name];
        if (!this.dead.has(name) && deadline !== undefined && deadline <= this.clock(name)) {
          this[name].expire(this.clock(name));
        }
      }
      this.#drain();
    }
  }

  #next(): Instant | undefined {
    let next: Instant | undefined;
    for (const direction of [this.#toFar, this.#toNear]) {
      next = earlier(next, direction.flying[0]?.at);
      if (direction.freeAt - AHEAD > this.now) next = earlier(next, direction.freeAt - AHEAD);
    }
    for (const name of ['near', 'far'] as const) {
      const { deadline } = this[name];
      if (!this.dead.has(name) && deadline !== undefined) next = earlier(next, deadline - this.#clocks[name]);
    }
    return next;
  }

  #exchange(): void {
    this.#send('near', this.#toFar);
    this.#send('far', this.#toNear);
    this.#drain();
  }

  #send(from: 'near' | 'far', direction: Direction): void {
    while (!this.dead.has(from) && direction.freeAt - AHEAD <= this.now) {
      const message = this[from].poll(this.clock(from));
      if (message === undefined) return;
      const size = message.body.length + HEADER;
      direction.freeAt = Math.max(direction.freeAt, this.now) + Math.ceil(lineTime(this.#settings, size));
      this.counted[from].frames.sent++;
      this.counted[from].bytes.sent += size;
      direction.flying.push({ at: direction.freeAt, message });
    }
  }

  #deliver(): void {
    for (const direction of [this.#toFar, this.#toNear]) {
      while (direction.flying[0] !== undefined && direction.flying[0].at <= this.now) {
        const { message } = direction.flying.shift()!;
        const size = message.body.length + HEADER;
        const mine = this.counted[direction.to];
        mine.bytes.received += size;
        if (this.#random.gap(this.#options.bitErrorRatio ?? 0) < size * 8) {
          mine.frames.messageCrcErrors++;
          mine.bytes.skipped += size;
          continue;
        }
        mine.frames.received++;
        const passed = this.#options.tamper ? this.#options.tamper(message, direction.to, this.now) : message;
        if (passed === undefined || this.dead.has(direction.to)) continue;
        this[direction.to].receive(this.clock(direction.to), passed);
      }
    }
  }

  #drain(): void {
    for (const name of ['near', 'far'] as const) {
      for (let entry = this[name].next(); entry; entry = this[name].next()) this.journal.push(entry);
    }
  }
}
