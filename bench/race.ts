/** Races contenders against each other in one process: interleaved rounds, medians, ratios. Knows nothing of what they do. */
import { performance } from 'node:perf_hooks';

/** One way to do the same work. */
export interface Contender {
  readonly name: string;
  /** Does the work once; returns a number that says how much of it was done right (checked against `expected`). */
  run(): number | Promise<number>;
  /** What `run` must return; a contender that returns anything else is disqualified, which fails the bench. */
  readonly expected: number;
  /** How far from it, as a ratio, a contender that is not ours may be: some lose their place at a chunk's border. */
  readonly tolerance?: number;
}

/** How fast one contender was. */
export interface Placing {
  readonly name: string;
  /** Nanoseconds of processor time per run, the median of all rounds. */
  readonly nanoseconds: number;
  /** How many times longer than the first contender it took: the median of the ratios within each round. */
  readonly slower: number;
  /** The least and the most of those ratios, as text. */
  readonly slowerSpread: string;
}

const ROUNDS = 7;
const ROUND_MS = 25;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function once(contender: Contender): Promise<void> {
  const result = await contender.run();
  const { expected, tolerance = 0 } = contender;
  if (Math.abs(result - expected) > tolerance * expected) {
    throw new Error(`${contender.name}: ${result} instead of ${expected}`);
  }
}

/** Processor time of this process in milliseconds, its helper threads included: other processes disturb it least. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Nanoseconds of processor time per run over about `ms` milliseconds. */
async function timed(contender: Contender, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const start = spent();
  let runs = 0;
  do {
    const result = contender.run();
    if (typeof result !== 'number') await result;
    runs++;
    // Asking for the processor time takes as long as some runs do: the end is told by the cheap clock.
  } while (performance.now() < until);
  return ((spent() - start) * 1e6) / runs;
}

/**
 * Runs all contenders round after round, each for a moment in every round, so that what disturbs the machine disturbs all
 * alike. Every one is checked first and warmed up.
 */
export async function race(contenders: readonly Contender[]): Promise<Placing[]> {
  for (const contender of contenders) {
    await once(contender);
    await timed(contender, ROUND_MS);
  }
  const rounds: number[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, contender] of contenders.entries()) rounds[i]!.push(await timed(contender, ROUND_MS));
  }
  return contenders.map(({ name }, i) => {
    const ratios = rounds[i]!.map((time, round) => time / rounds[0]![round]!);
    const slowerSpread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    return { name, nanoseconds: median(rounds[i]!), slower: median(ratios), slowerSpread };
  });
}

/** The speed of `placing` over `bytes` bytes per run, in MB/s. */
export function megabytesPerSecond(placing: Placing, bytes: number): number {
  return (bytes * 1e3) / placing.nanoseconds;
}
