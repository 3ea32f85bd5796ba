/** What a line of the bench is like, what it can carry at best, and how much to send over it. Opens nothing. */

/** One kind of line; both directions are alike. */
export interface Condition {
  /** Bits per second; always 8N1, ten bits per byte. */
  readonly baud: number;
  /** Milliseconds each way. */
  readonly latencyMs: number;
  /** Probability that a data bit arrives inverted. */
  readonly bitErrorRatio: number;
}

/** One kind of line that the programs are raced on, and what dplink is to reach there. */
export interface Heat extends Condition {
  /** Utilisation promised: the median of the seeds, and the worst of them where one is promised. */
  readonly promised: { readonly median: number; readonly worst?: number };
}

const heat = (
  baud: number,
  latencyMs: number,
  bitErrorRatio: number,
  median: number,
  worst?: number,
): Heat => ({
  baud,
  latencyMs,
  bitErrorRatio,
  promised: worst === undefined ? { median } : { median, worst },
});

/** The lines of the record, in its order. */
export const HEATS: readonly Heat[] = [
  heat(115_200, 0, 0, 0.985, 0.98),
  heat(115_200, 0, 1e-6, 0.97, 0.955),
  heat(115_200, 0, 1e-5, 0.925, 0.9),
  heat(115_200, 0, 3e-5, 0.88, 0.85),
  heat(115_200, 0, 1e-4, 0.8, 0.77),
  heat(115_200, 0, 3e-4, 0.68, 0.64),
  heat(33_600, 100, 0, 0.96),
  heat(33_600, 100, 1e-5, 0.9),
  heat(33_600, 100, 1e-4, 0.72),
];

/** Bits that one byte takes on these lines. */
const CHARACTER_BITS = 10;
/** Bytes around the payload of a frame: 8 of the frame, 4 of a data frame's header. */
const OVERHEAD = 12;
/** The largest payload considered: more gains nothing at the lowest error ratio above zero. */
const PAYLOAD_MAX = 65_535 - OVERHEAD;

/** The largest payload that dplink and the ceiling use on a line without errors: its own largest frame. */
const PAYLOAD_CLEAN = 1_400;

/** Share of the line that frames of `payload` bytes could carry if every damaged one cost exactly itself. */
export function frameCeiling(payload: number, bitErrorRatio: number): number {
  const size = payload + OVERHEAD;
  return (payload / size) * (1 - bitErrorRatio) ** (8 * size);
}

/** The best payload size for an error ratio, and the share of the line that it could carry: selective repeat, 12 bytes around each. */
export function ceiling(bitErrorRatio: number): { readonly payload: number; readonly share: number } {
  if (bitErrorRatio === 0) return { payload: PAYLOAD_CLEAN, share: frameCeiling(PAYLOAD_CLEAN, 0) };
  let best = { payload: 1, share: 0 };
  for (let payload = 1; payload <= PAYLOAD_MAX; payload++) {
    const share = frameCeiling(payload, bitErrorRatio);
    // It only rises up to the best size and only falls behind it.
    if (share <= best.share) break;
    best = { payload, share };
  }
  return best;
}

/** Bytes per second on the wire. */
export function bytesPerSecond({ baud }: Condition): number {
  return baud / CHARACTER_BITS;
}

/** Bytes to send so that even the ceiling takes `seconds`. */
export function payloadSize(condition: Condition, seconds: number): number {
  return Math.ceil(bytesPerSecond(condition) * ceiling(condition.bitErrorRatio).share * seconds);
}

/** A line with a long way is used so many times as long: greeting and farewell, four trips of it, would weigh more than what lies between. */
const LONG_WAY_RUNS = 2;

/** Seconds of a run on such a line where one without latency takes `seconds`. */
export function runSeconds({ latencyMs }: Condition, seconds: number): number {
  return latencyMs > 0 ? LONG_WAY_RUNS * seconds : seconds;
}

/** Share of the line that `bytes` of payload in `seconds` are. */
export function utilisation(condition: Condition, bytes: number, seconds: number): number {
  return bytes / (bytesPerSecond(condition) * seconds);
}

/** The line in words: `115200, 1e-5` or `33600, 100 ms each way, 0`. */
export function conditionText({ baud, latencyMs, bitErrorRatio }: Condition): string {
  const latency = latencyMs === 0 ? '' : `${latencyMs} ms each way, `;
  return `${baud}, ${latency}${bitErrorRatio === 0 ? '0' : bitErrorRatio.toExponential()}`;
}
