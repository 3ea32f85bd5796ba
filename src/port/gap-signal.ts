/** Tells when a line has fallen idle in the middle of something. A side branch: no data passes through it. */
import { InterByteTimeoutParser } from '@serialport/parser-inter-byte-timeout';
import type { Duration, Instant } from '../base/instant.ts';
import { MILLISECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Clock } from './clock.ts';

/** USB adapters hold received bytes back for up to this long (FTDI's latency timer). */
const ADAPTER_LATENCY: Duration = 16 * MILLISECOND;
/**
 * No gap is believed that is shorter than this. A loaded machine holds bytes back for 20 ms and more in places that
 * the lateness rule cannot see (the kernel's own work queues); a real gap loses nothing by being told later.
 */
const GAP_MIN: Duration = 50 * MILLISECOND;
/** A gap that fires later than this tells of a blocked process, not of an idle line. */
const LATENESS_MAX: Duration = 2 * MILLISECOND;
/** How often in a row a late gap may be put off. */
const POSTPONEMENTS_MAX = 4;
/** What the parser may hold: a byte for each piece of data since the last gap. */
const HELD_MAX = 256;

const ONE_BYTE = Buffer.alloc(1);
const TWO_BYTES = Buffer.alloc(2);

/** How long a line must be idle before a frame under way is given up: 50 ms, or an adapter's latency and three characters. */
export function gapInterval(settings: LineSettings): Duration {
  return Math.max(GAP_MIN, ADAPTER_LATENCY + lineTime(settings, 3));
}

/**
 * Calls `onGap` once when data came and then none for {@link gapInterval}. If the process itself was late, bytes
 * may be waiting unread, so it waits for one more interval (at most four times in a row). It does so as well while
 * `isWaiting` says that bytes are there: the threads that read them may be busy with a disk. And it lets whatever was
 * read already be handed over first.
 *
 * The parser buffers byte by byte, hence it is fed one byte for each piece of data, whatever the piece's size:
 * the cost is that of its timer, and what it holds stays below {@link HELD_MAX} bytes.
 */
export class GapSignal {
  readonly #parser: InterByteTimeoutParser;
  readonly #clock: Clock;
  readonly #interval: Duration;
  readonly #onGap: () => void;
  readonly #isWaiting: () => boolean;
  #held = 0;
  #fedAt: Instant = 0;
  #postponements = 0;
  #ended = false;

  constructor(
    settings: LineSettings,
    clock: Clock,
    onGap: () => void,
    isWaiting: () => boolean = () => false,
  ) {
    this.#isWaiting = isWaiting;
    this.#clock = clock;
    this.#interval = gapInterval(settings);
    this.#onGap = onGap;
    this.#parser = new InterByteTimeoutParser({
      interval: Math.ceil(this.#interval / MILLISECOND),
      maxBufferSize: HELD_MAX,
    });
    this.#parser.on('data', () => this.#fired());
  }

  /** Data came just now. */
  feed(): void {
    if (this.#ended) return;
    this.#postponements = 0;
    this.#feedParser();
  }

  /** No gap is told of any more, and no timer stays behind. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parser.destroy();
    // destroy() leaves the parser's timer running; emitPacket() is what clears it.
    (this.#parser as unknown as { emitPacket(): void }).emitPacket();
  }

  #feedParser(): void {
    this.#fedAt = this.#clock.now();
    this.#held++;
    // A full buffer is emitted as if a gap had come, and an empty one never is: the second byte stays in it.
    if (this.#held < HELD_MAX) {
      this.#parser.write(ONE_BYTE);
    } else {
      this.#held = 1;
      this.#parser.write(TWO_BYTES);
    }
  }

  #fired(): void {
    if (this.#ended) return;
    const idle = this.#clock.now() - this.#fedAt;
    // Not a gap: the buffer was full. Timers of whole milliseconds may be one early.
    if (idle < this.#interval - MILLISECOND) return;
    this.#held = 0;
    const late = idle - Math.ceil(this.#interval / MILLISECOND) * MILLISECOND;
    if ((late > LATENESS_MAX || this.#isWaiting()) && this.#postponements < POSTPONEMENTS_MAX) {
      this.#postponements++;
      // Not from inside the parser's event: it empties its buffer after it.
      queueMicrotask(() => {
        if (!this.#ended) this.#feedParser();
      });
      return;
    }
    const fedAt = this.#fedAt;
    setImmediate(() => {
      if (!this.#ended && this.#fedAt === fedAt) this.#onGap();
    });
  }
}
