/** What happens in a simulated world, drawn from its seed: line, faults, traffic, mishaps. Plain data; runs nothing. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings, lineTime, PARITIES } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { DirectionOptions } from '../line/direction.ts';

/** One of the two ends. */
export type EndIndex = 0 | 1;

/** A fault with a beginning and an end, beside the noise. */
export type Mishap = { readonly at: Instant; readonly for: Duration } & (
  | /** Nothing passes in the direction sent from `end`, or in both. */
  { readonly kind: 'cut'; readonly end: EndIndex | 'both' }
  /** The host of `end` stands still; its UART overruns. */
  | { readonly kind: 'freeze'; readonly end: EndIndex }
  /** The program at `end` dies and starts anew. */
  | { readonly kind: 'crash'; readonly end: EndIndex }
  /** The drivers of both ends take 0x11 and 0x13 for XON and XOFF, until the line is healed. */
  | { readonly kind: 'controls' }
);

/** Messages sent at one moment. */
export interface Burst {
  readonly at: Instant;
  readonly from: EndIndex;
  readonly category: number;
  readonly size: number;
  readonly count: number;
}

/** Everything about a world except the numbers that its random generators draw on the way. */
export interface Scenario {
  readonly settings: LineSettings;
  /** What the directions from end 0 and from end 1 are like. */
  readonly directions: readonly [DirectionOptions, DirectionOptions];
  readonly jitter: Duration;
  /** How long received bytes wait in the adapter for more of them. */
  readonly batch: Duration;
  /** Bytes that a UART and its driver hold for a host that stands still. */
  readonly receiveBuffer: number;
  readonly versions: readonly [number, number];
  readonly frameSizeMax: number;
  readonly mishaps: readonly Mishap[];
  readonly bursts: readonly Burst[];
  /** Which ends also saturate the line, with messages of which category and size. */
  readonly saturation: readonly {
    readonly end: EndIndex;
    readonly category: number;
    readonly size: number;
  }[];
  /** End 0 lies in what it sends until the line is healed. */
  readonly lies: boolean;
  /** When every fault has ended. */
  readonly healAt: Instant;
}

const BAUDS = [1200, 2400, 9600, 19_200, 33_600, 57_600, 115_200, 115_200, 230_400, 921_600] as const;
const LATENCIES = [0, 0, 0, 2, 5, 16, 50, 100, 250, 1000] as const;
const BIT_ERROR_RATIOS = [0, 0, 0, 1e-6, 1e-5, 1e-5, 1e-4, 1e-4, 3e-4, 1e-3] as const;
const FRAME_SIZES = [32, 64, 128, 256, 512, 1400, 1400, 1400] as const;
/** A world's traffic is over about so much line time: enough for thousands of frames, whatever the baud rate. */
const BYTES_MAX = 120_000;

/** One direction's noise. */
function noise(random: Random): DirectionOptions {
  const burst = random.chance(0.2) && {
    meanGapBytes: random.pick([2_000, 20_000, 100_000]),
    meanLengthBytes: random.pick([5, 50, 500]),
    bitErrorRatio: random.pick([0.01, 0.1, 0.5]),
  };
  return {
    bitErrorRatio: random.pick(BIT_ERROR_RATIOS),
    byteDropRatio: random.chance(0.2) ? random.pick([1e-5, 1e-4, 1e-3]) : 0,
    byteInsertRatio: random.chance(0.2) ? random.pick([1e-5, 1e-4, 1e-3]) : 0,
    ...(burst ? { burst } : {}),
  };
}

function mishaps(random: Random, traffic: Duration, lies: boolean): Mishap[] {
  const count = random.pick([0, 0, 1, 1, 2, 3]);
  const drawn: Mishap[] = [];
  for (let n = 0; n < count; n++) {
    const at = random.below(traffic);
    const end = random.below(2) as EndIndex;
    const time = random.pick([30 * MILLISECOND, 200 * MILLISECOND, SECOND, 2 * SECOND, 8 * SECOND]);
    const kind = random.pick(['cut', 'cut', 'freeze', 'freeze', 'crash', 'controls'] as const);
    const span = { at, for: random.chance(0.03) ? 120 * SECOND : time };
    if (kind === 'cut') drawn.push({ kind, ...span, end: random.pick([0, 1, 'both', 'both'] as const) });
    else if (kind === 'controls') drawn.push({ kind, at, for: 0 });
    else if (kind === 'crash') {
      if (!lies) drawn.push({ kind, ...span, end });
    } else drawn.push({ kind, ...span, end });
  }
  return drawn.sort((a, b) => a.at - b.at);
}

/** Sizes that matter: tiny, around a frame, many frames. */
function messageSize(random: Random, frameSizeMax: number): number {
  const kind = random.below(10);
  if (kind < 4) return random.between(10, 60);
  if (kind < 8) return Math.max(10, frameSizeMax - 4 + random.between(-2, 2));
  return random.between(10, 8 * frameSizeMax);
}

function bursts(random: Random, traffic: Duration, frameSizeMax: number): Burst[] {
  const count = random.between(4, 40);
  return Array.from({ length: count }, () => ({
    at: random.below(traffic),
    from: random.below(2) as EndIndex,
    category: random.below(4),
    size: messageSize(random, frameSizeMax),
    count: random.chance(0.2) ? random.between(2, 20) : 1,
  }));
}

/** The world of a seed. */
export function drawScenario(random: Random): Scenario {
  const settings: LineSettings = {
    ...DEFAULT_LINE_SETTINGS,
    baud: random.pick(BAUDS),
    parity: random.chance(0.2) ? random.pick(PARITIES) : 'NONE',
    stopbits: random.chance(0.1) ? 2 : 1,
  };
  // A fast line is filled sooner; a slow one is given time for a few dozen frames.
  const traffic = Math.min(30 * SECOND, Math.max(2 * SECOND, Math.round(lineTime(settings, BYTES_MAX))));
  const latency = random.pick(LATENCIES) * MILLISECOND;
  const frameSizeMax = settings.baud < 9600 ? random.pick([32, 64, 128]) : random.pick(FRAME_SIZES);
  const lies = random.chance(0.12);
  const faults: readonly [DirectionOptions, DirectionOptions] = [noise(random), noise(random)];
  // Now and then only one direction is bad, or none.
  const clean = random.below(6);
  const drawn = mishaps(random, traffic, lies);
  const saturation = ([0, 1] as const).flatMap((end) =>
    random.chance(0.5)
      ? [{ end, category: random.pick([0, 0, 0, 1, 2, 3]), size: messageSize(random, frameSizeMax) }]
      : [],
  );
  return {
    settings,
    directions: [
      { ...(clean === 0 || clean === 2 ? {} : faults[0]), latency },
      { ...(clean === 1 || clean === 2 ? {} : faults[1]), latency },
    ],
    jitter: random.pick([0, 0, MILLISECOND, 16 * MILLISECOND, 60 * MILLISECOND]),
    batch: random.pick([MILLISECOND, 16 * MILLISECOND, 16 * MILLISECOND, 100 * MILLISECOND]),
    receiveBuffer: random.pick([16, 128, 4096, 4096, 65_536]),
    versions: [0x0001_0000 + random.below(7), 0x0001_0000 + random.below(7)],
    frameSizeMax,
    mishaps: drawn,
    bursts: bursts(random, traffic, frameSizeMax),
    saturation,
    lies,
    healAt: Math.max(traffic, ...drawn.map((mishap) => mishap.at + mishap.for)) + SECOND,
  };
}
