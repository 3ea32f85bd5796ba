/** What dplink is asked besides the race: both ways at once, a fast and noisy line, a line that is cut. */
import { type Condition, ceiling, conditionText, payloadSize } from './condition.ts';
import { type Done, startDplink } from './dplink.ts';
import { type Figure, figure, figureText } from './figures.ts';
import { inParallel } from './race-files.ts';
import { type Transfer, transfer } from './transfer.ts';

const PATIENCE = 4;
const CUT_AFTER_MS = 4_000;
const CUT_MS = 2_000;
/** A frame of 1400 bytes at 115200, which may be under way when the line heals. */
const FRAME_MS = 122;
/** One frame each, so that the first to arrive after the cut is seen at once. */
const CUT_MESSAGE_SIZE = 512;

/** How often and how long. */
export interface FeatOptions {
  readonly seeds: number;
  readonly seconds: number;
  readonly together: number;
}

/** What came of it. */
export interface FeatResult {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly missed: readonly string[];
}

const line = (baud: number, bitErrorRatio: number): Condition => ({ baud, latencyMs: 0, bitErrorRatio });

/** Runs `one` for every seed. */
async function seeded<T>(options: FeatOptions, one: (seed: string) => Promise<T>): Promise<T[]> {
  const jobs = Array.from({ length: options.seeds }, (_, seed) => () => one(`feat ${seed + 1}`));
  return await inParallel(jobs, options.together);
}

async function transfers(options: FeatOptions, condition: Condition, both: boolean): Promise<Transfer[]> {
  const { seconds } = options;
  const size = payloadSize(condition, seconds);
  return await seeded(options, (seed) =>
    transfer({ condition, seed, size, limit: PATIENCE * seconds, both }, (place) =>
      startDplink(place, both ? { back: place.back } : {}),
    ),
  );
}

/** What a cut did. Milliseconds. */
interface CutResult {
  readonly isIntact: boolean;
  readonly fault: string | undefined;
  /** From the healing to the next message handed over. */
  readonly resumedAfter: number;
  /** The retry interval in force: of the frame repeated first after the healing, the time since it was last sent. */
  readonly interval: number;
}

/** How long the frame that was repeated first after `healed` had waited since its repeat before that, or since the cut. */
function intervalAt(healed: number, repeats: Done['repeats']): number {
  const first = repeats.find(({ at }) => at > healed);
  if (first === undefined) return 0;
  const before = repeats.findLast(({ at, sequence }) => at <= healed && sequence === first.sequence);
  return first.at - (before?.at ?? healed - CUT_MS);
}

async function cutOnce(options: FeatOptions, seed: string): Promise<CutResult> {
  const condition = line(115_200, 0);
  const size = payloadSize(condition, options.seconds);
  let healed: Promise<number> | undefined;
  let running: Awaited<ReturnType<typeof startDplink>> | undefined;
  const limit = PATIENCE * options.seconds;
  const result = await transfer({ condition, seed, size, limit }, async (place) => {
    running = await startDplink(place, { messageSize: CUT_MESSAGE_SIZE });
    healed = new Promise((resolve, reject) => {
      setTimeout(() => place.line.cut(CUT_MS).then(resolve, reject), CUT_AFTER_MS);
    });
    return running;
  });
  const at = (await healed) ?? 0;
  const [near, far] = await Promise.all(running?.done ?? []);
  const next = far?.arrivals.find((time) => time > at);
  return {
    isIntact: result.utilisation !== undefined,
    fault: result.fault,
    resumedAfter: next === undefined ? Number.POSITIVE_INFINITY : next - at,
    interval: intervalAt(at, near?.repeats ?? []),
  };
}

function share(what: string, runs: readonly Transfer[], promised: number, ratio: number): FeatResult {
  const result: Figure = figure(runs.map(({ utilisation }) => utilisation));
  const faults = runs.flatMap(({ fault }) => fault ?? []);
  const missed =
    result.median < promised ? [`${what}: ${result.median.toFixed(3)}, promised ${promised}`] : [];
  return {
    head: [],
    rows: [[what, figureText(result), ceiling(ratio).share.toFixed(3), `${promised}`]],
    missed: [...missed, ...faults.map((text) => `${what}: ${text}`)],
  };
}

/** Does all of it. */
export async function showFeats(options: FeatOptions): Promise<FeatResult> {
  const clean = line(115_200, 0);
  const fast = line(921_600, 1e-4);
  const both = share(
    `${conditionText(clean)}: both ways at once, each`,
    await transfers(options, clean, true),
    0.97,
    0,
  );
  const noisy = share(conditionText(fast), await transfers(options, fast, false), 0.75, 1e-4);
  const cuts = await seeded(options, (seed) => cutOnce(options, seed));
  const resumed = cuts.map(({ resumedAfter }) => resumedAfter).sort((a, b) => a - b);
  const middle = resumed[(resumed.length - 1) >> 1] ?? 0;
  const intervals = cuts.map(({ interval }) => interval);
  const what = `${conditionText(clean)}: cut for ${CUT_MS / 1_000} s, time from healing to the next data`;
  return {
    head: ['what', 'dplink', 'ceiling', 'promised'],
    rows: [
      ...both.rows,
      ...noisy.rows,
      [
        what,
        `${middle.toFixed(0)} ms [${resumed.at(-1)?.toFixed(0)} ms]`,
        '-',
        `one retry interval (there up to ${Math.max(...intervals).toFixed(0)} ms) and a frame`,
      ],
      [
        `${conditionText(clean)}: cut for ${CUT_MS / 1_000} s, nothing lost or duplicated`,
        `${cuts.filter(({ isIntact }) => isIntact).length} of ${cuts.length}`,
        '-',
        'all',
      ],
    ],
    missed: [
      ...both.missed,
      ...noisy.missed,
      ...cuts.flatMap(({ fault }) => (fault ? [`cut: ${fault}`] : [])),
      ...cuts.flatMap(({ resumedAfter, interval }) =>
        resumedAfter > interval + FRAME_MS
          ? [
              `cut: data again after ${resumedAfter.toFixed(0)} ms, ${interval.toFixed(0)} ms and a frame promised`,
            ]
          : [],
      ),
    ],
  };
}
