/** The race: every program moves the same files over lines of the same seeds, all at the same time, so that what disturbs the machine disturbs all. */
import { ceiling, conditionText, HEATS, type Heat, payloadSize, runSeconds } from './condition.ts';
import type { Contender } from './contender.ts';
import { dplink } from './dplink.ts';
import { type Figure, figure, figureText, ratioText } from './figures.ts';
import { kermit } from './kermit.ts';
import { transfer } from './transfer.ts';
import { uucp } from './uucp.ts';
import { zmodem } from './zmodem.ts';

const PEERS: readonly Contender[] = [uucp, zmodem, kermit];
/** A program that is this many times slower than the ceiling has not finished. */
const PATIENCE = 4;
/** How far below the best peer's median ours may be, and how many times it ours must be where the line is as bad as that. */
const BEHIND_MAX = 0.01;
const AHEAD = { bitErrorRatio: 1e-4, baud: 115_200, times: 1.45 };

/** How to race. */
export interface RaceOptions {
  readonly seeds: number;
  /** Seconds that the ceiling would take. */
  readonly seconds: number;
  /** Seeds at a time. */
  readonly together: number;
  /** Number of the only line to race on, from 1; 0 for all. */
  readonly heat: number;
}

/** What came of it. */
export interface RaceResult {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly settings: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** Programs that are not installed. */
  readonly skipped: readonly string[];
  readonly missed: readonly string[];
}

/** Runs the jobs, so many at a time, in order. */
export async function inParallel<T>(jobs: readonly (() => Promise<T>)[], together: number): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let job = next++; job < jobs.length; job = next++) results[job] = await jobs[job]!();
  };
  await Promise.all(Array.from({ length: together }, work));
  return results;
}

/** One line, all programs, all seeds. */
async function raceOn(
  heat: Heat,
  contenders: readonly Contender[],
  options: RaceOptions,
  print: (text: string) => void,
): Promise<Figure[]> {
  const seconds = runSeconds(heat, options.seconds);
  const size = payloadSize(heat, seconds);
  const seeds = Array.from({ length: options.seeds }, (_, seed) => `line ${seed + 1}`);
  const jobs = seeds.map(
    (seed) => async () =>
      await Promise.all(
        contenders.map(async (contender) => {
          const refusal = contender.refuses?.(heat);
          if (refusal !== undefined) return undefined;
          const order = { condition: heat, seed, size, limit: PATIENCE * seconds };
          const result = await transfer(order, (place) => contender.start(place));
          const share = result.utilisation?.toFixed(4) ?? result.fault ?? '';
          const occupied = `line ${result.occupied.toFixed(3)} full`;
          const note = result.note === undefined ? '' : `, ${result.note}`;
          print(`  ${conditionText(heat)}, ${seed}, ${contender.name}: ${share}, ${occupied}${note}`);
          return result.utilisation;
        }),
      ),
  );
  const results = await inParallel(jobs, options.together);
  return contenders.map((_, column) => figure(results.map((row) => row[column])));
}

function missedOn(heat: Heat, ours: Figure, best: number): string[] {
  const where = conditionText(heat);
  const { median, worst } = heat.promised;
  const missed: string[] = [];
  if (ours.median < median) missed.push(`${where}: ${ours.median.toFixed(3)}, promised ${median}`);
  if (worst !== undefined && ours.worst < worst) {
    missed.push(`${where}: worst ${ours.worst.toFixed(3)}, promised ${worst}`);
  }
  if (ours.median < best - BEHIND_MAX) {
    missed.push(`${where}: ${ours.median.toFixed(3)}, the best other program ${best.toFixed(3)}`);
  }
  const isAhead = heat.baud !== AHEAD.baud || heat.bitErrorRatio !== AHEAD.bitErrorRatio;
  if (!isAhead && ours.median < AHEAD.times * best) {
    const times = (ours.median / best).toFixed(2);
    missed.push(`${where}: ${times} times the best other program, promised ${AHEAD.times}`);
  }
  return missed;
}

/** Races on every line. */
export async function raceFiles(options: RaceOptions, print: (text: string) => void): Promise<RaceResult> {
  const peers = PEERS.filter((peer) => peer.isInstalled());
  const contenders = [dplink, ...peers];
  const rows: string[][] = [];
  const missed: string[] = [];
  const heats = options.heat === 0 ? HEATS : HEATS.slice(options.heat - 1, options.heat);
  for (const heat of heats) {
    const figures = await raceOn(heat, contenders, options, print);
    const [ours, ...others] = figures as [Figure, ...Figure[]];
    const best = Math.max(0, ...others.map(({ median }) => median));
    const { share } = ceiling(heat.bitErrorRatio);
    rows.push([
      conditionText(heat),
      share.toFixed(3),
      ...figures.map(figureText),
      ratioText(ours.median, share),
      ratioText(ours.median, best),
    ]);
    missed.push(...missedOn(heat, ours, best));
  }
  return {
    head: [
      'line',
      'ceiling',
      ...contenders.map(({ name }) => name),
      'dplink / ceiling',
      'dplink / best other',
    ],
    rows,
    settings: {
      head: ['line', ...peers.map(({ name }) => name)],
      rows: heats.map((heat) => [
        conditionText(heat),
        ...peers.map((peer) => peer.refuses?.(heat) ?? peer.settings(heat)),
      ]),
    },
    skipped: PEERS.filter((peer) => !peers.includes(peer)).map(({ name }) => name),
    missed,
  };
}
